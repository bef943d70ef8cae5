"""待补资料 on the front pages: the number is that of the rows behind it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from branches.models import Branch
from core.models import User
from core.workbench import Tile
from members.actions import mark_deceased
from members.models import Member
from tests.cast import TODAY
from tests.factories.members import make_member

Signed = Callable[[User], Client]


@pytest.fixture
def people(branch: Branch, other_branch: Branch, far_branch: Branch) -> None:
    """Two of B1 and one of B2 and B7 each lack something; one of B1 nothing, one is 已故."""
    make_member(branch, "张建国", ethnicity="")
    make_member(branch, "李秀英", phone="", join_date=None, full_date=None)
    make_member(branch, "陈志强")
    mark_deceased(by=None, member=make_member(branch, "何卫民", ethnicity=""), on=TODAY)
    make_member(other_branch, "王桂兰", ethnicity="")
    make_member(far_branch, "孙大海", ethnicity="")


def tile_of(client: Client) -> Tile | None:
    tiles: list[Any] = client.get("/admin/").context["tiles"]
    return next((tile for tile in tiles if tile.label == "待补资料"), None)


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("street_staff", {"张建国", "李秀英"}),
        ("bureau_staff", {"张建国", "李秀英", "王桂兰"}),
        ("outsider", {"孙大海"}),
    ],
)
def test_the_tile_counts_and_lists_those_within_reach(
    people: None, client_for: Signed, request: pytest.FixtureRequest, who: str, names: set[str]
) -> None:
    client = client_for(request.getfixturevalue(who))
    tile = tile_of(client)
    assert tile is not None
    listed = {row.name for row in client.get(tile.url).context["cl"].result_list}
    assert (tile.count, listed) == (len(names), names)


@pytest.mark.parametrize("who", ["sysadmin", "auditor"])
def test_who_sees_no_member_sees_no_tile(
    people: None, client_for: Signed, request: pytest.FixtureRequest, who: str
) -> None:
    assert tile_of(client_for(request.getfixturevalue(who))) is None


def test_a_secretary_finds_the_number_and_its_rows(
    people: None, client_for: Signed, secretary: User, branch: Branch
) -> None:
    client = client_for(secretary)
    address = f"/branch/{branch.pk}/roster/?show=missing"
    home = client.get(f"/branch/{branch.pk}/").content.decode()
    door = re.search(rf'href="{re.escape(address)}">.*?<small>(.*?)</small>', home, re.DOTALL)
    assert door is not None
    assert door[1].startswith("<b>2人</b>")
    listed = client.get(address).context
    assert {row.name for row in listed["page"]} == {"张建国", "李秀英"}
    assert "待补资料 2" in [tab["word"] for tab in listed["tabs"]]


def test_nothing_is_said_where_nothing_is_missing(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    make_member(branch, "陈志强")
    assert Member.objects.incomplete().count() == 0
    home = client_for(secretary).get(f"/branch/{branch.pk}/").content.decode()
    assert "show=missing" not in home
