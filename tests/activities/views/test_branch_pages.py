"""The pages of a branch: who opens them, what they say of home, year and plan, what they ask."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from activities.rules.period import Period
from branches.enums import Role
from branches.models import Branch
from core.models import Kind, User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.activities.log_page import NOVEMBER, SignIn, plain, text
from tests.factories.activities import fix_theme_day, make_link, make_roster, record
from tests.factories.branches import make_post
from tests.factories.members import make_member

# --- whose pages ---------------------------------------------------------------------------------

BRANCH_PAGES = [
    "",
    "year/2026/",
    NOVEMBER,
    f"{NOVEMBER}saved/",
    f"{NOVEMBER}record/",
    f"{NOVEMBER}reasons/",
    f"{NOVEMBER}sheet/",
    f"{NOVEMBER}sheet/1/",
    f"{NOVEMBER}numbers/",
    "theme-day/2026-12/plan/",
    "theme-day/2026-12/planned/",
    "theme-day/2026-12/excuse/",
]


@pytest.fixture
def everything(secretary: User, branch: Branch, roster: list[Member], client: Client) -> None:
    """A record, a sheet and a plan of B1."""
    record(secretary, branch, roster)
    client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")
    plan_activity(by=secretary, branch=branch, period="2026-12", date=dt.date(2026, 12, 3))


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("secretary", 200),
        ("street_staff", 200),
        ("bureau_staff", 200),
        ("member", 403),
        ("sysadmin", 403),
        ("auditor", 403),
        ("other_secretary", 404),
        ("outsider", 404),
    ],
)
def test_who_opens_the_pages_of_a_branch(
    request: pytest.FixtureRequest,
    client_for: SignIn,
    branch: Branch,
    everything: None,
    role: str,
    status: int,
) -> None:
    browser = client_for(request.getfixturevalue(role))
    answers = {
        tail: browser.get(f"/branch/{branch.pk}/{tail}").status_code for tail in BRANCH_PAGES
    }
    assert answers == dict.fromkeys(BRANCH_PAGES, status)


def test_asking_for_the_head_is_answered_alike(
    client: Client, branch: Branch, everything: None
) -> None:
    pages = [f"/branch/{branch.pk}/{tail}" for tail in BRANCH_PAGES]
    assert {client.head(page).status_code for page in pages} == {200}


def test_nobody_comes_in_without_signing_in(branch: Branch) -> None:
    for page in (f"/branch/{branch.pk}/", "/me/", "/"):
        assert Client().get(page)["Location"].startswith("/signin/?next=")


@pytest.mark.parametrize("number", ["0", "999999999", str(2**70), "-1", "1 or 1=1", "%00"])
def test_odd_numbers_find_nothing(client: Client, number: str) -> None:
    for page in BRANCH_PAGES:
        assert client.get(f"/branch/{number}/{page}").status_code == 404


@pytest.mark.parametrize("month", ["2026-13", "2026-00", "2026-1", "1999-01", "abcd-ef"])
def test_odd_months_find_nothing(client: Client, branch: Branch, month: str) -> None:
    assert client.get(f"/branch/{branch.pk}/theme-day/{month}/").status_code == 404


def test_a_month_ahead_is_planned_not_logged(client: Client, branch: Branch) -> None:
    answer = client.get(f"/branch/{branch.pk}/theme-day/2027-01/")
    assert answer.status_code == 403
    assert "2027年1月还没到" in text(answer)


def test_a_group_leader_is_told_who_logs(
    client_for: SignIn, group_leader: User, group: Branch
) -> None:
    answer = client_for(group_leader).get(f"/branch/{group.pk}/")
    assert answer.status_code == 403
    assert "党小组不单独登记主题党日，由党支部一起登记。" in text(answer)


# --- home, year ----------------------------------------------------------------------------------


def test_the_branch_home_shows_what_is_due(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    fix_theme_day(branch, 25)
    before = text(client.get(f"/branch/{branch.pk}/"))
    assert "登记11月<wbr>主题党日" in before
    assert "11月25日 星期三" in before
    record(secretary, branch, roster)
    after = text(client.get(f"/branch/{branch.pk}/"))
    assert "登记11月主题党日" not in after
    assert "已登记" in after


@pytest.mark.parametrize("now", [(2026, 12, 1), (2027, 1, 1)])
def test_last_month_can_be_made_up_even_when_it_was_planned(
    client_for: SignIn,
    secretary: User,
    street_staff: User,
    branch: Branch,
    roster: list[Member],
    clock: time_machine.Traveller,
    now: tuple[int, int, int],
) -> None:
    """The days after the month's end in which the branch may still log it (edit_days_after)."""
    theme_day = Kind.objects.get(key="activity.theme_day")
    theme_day.settings |= {"edit_days_after": 5}
    theme_day.save()
    late = Period(*now[:2]).previous
    clock.move_to(shanghai(late.year, late.month, 1, 8))
    plan_activity(by=secretary, branch=branch, period=str(late), date=late.first)
    clock.move_to(shanghai(*now, 8))
    home, notice = f"/branch/{branch.pk}/", f"{late.month}月的也还没登记，现在还能补。"
    assert notice in text(client_for(secretary).get(home))
    record(secretary, branch, roster, period=str(late), version=1)
    assert notice not in text(client_for(secretary).get(home))


def link_words(client: Client, page: str, address: str) -> set[str]:
    """Return the words of the links on PAGE that lead to ADDRESS."""
    links = re.findall(f'<a [^>]*href="{address}"[^>]*>(.*?)</a>', text(client.get(page)))
    return {plain(words) for words in links}


def test_a_page_is_called_alike_wherever_a_link_leads_to_it(
    client: Client, client_for: SignIn, bureau_staff: User, secretary: User, branch: Branch,
    roster: list[Member],
) -> None:  # fmt: skip
    record(secretary, branch, roster)
    home, year = f"/branch/{branch.pk}/", f"/branch/{branch.pk}/year/2026/"
    shown = f"{home}{NOVEMBER}record/"
    for page in (home, shown):
        assert link_words(client, page, year) == {"看各月情况"}
    for page in (year, shown, reverse("members:roster", args=[branch.pk])):
        assert link_words(client, page, home) == {"返回支部"}
    office, grid = client_for(bureau_staff), reverse("admin:year-grid", args=[2026])
    for page in (shown, reverse("admin:activities_activity_changelist")):
        assert link_words(office, page, grid) == {"各支部月历"}


def test_the_plan_of_january_shows_in_december(
    client_for: SignIn, secretary: User, branch: Branch, clock: time_machine.Traveller
) -> None:
    clock.move_to(shanghai(2026, 12, 20, 8))
    plan_activity(by=secretary, branch=branch, period="2027-01", date=dt.date(2027, 1, 15))
    assert "已定2027年1月15日" in text(client_for(secretary).get(f"/branch/{branch.pk}/"))


def test_the_year_on_the_first_of_december(
    client_for: SignIn,
    secretary: User,
    street_staff: User,
    branch: Branch,
    roster: list[Member],
    clock: time_machine.Traveller,
) -> None:
    """SYS-18: theme days in 10 of 11 months show 10/11 and 缺：7月."""
    for month in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11):
        record(street_staff, branch, roster, period=f"2026-{month:02d}")
    clock.move_to(shanghai(2026, 12, 1, 8))
    client = client_for(secretary)
    page = client.get(f"/branch/{branch.pk}/year/2026/")
    assert "10/11" in text(page)
    assert "缺：7月" in text(page)
    words = {cell.month: cell.mark.word for cell in page.context["cells"]}
    assert (words[6], words[7], words[12]) == ("已开", "缺", "还没登记")
    for address in (f"/branch/{branch.pk}/", f"/branch/{branch.pk}/year/2026/"):
        shown = re.search(r"<b>(\d+/\d+)</b>，<span[^>]*>([^<]+)</span>", text(client.get(address)))
        assert shown is not None
        assert shown.groups() == ("10/11", "缺：7月")


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_database_a_fixed_number_of_times(
    client: Client,
    secretary: User,
    street_staff: User,
    branch: Branch,
    other_branch: Branch,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    fix_theme_day(branch, 18)
    people = make_roster(branch, count)
    guests = make_roster(other_branch, count)
    for guest in guests:
        make_link(guest, branch)
    for month in range(11 - count, 11):
        record(street_staff, branch, people, period=f"2026-{month:02d}")
    record(secretary, branch, people + guests)
    client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")  # also starts the session's clock
    for page, queries in QUERIES.items():
        with django_assert_num_queries(queries, info=page):
            client.get(f"/branch/{branch.pk}/{page}")


QUERIES = {
    "": 9,
    "year/2026/": 12,
    NOVEMBER: 11,
    f"{NOVEMBER}saved/": 9,
    f"{NOVEMBER}record/": 11,
    f"{NOVEMBER}sheet/": 7,
    f"{NOVEMBER}sheet/1/": 12,
    f"{NOVEMBER}numbers/": 7,
}


@pytest.mark.parametrize("count", [1, 60])
@pytest.mark.parametrize(
    ("state", "queries"),
    [("nothing yet", 11), ("planned", 11), ("recorded", 11), ("typed back", 11)],
)
def test_the_log_page_asks_no_more_for_a_large_branch(
    client: Client,
    street_staff: User,
    branch: Branch,
    other_branch: Branch,
    count: int,
    state: str,
    queries: int,
    django_assert_num_queries: Any,
) -> None:
    """No fixed day of its own and somebody who took part elsewhere: all that can be asked is."""
    people = [make_member(branch, f"同志{'一二三四五六七八九十'[n % 10]}") for n in range(count)]
    make_link(people[0], other_branch)
    record(street_staff_of(other_branch), other_branch, [people[0]])
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(f"{address}sheet/")
    if state == "planned":
        day = dt.date(2026, 11, 25)
        plan_activity(by=street_staff, branch=branch, period="2026-11", date=day)
        excuse_member(by=street_staff, member=people[-1], period="2026-11", reason="去医院")
    if state == "recorded":
        record(street_staff, branch, people)
    query = "?sheet=1&away=1" if state == "typed back" else ""
    with django_assert_num_queries(queries):
        client.get(f"{address}{query}")


def street_staff_of(branch: Branch) -> User:
    return make_post(Role.STREET, branch.area).user


# --- planning --------------------------------------------------------------------------------------


def test_planning_the_next_month(client: Client, branch: Branch) -> None:
    fix_theme_day(branch, 15)
    address = f"/branch/{branch.pk}/theme-day/2026-12/plan/"
    assert client.get(address).context["form"]["date"].value() == dt.date(2026, 12, 15)
    entry = {"date": "2026-12-17", "starts_at": "09:00:00", "topic": "学党章", "place": "活动室"}
    answer = client.post(address, entry)
    assert "12月17日 星期四 上午9点" in text(client.get(answer["Location"]))
    assert "已定12月17日 星期四" in text(client.get(f"/branch/{branch.pk}/"))
    wrong = client.post(address, entry | {"date": "2027-01-05"})
    assert "请选2026年12月里的一天。" in text(wrong)


def test_a_branch_of_this_month_reads_from_when_it_counts_and_why_the_rest_does_not(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    Branch.objects.filter(pk=branch.pk).update(founded_on=dt.date(2026, 11, 3))
    for tail in ("", "year/2026/"):
        shown = plain(text(client.get(f"/branch/{branch.pk}/{tail}")))
        assert "从11月算起，11月还没有登记" in shown
        assert shown.count("写“不计”的月份不算缺：") == 1
    Branch.objects.filter(pk=branch.pk).update(founded_on=dt.date(2016, 11, 3))
    assert "写“不计”的月份" not in plain(text(client.get(f"/branch/{branch.pk}/year/2026/")))
