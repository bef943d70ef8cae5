"""Writes territory and organisation of the district through the tree's one writer."""

from branches.actions import create_area, create_branch
from branches.enums import RegionLevel
from branches.models import Area, Branch, Region
from portal.demo import wording
from portal.demo.plan import BranchPlan, Plan


def write_areas(plan: Plan) -> dict[str, Area]:
    """Write province, city, district and everything below; return the areas by code."""
    Region.objects.bulk_create(
        Region(code=code, name=name, level=RegionLevel(level), is_demo=True)
        for code, name, level in wording.places()["regions"]
    )
    areas: dict[str, Area] = {}
    for area in plan.areas:
        areas[area.code] = create_area(
            by=None,
            code=area.code,
            name=area.name,
            level=area.level,
            parent=areas.get(area.parent),
            is_demo=True,
        )
    return areas


def write_branches(plan: Plan, areas: dict[str, Area]) -> dict[str, Branch]:
    """Write all organisations; return them by code."""
    branches: dict[str, Branch] = {}
    for branch in plan.branches:
        branches[branch.code] = _write_branch(
            branch, areas[branch.area], branches.get(branch.parent)
        )
    return branches


def _write_branch(branch: BranchPlan, area: Area, parent: Branch | None) -> Branch:
    return create_branch(
        by=None,
        code=branch.code,
        name=branch.name,
        short_name=branch.short_name,
        approval_doc=branch.document,
        kind=branch.kind,
        area=area,
        parent=parent,
        founded_on=branch.founded,
        setting=branch.setting,
        tie=branch.tie,
        unit=branch.unit,
        meeting_place=branch.place,
        theme_day=branch.theme_day,
        is_demo=True,
    )
