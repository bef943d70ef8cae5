"""Recording, planning, excusing, printing."""

import datetime as dt
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from activities.actions.cancel import cancel_plan
from activities.actions.excuse import excuse_member, withdraw_excuse
from activities.actions.sheet import print_sheet
from activities.actions.theme_day import RecordConflict, plan_activity
from activities.enums import ActivityState, AttendanceState
from activities.models import Activity, Attendance, SignInSheet
from branches.enums import Role
from branches.models import Branch
from core.models import AuditEvent, Kind, User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.factories.activities import fix_theme_day, make_link, make_roster, record
from tests.factories.branches import make_post, make_user
from tests.factories.members import make_member


def states_of(activity: Activity) -> dict[str, str]:
    return dict(activity.attendances.order_by("pk").values_list("member__name", "state"))


@pytest.fixture
def machine_in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine's own clock say UTC."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert time.localtime().tm_gmtoff == 0
    yield
    monkeypatch.undo()
    time.tzset()


def test_recording_writes_one_record_with_everybody(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    activity = record(secretary, branch, roster[:1], excused=roster[1:2], absent=roster[2:])
    assert activity.state == ActivityState.RECORDED
    assert activity.version == 1
    assert activity.recorded_by == secretary
    assert states_of(activity) == {
        "陈建国": AttendanceState.PRESENT,
        "周秀英": AttendanceState.EXCUSED,
        "黄长江": AttendanceState.HOME,  # frail: never absent
    }
    assert set(activity.attendances.values_list("by", "home_branch")) == {(secretary.pk, branch.pk)}


def test_changing_again_keeps_one_record_and_the_trail(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    record(secretary, branch, roster)
    activity = record(secretary, branch, roster[1:], excused=roster[:1], version=1, topic="学党章")
    assert activity.version == 2
    assert Activity.objects.count() == 1
    first, second = AuditEvent.objects.filter(object_type="activities.activity").order_by("pk")
    assert (first.act, second.act) == ("登记主题党日", "修改主题党日")
    assert second.by == secretary
    assert second.area_path == branch.area_path
    assert second.before == {
        "topic": "学习全会精神",
        "version": 1,
        "marks": {str(roster[0].pk): "PRESENT"},
    }
    assert second.after == {
        "topic": "学党章",
        "version": 2,
        "marks": {str(roster[0].pk): "EXCUSED"},
    }


@pytest.mark.parametrize("is_cancelled", [False, True])
def test_what_was_planned_is_in_the_trail_as_logged_when_it_is_logged_first(
    secretary: User, branch: Branch, roster: list[Member], is_cancelled: bool
) -> None:
    planned = plan_activity(
        by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 22), topic="学党章"
    )
    if is_cancelled:
        cancel_plan(by=secretary, branch=branch, period="2026-11")
        planned.refresh_from_db()
    record(secretary, branch, roster, version=planned.version)
    record(secretary, branch, roster, version=planned.version + 1, topic="学党史")
    acts = AuditEvent.objects.filter(object_type="activities.activity").order_by("pk")
    wanted = ["登记主题党日", "修改主题党日"]
    assert list(acts.values_list("act", flat=True))[-2:] == wanted


def test_the_same_form_twice_changes_nothing(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    first = record(secretary, branch, roster)
    again = record(secretary, branch, roster)
    assert (again.pk, again.version) == (first.pk, 1)
    assert AuditEvent.objects.filter(object_type="activities.activity").count() == 1


def test_an_older_form_meets_both_versions(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    record(secretary, branch, roster, excused=[])
    with pytest.raises(RecordConflict) as conflict:
        record(secretary, branch, roster[1:], excused=roster[:1], version=0)
    assert conflict.value.theirs.marks[roster[0].pk].state == AttendanceState.PRESENT
    assert conflict.value.mine.marks[roster[0].pk].state == AttendanceState.EXCUSED
    assert Activity.objects.get().version == 1


def test_strangers_refuse_the_whole_submit(
    secretary: User, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """P12: a member out of scope in the list, and nothing is written."""
    stranger = make_member(other_branch, "赵淑珍")
    with pytest.raises(ValidationError, match="名单里有不在本支部的同志"):
        record(secretary, branch, [*roster, stranger])
    assert Activity.objects.count() == 0
    assert Attendance.objects.count() == 0
    assert AuditEvent.objects.filter(act="登记主题党日").count() == 0


def test_nobody_of_the_roster_may_be_left_out(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    with pytest.raises(ValidationError, match="黄长江"):
        record(secretary, branch, roster[:2])
    assert Activity.objects.count() == 0


def test_others_cannot_record(
    other_secretary: User, outsider: User, branch: Branch, roster: list[Member]
) -> None:
    for user in (other_secretary, outsider):
        with pytest.raises(PermissionDenied):
            record(user, branch, roster)
    assert Activity.objects.count() == 0


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (dt.date(2026, 10, 31), "请选2026年11月里的一天。"),
        (dt.date(2026, 11, 23), "这一天还没到。"),
    ],
)
def test_the_day_must_lie_in_the_month_and_behind_us(
    secretary: User, branch: Branch, roster: list[Member], day: dt.date, message: str
) -> None:
    with pytest.raises(ValidationError, match=message):
        record(secretary, branch, roster, day=day)
    assert Activity.objects.count() == 0


def test_the_month_is_locked_at_midnight_in_shanghai(
    secretary: User,
    branch: Branch,
    roster: list[Member],
    clock: time_machine.Traveller,
    machine_in_utc: None,
) -> None:
    """F22: 23:59:59 is November, two seconds later it is December, whatever zone the machine has."""
    clock.move_to(shanghai(2026, 11, 30, 23, 59, 58))
    record(secretary, branch, roster)
    clock.move_to(shanghai(2026, 12, 1, 0, 0, 1))
    with pytest.raises(PermissionDenied, match="2026年11月的登记时间已经过了"):
        record(secretary, branch, roster[1:], excused=roster[:1], version=1)
    with pytest.raises(PermissionDenied, match="2027年1月还没到"):
        record(secretary, branch, roster, period="2027-01")


def test_a_kind_may_stay_open_longer(
    secretary: User, branch: Branch, roster: list[Member], clock: time_machine.Traveller
) -> None:
    kind = Kind.objects.get(key="activity.theme_day")
    kind.settings["edit_days_after"] = 5
    kind.save()
    clock.move_to(shanghai(2026, 12, 5, 23, 0))
    assert record(secretary, branch, roster).version == 1
    clock.move_to(shanghai(2026, 12, 6, 0, 0, 1))
    with pytest.raises(PermissionDenied):
        record(secretary, branch, roster[1:], excused=roster[:1], version=1)


def test_the_office_enters_what_is_missing(
    street_staff: User, branch: Branch, roster: list[Member]
) -> None:
    activity = record(street_staff, branch, roster, period="2026-07")
    assert activity.recorded_by == street_staff


def test_guests_count_once_and_show_at_home(
    secretary: User, other_secretary: User, branch: Branch, other_branch: Branch
) -> None:
    """SYS-04: home B2, activity place B1."""
    member = make_member(other_branch, "张桂兰")
    make_link(member, branch)
    record(secretary, branch, [member])
    attendance = Attendance.objects.get()
    assert attendance.home_branch == other_branch
    assert list(Attendance.objects.visible_to(other_secretary).elsewhere()) == [attendance]
    assert list(Attendance.objects.editable_by(other_secretary)) == []
    assert list(Attendance.objects.visible_to(secretary)) == [attendance]


def test_a_guest_who_did_not_come_leaves_no_mark(
    secretary: User, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    guest = make_member(other_branch, "张桂兰")
    make_link(guest, branch)
    record(secretary, branch, [*roster, guest])
    activity = record(secretary, branch, roster, version=1)
    assert "张桂兰" not in states_of(activity)


def test_who_left_since_stays_on_the_record(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    record(secretary, branch, roster)
    roster[0].affiliations.update(ended_on=dt.date(2026, 11, 4))
    activity = record(secretary, branch, roster[:2], home=roster[2:], version=1, topic="学党章")
    assert set(states_of(activity)) == {"陈建国", "周秀英", "黄长江"}


@pytest.mark.django_db(transaction=True)
def test_sixteen_submits_at_once_make_one_record(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    """F16."""

    def submit(_: int) -> int:
        try:
            return record(User.objects.get(pk=secretary.pk), branch, roster).version
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        versions = list(threads.map(submit, range(16)))
    assert versions == [1] * 16
    assert Activity.objects.count() == 1
    assert Attendance.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_no_edit_is_lost_when_forty_are_made_at_once(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    """F17: each either stands, or its writer was told."""
    record(secretary, branch, roster)

    def submit(number: int) -> bool:
        try:
            record(
                User.objects.get(pk=secretary.pk),
                branch,
                roster,
                version=1,
                topic=f"第{number}稿",
            )
        except RecordConflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as threads:
        saved = list(threads.map(submit, range(40)))
    activity = Activity.objects.get()
    assert saved.count(True) == 1
    assert activity.version == 2
    assert activity.topic == f"第{saved.index(True)}稿"


def test_planning_and_planning_again(
    secretary: User, other_secretary: User, branch: Branch, roster: list[Member]
) -> None:
    plan: dict[str, Any] = {"by": secretary, "branch": branch, "period": "2026-12"}
    plan_activity(**plan, date=dt.date(2026, 12, 3), topic="学党章")
    activity = plan_activity(
        **plan, date=dt.date(2026, 12, 4), starts_at=dt.time(9), topic="学党章", place="活动室"
    )
    assert Activity.objects.get() == activity
    assert (activity.state, activity.date) == (ActivityState.PLANNED, dt.date(2026, 12, 4))
    with pytest.raises(PermissionDenied):
        plan_activity(**plan | {"by": other_secretary}, date=dt.date(2026, 12, 3))
    with pytest.raises(ValidationError, match="请选2026年12月里的一天"):
        plan_activity(**plan, date=dt.date(2027, 1, 3))


def test_a_month_on_record_is_not_planned_any_more(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    record(secretary, branch, roster)
    with pytest.raises(ValidationError, match="已经登记"):
        plan_activity(by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 25))


def test_a_plan_becomes_the_record(secretary: User, branch: Branch, roster: list[Member]) -> None:
    planned = plan_activity(
        by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 20)
    )
    activity = record(secretary, branch, roster, version=planned.version)
    assert (activity.pk, activity.state, activity.version) == (planned.pk, "RECORDED", 2)


def test_a_member_excuses_himself_once(branch: Branch, member: User) -> None:
    fix_theme_day(branch, 15)
    person = Member.objects.get(user=member)
    excuse_member(by=member, member=person, period="2026-12", reason="住院")
    attendance = excuse_member(by=member, member=person, period="2026-12", reason="住院")
    assert Attendance.objects.get() == attendance
    assert attendance.activity.date == dt.date(2026, 12, 15)
    assert attendance.activity.state == ActivityState.PLANNED
    assert (attendance.state, attendance.reason) == (AttendanceState.EXCUSED, "住院")
    withdraw_excuse(by=member, member=person, period="2026-12")
    assert Attendance.objects.count() == 0
    assert list(AuditEvent.objects.order_by("pk").values_list("act", flat=True))[-2:] == [
        "请假",
        "取消请假",
    ]


def test_who_asked_no_leave_takes_none_back(branch: Branch, member: User) -> None:
    fix_theme_day(branch, 15)
    withdraw_excuse(by=member, member=Member.objects.get(user=member), period="2026-12")
    assert not Activity.objects.exists(), "nobody has planned the month"


def test_only_oneself_or_ones_own_branch_is_excused(
    branch: Branch, member: User, secretary: User, other_secretary: User, outsider: User
) -> None:
    fix_theme_day(branch, 15)
    person = Member.objects.get(user=member)
    for user in (other_secretary, outsider):
        with pytest.raises(PermissionDenied):
            excuse_member(by=user, member=person, period="2026-12")
    excuse_member(by=secretary, member=person, period="2026-12")
    assert Attendance.objects.get().by == secretary


def test_nothing_to_excuse_oneself_from(branch: Branch, member: User, secretary: User) -> None:
    person = Member.objects.get(user=member)
    with pytest.raises(ValidationError, match="还没有定下日期"):
        excuse_member(by=member, member=person, period="2026-12")
    record(secretary, branch, [person])
    with pytest.raises(ValidationError, match="已经开过"):
        excuse_member(by=member, member=person, period="2026-11")


def test_a_sheet_keeps_its_rows(secretary: User, branch: Branch, roster: list[Member]) -> None:
    first = print_sheet(by=secretary, branch=branch, period="2026-11")
    assert print_sheet(by=secretary, branch=branch, period="2026-11") == first
    assert first.code == "2611-1"
    make_member(branch, "赵淑珍")
    second = print_sheet(by=secretary, branch=branch, period="2026-11")
    assert second.code == "2611-2"
    assert len(second.member_ids) == 4
    assert SignInSheet.objects.get(pk=first.pk).member_ids == first.member_ids
    assert set(first.member_ids) == {row.pk for row in roster}


def test_a_secretary_of_two_branches_records_both(
    secretary: User, branch: Branch, other_branch: Branch
) -> None:
    make_post(Role.SECRETARY, other_branch, secretary)
    user = User.objects.get(pk=secretary.pk)
    for each in (branch, other_branch):
        record(user, each, make_roster(each, 1))
    assert Activity.objects.editable_by(user).count() == 2
    assert Activity.objects.visible_to(make_user()).count() == 0
