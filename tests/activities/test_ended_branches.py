"""A branch that ends midway: what it held stays in its year, and what it held before can still be entered."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from activities.workbench import theme_day_tiles
from branches.actions import dissolve_branch
from branches.models import Area, Branch
from core.models import User
from members.actions import transfer_member
from members.models import Member
from tests.activities.test_admin import GRID, LIST, cells, text
from tests.factories.activities import make_roster, record
from tests.factories.branches import make_branch

SignIn = Callable[[User], Client]
LAST = dt.date(2026, 11, 9)


@pytest.fixture
def people(branch: Branch) -> list[Member]:
    """Two members of B1."""
    return make_roster(branch, 2)


def end(branch: Branch, people: list[Member], to: Branch, on: dt.date = LAST) -> Branch:
    """Move PEOPLE of BRANCH to another the day after ON, its last."""
    for member in people:
        transfer_member(
            by=None, member=member, to=to, on=on + dt.timedelta(days=1), document="介字1"
        )
    return dissolve_branch(by=None, branch=branch, on=on, document="撤字1")


def test_what_a_dissolved_branch_held_stays_in_the_grid_of_its_year(
    client_for: SignIn,
    bureau_staff: User,
    outsider: User,
    branch: Branch,
    other_branch: Branch,
    people: list[Member],
) -> None:
    record(bureau_staff, branch, people, period="2026-09")
    record(bureau_staff, branch, people, period="2026-10")
    end(branch, people, other_branch)
    client = client_for(bureau_staff)
    page = client.get(GRID)
    assert cells(page)[branch.name] == [*["缺"] * 8, "已开", "已开", "不计", "不计"]
    assert "2026年11月9日撤销" in text(page)
    number, listed = page.context["totals"][8]
    assert number == 1
    assert client.get(f"{LIST}?{listed}").context["cl"].result_count == 1
    assert branch.name not in cells(client.get(f"{LIST}year-grid/2027/"))
    assert branch.name not in cells(client_for(outsider).get(GRID))


def test_a_dissolved_branch_owes_nothing_any_more(
    client_for: SignIn,
    bureau_staff: User,
    branch: Branch,
    other_branch: Branch,
    people: list[Member],
) -> None:
    end(branch, people, other_branch)
    tiles = {tile.label: tile.count for tile in theme_day_tiles(bureau_staff)}
    assert tiles["11月还没登记主题党日的支部"] == 1
    due = cells(client_for(bureau_staff).get(f"{GRID}?without=2026-11"))
    assert list(due) == [other_branch.name]


def test_the_office_enters_what_was_held_in_the_month_of_the_end(
    client_for: SignIn,
    bureau_staff: User,
    branch: Branch,
    other_branch: Branch,
    people: list[Member],
) -> None:
    end(branch, people, other_branch)
    client = client_for(bureau_staff)
    address = f"/branch/{branch.pk}/theme-day/2026-11/"
    assert f'<a href="{address}">不计</a>' in text(client.get(GRID))
    form = client.get(address).context["form"]
    days = [day for day, _ in form.fields["other_day"].choices if day]
    assert (days[0], days[-1]) == ("2026-11-01", "2026-11-09")
    with pytest.raises(ValidationError, match="支部2026年11月9日已经撤销"):
        record(bureau_staff, branch, [], day=dt.date(2026, 11, 10))
    activity = record(bureau_staff, branch, people, day=LAST)
    assert activity.attendances.filter(home_branch=branch, is_due=True).count() == 2
    assert cells(client.get(GRID))[branch.name][10] == "已开"


def test_a_month_after_the_end_is_closed(
    client_for: SignIn,
    bureau_staff: User,
    branch: Branch,
    other_branch: Branch,
    people: list[Member],
) -> None:
    end(branch, people, other_branch, on=dt.date(2026, 10, 31))
    with pytest.raises(PermissionDenied, match="已经撤销，不用登记"):
        record(bureau_staff, branch, [])
    assert f"/branch/{branch.pk}/theme-day/2026-11/" not in text(client_for(bureau_staff).get(GRID))


def test_a_branch_does_not_end_before_what_it_held(
    bureau_staff: User, branch: Branch, other_branch: Branch, people: list[Member]
) -> None:
    record(bureau_staff, branch, people, day=dt.date(2026, 11, 15))
    with pytest.raises(ValidationError, match="那天以后还登记过 1 次活动，请核对撤销日期。"):
        end(branch, people, other_branch)
    assert dissolve_branch(
        by=None, branch=branch, on=dt.date(2026, 11, 15), document="撤字1"
    ).dissolved_on


def test_nothing_is_held_before_the_branch_was_founded(
    client_for: SignIn, bureau_staff: User, community: Area
) -> None:
    young = make_branch(community, founded_on=dt.date(2026, 11, 18))
    people: Any = make_roster(young, 1)
    with pytest.raises(ValidationError, match="支部是2026年11月18日成立的，这一天还没有。"):
        record(bureau_staff, young, people, day=dt.date(2026, 11, 17))
    page = client_for(bureau_staff).get(f"/branch/{young.pk}/theme-day/2026-11/")
    days = [day for day, _ in page.context["form"].fields["other_day"].choices if day]
    assert (days[0], days[-1]) == ("2026-11-18", "2026-11-22")
    assert record(bureau_staff, young, people, day=dt.date(2026, 11, 18)).version == 1
