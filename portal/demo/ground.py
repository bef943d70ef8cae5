"""Writes territory and organisation of the district through the tree's one writer."""

import datetime as dt
from typing import Any

from branches import bulk, trees
from branches.actions import import_branches, import_divisions
from branches.branch_sheet import BranchLine
from branches.divisions import Division
from branches.models import Area, Branch, Region
from branches.rules import RoughDay
from portal.demo import wording
from portal.demo.plan import BranchPlan, Plan

_FURTHER = (
    *("short_name", "approval_doc", "setting", "tie", "unit", "meeting_place"),
    *("theme_day", "is_demo"),
)


def write_areas(plan: Plan) -> dict[str, Area]:
    """Write province, city, district and everything below; return the areas by code."""
    regions = [(code, name) for code, name, _ in wording.places()["regions"]]
    above = dict(zip([code for code, _ in regions], ["", regions[0][0]], strict=True))
    rows = [Division(0, code, name, above[code]) for code, name in regions]
    rows += [Division(0, area.code, area.name, area.parent) for area in plan.areas]
    import_divisions(by=None, rows=rows)
    codes = [area.code for area in plan.areas]
    Region.objects.filter(code__in=above).update(is_demo=True)
    Area.objects.filter(code__in=codes).update(is_demo=True)
    return Area.objects.in_bulk(codes, field_name="code")


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
