"""Makes the demonstration district in one transaction."""

from collections.abc import Sequence

from django.db import transaction

from activities.models import Activity, Attendance
from activities.querysets import FIRST_MONTH
from core import audit, bulk
from core.models import RuleParameter
from members.models import Affiliation, Member
from members.rules.modules import ON
from portal.demo import ground, organisations, territory
from portal.demo.accounts import Accounts
from portal.demo.links import Links
from portal.demo.months import Year
from portal.demo.people import People
from portal.demo.plan import SOURCE, Plan
from portal.demo.recipe import Recipe
from portal.demo.records import Records
from portal.demo.register import Register

MODULES = ("module.rank",)


def exists() -> bool:
    """Whether there is a demonstration district."""
    return Member.objects.filter(is_demo=True).exists()


@transaction.atomic
def build(recipe: Recipe) -> Plan:
    """Write the district that RECIPE describes; one row in the audit trail. Returns its plan."""
    plan = Plan(areas=list(territory.areas(recipe)))
    organisations.draw(plan, recipe)
    areas = ground.write_areas(plan)
    ground.write_grids(areas.values(), recipe)
    branches = ground.write_branches(plan, areas)
    people = list(People(plan, recipe).draw())
    links = Links(plan, recipe).of(people)
    fellows = Register(areas, branches).write(zip(people, links, strict=True))
    secretaries = Accounts(plan, recipe, areas, branches).write(fellows)
    Records(branches, secretaries, fellows).write(Year(plan, recipe, fellows).draw())
    for model in (Member, Affiliation, Activity, Attendance):
        bulk.settle(model)
    audit.record(
        by=None,
        act="装入演示数据",
        label=areas[plan.areas[0].code].name,
        area_path=areas[plan.areas[0].code].path,
        note=f"规模 {recipe.size}：党组织 {len(plan.branches)}，党员 {len(fellows)}",
    )
    _switch_on(MODULES, [area.code for area in plan.areas if not area.parent])
    _ask_for_every_month([area.code for area in plan.areas if not area.parent])
    return plan


def _switch_on(keys: Sequence[str], districts: list[str]) -> None:
    """Let the demonstration keep what a bureau with all of the portal's work would."""
    for key in keys:
        row = RuleParameter.objects.filter(key=key).earliest("area_code", "valid_from")
        row.value, row.source = ON, SOURCE
        for district in districts:
            row.pk, row.area_code = None, district[:6]
            row.save()


def _ask_for_every_month(districts: list[str]) -> None:
    """Their year lies before this installation's first month, yet counts in the grids."""
    row = RuleParameter.objects.filter(key=FIRST_MONTH).earliest("area_code", "valid_from")
    row.value, row.source = "", SOURCE
    for district in districts:
        row.pk, row.area_code = None, district[:6]
        row.save()
