"""A member's own pages."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from activities.models import Activity, Attendance
from activities.rules.attendance import ELSEWHERE
from branches.enums import Role
from branches.models import Appointment, Branch
from core.models import Notice, User
from members.models import Member
from tests.factories.activities import ask_from, fix_theme_day, make_link, make_roster, record
from tests.factories.branches import make_user

SignIn = Callable[[User], Client]


@pytest.fixture
def me(member: User) -> Member:
    """The member behind the account ``member``: 周玉兰 of B1."""
    return member.member


@pytest.fixture
def client(client_for: SignIn, member: User) -> Client:
    """Give the member's browser."""
    return client_for(member)


def text(response: Any) -> str:
    """What a page says, wherever its lines may break."""
    return response.content.decode().replace("<wbr>", "")


def month_words(client: Client, page: str = "/me/") -> list[str]:
    """The words of the twelve months on PAGE."""
    return [cell.mark.word for cell in client.get(page).context["cells"]]


def test_the_first_page_says_what_is_next_and_what_was(
    client: Client, me: Member, secretary: User, branch: Branch
) -> None:
    record(secretary, branch, [me])
    plan_activity(
        by=secretary,
        branch=branch,
        period="2026-12",
        date=dt.date(2026, 12, 3),
        starts_at=dt.time(9),
        topic="学习《党章》",
        place="社区活动室",
    )
    page = text(client.get("/me/"))
    assert "周玉兰同志，您好" in page
    assert "12月3日 星期四" in page
    assert "上午9点" in page
    assert "社区活动室，学习《党章》" in page
    assert "我要请假" in page
    assert "11月5日 星期四" in page
    assert "由陆德贤书记代填" in page
    assert "积分" not in page


def test_the_fixed_day_is_next_when_nothing_is_planned(
    client: Client, me: Member, branch: Branch
) -> None:
    assert "还没有定下来" in text(client.get("/me/"))
    fix_theme_day(branch, 25)
    assert client.get("/me/").context["next"].date == dt.date(2026, 11, 25)
    fix_theme_day(branch, 5)
    assert client.get("/me/").context["next"].date == dt.date(2026, 12, 5)


def test_who_has_two_branches_is_told_whose_event_is_next(
    client: Client, me: Member, branch: Branch, other_branch: Branch
) -> None:
    fix_theme_day(branch, 25)
    assert f"{branch.label}的活动" not in text(client.get("/me/"))
    make_link(me, other_branch)
    assert f"{branch.label}的活动" in text(client.get("/me/"))
    fix_theme_day(other_branch, 24)
    page = text(client.get("/me/"))
    assert f"{other_branch.label}的活动" in page
    assert f"{branch.label}的活动" not in page
    # Leave is asked of one's own branch, also while the other's day comes first.
    assert "11月25日 星期三，" in page
    assert 'href="/me/excuse/2026-11/">我要请假' in page


def test_one_counts_once_at_home_and_elsewhere(
    client: Client,
    me: Member,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
) -> None:
    """SYS-04: the linked branch's theme day counts for the member, a month once."""
    make_link(me, other_branch)
    record(other_secretary, other_branch, [me], topic="看展览")
    page = client.get("/me/")
    assert page.context["stats"][0]["number"] == 1
    assert "在柳岸社区离退休干部党支部" in text(page)
    record(secretary, branch, [me], topic="学党章")
    page = client.get("/me/")
    assert page.context["stats"][0]["number"] == 1
    assert [row["what"] for row in page.context["records"]] == ["学党章", "看展览"]
    assert page.context["cells"][10].mark.word == "到会"


def test_who_was_elsewhere_is_shown_one_attendance_and_no_second_at_home(
    client: Client,
    me: Member,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
) -> None:
    make_link(me, other_branch)
    record(other_secretary, other_branch, [me], day=dt.date(2026, 11, 8))
    own = record(secretary, branch, [], day=dt.date(2026, 11, 10), excused=[me])
    Attendance.objects.filter(activity=own).update(reason=ELSEWHERE)
    page = client.get("/me/record/")
    at_home, away = page.context["records"]
    assert (at_home["mark"].word, at_home["mark"].sign) == ("异地参加", "")
    assert f"这个月在{other_branch.label}参加了" in at_home["sub"]
    assert (away["mark"].word, away["mark"].sign) == ("到会", "✓")
    assert page.context["count"] == 1
    assert month_words(client)[10] == "到会"
    dated = client.get("/me/calendar/2026-11/").context["records"]
    assert [row["mark"].word for row in dated] == ["到会", "异地参加"]
    words = f"<dt>我</dt><dd>异地参加，在{other_branch.label}</dd>"
    assert words in text(client.get(f"/me/activity/{own.pk}/"))
    Attendance.objects.exclude(activity=own).delete()
    assert "<dt>我</dt><dd>异地参加</dd>" in text(client.get(f"/me/activity/{own.pk}/"))


def test_the_year_strip_has_a_word_for_every_month(
    client: Client, me: Member, street_staff: User, branch: Branch
) -> None:
    record(street_staff, branch, [me], period="2026-03")
    record(street_staff, branch, [], period="2026-04", excused=[me])
    assert month_words(client) == [
        *["没记录", "没记录", "到会", "请假"],
        *["没记录"] * 6,
        "还没登记",
        "还没到",
    ]


def test_a_month_is_called_as_on_the_branch_s_own_page(
    client: Client, client_for: SignIn, me: Member, secretary: User, street_staff: User,
    branch: Branch,
) -> None:  # fmt: skip
    ask_from("2026-05")
    record(street_staff, branch, [me], period="2026-03")
    mine = month_words(client)
    of_the_branch = month_words(client_for(secretary), f"/branch/{branch.pk}/year/2026/")
    assert mine == [*["不计"] * 2, "到会", "不计", *["没记录"] * 6, "还没登记", "还没到"]
    assert of_the_branch == [*["不计"] * 2, "已开", "不计", *["缺"] * 6, "还没登记", "还没到"]


def test_asking_leave_and_taking_it_back(
    client: Client, me: Member, secretary: User, branch: Branch
) -> None:
    fix_theme_day(branch, 25)
    assert "这次活动要请假吗？" in text(client.get("/me/excuse/2026-11/"))
    answer = client.post("/me/excuse/2026-11/", {"reason": "去医院"})
    assert answer["Location"] == "/me/excuse/2026-11/"
    assert "已请假" in text(client.get("/me/excuse/2026-11/"))
    assert "已请假" in text(client.get("/me/"))
    attendance = Attendance.objects.get()
    assert (attendance.state, attendance.reason, attendance.by) == ("EXCUSED", "去医院", me.user)
    client.post("/me/excuse/2026-11/", {"withdraw": "1"})
    assert Attendance.objects.count() == 0


def test_the_secretary_sees_who_asked_leave(
    client: Client, client_for: SignIn, me: Member, secretary: User, branch: Branch
) -> None:
    fix_theme_day(branch, 22)
    client.post("/me/excuse/2026-11/", {"reason": "去医院"})
    page = client_for(secretary).get(f"/branch/{branch.pk}/theme-day/2026-11/")
    tile = page.context["form"].tiles[0]
    assert (tile.name, tile.here, tile.reason, tile.note) == (
        "周玉兰",
        False,
        "EXCUSED",
        "事先请了假",
    )
    office = client_for(secretary)
    told = "周玉兰同志请假，不参加11月主题党日。"
    assert told in text(office.get("/notices/"))
    assert "去医院" not in text(office.get("/notices/"))
    for page in (f"/branch/{branch.pk}/", f"/branch/{branch.pk}/theme-day/2026-11/plan/"):
        assert "已请假1人：周玉兰" in text(office.get(page))
    client.post("/me/excuse/2026-11/", {"withdraw": "1"})
    assert "已请假" not in text(office.get(f"/branch/{branch.pk}/"))
    assert "周玉兰同志取消了请假，参加11月主题党日。" in text(office.get("/notices/"))


def test_a_secretary_with_two_posts_is_told_once(
    client: Client, me: Member, secretary: User, branch: Branch
) -> None:
    """Old records may have a second term that began before the first was ended."""
    Appointment.objects.create(
        user=secretary, branch=branch, role=Role.SECRETARY, started_on=dt.date(2026, 1, 1)
    )
    fix_theme_day(branch, 22)
    client.post("/me/excuse/2026-11/", {"reason": ""})
    assert Notice.objects.filter(user=secretary).count() == 1


def test_nothing_to_ask_leave_from(client: Client, secretary: User, branch: Branch) -> None:
    assert client.get("/me/excuse/2026-11/").status_code == 404
    assert client.post("/me/excuse/2026-11/", {"reason": ""}).status_code == 404


def test_the_record_goes_by_year(
    client: Client, me: Member, street_staff: User, branch: Branch
) -> None:
    record(street_staff, branch, [me], period="2025-06", topic="去年的活动")
    record(street_staff, branch, [me], period="2026-06", topic="今年的活动")
    page = client.get("/me/record/")
    assert page.context["years"] == [2026, 2025]
    assert "今年的活动" in text(page)
    assert "去年的活动" not in text(page)
    assert "去年的活动" in text(client.get("/me/record/2025/"))
    assert "这一年没有记录" in text(client.get("/me/record/2024/"))


def test_the_calendar_shows_own_and_linked_branches(
    client: Client,
    me: Member,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
    far_branch: Branch,
) -> None:
    make_link(me, other_branch)
    record(secretary, branch, [me], topic="学党章")
    plan_activity(
        by=other_secretary,
        branch=other_branch,
        period="2026-11",
        date=dt.date(2026, 11, 28),
        starts_at=dt.time(9),
        place="柳岸公园",
        topic="外出参观",
    )
    fix_theme_day(far_branch, 26)
    page = client.get("/me/calendar/2026-11/")
    assert [(row["what"], row["mark"].word) for row in page.context["records"]] == [
        ("学党章", "到会"),
        ("外出参观", "待开"),
    ]
    assert f"上午9点，柳岸公园，{other_branch.label}" in text(page)
    assert set(page.context["marks"]) == {dt.date(2026, 11, 5), dt.date(2026, 11, 28)}
    Activity.objects.filter(topic="外出参观").update(date=dt.date(2026, 11, 21))
    late = client.get("/me/calendar/2026-11/").context["records"][1]
    assert (late["what"], late["mark"].word) == ("外出参观", "还没登记")
    assert client.get("/me/calendar/").context["month"].month == 11
    assert client.get("/me/calendar/2026-13/").status_code == 404


def test_the_calendar_file(client: Client, me: Member, secretary: User, branch: Branch) -> None:
    fix_theme_day(branch, 25)
    plan_activity(
        by=secretary,
        branch=branch,
        period="2026-12",
        date=dt.date(2026, 12, 3),
        starts_at=dt.time(9),
        topic="学习《党章》",
    )
    answer = client.get("/me/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    events: list[Any] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [(str(event["summary"]), event["dtstart"].dt.isoformat()) for event in events] == [
        ("主题党日", "2026-11-25"),
        ("学习《党章》", "2026-12-03T09:00:00+08:00"),
        ("主题党日", "2027-01-25"),
        ("主题党日", "2027-02-25"),
    ]
    assert me.name not in answer.content.decode()


def test_a_calendar_entry_keeps_its_name_when_the_day_is_announced(
    client: Client, member: User, secretary: User, branch: Branch
) -> None:
    """Taken over again, the file replaces what the telephone has instead of doubling it."""

    def entries() -> dict[str, str]:
        file = client.get("/me/calendar.ics").content
        found: list[Any] = Calendar.from_ical(file).walk("VEVENT")
        return {event["dtstart"].dt.isoformat()[:7]: str(event["uid"]) for event in found}

    fix_theme_day(branch, 25)
    before = entries()
    plan_activity(by=secretary, branch=branch, period="2026-12", date=dt.date(2026, 12, 3))
    excuse_member(by=member, member=Member.objects.get(user=member), period="2026-11")
    assert entries() == before
    assert len(set(before.values())) == 4


@pytest.mark.parametrize(
    "address", ["/me/", "/me/record/", "/me/calendar/", "/me/calendar.ics", "/me/excuse/2026-11/"]
)
def test_who_is_no_member_has_no_such_page(
    client_for: SignIn, secretary: User, outsider: User, branch: Branch, address: str
) -> None:
    fix_theme_day(branch, 25)
    for user in (secretary, outsider, make_user()):
        assert client_for(user).get(address).status_code == 404


def test_nothing_of_other_people_shows(
    client: Client, me: Member, secretary: User, branch: Branch
) -> None:
    others = make_roster(branch, 3)
    record(secretary, branch, [me, *others])
    for page in ("/me/", "/me/record/", "/me/calendar/"):
        shown = text(client.get(page))
        assert [person.name for person in others if person.name in shown] == []


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_database_a_fixed_number_of_times(
    client: Client,
    me: Member,
    street_staff: User,
    branch: Branch,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    fix_theme_day(branch, 25)
    for month in range(11 - count, 11):
        record(street_staff, branch, [me], period=f"2026-{month:02d}")
    client.get("/me/")  # starts the session's clock
    for page, queries in {
        "/me/": 11,
        "/me/record/": 8,
        "/me/calendar/2026-10/": 8,
        "/me/calendar.ics": 8,
    }.items():
        with django_assert_num_queries(queries, info=page):
            client.get(page)
