"""The shipped file of real divisions: a whole province read and ranked, one of its districts loaded.

All of Jiangsu goes into the database in ``make bench``.
"""

from collections import Counter

from django.conf import settings

from branches.actions import check_trees, import_divisions
from branches.division_plan import DivisionPlan
from branches.divisions import Divisions, read
from branches.enums import AreaLevel
from branches.levels import LevelNames
from branches.models import Area
from branches.rules import CITY, PROVINCE

JIANGSU = settings.BASE_DIR / "fixtures" / "demo_divisions.csv.gz"
HAIMEN = "320614"


def test_jiangsu_has_as_many_divisions_of_each_level_as_it_has() -> None:
    plan = DivisionPlan(read(JIANGSU), {}, LevelNames())
    assert plan.problems == []
    assert Counter(plan.ranks.values()) == {
        PROVINCE: 1,
        CITY: 13,
        AreaLevel.DISTRICT: 104,
        AreaLevel.STREET: 1_487,
        AreaLevel.COMMUNITY: 21_958,
    }


def test_a_real_district_is_loaded_whole_and_once(db: None) -> None:
    rows = [row for row in read(JIANGSU).rows if row.code.startswith(HAIMEN)]
    alone = Divisions(
        [row if row.parent[:6] == HAIMEN else row._replace(parent="") for row in rows]
    )
    levels = {"provinces": 0, "cities": 0, "districts": 1, "streets": 22, "communities": 307}
    levels |= {"groups": 0, "grids": 0}
    first, again = (import_divisions(by=None, file=alone) for _ in range(2))
    assert first == levels | {"created": 330, "updated": 0, "unchanged": 0}
    assert again == levels | {"created": 0, "updated": 0, "unchanged": 330}
    named = {row.code: (row.name, row.parent or None) for row in alone.rows}
    stored = Area.objects.values_list("code", "name", "parent__code")
    assert {code: (name, parent) for code, name, parent in stored} == named
    assert sum(check_trees()["areas"].values()) == 330  # nodes, and not one fault
