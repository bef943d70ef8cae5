"""Head counts kept with each activity are what its attendance adds up to, whatever was done."""

import datetime as dt
import random
from collections.abc import Callable
from importlib import import_module
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from activities import sums
from activities.actions.archive import archive_activities
from activities.actions.excuse import excuse_member, withdraw_excuse
from activities.actions.sums import repair_sums
from activities.models import Activity, Attendance
from activities.rules.attendance import tally
from activities.sums import Sums
from branches.models import Branch
from core.models import AuditEvent, User
from members.actions import transfer_member
from members.models import Member
from tests.factories.activities import fix_theme_day, make_link, make_roster, record
from tests.factories.members import make_member

STATES = ("present", "online", "home", "excused", "absent")


def kept(activity: Activity) -> Sums:
    """Return the counts kept with ACTIVITY."""
    return Sums(*Activity.objects.values_list(*Sums._fields).get(pk=activity.pk))


def by_rule(activity: Activity) -> Sums:
    """Return what the rule counts of the attendance of ACTIVITY."""
    rows = activity.attendances.values_list("state", "is_due")
    due, guests = ([state for state, is_due in rows if is_due is on] for on in (True, False))
    counts = tally(due, guests=guests)
    return Sums(counts.roster, counts.expected, counts.took_part, counts.guests)


def test_kept_counts_equal_the_plain_sum_after_any_acts(
    bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    chance = random.Random(5)
    people, visitor = make_roster(branch, 6), make_member(other_branch, "林晓东")
    make_link(visitor, branch, started_on=dt.date(2026, 1, 1))
    records: dict[str, Activity] = {}
    for _ in range(14):
        period = chance.choice(("2026-09", "2026-10", "2026-11"))
        marks: dict[str, list[Member]] = {state: [] for state in STATES}
        for person in [*people, visitor][: None if chance.random() < 0.8 else -1]:
            marks[chance.choice(STATES)].append(person)
        version = records[period].version if period in records else 0
        records[period] = record(
            bureau_staff, branch, marks.pop("present"), period=period, version=version, **marks
        )
        assert kept(records[period]) == by_rule(records[period])
    archive_activities(by=bureau_staff, activities=[records["2026-09"]])
    transfer_member(
        by=bureau_staff,
        member=people[0],
        to=other_branch,
        on=dt.date(2026, 11, 20),
        document="介绍信",
    )
    fix_theme_day(other_branch, 28)
    visitor = Member.objects.get(pk=visitor.pk)
    excuse_member(by=bureau_staff, member=visitor, period="2026-11", reason="住院")
    planned = other_branch.activities.get()
    assert kept(planned) == Sums(listed=1)
    withdraw_excuse(by=bureau_staff, member=visitor, period="2026-11")
    assert kept(planned) == Sums()
    plain = sums.plain(Attendance.objects.all())
    assert {each.pk: kept(each) for each in records.values()} == plain
    assert sum(each.guests for each in plain.values()) > 0
    assert sums.differing() == {}
    Activity.objects.update(listed=0, expected=0, took_part=0, guests=0)
    with connection.cursor() as cursor:
        cursor.execute(import_module("activities.migrations.0010_sums_on_record").ADD_UP)
    assert sums.differing() == {}


def test_the_grid_shows_the_share_who_came(
    bureau_staff: User,
    branch: Branch,
    roster: list[Member],
    client_for: Callable[[User], Client],
) -> None:
    record(bureau_staff, branch, roster[:1], period="2026-03", absent=roster[1:2], home=roster[2:])
    record(bureau_staff, branch, roster[:2], period="2026-04", excused=roster[2:])
    grid = client_for(bureau_staff).get("/admin/activities/activity/year-grid/2026/")

    assert grid.context["shares"] == [None, None, 67, 100, *[None] * 8, 80]
    assert '<td data-word="3月">67%</td><td data-word="4月">100%</td>' in grid.content.decode()


def test_what_went_wrong_is_found_and_put_right(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    activity = record(secretary, branch, roster)
    good = kept(activity)
    said = StringIO()
    call_command("check_sums", stdout=said)
    assert "一致" in said.getvalue()
    Activity.objects.filter(pk=activity.pk).update(took_part=9)

    with pytest.raises(CommandError, match="有1项活动的到会合计不对"):
        call_command("check_sums")
    assert sums.differing() == {activity.pk: good}
    assert repair_sums(by=None) == 1
    assert kept(activity) == good
    assert repair_sums(by=None) == 0
    assert AuditEvent.objects.filter(act="改正到会合计").count() == 1
