"""Writes territory and organisation of the district through the tree's one writer."""

from branches.actions import create_branch, import_divisions
from branches.divisions import Division
from branches.models import Area, Branch, Region
from portal.demo import wording
from portal.demo.plan import BranchPlan, Plan


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
