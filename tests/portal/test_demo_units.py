"""The acceptance of SYS-02 on the demonstration district: 36 | 47 | 15 | 98."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from branches.enums import Role, UnitColumn
from branches.models import Area, Branch
from portal.demo import ground
from portal.demo.recipe import recipe
from tests.cast import TODAY
from tests.factories.branches import make_post
from tests.portal.test_demo_recipe import Paper


@pytest.fixture
def areas(db: None) -> dict[str, Area]:
    """The areas of the district of size M by code, with all organisations on them."""
    plan = Paper(recipe("M", TODAY)).plan
    areas = ground.write_areas(plan)
    ground.write_branches(plan, areas)
    return areas


@pytest.mark.usefixtures("areas")
def test_the_district_has_98_units() -> None:
    assert Branch.objects.unit_counts() == {
        UnitColumn.DISTRICT: 36,
        UnitColumn.LOCAL: 47,
        UnitColumn.TEMPORARY: 15,
    }
    assert Branch.objects.units().count() == 98


def test_the_front_page_reads_so_and_each_number_lists_its_rows(
    areas: dict[str, Area], client_for: Callable[..., Client]
) -> None:
    client = client_for(make_post(Role.BUREAU, areas["990101000000"]).user)
    page = client.get("/admin/").content.decode()
    figures = re.findall(r'<li><a href="([^"]*units=[^"]*)">(\S+) <b>(\d+)</b>', page)

    assert " | ".join(f"{word} {count}" for _, word, count in figures) == (
        "区直支部 36 | 街道社区支部和党小组 47 | 三缘型临时党组织 15 | 合计 98"
    )
    for address, _, count in figures:
        assert client.get(address).context["cl"].result_count == int(count)


def test_a_street_counts_its_own(areas: dict[str, Area], client_for: Callable[..., Client]) -> None:
    client = client_for(make_post(Role.STREET, areas["990101001000"]).user)
    page = client.get("/admin/").content.decode()

    assert re.findall(r">(\S+) <b>(\d+)</b>", page)[0] == ("区直支部", "0")


def test_who_keeps_accounts_sees_no_organisations(
    client_for: Callable[..., Client], sysadmin: object
) -> None:
    assert "区直支部" not in client_for(sysadmin).get("/admin/").content.decode()
