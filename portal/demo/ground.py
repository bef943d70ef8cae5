"""Writes territory and organisation of the district through the tree's one writer."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from branches import bulk, trees
from branches.actions import import_branches, import_divisions
from branches.branch_sheet import BranchLine
from branches.divisions import Division, Divisions
from branches.enums import AreaLevel
from branches.models import Area, Branch, Region
from branches.rules import RoughDay
from members.enums import Gender
from portal.demo import decks, wording
from portal.demo.names import Names
from portal.demo.people import phone
from portal.demo.plan import BranchPlan, Plan
from portal.demo.recipe import Frame
from portal.demo.register import chunks

# Telephones of grids lie beyond those of members and staff, in the same walk.
GRID_NUMBERS = 60_000_000
WORKERS_BORN, BUILDINGS = 1968, 4
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


def write_grids(areas: Iterable[Area], recipe: Frame) -> None:
    """Say of the demonstration's own grids among AREAS who works there, and name their buildings."""
    chance = decks.chance(recipe.seed, "grids")
    names = Names(chance)
    grids = [area for area in areas if area.level == AreaLevel.GRID and area.is_demo]
    for number, grid in enumerate(grids):
        grid.grid_worker = names.draw(WORKERS_BORN, decks.pick(chance, list(Gender)))
        grid.grid_phone = phone(GRID_NUMBERS + number)
        first = number % BUILDINGS * BUILDINGS
        grid.buildings = "、".join(f"{first + each}号楼" for each in range(1, BUILDINGS + 1))
    Area.objects.bulk_update(grids, ("grid_worker", "grid_phone", "buildings"), batch_size=100)


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
