"""The one writer of both trees: locks, bounds, paths and their copies (house §4, SYS-02).

``parent`` alone is the truth. Everything here runs under the lock of every tree it touches, reads
node and parent after the lock, and leaves bounds, ``path`` and all copies of the path right.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr

from branches import locks, paths
from branches.models import Area, Branch
from branches.models.tree import DERIVED, TreeNode
from core.fields import prefix_range

__all__ = [
    "DERIVED",
    "PathCopy",
    "insert",
    "lock",
    "move",
    "path_copies",
    "register_path_copy",
    "relocate",
    "steady_area_path",
    "steady_branch_area_path",
]

Node = TypeVar("Node", bound=TreeNode)


@dataclass(frozen=True)
class PathCopy:
    """A column of another model that repeats the area path of the branch a row belongs to."""

    label: str
    field: str
    branch: str

    @property
    def model(self) -> type[models.Model]:
        """The model that holds the copy."""
        return apps.get_model(self.label)


_path_copies: list[PathCopy] = []


def register_path_copy(label: str, *, field: str = "area_path", branch: str = "branch") -> None:
    """Let moves keep FIELD of model LABEL equal to the area path of its BRANCH (a foreign key)."""
    copy = PathCopy(label, field, branch)
    if copy not in _path_copies:
        _path_copies.append(copy)


def path_copies() -> tuple[PathCopy, ...]:
    """Return what higher rooms registered."""
    return tuple(_path_copies)


@contextmanager
def lock(model: type[Node], *nodes: Node | None) -> Iterator[None]:
    """Hold the trees of NODES (None: where roots are made) until the transaction ends.

    The nodes are read again once the lock is held: what the caller saw before may be stale.
    """
    with transaction.atomic():
        wanted: set[int] = set()
        while not (found := _trees_of(model, nodes)) <= wanted:
            locks.acquire(model, found - wanted)
            wanted |= found
        for node in nodes:
            if node is not None:
                _read_again(node)
        with locks.holding(model, wanted):
            yield


def insert(node: Node, parent: Node | None) -> Node:
    """Save the new NODE as the last child of PARENT (None: a root). The caller holds the lock."""
    node.parent = parent
    node.path = _free_path(type(node), parent)
    node.full_clean(exclude=DERIVED)
    node.save()
    return node


def move(node: Node, parent: Node | None) -> Node:
    """Move NODE with its subtree under PARENT (None: a root). The caller holds both locks."""
    if parent is not None and parent.path.startswith(node.path):
        raise ValidationError({"parent": f"“{node}”不能移到自己或自己的下级里面。"})
    if node.parent_id == (parent.pk if parent else None):
        return node
    old, new = node.path, _free_path(type(node), parent)
    node.move_to(parent, "last-child")
    _rewrite(type(node), "path", old, new)
    if isinstance(node, Area):
        _rewrite(Branch, "area_path", old, new)
        for copy in _path_copies:
            _rewrite(copy.model, copy.field, old, new)
    _read_again(node)
    return node


def relocate(branch: Branch, area: Area) -> Branch:
    """Hang BRANCH on AREA and bring all copies along. The caller holds the branch's lock."""
    branch.area, branch.area_path = area, steady_area_path(area)
    branch.full_clean(exclude=DERIVED)
    branch.save()
    for copy in _path_copies:
        copy.model._base_manager.filter(**{copy.branch: branch}).update(
            **{copy.field: branch.area_path}
        )
    return branch


def steady_area_path(area: Area) -> str:
    """Return the path of AREA and keep it from being moved until the transaction ends."""
    rows = Area.objects.select_for_update(no_key=True)
    return rows.values_list("path", flat=True).get(pk=area.pk)


def steady_branch_area_path(branch: Branch) -> str:
    """Return the area path of BRANCH and keep it from changing until the transaction ends.

    For actions of higher rooms that write a copy of it.
    """
    rows = Branch.objects.select_for_update(no_key=True)
    return rows.values_list("area_path", flat=True).get(pk=branch.pk)


def _trees_of(model: type[Node], nodes: tuple[Node | None, ...]) -> set[int]:
    keys = [node.pk for node in nodes if node is not None]
    trees = set(model._base_manager.filter(pk__in=keys).values_list("tree_id", flat=True))
    return trees | {locks.ROOTS} if None in nodes else trees


def _read_again(node: TreeNode) -> None:
    node.refresh_from_db()
    node._mptt_meta.update_mptt_cached_fields(node)  # noqa: SLF001 -- mptt forgets this itself


def _free_path(model: type[Node], parent: Node | None) -> str:
    prefix = parent.path if parent is not None else ""
    below = model._base_manager.filter(prefix_range("path", prefix)).exclude(path=prefix)
    taken = below.order_by("-path").values_list("path", flat=True)
    try:
        return paths.next_path(prefix, taken.first() or "")
    except paths.PathsExhausted:
        return paths.lowest_gap(prefix, taken.iterator())


def _rewrite(model: type[models.Model], field: str, old: str, new: str) -> None:
    moved: dict[str, Any] = {field: Concat(Value(new), Substr(field, len(old) + 1))}
    model._base_manager.filter(prefix_range(field, old)).update(**moved)
