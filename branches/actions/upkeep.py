"""Proving and repairing what is derived from ``parent`` (house §4); nightly and on demand."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from branches import bulk, paths, trees
from branches.forest import Forest, Loop, Place
from branches.models import Area, Branch
from branches.models.tree import TreeNode
from core import audit
from core.models import User


class _Stored(NamedTuple):
    """A row as it stands; ``level`` is None where the model has none."""

    pk: int
    parent: int | None
    place: Place
    level: int | None


@dataclass
class Findings:
    """What one model's trees look like: nodes, faults by kind, and the rows that put them right."""

    nodes: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    corrections: list[tuple[Any, ...]] = field(default_factory=list)


def check_trees() -> dict[str, dict[str, int]]:
    """Return nodes and faults by kind for areas, branches and the copies of area paths.

    Kinds: ``bounds``, ``depth``, ``path``, ``level``, and ``loop`` for nodes that no root leads to.
    """
    report = {}
    for name, model in (("areas", Area), ("branches", Branch)):
        found = _examine(model)
        report[name] = {"nodes": found.nodes, **_all_kinds(found.faults)}
    report["copies"] = {
        f"{copy.label.lower()}.{copy.field}": copy.wrong().count() for copy in trees.path_copies()
    }
    return report


def repair_trees(*, by: User | None) -> int:
    """Set bounds, depth, paths and copies as the parents say; return how many rows were wrong.

    Nodes that lie above themselves are left: only somebody who knows their parent can mend them.
    """
    count = 0
    with trees.lock_whole(Area), trees.lock_whole(Branch):
        for model in (Area, Branch):
            found = _examine(model)
            bulk.update(model, _columns(model), found.corrections)
            count += len(found.corrections)
        count += trees.renew_copies()
        if count:
            audit.record(by=by, act="修复组织树", note=f"改正{count}处")
    return count


def _all_kinds(faults: Counter[str]) -> dict[str, int]:
    return {kind: faults[kind] for kind in ("bounds", "depth", "path", "level", "loop")}


def _columns(model: type[TreeNode]) -> list[str]:
    columns = list(Place._fields)
    return [*columns, "level"] if model is Area else columns


def _examine(model: type[TreeNode]) -> Findings:
    rows = {row.pk: row for row in _rows(model)}
    found = Findings(nodes=len(rows))
    places, lost = _places({pk: row.parent for pk, row in rows.items()}, rows)
    found.faults["loop"] = lost
    for pk, place in places.items():
        row = rows[pk]
        level = place.depth + 1 if row.level is not None else None
        kinds = list(_differences(row.place, place))
        if level != row.level:
            kinds.append("level")
        if kinds:
            found.faults.update(kinds)
            found.corrections.append((pk, *place, *([level] if level is not None else [])))
    return found


def _rows(model: type[TreeNode]) -> Iterator[_Stored]:
    columns = ["pk", "parent", *Place._fields, *(["level"] if model is Area else [])]
    rows: Any = model._base_manager.order_by("tree_id", "lft", "pk")
    for pk, parent, *rest in rows.values_list(*columns).iterator(chunk_size=20_000):
        place = Place(*rest[: len(Place._fields)])
        yield _Stored(pk, parent, place, rest[-1] if model is Area else None)


def _places(
    parents: dict[int, int | None], rows: dict[int, _Stored]
) -> tuple[dict[int, Place], int]:
    """Return the right places, and how many nodes hang on no root and have none."""
    old = {pk: row.place for pk, row in rows.items()}
    roots = {place.path[: paths.SEGMENT] for place in old.values()}
    highest = max(filter(paths.is_segment, roots), default="")
    last_tree = max((place.tree_id for place in old.values()), default=0)
    try:
        return Forest(parents, old, last_tree, highest).places(), 0
    except Loop as loop:
        lost = set(loop.keys)
        sound = {pk: parent for pk, parent in parents.items() if pk not in lost}
        return Forest(sound, old, last_tree, highest).places(), len(lost)


def _differences(old: Place, new: Place) -> Iterator[str]:
    if (old.lft, old.rght, old.tree_id) != (new.lft, new.rght, new.tree_id):
        yield "bounds"
    if old.depth != new.depth:
        yield "depth"
    if old.path != new.path:
        yield "path"
