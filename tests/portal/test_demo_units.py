"""The acceptance of SYS-02 on the demonstration district: 36 | 47 | 15 | 98."""

import pytest

from branches.enums import UnitColumn
from branches.models import Branch
from portal.demo import ground
from portal.demo.recipe import recipe
from tests.cast import TODAY
from tests.portal.test_demo_recipe import Paper


@pytest.mark.django_db
def test_the_district_has_98_units() -> None:
    plan = Paper(recipe("M", TODAY)).plan
    ground.write_branches(plan, ground.write_areas(plan))

    assert Branch.objects.unit_counts() == {
        UnitColumn.DISTRICT: 36,
        UnitColumn.LOCAL: 47,
        UnitColumn.TEMPORARY: 15,
    }
    assert Branch.objects.units().count() == 98
