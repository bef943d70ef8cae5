"""取消安排: a theme day that was announced is taken back, and who knew of it is told (SYS-18)."""

import datetime as dt
from contextlib import nullcontext

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from activities.actions.announce import announce_theme_days
from activities.actions.cancel import cancel_plan
from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from activities.enums import ActivityState
from activities.models import Activity, Attendance
from branches.models import Branch
from core.models import AuditEvent, Notice, User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.activities.log_page import NOVEMBER, SignIn, filled, plain, text
from tests.factories.activities import fix_theme_day, record
from tests.factories.branches import make_user
from tests.factories.members import make_member

DAY = dt.date(2026, 11, 26)


def plan(by: User, branch: Branch, day: dt.date = DAY) -> Activity:
    """Announce the theme day of DAY's month."""
    return plan_activity(
        by=by, branch=branch, period=f"{day:%Y-%m}", date=day, starts_at=dt.time(9), topic="学党章"
    )


def told(user: User) -> list[str]:
    """Return what USER was told and has not taken back, the oldest first."""
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


def test_in_two_taps_it_is_gone_and_who_was_told_is_told_so_once(
    client_for: SignIn, secretary: User, member: User, outsider: User, branch: Branch
) -> None:
    fix_theme_day(branch, 26)
    plan(secretary, branch)
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    assert f'href="{address}plan/"' in text(client.get(f"/branch/{branch.pk}/"))
    assert f'href="{address}cancel/"' in text(client.get(f"{address}plan/"))
    asked = client.get(f"{address}cancel/")
    assert "11月主题党日要取消吗？" in plain(text(asked))
    assert "11月26日 星期四 上午9点" in plain(text(asked))
    sent = {"reason": " 活动室在修，电话13812345678。"}
    for _ in range(2):  # pressed twice
        done = client.post(f"{address}cancel/", sent, follow=True)
        assert "11月主题党日安排已取消" in plain(text(done))
    why = "原因：活动室在修，电话138****5678。"
    off = f"{branch.label}11月主题党日取消了，原来定在11月26日 星期四。{why}"
    assert told(member) == [f"{off}定了新的日子，再通知您。"]
    assert told(outsider) == []
    assert announce_theme_days() == 0
    home = plain(text(client.get(f"/branch/{branch.pk}/")))
    assert "原来的安排已经取消。" in home
    assert "11月26日" not in home
    assert "代为请假" not in home
    assert "11月26日" not in plain(text(client_for(member).get("/me/")))


def test_what_was_read_stays_and_who_knew_nothing_is_told_nothing(
    secretary: User, member: User, branch: Branch
) -> None:
    plan(secretary, branch)
    Notice.objects.filter(user=member).update(read_at=timezone.now())
    late = make_user("late")
    make_member(branch, user=late)
    cancel_plan(by=secretary, branch=branch, period="2026-11")
    said, off = told(member)
    assert said.startswith(f"{branch.label}11月主题党日定在11月26日")
    assert off.endswith("取消了，原来定在11月26日 星期四。定了新的日子，再通知您。")
    assert told(late) == []


def test_leave_goes_with_the_day_and_who_had_asked_for_it_is_told(
    secretary: User, member: User, branch: Branch
) -> None:
    """Also of a day of which nobody was told yet; planned anew, nobody is excused from it."""
    day = dt.date(2026, 12, 15)
    me = Member.objects.get(user=member)
    plan(secretary, branch, day)
    excuse_member(by=member, member=me, period="2026-12", reason="住院")
    assert told(member) == []
    cancel_plan(by=secretary, branch=branch, period="2026-12")
    assert len(told(member)) == 1
    assert not Attendance.objects.exists()
    gone = Activity.objects.get()
    assert (gone.listed, gone.expected) == (0, 0)
    with pytest.raises(ValidationError, match="还没有定下日期"):
        excuse_member(by=member, member=me, period="2026-12")


def test_the_month_is_planned_anew_and_who_heard_the_first_hears_the_second(
    client_for: SignIn, secretary: User, member: User, branch: Branch
) -> None:
    plan(secretary, branch)
    cancel_plan(by=secretary, branch=branch, period="2026-11")
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    assert f'href="{address}plan/"' in text(client.get(f"/branch/{branch.pk}/"))
    sent = {"date": "2026-11-30", "starts_at": "09:00:00", "topic": "学党章"}
    answer = client.post(f"{address}plan/", sent, follow=True)
    assert "11月主题党日已安排" in plain(text(answer))
    assert told(member) == [f"{branch.label}11月主题党日定在11月30日 星期一 上午9点。"]
    assert Activity.objects.get().state == ActivityState.PLANNED


def test_what_took_place_after_all_is_recorded_as_ever(
    client_for: SignIn, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    plan(secretary, branch)
    cancel_plan(by=secretary, branch=branch, period="2026-11")
    client, address = client_for(secretary), f"/branch/{branch.pk}/{NOVEMBER}"
    assert client.post(address, filled(client.get(address))).status_code == 302
    assert Activity.objects.get().state == ActivityState.RECORDED
    assert client.get(f"{address}cancel/").status_code == 403


@pytest.mark.parametrize("day", [1, 25])
def test_the_year_owes_the_month_as_before(
    clock: time_machine.Traveller,
    client_for: SignIn,
    secretary: User,
    branch: Branch,
    roster: list[Member],
    day: int,
) -> None:
    plan(secretary, branch)

    def month() -> tuple[object, object]:
        clock.move_to(shanghai(2026, 12, day, 10))
        context = client_for(secretary).get(f"/branch/{branch.pk}/year/2026/").context
        clock.move_to(shanghai(2026, 11, 22, 10))
        return context["cells"][10].mark.word, context["summary"]

    before = month()
    cancel_plan(by=secretary, branch=branch, period="2026-11")
    assert month() == before


def test_not_once_it_is_over_or_on_record_and_not_by_others(
    clock: time_machine.Traveller,
    client_for: SignIn,
    secretary: User,
    other_secretary: User,
    member: User,
    branch: Branch,
) -> None:
    planned = plan(secretary, branch)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    for user in (other_secretary, member):
        with pytest.raises(PermissionDenied):
            cancel_plan(by=user, branch=branch, period="2026-11")
    with pytest.raises(PermissionDenied):
        cancel_plan(by=secretary, branch=branch, period="2026-12")
    clock.move_to(shanghai(2026, 11, 27, 10))
    with pytest.raises(ValidationError, match="这一天已经过了"):
        cancel_plan(by=secretary, branch=branch, period="2026-11")
    client = client_for(secretary)
    assert "取消这次安排" not in text(client.get(f"{address}plan/"))
    record(secretary, branch, list(Member.objects.filter(branch=branch)))
    with pytest.raises(ValidationError, match="已经登记，不能再取消安排"):
        cancel_plan(by=secretary, branch=branch, period="2026-11")
    planned.refresh_from_db()
    assert planned.state == ActivityState.RECORDED


def test_of_a_month_gone_by_no_new_day_is_offered_that_would_be_refused(
    clock: time_machine.Traveller, client_for: SignIn, secretary: User, branch: Branch
) -> None:
    planned = plan(secretary, branch)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    clock.move_to(shanghai(2026, 12, 1, 10))
    refused = client_for(secretary).get(f"{address}cancel/")
    assert refused.status_code == 403
    assert "安排的这个月已经过了，不用再取消。开过了，请登记。" in text(refused)
    clock.move_to(shanghai(2026, 11, 22, 10))
    cancel_plan(by=secretary, branch=branch, period="2026-11")
    for day, is_offered in (((2026, 11, 30, 22), True), ((2026, 12, 1, 10), False)):
        clock.move_to(shanghai(*day))
        shown = text(client_for(secretary).get(f"{address}cancel/"))
        assert "安排已取消" in plain(shown)
        assert (f'href="{address}plan/"' in shown) == is_offered
        assert ("再安排一次" in shown) == is_offered
        with pytest.raises(ValidationError) if not is_offered else nullcontext():
            plan(secretary, branch, dt.date(2026, 11, 30))
            planned.refresh_from_db()
            assert planned.state == ActivityState.PLANNED
            cancel_plan(by=secretary, branch=branch, period="2026-11")


def test_the_trail_has_the_act_and_not_the_reason(
    secretary: User, member: User, branch: Branch
) -> None:
    plan(secretary, branch)
    excuse_member(by=member, member=Member.objects.get(user=member), period="2026-11")
    cancel_plan(by=secretary, branch=branch, period="2026-11", reason="陈建国同志住院")
    event = AuditEvent.objects.get(act="取消主题党日的安排")
    assert (event.before["state"], event.after["state"]) == ("PLANNED", "CANCELLED")
    assert event.before["marks"]
    assert "陈建国" not in f"{event.before}{event.after}{event.note}"


def test_the_longest_names_and_reason_make_a_notice(
    secretary: User, member: User, branch: Branch
) -> None:
    Branch.objects.filter(pk=branch.pk).update(name="党" * 100, short_name="")
    plan(secretary, branch, dt.date(2026, 11, 26))
    cancel_plan(by=secretary, branch=branch, period="2026-11", reason="修" * 50)
    (words,) = told(member)
    assert len(words) <= Notice._meta.get_field("text").max_length
