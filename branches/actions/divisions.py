"""Loading a file of administrative divisions into the territory, whole or not at all."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Max

from branches import bulk, paths, rules, trees
from branches.division_plan import DivisionPlan, Stored
from branches.divisions import Divisions
from branches.enums import AreaLevel, RegionLevel
from branches.forest import Forest, Place
from branches.kept_paths import highest_kept
from branches.levels import LevelNames
from branches.models import Area, Branch, Region
from branches.refusal import FileRefused
from core import audit
from core.bulk import fresh_ids, settle
from core.models import User

_COLUMNS = (
    *("name", "level", "parent_id", "is_demo"),
    *("path", "lft", "rght", "tree_id", "depth"),
)
_COUNTED = {
    rules.PROVINCE: "provinces",
    rules.CITY: "cities",
    AreaLevel.DISTRICT: "districts",
    AreaLevel.STREET: "streets",
    AreaLevel.COMMUNITY: "communities",
    AreaLevel.GROUP: "groups",
    AreaLevel.GRID: "grids",
}
_REGION_LEVELS = {rules.PROVINCE: RegionLevel.PROVINCE, rules.CITY: RegionLevel.CITY}


class _Row(NamedTuple):
    """One area as stored or as it is to be."""

    pk: int
    name: str
    level: int
    parent: int | None
    is_demo: bool
    place: Place

    def values(self) -> tuple[Any, ...]:
        """Primary key, then the values of _COLUMNS."""
        place = self.place
        bounds = (place.lft, place.rght, place.tree_id, place.depth)
        return (*self[:-1], place.path, *bounds)


def import_divisions(*, by: User | None, file: Divisions) -> dict[str, int]:
    """Add, rename and move areas and regions so that they are as FILE says; return the counts.

    Counts per level of the file, then ``created, updated, unchanged``. What FILE does not name stays
    as it is; what it names, and what that hangs on, is no demonstration data any more. Raises
    FileRefused with every fault; then nothing is written (SYS-02).
    """
    rows = file.rows
    with trees.lock_whole(Area), trees.lock_whole(Branch):
        areas = _stored_areas({row.code for row in rows} | {row.parent for row in rows})
        regions = {region.code: region for region in Region.objects.all()}
        plan = DivisionPlan(file, _known(areas, regions), LevelNames())
        if plan.problems:
            raise FileRefused(plan.problems)
        counts = Counter(dict.fromkeys([*_COUNTED.values(), "created", "updated", "unchanged"], 0))
        counts.update(_COUNTED[rank] for rank in plan.ranks.values())
        counts.update(_write_regions(plan, regions))
        counts.update(_write_areas(plan, areas))
        if counts["created"] or counts["updated"]:
            note = f"新增{counts['created']}个，修改{counts['updated']}个"
            districts = {f"{row.code[:6]}000000" for row in rows if row.code[4:6] != "00"}
            roots = Area.objects.filter(code__in=districts).values_list("path", flat=True)
            held = paths.common(roots) if len(districts) == 1 else ""
            audit.record(by=by, act="导入区划", note=note, label=rows[0].name, area_path=held)
    return dict(counts)


def _trees_with(codes: set[str]) -> set[int]:
    found: set[int] = set()
    for some in _portions(sorted(codes)):
        rows = Area.objects.filter(code__in=some).order_by()
        found.update(rows.values_list("tree_id", flat=True).distinct())
    return found


def _stored_areas(codes: set[str]) -> dict[str, _Row]:
    """Return all areas of the trees that hold any of CODES, by code, in tree order."""
    found: dict[str, _Row] = {}
    for some in _portions(sorted(_trees_with(codes))):
        rows = Area.objects.filter(tree_id__in=some).order_by("tree_id", "lft")
        for code, pk, name, level, parent, is_demo, *place in rows.values_list(
            "code", "pk", "name", "level", "parent", "is_demo", *Place._fields
        ).iterator():
            found[code] = _Row(pk, name, level, parent, is_demo, Place(*place))
    return found


def _known(areas: dict[str, _Row], regions: dict[str, Region]) -> dict[str, Stored]:
    codes = {row.pk: code for code, row in areas.items()}
    ranks = {level.value: rank for rank, level in _REGION_LEVELS.items()}
    known = {
        code: Stored(row.level, codes[row.parent] if row.parent else "")
        for code, row in areas.items()
    }
    known.update((code, Stored(ranks[row.level], "")) for code, row in regions.items())
    return known


def _write_regions(plan: DivisionPlan, regions: dict[str, Region]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for code, rank in plan.ranks.items():
        if rank not in _REGION_LEVELS:
            continue
        region = regions.get(code) or Region(code=code, level=_REGION_LEVELS[rank])
        name = plan.rows[code].name
        same = region.name == name and not region.is_demo
        outcome = "created" if region.pk is None else "" if same else "updated"
        if outcome:
            region.name, region.is_demo = name, False
            region.save()
        counts[outcome or "unchanged"] += 1
    return counts


def _write_areas(plan: DivisionPlan, areas: dict[str, _Row]) -> Counter[str]:
    wanted = [code for code, rank in plan.ranks.items() if rank >= AreaLevel.DISTRICT]
    new = [code for code in wanted if code not in areas]
    keys = {code: row.pk for code, row in areas.items()}
    keys.update(zip(new, fresh_ids(Area, len(new)), strict=True))
    places = _forest(plan, areas, new).places()
    counts: Counter[str] = Counter(created=len(new))
    changed = []
    above = _hung_on(plan)
    for code, old in areas.items():
        row = old._replace(place=places[code], is_demo=old.is_demo and code not in above)
        if code in plan.rows:
            row = _as_wanted(plan, code, keys, places[code])
            same = row._replace(place=old.place) == old
            counts["unchanged" if same else "updated"] += 1
        if row != old:
            changed.append(row.values())
    added = (_as_wanted(plan, code, keys, places[code]).values() for code in new)
    bulk.update(Area, _COLUMNS, changed)
    bulk.insert(
        Area,
        ["id", *_COLUMNS, "code"],
        ((*values, code) for values, code in zip(added, new, strict=True)),
    )
    if new:
        settle(Area)
    if any(places[code].path != old.place.path for code, old in areas.items()):
        trees.renew_copies()
    return counts


def _forest(plan: DivisionPlan, areas: dict[str, _Row], new: list[str]) -> Forest[str]:
    codes = {row.pk: code for code, row in areas.items()}
    parents = {code: codes[row.parent] if row.parent else None for code, row in areas.items()}
    for code in [*(each for each in areas if each in plan.rows), *new]:
        top = plan.ranks[code] == AreaLevel.DISTRICT
        parents[code] = None if top else plan.rows[code].parent
    highest = Area.objects.order_by("-path").values_list("path", flat=True).first() or ""
    return Forest(
        parents,
        old={code: row.place for code, row in areas.items()},
        last_tree=Area.objects.aggregate(last=Max("tree_id"))["last"] or 0,
        last_root=highest[:4],
        kept=highest_kept,
    )


def _as_wanted(plan: DivisionPlan, code: str, keys: dict[str, int], place: Place) -> _Row:
    row, level = plan.rows[code], plan.ranks[code]
    parent = None if level == AreaLevel.DISTRICT else keys[row.parent]
    return _Row(keys[code], row.name, level, parent, False, place)


def _hung_on(plan: DivisionPlan) -> set[str]:
    """Return the codes above those of the file: real places do not hang on made-up ones."""
    found: set[str] = set()
    for row in plan.rows.values():
        above = row.parent
        while above and above not in found:
            found.add(above)
            named = plan.rows.get(above)
            above = named.parent if named else plan.stored[above].parent
    return found


def _portions(values: list[Any], size: int = 5000) -> Iterator[list[Any]]:
    for start in range(0, len(values), size):
        yield values[start : start + size]
