"""A branch where nobody is due owes no theme day: not in the grid, not in the numbers, not on its own page."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from activities.querysets import somebody_due
from activities.rules.attendance import due_ties
from activities.workbench import theme_day_tiles
from branches.enums import BranchKind
from branches.models import Area, Branch
from core.enums import Engine
from core.models import Kind, User
from members.actions import mark_deceased, transfer_member
from members.enums import AffiliationKind
from tests.activities.test_admin import GRID, cells, text
from tests.factories.activities import make_link, make_roster
from tests.factories.branches import make_branch
from tests.factories.members import make_member

SignIn = Callable[[User], Client]
TODAY = dt.date(2026, 11, 22)


def due(user: User) -> list[int]:
    """Return how many branches lack this and last month's theme day, as the front page says."""
    return [tile.count for tile in theme_day_tiles(user)][:2]


def test_an_empty_branch_owes_nothing(
    client_for: SignIn, bureau_staff: User, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    make_roster(other_branch, 1)
    assert due(bureau_staff) == [1, 1]
    client = client_for(bureau_staff)
    page = client.get(GRID)
    assert cells(page)[branch.name] == [*["不计"] * 11, "还没到"]
    assert text(page).count("暂无党员") == 1
    for month in ("2026-11", "2026-05"):
        assert list(cells(client.get(f"{GRID}?without={month}"))) == [other_branch.name]
    own = client_for(secretary)
    assert "暂无党员，不用开" in text(own.get(f"/branch/{branch.pk}/year/2026/"))
    home = text(own.get(f"/branch/{branch.pk}/"))
    assert "这个月可以不登记" in home
    assert "现在还能补" not in home


def test_only_the_months_count_in_which_somebody_was_due(
    client_for: SignIn, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    """He came in March and left in September: the months between are missing, no others."""
    member = make_member(branch, home_since=dt.date(2026, 3, 10))
    moved_on = dt.date(2026, 9, 15)
    transfer_member(by=None, member=member, to=other_branch, on=moved_on, document="介字1")
    shown = cells(client_for(bureau_staff).get(GRID))
    assert shown[branch.name] == [*["不计"] * 2, *["缺"] * 6, *["不计"] * 3, "还没到"]
    assert shown[other_branch.name] == [*["不计"] * 8, "缺", "缺", "还没登记", "还没到"]


def test_who_died_or_is_a_guest_is_not_due(
    bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    (guest,) = make_roster(other_branch, 1)
    make_link(guest, branch)
    mark_deceased(by=None, member=make_member(branch), on=dt.date(2026, 11, 1))
    found = Branch.objects.filter(somebody_due(TODAY))
    assert list(found) == [other_branch]


@pytest.mark.parametrize("tie", AffiliationKind)
def test_the_database_asks_for_the_ties_that_the_rule_names(
    community: Area, other_branch: Branch, tie: str
) -> None:
    kinds = Kind.objects.filter(engine=Engine.BRANCH)
    home = BranchKind.BRANCH
    member = make_member(other_branch)
    for kind in kinds:
        above = make_branch(community, f"试{kind.key}", founded_on=None, kind=home)
        Branch.objects.filter(pk=above.pk).update(kind=kind)
        member.affiliations.create(branch=above, kind=tie, ended_on=TODAY)
    found = Branch.objects.filter(somebody_due(TODAY), name__startswith="试")
    expected = {kind.key for kind in kinds if tie in due_ties(kind.settings)}
    assert {branch.kind_id for branch in found} == expected
