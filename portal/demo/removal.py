"""Removes the demonstration data, and whatever people have since hung on it; the audit trail stays."""

from collections.abc import Iterator
from functools import lru_cache

from django.apps import apps
from django.db import models, transaction
from django.db.models import Q

from branches import bulk, trees
from branches.actions import repair_trees
from branches.models import Area, Branch
from branches.models.tree import TreeNode
from core import audit
from core.fields import prefix_range
from core.models import AuditEvent, RuleParameter, User
from members.models import Member
from portal.demo.plan import SOURCE

# Optional columns, yet a row that loses its place there has lost its meaning.
STRUCTURAL = frozenset(
    {"members.Member.branch", "branches.Appointment.area", "branches.Appointment.branch"}
)
Model = type[models.Model]


@transaction.atomic
def remove() -> int:
    """Delete every demonstration row and every row that cannot be without one; return how many.

    A row of real data that merely mentions one (an optional column) stays, without the mention.
    """
    _claim_accounts()
    RuleParameter.objects.filter(source=SOURCE).delete()
    removed = sum(_remove_from(model) for model in _dependents_first())
    if removed:
        audit.record(by=None, act="删除演示数据", note=f"{removed} 行")
    return removed


def bystanders() -> dict[str, int]:
    """Count the rows that nobody marked as demonstration but that would go with it, by noun."""
    found = {}
    for model in (Area, Branch, Member):
        doomed = _doomed(model)
        count = model._base_manager.filter(doomed, is_demo=False).count() if doomed else 0
        if count:
            found[str(model._meta.verbose_name)] = count
    return found


def _claim_accounts() -> None:
    """Accounts that were opened for demonstration members go with them."""
    opened = User.objects.filter(member__is_demo=True, appointments=None, is_superuser=False)
    User.objects.filter(pk__in=opened.values("pk")).update(is_demo=True)


def _remove_from(model: Model) -> int:
    doomed = _doomed(model)
    if not doomed:
        return 0
    rows = model._base_manager.filter(doomed)
    for field in _mentions(model):
        field.model._base_manager.filter(**{f"{field.name}__in": rows}).update(**{field.name: None})
    if issubclass(model, TreeNode):
        return _remove_nodes(model, doomed)
    # What hangs on these rows went before them: Django would fetch them all to ask again.
    return rows._raw_delete(rows.db)  # noqa: SLF001 -- Django's own fast way, offered under no other name


def _remove_nodes(model: type[TreeNode], doomed: Q) -> int:
    with trees.lock_whole(model):
        nodes = dict(model._base_manager.filter(doomed).values_list("pk", "tree_id"))
        bulk.delete(model, nodes)
        if model._base_manager.filter(tree_id__in=set(nodes.values())).exists():
            repair_trees(by=None)
    return len(nodes)


def _doomed(model: Model) -> Q:
    """Return which rows of MODEL go: marked ones, and those that belong to rows that go."""
    condition = Q(is_demo=True) if _is_marked(model) else Q()
    if issubclass(model, TreeNode):
        condition |= _below_marked(model)
    for field in _foreign_keys(model):
        target = field.related_model
        if target is not model and _belongs(field) and (above := _doomed(target)):
            condition |= Q(**{f"{field.name}__in": target._base_manager.filter(above)})
    return condition


def _below_marked(model: type[TreeNode]) -> Q:
    """Return the subtrees of marked nodes; a real node that one hangs on stays."""
    condition, top = Q(), ""
    marked = model._base_manager.filter(is_demo=True).order_by("path")
    for path in marked.values_list("path", flat=True):
        if not top or not path.startswith(top):
            top = path
            condition |= prefix_range("path", top)
    return condition


def _belongs(field: models.ForeignKey) -> bool:
    return not field.null or f"{field.model._meta.label}.{field.name}" in STRUCTURAL


def _mentions(model: Model) -> Iterator[models.ForeignKey]:
    """Yield the optional columns of other models that point at MODEL."""
    for other in _tables():
        for field in _foreign_keys(other):
            if field.related_model is model and other is not model and not _belongs(field):
                yield field


def _dependents_first() -> list[Model]:
    """Return all tables so that who points at a table comes before it, where there is no circle."""
    order: list[Model] = []
    seen: set[Model] = set()

    def visit(model: Model) -> None:
        if model in seen:
            return
        seen.add(model)
        for other in _tables():
            if any(field.related_model is model for field in _foreign_keys(other)):
                visit(other)
        order.append(model)

    for model in _tables():
        visit(model)
    return order


@lru_cache(maxsize=1)
def _tables() -> tuple[Model, ...]:
    return tuple(
        model
        for model in apps.get_models(include_auto_created=True)
        if model is not AuditEvent and not model._meta.proxy
    )


def _foreign_keys(model: Model) -> list[models.ForeignKey]:
    return [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]


def _is_marked(model: Model) -> bool:
    return any(field.name == "is_demo" for field in model._meta.concrete_fields)
