"""The one writer of both trees: locks, bounds, paths and their copies (house §4, SYS-02).

``parent`` alone is the truth. Everything here runs under the lock of every tree it touches, reads
node and parent after the lock, and leaves bounds, ``path`` and all copies of the path right.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Concat, Substr

from branches import locks, paths
from branches.kept_paths import highest_below, kept_columns
from branches.models import Area, Branch
from branches.models.tree import DERIVED, TreeNode
from core.fields import prefix_range
from core.prepared import Prepared

__all__ = [
    "DERIVED",
    "PathCopy",
    "insert",
    "lock",
    "lock_whole",
    "move",
    "path_copies",
    "register_path_copy",
    "relocate",
    "renew_copies",
    "steady_area_path",
    "steady_branch",
    "steady_branches",
]

Node = TypeVar("Node", bound=TreeNode)


@dataclass(frozen=True)
class PathCopy:
    """A column that repeats the area path of what its row belongs to.

    KEY is the foreign key to the area or branch, SOURCE the path column there.
    """

    label: str
    field: str
    key: str
    source: str

    @property
    def rows(self) -> models.QuerySet:
        """All rows of the model that holds the copy."""
        return apps.get_model(self.label)._base_manager.all()

    def wrong(self) -> models.QuerySet:
        """Rows whose copy differs."""
        right = F(f"{self.key}__{self.source}")
        return self.rows.filter(**{f"{self.key}__isnull": False}).exclude(**{self.field: right})

    def renew(self) -> int:
        """Put the wrong ones right; return how many there were."""
        model: Any = apps.get_model(self.label)._meta.get_field(self.key).related_model
        right = model._base_manager.filter(pk=OuterRef(f"{self.key}_id")).values(self.source)[:1]
        wrong = self.rows.filter(pk__in=self.wrong().order_by().values("pk"))
        return wrong.update(**{self.field: Subquery(right)})


_path_copies = [PathCopy("branches.Branch", "area_path", "area", "path")]


def register_path_copy(label: str, *, field: str = "area_path", branch: str = "branch") -> None:
    """Let moves keep FIELD of model LABEL equal to the area path of its BRANCH (a foreign key)."""
    copy = PathCopy(label, field, branch, "area_path")
    if copy not in _path_copies:
        _path_copies.append(copy)


def path_copies() -> tuple[PathCopy, ...]:
    """Return all copies of area paths: the branches' own first, then what higher rooms registered."""
    return tuple(_path_copies)


def _trees(model: type[TreeNode], keys: tuple[int, ...]) -> "models.QuerySet[Any, Any]":
    rows = model._base_manager.filter(pk__in=keys).order_by()
    return rows.values_list("tree_id", flat=True)


def _area_path(pk: int) -> "models.QuerySet[Any, Any]":
    rows = Area.objects.select_for_update(no_key=True).filter(pk=pk).order_by()
    return rows.values_list("path", flat=True)


def _branch(pk: int) -> "models.QuerySet[Branch]":
    rows = Branch.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk)
    return rows.select_related("kind", "area").order_by()


_TREES = {model: Prepared(partial(_trees, model)) for model in (Area, Branch)}
_AREA_PATH, _BRANCH = Prepared(_area_path), Prepared(_branch)


@contextmanager
def lock(model: type[Node], *nodes: Node | None) -> Iterator[None]:
    """Hold the trees of NODES (None: where roots are made) until the transaction ends.

    The nodes are read again once the lock is held: what the caller saw before may be stale.
    """
    with transaction.atomic():
        held = _take_hold(model, nodes)
        with locks.holding(model, held):
            yield


@contextmanager
def lock_whole(model: type[TreeNode]) -> Iterator[None]:
    """Hold all trees of MODEL until the transaction ends: for bulk loads and the repair."""
    with transaction.atomic():
        locks.acquire_whole(model)
        with locks.holding(model, {locks.WHOLE}):
            yield


def insert(node: Node, parent: Node | None, *, held: Iterable[str] = ()) -> Node:
    """Save the new NODE as the last child of PARENT (None: a root). The caller holds the lock.

    That the superior is there and the path is free need not be asked again under it; nor of HELD,
    the columns whose rows the caller keeps.
    """
    node.parent = parent
    node.path = _free_path(type(node), parent)
    node.full_clean(exclude=[*DERIVED, "path", "parent", *held])
    node.save()
    return node


def move(node: Node, parent: Node | None) -> Node:
    """Move NODE with its subtree under PARENT (None: a root). The caller holds both locks."""
    if parent is not None and parent.path.startswith(node.path):
        raise ValidationError({"parent": f"“{node}”不能移到自己或自己的下级里面。"})
    if node.parent_id == (parent.pk if parent else None):
        return node
    old, new = node.path, _free_path(type(node), parent)
    with _copies_held(type(node)):
        node.move_to(parent, "last-child")
        _rewrite(type(node)._base_manager.all(), "path", old, new)
        if isinstance(node, Area):
            for copy in _path_copies:
                _rewrite(copy.rows, copy.field, old, new)
    _read_again(node)
    return node


def relocate(branch: Branch, area: Area) -> Branch:
    """Hang BRANCH on AREA and bring all copies along. The caller holds the branch's lock."""
    branch.area, branch.area_path = area, steady_area_path(area)
    branch.full_clean(exclude=DERIVED)
    branch.save()
    for copy in _path_copies[1:]:
        copy.rows.filter(**{copy.key: branch}).update(**{copy.field: branch.area_path})
    return branch


def renew_copies() -> int:
    """Set every copy of an area path that differs from its area's; return how many did.

    One statement a model: for moves of many areas at once, and for the repair.
    """
    with lock_whole(Branch):
        return sum(copy.renew() for copy in _path_copies)


def steady_area_path(area: Area) -> str:
    """Return the path of AREA and keep it from being moved until the transaction ends."""
    if not (found := _AREA_PATH.rows(area.pk)):
        raise Area.DoesNotExist
    return str(found[0])


def steady_branch(branch: Branch) -> Branch:
    """Return BRANCH read again and keep it from moving and from ending until the transaction ends.

    For acts that hang something on it or copy its area path: before they lock what hangs there.
    """
    if not (found := _BRANCH.rows(branch.pk)):
        raise Branch.DoesNotExist
    held: Branch = found[0]
    return held


def hold_branches(keys: Iterable[int]) -> dict[int, Branch]:
    """Return the branches with KEYS by key, each held as by ``steady_branch``, in the order of the keys.

    For several acts of one transaction, which would each take their own in an order of theirs.
    """
    rows = Branch.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(keys))
    return {row.pk: row for row in rows.select_related("kind", "area").order_by("pk")}


def steady_branches(keys: Iterable[int]) -> set[int]:
    """Return which of the branches with KEYS stand, and keep them so until the transaction ends.

    Shared, unlike ``steady_branch``: two batches may meet in one branch.
    """
    wanted = sorted(set(keys))
    if connection.vendor != "postgresql":  # the transaction is the only writer
        standing = Branch.objects.filter(pk__in=wanted, dissolved_on__isnull=True)
        return set(standing.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {Branch._meta.db_table} WHERE id = ANY(%s)"  # noqa: S608 -- our own name
            " AND dissolved_on IS NULL ORDER BY id FOR SHARE",
            [wanted],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _copies_held(model: type[TreeNode]) -> AbstractContextManager[None]:
    """Keep branch writers out while areas move: both touch many branch rows, in any order."""
    return lock_whole(Branch) if model is Area else nullcontext()


def _take_hold(model: type[Node], nodes: tuple[Node | None, ...]) -> set[int]:
    """Lock the trees of NODES, read the nodes again, and return what is held.

    Whoever waited for a lock may find a node in another tree than before: then that is locked too.
    """
    there = [node for node in nodes if node is not None]
    wanted = {locks.ROOTS} if None in nodes else set()
    wanted.update(_TREES[model].rows(tuple(node.pk for node in there)) if there else ())
    held: set[int] = set()
    while True:
        locks.acquire(model, wanted - held)
        held |= wanted
        for node in there:
            _read_again(node)
        wanted = {node.tree_id for node in there}
        if wanted <= held:
            return held


def _read_again(node: TreeNode) -> None:
    node.refresh_from_db()
    node._mptt_meta.update_mptt_cached_fields(node)  # noqa: SLF001 -- mptt forgets this itself


def _free_path(model: type[Node], parent: Node | None) -> str:
    prefix = parent.path if parent is not None else ""
    kept = kept_columns() if model is Area else ()
    try:
        highest = highest_below(prefix, [(model._meta.label, "path"), *kept])
        return paths.next_path(prefix, highest)
    except paths.PathsExhausted:
        below = model._base_manager.filter(prefix_range("path", prefix)).exclude(path=prefix)
        taken = below.order_by("path").values_list("path", flat=True)
        return paths.lowest_gap(prefix, taken.iterator())


def _rewrite(rows: models.QuerySet, field: str, old: str, new: str) -> None:
    moved: dict[str, Any] = {field: Concat(Value(new), Substr(field, len(old) + 1))}
    rows.filter(prefix_range(field, old)).update(**moved)
