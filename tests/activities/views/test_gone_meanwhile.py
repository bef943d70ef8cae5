"""Who asked leave and then moved away or died is not waited for, listed, or counted (SYS-18, domain §6.8)."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from activities import sums
from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from activities.models import Activity, Attendance
from branches.models import Branch
from core.models import User
from members.actions import mark_deceased, transfer_member, withdraw_death
from members.models import Member
from tests.activities.log_page import NOVEMBER, SignIn, filled, plain, text

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def planned(secretary: User, branch: Branch, roster: list[Member]) -> Activity:
    """The theme day of 26 November, from which the first two of B1 asked leave."""
    activity = plan_activity(
        by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 26)
    )
    for member in roster[:2]:
        excuse_member(by=secretary, member=member, period="2026-11", reason="外出")
    return activity


def moved(member: Member, other_branch: Branch) -> None:
    transfer_member(by=None, member=member, to=other_branch, on=TODAY, document="介字1号")


def died(member: Member, other_branch: Branch) -> None:
    mark_deceased(by=None, member=member, on=TODAY)


@pytest.mark.parametrize("leave", [moved, died])
def test_nobody_waits_for_who_is_gone(
    clock: Any,
    client_for: SignIn,
    secretary: User,
    outsider: User,
    branch: Branch,
    other_branch: Branch,
    roster: list[Member],
    planned: Activity,
    leave: Any,
) -> None:
    gone, stays = roster[:2]
    home, log = f"/branch/{branch.pk}/", f"/branch/{branch.pk}/{NOVEMBER}"
    client = client_for(secretary)
    assert f"已请假2人：{gone.name}、{stays.name}" in plain(text(client.get(home)))
    leave(gone, other_branch)
    clock.move_to(dt.datetime(2026, 11, 27, 2, tzinfo=dt.UTC))
    client = client_for(secretary)
    assert gone.name not in text(client.get(f"{log}plan/"))
    page = client.get(log)
    assert gone.name not in text(page)
    assert client.post(log, filled(page)).status_code == 302
    activity = Activity.objects.get()
    assert (activity.listed, activity.expected) == (2, 1)
    assert sums.differing() == {}
    assert not Attendance.objects.filter(member=gone).exists()
    assert gone.name not in text(client.get(f"{log}record/"))
    assert client_for(outsider).get(f"{log}record/").status_code == 404


def test_leave_asked_before_a_death_registered_by_mistake_stands(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member], planned: Activity
) -> None:
    died(roster[0], other_branch)
    home = f"/branch/{branch.pk}/"
    assert "已请假1人" in plain(text(client.get(home)))
    withdraw_death(by=None, member=Member.objects.get(pk=roster[0].pk), reason="登记错了人")
    assert "已请假2人" in plain(text(client.get(home)))
