"""Writes territory and organisation of the district through the tree's one writer."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from branches import bulk, trees
from branches.actions import import_branches, import_divisions
from branches.branch_sheet import BranchLine
from branches.divisions import Division, Divisions
from branches.models import Area, Branch, Region
from branches.rules import RoughDay
from portal.demo import wording
from portal.demo.plan import BranchPlan, Plan
from portal.demo.register import chunks

_FURTHER = (
    *("short_name", "approval_doc", "setting", "tie", "unit", "meeting_place"),
    *("theme_day", "is_demo"),
)


def write_areas(plan: Plan, regions: Iterable[Division] = ()) -> dict[str, Area]:
    """Write REGIONS (those of the fictional district without), districts and everything below.

    What the territory holds already stays as it is, name and mark: a real bureau may have loaded
    the same codes. Returns the areas by code.
    """
    rows = list(regions) or _fictional_regions()
    rows += [Division(0, area.code, area.name, area.parent) for area in plan.areas]
    codes = [area.code for area in plan.areas]
    known = {
        code
        for model in (Area, Region)
        for code in model._default_manager.values_list("code", flat=True)
    }
    if new := [row for row in rows if row.code not in known]:
        import_divisions(by=None, file=Divisions(new))
        for model in (Region, Area):
            for some in chunks(row.code for row in new):
                model._default_manager.filter(code__in=some).update(is_demo=True)
    return Area.objects.in_bulk(codes, field_name="code")


def _fictional_regions() -> list[Division]:
    (province, name, _), (city, city_name, _) = wording.places()["regions"]
    return [Division(0, province, name, ""), Division(0, city, city_name, province)]


def write_branches(plan: Plan, areas: dict[str, Area]) -> dict[str, Branch]:
    """Write all organisations; return them by code."""
    lines = [
        BranchLine(0, one.code, one.name, one.kind, one.area, one.parent, _day(one.founded))
        for one in plan.branches
    ]
    import_branches(by=None, lines=lines)
    codes = [one.code for one in plan.branches]
    keys = dict(Branch.objects.filter(code__in=codes).values_list("code", "pk"))
    with trees.lock_whole(Branch):
        bulk.update(Branch, _FURTHER, [(keys[one.code], *_further(one)) for one in plan.branches])
    found = Branch.objects.in_bulk(codes, field_name="code")
    for one in plan.branches:
        found[one.code].area = areas[one.area]
    return found


def _day(day: dt.date | None) -> RoughDay | None:
    return RoughDay(day, 3) if day else None


def _further(one: BranchPlan) -> tuple[Any, ...]:
    """Return the values of _FURTHER: what tables of organisations do not hold."""
    names = (one.short_name, one.document, str(one.setting), str(one.tie), one.unit, one.place)
    return (*names, one.theme_day, True)
