"""月通知: the members of a branch are told of its theme day, once, some days before (SYS-18)."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from activities.actions.announce import announce_theme_days
from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from activities.enums import ActivityState
from activities.models import Activity
from branches.enums import BranchKind, Tie
from branches.models import Area, Branch
from core.enums import RunState
from core.models import BackgroundRun, Notice, RuleParameter, User
from core.runs import run_now
from core.runs.sweeper import sweep_runs
from members.actions import mark_deceased, transfer_out
from members.enums import AffiliationKind
from members.models import Member
from tests.activities.conftest import shanghai
from tests.activities.log_page import SignIn, plain, text
from tests.factories.activities import fix_theme_day, make_link, record
from tests.factories.branches import make_branch, make_user
from tests.factories.members import make_member

NEAR, FAR = dt.date(2026, 11, 26), dt.date(2026, 12, 15)


def plan(by: User, branch: Branch, day: dt.date = NEAR, **values: object) -> Activity:
    """Announce the theme day of DAY's month."""
    said = {"starts_at": dt.time(9), "place": "社区活动室", "topic": "学党章"} | values
    return plan_activity(by=by, branch=branch, period=f"{day:%Y-%m}", date=day, **said)


def told(user: User) -> list[str]:
    """Return what USER was told, the oldest first."""
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


def test_a_plan_for_a_near_day_is_told_at_once_and_only_once(
    client_for: SignIn, secretary: User, member: User, outsider: User, branch: Branch
) -> None:
    plan(secretary, branch)
    words = f"{branch.label}11月主题党日定在11月26日 星期四 上午9点，在社区活动室。"
    assert told(member) == [words]
    assert told(outsider) == []
    plan(secretary, branch, topic="学全会精神")
    assert announce_theme_days() == 0
    assert told(member) == [words]
    client = client_for(member)
    assert words in text(client.get("/notices/"))
    page = client.post(f"/notices/{Notice.objects.get(user=member).pk}/open/", follow=True)
    assert page.request["PATH_INFO"] == "/me/calendar/2026-11/"
    assert "学全会精神" in text(page)
    assert '<a class="btn" href="/me/excuse/2026-11/">我要请假</a>' in text(page)


def test_another_topic_stands_in_what_was_not_read_yet(
    secretary: User, member: User, branch: Branch
) -> None:
    plan(secretary, branch)
    plan(secretary, branch, topic="学全会精神")
    notice = Notice.objects.get(user=member)
    assert notice.detail == "学全会精神"
    Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
    plan(secretary, branch, topic="看望老同志")
    assert Notice.objects.get(user=member).detail == "学全会精神", "what was read stays as it was"


def test_two_branches_of_one_name_are_told_of_each_by_itself(
    member: User, branch: Branch, community: Area
) -> None:
    other = make_branch(community, kind=BranchKind.TEMP_BRANCH, tie=Tie.INTEREST)
    make_link(Member.objects.get(user=member), other, AffiliationKind.TEMPORARY)
    Branch.objects.update(name="第一党支部", short_name="")
    for place, day in ((branch, 25), (other, 26)):
        Activity.objects.create(
            branch=place,
            kind_id="activity.theme_day",
            period="2026-11",
            date=dt.date(2026, 11, day),
            place="社区",
        )
    assert announce_theme_days() == 2
    assert announce_theme_days() == 0
    days = ("11月25日 星期三", "11月26日 星期四")
    assert told(member) == [f"第一党支部11月主题党日定在{day}，在社区。" for day in days]


def test_a_plan_made_early_is_told_five_days_before(
    clock: time_machine.Traveller, secretary: User, member: User, branch: Branch
) -> None:
    plan(secretary, branch, FAR)
    clock.move_to(shanghai(2026, 12, 9, 3))
    assert announce_theme_days() == 0
    clock.move_to(shanghai(2026, 12, 10, 3))
    assert announce_theme_days() == 1
    assert told(member)[0].startswith(f"{branch.label}12月主题党日定在12月15日 星期二 上午9点")
    clock.move_to(shanghai(2026, 12, 11, 3))
    assert announce_theme_days() == 0


def test_how_many_days_is_the_areas_to_say(secretary: User, member: User, branch: Branch) -> None:
    standing = RuleParameter.objects.get(key="theme.remind_days")
    standing.pk, standing.value, standing.area_code = None, "23", "990101"
    standing.full_clean()
    standing.save()
    plan(secretary, branch, FAR)
    assert len(told(member)) == 1


def test_the_fixed_day_is_told_where_nobody_planned(member: User, branch: Branch) -> None:
    fix_theme_day(branch, 25)
    Branch.objects.filter(pk=branch.pk).update(meeting_place="老年活动中心")
    assert announce_theme_days() == 1
    assert told(member) == [f"{branch.label}11月主题党日定在11月25日 星期三，在老年活动中心。"]


def test_leave_that_one_asks_moves_the_day_for_nobody(
    secretary: User, member: User, branch: Branch
) -> None:
    fix_theme_day(branch, 25)
    Branch.objects.filter(pk=branch.pk).update(meeting_place="老年活动中心")
    assert announce_theme_days() == 1
    words = told(member)
    excuse_member(by=member, member=Member.objects.get(user=member), period="2026-11")
    assert announce_theme_days() == 0
    assert told(member) == words


def test_a_day_that_moves_is_told_anew_and_the_old_one_taken_back(
    secretary: User, member: User, branch: Branch
) -> None:
    plan(secretary, branch)
    plan(secretary, branch, dt.date(2026, 11, 27))
    moved = f"{branch.label}11月主题党日改在11月27日 星期五 上午9点，在社区活动室。"
    assert told(member) == [moved]
    Notice.objects.filter(user=member).update(read_at=timezone.now())
    plan(secretary, branch)
    back = f"{branch.label}11月主题党日改在11月26日 星期四 上午9点，在社区活动室。"
    assert told(member) == [moved, back]
    assert announce_theme_days() == 0


def test_who_was_told_hears_of_a_move_to_a_day_that_is_not_near(
    clock: time_machine.Traveller, secretary: User, member: User, branch: Branch
) -> None:
    """Else he goes on the old day; who had heard nothing yet is told when the new day is near."""
    plan(secretary, branch, dt.date(2026, 12, 6))
    clock.move_to(shanghai(2026, 12, 1, 3))
    assert announce_theme_days() == 1
    late = make_user("late")
    make_member(branch, user=late)
    clock.move_to(shanghai(2026, 12, 5, 9))
    plan(secretary, branch, dt.date(2026, 12, 20))
    moved = f"{branch.label}12月主题党日改在12月20日 星期日 上午9点，在社区活动室。"
    assert told(member) == [moved]
    assert told(late) == []
    clock.move_to(shanghai(2026, 12, 15, 3))
    assert announce_theme_days() == 1
    assert told(member) == [moved]
    assert told(late) == [moved.replace("改在", "定在")]


def test_a_fixed_day_that_was_told_and_then_moved_is_told_anew(
    secretary: User, member: User, branch: Branch
) -> None:
    """By a plan for another day, and by another fixed day."""
    fix_theme_day(branch, 25)
    assert announce_theme_days() == 1
    fix_theme_day(branch, 28)
    assert announce_theme_days() == 1
    assert told(member) == [f"{branch.label}11月主题党日改在11月28日 星期六。"]
    plan(secretary, branch, dt.date(2026, 11, 29))
    assert told(member) == [
        f"{branch.label}11月主题党日改在11月29日 星期日 上午9点，在社区活动室。"
    ]


@pytest.mark.parametrize(
    "state", [ActivityState.CANCELLED, ActivityState.RECORDED, ActivityState.ARCHIVED]
)
def test_nobody_is_told_of_what_is_over_or_cancelled(
    secretary: User, member: User, branch: Branch, state: str
) -> None:
    fix_theme_day(branch, 25)
    record(secretary, branch, list(Member.objects.filter(branch=branch)))
    Activity.objects.update(state=state, date=NEAR)
    assert announce_theme_days() == 0
    assert told(member) == []


def test_who_died_left_or_has_no_account_is_told_nothing(
    secretary: User, bureau_staff: User, branch: Branch
) -> None:
    users = [make_user(f"m{number}") for number in range(3)]
    dead, gone, here = (make_member(branch, user=user) for user in users)
    make_member(branch, "没有账号")
    mark_deceased(by=bureau_staff, member=dead, on=dt.date(2026, 11, 20))
    transfer_out(by=bureau_staff, member=gone, on=dt.date(2026, 11, 22), document="介〔2026〕5号")
    plan(secretary, branch)
    assert [len(told(user)) for user in users] == [0, 0, 1]
    assert here.user == users[2]


def test_guests_are_told_by_their_own_branch_only(
    secretary: User, branch: Branch, other_branch: Branch
) -> None:
    user = make_user("guest")
    make_link(make_member(other_branch, user=user), branch)
    plan(secretary, branch)
    assert told(user) == []


def test_a_long_name_and_a_long_place_still_make_a_notice(
    secretary: User, member: User, branch: Branch
) -> None:
    Branch.objects.filter(pk=branch.pk).update(name="党" * 100, short_name="")
    plan(secretary, Branch.objects.get(pk=branch.pk), place="楼" * 100)
    (words,) = told(member)
    assert len(words) <= Notice._meta.get_field("text").max_length
    assert announce_theme_days() == 0


def test_the_night_tells_without_a_broker(
    clock: time_machine.Traveller, secretary: User, member: User, branch: Branch
) -> None:
    fix_theme_day(branch, 25)
    sweep_runs(ring=lambda key: None)
    run = BackgroundRun.objects.get(kind="nightly.announce_theme_days")
    run = run_now(run)
    assert (run.state, run.result) == (RunState.DONE, {"told": 1})
    sweep_runs(ring=lambda key: None)
    assert BackgroundRun.objects.filter(kind=run.kind).count() == 1
    assert len(told(member)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_questions_do_not_grow_with_the_members(
    secretary: User, branch: Branch, django_assert_num_queries: object, count: int
) -> None:
    fix_theme_day(branch, 25)
    for number in range(count):
        make_member(branch, user=make_user(f"m{number}"))
    with django_assert_num_queries(10):  # type: ignore[operator]
        assert announce_theme_days() == count


def test_the_plan_page_says_that_they_are_told(
    client_for: SignIn, secretary: User, branch: Branch
) -> None:
    client: Client = client_for(secretary)
    address = f"/branch/{branch.pk}/theme-day/2026-12/"
    assert "会前5天，有账号的同志还会收到一条通知" in plain(text(client.get(f"{address}plan/")))
