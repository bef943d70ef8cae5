"""Who works in a grid and which buildings it has: of one grid, or of many by a table (SYS-02)."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from branches import paths, rules, trees
from branches.grid_sheet import CODE, HEADINGS, GridLine
from branches.models import Area
from branches.refusal import FileRefused, Problem, refuse_changed
from core import audit, bulk
from core.display import masked
from core.long_numbers import hide_long_numbers
from core.models import User
from core.text import clean, squeeze

FIELDS = ("grid_worker", "grid_phone", "buildings")
_OTHERS = frozenset(field.name for field in Area._meta.concrete_fields) - frozenset(FIELDS)


class Changed(NamedTuple):
    """A grid as a table fills it, with what it had before (FIELDS by name)."""

    area: Area
    before: dict[str, Any]


def keep_grid(
    *, by: User | None, area: Area, seen: Mapping[str, str] | None = None, **given: str
) -> Area:
    """Write who works in the grid AREA, his office telephone, and its buildings.

    GIVEN holds columns of ``FIELDS``; what is not given stays. SEEN is what the writer found there:
    raises ChangedMeanwhile where somebody else has written something else since, ValidationError
    where a value is refused.
    """
    with trees.lock(Area, area):
        before = audit.snapshot(area, FIELDS)
        kept = {name: getattr(area, name) for name in FIELDS}
        refuse_changed(kept, seen or {}, given)
        _fill(area, **(kept | given))
        area.full_clean(exclude=trees.DERIVED)
        area.save()
        if audit.snapshot(area, FIELDS) != before:
            _note(by, area, before)
    return area


def import_grids(*, by: User, lines: Sequence[GridLine]) -> dict[str, str]:
    """Fill the grids that LINES name; a blank cell, or a telephone as it is masked, changes nothing.

    Returns for each code ``updated`` or ``unchanged``. Each grid keeps on record what it had before.
    An area out of BY's reach is as unknown as one that does not exist. Raises FileRefused with
    every fault; then nothing is written.
    """
    with trees.lock_whole(Area):
        known = _known(by, [line.code for line in lines])
        changed: dict[str, Changed] = {}
        problems: list[Problem] = []
        for line in lines:
            area = known.get(line.code)
            problems += line.faults
            if area is not None:
                problems += _take(area, line, changed)
            elif line.code:
                problems.append(_unknown(line))
        if problems:
            raise FileRefused(problems)
        if changed:
            _write(by, list(changed.values()))
    return {line.code: "updated" if line.code in changed else "unchanged" for line in lines}


def _known(by: User, codes: Sequence[str]) -> dict[str, Area]:
    mine = Area.objects.editable_by(by).order_by()
    return {area.code: area for part in bulk.parts(codes) for area in mine.filter(code__in=part)}


def _write(by: User, changed: Sequence[Changed]) -> None:
    areas = [each.area for each in changed]
    Area.objects.bulk_update(areas, FIELDS, batch_size=100)
    for area, before in changed:
        _note(by, area, before, note="按表格登记")
    audit.record(
        by=by,
        act="按表格登记网格",
        label=areas[0].name,
        note=f"修改{len(areas)}个网格",
        area_path=paths.common(area.path for area in areas),
    )


def _note(by: User | None, area: Area, before: dict[str, Any], *, note: str = "") -> None:
    after = audit.snapshot(area, FIELDS)
    audit.record(
        by=by,
        act="登记网格",
        instance=area,
        before=before,
        after=after,
        area_path=area.path,
        note=note,
    )


def _take(area: Area, line: GridLine, changed: dict[str, Changed]) -> list[Problem]:
    """Fill AREA with what LINE says; return its faults, or note among CHANGED that it is another."""
    before = audit.snapshot(area, FIELDS)
    phone = squeeze(line.phone)
    if "*" in phone and phone == masked(area.grid_phone, "phone"):
        phone = ""
    written = {"grid_worker": line.worker, "grid_phone": phone, "buildings": line.buildings}
    try:
        _fill(area, **{name: new or getattr(area, name) for name, new in written.items()})
        area.clean_fields(exclude=_OTHERS)
    except ValidationError as refused:
        return [
            Problem(line.line, HEADINGS.get(field, CODE), "grid", sentence)
            for field, sentences in refused.message_dict.items()
            for sentence in sentences
        ]
    if audit.snapshot(area, FIELDS) != before:
        changed[area.code] = Changed(area, before)
    return []


def _fill(area: Area, *, grid_worker: str, grid_phone: str, buildings: str) -> None:
    worker, phone = clean(grid_worker), squeeze(grid_phone)
    named = hide_long_numbers("、".join(rules.buildings_of(buildings)))
    rules.check_grid(level=area.level, worker=worker, phone=phone, buildings=named)
    area.grid_worker, area.grid_phone, area.buildings = worker, phone, named


def _unknown(line: GridLine) -> Problem:
    message = f"没有区划代码{line.code}，或不在您的管理范围内。请核对，或先在“区划”里新增。"
    return Problem(line.line, CODE, "unknown", message)
