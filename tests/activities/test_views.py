"""Pages of secretaries and members, as they see them."""

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from activities.actions.archive import archive_activities
from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from activities.enums import AttendanceState
from activities.models import Activity, Attendance, SignInSheet
from activities.rules.period import Period
from branches.enums import Role
from branches.models import Branch
from core.models import Kind, RuleParameter, User
from members.actions import mark_deceased, transfer_member
from members.models import Member
from tests.activities.conftest import shanghai
from tests.factories.activities import fix_theme_day, make_link, make_roster, record
from tests.factories.branches import make_post
from tests.factories.members import make_member

SignIn = Callable[[User], Client]
NOVEMBER = "theme-day/2026-11/"


@pytest.fixture
def client(client_for: SignIn, secretary: User) -> Client:
    """Give the secretary's browser."""
    return client_for(secretary)


def text(response: Any) -> str:
    return response.content.decode()


def filled(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what the browser would send for the log page as it came, with CHANGES."""
    form = page.context["form"]
    entry = {name: form[name].value() for name in ("day", "topic", "where", "version", "base")}
    entry["topic"] = entry["topic"] or "学习全会精神"
    entry["where"] = "other"
    entry["other_place"] = "社区活动室"
    entry["here"] = [tile.key for tile in form.tiles + form.guests if tile.here]
    for tile in form.tiles:
        entry[f"why-{tile.key}"] = tile.reason or AttendanceState.EXCUSED
    return entry | changes


def without(entry: dict[str, Any], member: Member) -> dict[str, Any]:
    """Return ENTRY with the tick of MEMBER taken away."""
    return entry | {"here": [key for key in entry["here"] if key != str(member.pk)]}


# --- logging -----------------------------------------------------------------------------------


def test_the_log_page_is_filled_in_before_anybody_touches_it(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    fix_theme_day(branch, 18)
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    form = page.context["form"]
    assert form["day"].value() == "2026-11-18"
    assert [(tile.name, tile.here, tile.reason) for tile in form.tiles] == [
        ("陈建国", True, ""),
        ("黄长江", False, "HOME"),
        ("周秀英", True, ""),
    ]
    assert "11月18日 星期三" in text(page)
    assert "交错了不要紧，11月30日前都可以改。" in text(page)


def test_a_branch_without_a_day_of_its_own_uses_the_areas(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    for area_code, day in (("", "12"), (branch.area.code[:9], "16"), ("9902", "20")):
        RuleParameter.objects.create(
            key="theme.day",
            name="主题党日统一固定日",
            value=day,
            value_type="int",
            area_code=area_code,
            valid_from=dt.date(2026, 1, 1),
            source="试点通知",
        )
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    assert client.get(address).context["form"]["day"].value() == "2026-11-16"
    fix_theme_day(branch, 18)
    assert client.get(address).context["form"]["day"].value() == "2026-11-18"


def test_a_month_in_which_the_branch_was_not_there(
    client_for: SignIn, bureau_staff: User, branch: Branch
) -> None:
    answer = client_for(bureau_staff).get(f"/branch/{branch.pk}/theme-day/2016-10/")
    assert answer.status_code == 403
    assert "2016年10月这个支部还没有成立，或者已经撤销" in text(answer)


def test_logging_saves_and_says_what(client: Client, branch: Branch, roster: list[Member]) -> None:
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = without(filled(page), roster[0]) | {f"why-{roster[0].pk}": "ONLINE"}
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert answer.status_code == 302
    assert answer["Location"] == f"/branch/{branch.pk}/{NOVEMBER}saved/"
    states = dict(Attendance.objects.values_list("member__name", "state"))
    assert states == {"陈建国": "ONLINE", "周秀英": "PRESENT", "黄长江": "HOME"}
    saved = text(client.get(answer["Location"]))
    assert "11月主题党日<wbr>已保存" in saved
    assert "学习全会精神" in saved
    assert "3人（100%）" in saved


def test_opening_it_again_shows_what_was_saved(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    record(secretary, branch, roster[1:], excused=roster[:1], topic="学党章", place="文化站")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    form = page.context["form"]
    assert form["topic"].value() == "学党章"
    assert form["where"].value() == "文化站"
    assert [tile.here for tile in form.tiles] == [False, True, True]
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", filled(page, topic="学习党章"))
    assert answer.status_code == 302
    assert Activity.objects.get().topic == "学习党章"


def test_the_place_of_last_month_is_offered(
    client: Client, street_staff: User, branch: Branch, roster: list[Member]
) -> None:
    record(street_staff, branch, roster, period="2026-10", place="南楼会议室")
    form = client.get(f"/branch/{branch.pk}/{NOVEMBER}").context["form"]
    assert form.fields["where"].choices == [("南楼会议室", "南楼会议室"), ("other", "换个地方")]
    assert form["where"].value() == "南楼会议室"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topic": " \u200b "}, "请写一写这次学了什么、做了什么。"),
        ({"topic": "学" * 201}, "200"),
        ({"day": "other"}, "请选是哪一天开的。"),
        ({"day": "other", "other_day": "昨天"}, "日期"),
        ({"day": "2026-11-99"}, "这个日期看不懂，请重新选一天。"),
        ({"day": "2026-10-05"}, "请选2026年11月里的一天。"),
        ({"day": "2026-11-30"}, "这一天还没到。开过以后再登记。"),
        ({"other_place": " "}, "请写一写在哪里开的"),
        ({"other_place": "楼" * 101}, "100"),
        ({"here": ["999999"]}, "名单里有不在本支部的同志，这次没有保存。"),
        ({"here": ["abc"]}, "名单里有不在本支部的同志，这次没有保存。"),
        ({"here": [str(2**70)]}, "名单里有不在本支部的同志，这次没有保存。"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_entered(
    client: Client, branch: Branch, roster: list[Member], changes: dict[str, Any], sentence: str
) -> None:
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = without(filled(page, place="文化站"), roster[0]) | changes
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert answer.context["form"].tiles[0].here is False
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("state", ["BOGUS", "<script>alert(1)</script>", "present"])
def test_a_made_up_state_is_refused(
    client: Client, branch: Branch, roster: list[Member], state: str
) -> None:
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = without(filled(page), roster[0]) | {f"why-{roster[0].pk}": state}
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert answer.status_code == 200
    assert "有一位同志的到会情况看不懂" in text(answer)
    assert Activity.objects.count() == 0


def test_another_branchs_member_in_the_list_writes_nothing(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """P12."""
    stranger = make_member(other_branch, "赵淑珍")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = filled(page) | {"here": [str(stranger.pk)], f"why-{stranger.pk}": "EXCUSED"}
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert "这次没有保存" in text(answer)
    assert "赵淑珍" not in text(answer)
    assert (Activity.objects.count(), Attendance.objects.count()) == (0, 0)


def test_guests_are_listed_below_and_not_ticked(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    guest = make_member(other_branch, "张桂兰")
    make_link(guest, branch)
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    assert [(tile.name, tile.here) for tile in page.context["form"].guests] == [("张桂兰", False)]
    entry = filled(page)
    entry["here"] = [*entry["here"], str(guest.pk)]
    client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert Attendance.objects.get(member=guest).home_branch == other_branch
    shown = text(client.get(f"/branch/{branch.pk}/{NOVEMBER}record/"))
    assert "另有外支部1人" in shown


def test_who_took_part_elsewhere_is_excused_at_home(
    client_for: SignIn,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
) -> None:
    """SYS-04: the home branch's monthly sheet shows 异地参加 1 次, and it counts once."""
    person = make_member(other_branch, "张桂兰")
    make_link(person, branch)
    record(secretary, branch, [person])
    home = client_for(other_secretary)
    page = home.get(f"/branch/{other_branch.pk}/{NOVEMBER}")
    tile = page.context["form"].tiles[0]
    assert (tile.here, tile.reason) == (False, "EXCUSED")
    assert (tile.away, tile.note) == ("异地参加", f"在{branch.label}")
    home.post(f"/branch/{other_branch.pk}/{NOVEMBER}", filled(page))
    shown = text(home.get(f"/branch/{other_branch.pk}/{NOVEMBER}record/"))
    assert shown.count("异地参加 1 次") == 1
    assert f'<span class="tag ok">异地参加</span><br>在{branch.label}' in shown
    assert "请假（异地参加）" not in shown
    assert "名单1人，请假1人不计，应到0人" in shown


def moved(member: Member, to: Branch, on: dt.date) -> None:
    transfer_member(by=None, member=member, to=to, on=on, document="介绍信2026-11号")


def test_who_moved_since_is_on_the_list_of_the_day(
    client: Client, secretary: User, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    """A theme day of the 5th, recorded on the 22nd: the list is that of the 5th (SYS-18)."""
    comer = make_member(other_branch, "张桂兰")
    moved(comer, branch, dt.date(2026, 11, 15))
    moved(roster[0], other_branch, dt.date(2026, 11, 15))
    fix_theme_day(branch, 5)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    names = [tile.name for tile in page.context["form"].tiles]
    assert names == ["陈建国", "黄长江", "周秀英"]
    assert client.post(address, filled(page)).status_code == 302
    rows = Attendance.objects.order_by("pk").values_list("member__name", "home_branch")
    assert set(rows) == {(name, branch.pk) for name in names}


def test_choosing_another_day_lists_who_was_there_then(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    moved(roster[0], other_branch, dt.date(2026, 11, 15))
    comer = make_member(other_branch, "张桂兰")
    moved(comer, branch, dt.date(2026, 11, 15))
    fix_theme_day(branch, 18)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    assert [tile.name for tile in page.context["form"].tiles] == ["黄长江", "张桂兰", "周秀英"]
    entry = filled(page, day="other", other_day="2026-11-05", topic="学党章")
    answer = client.post(address, entry)
    assert "名单已按开会那天重新列出，请核对后再交。" in text(answer)
    form = answer.context["form"]
    assert form["topic"].value() == "学党章"
    assert [tile.name for tile in form.tiles] == ["陈建国", "黄长江", "周秀英"]
    assert Activity.objects.count() == 0
    ticked = [tile.key for tile in form.tiles]
    again = filled(answer, other_day="2026-11-05", here=ticked)
    assert client.post(address, again).status_code == 302
    names = Attendance.objects.values_list("member__name", flat=True)
    assert set(names) == {"陈建国", "黄长江", "周秀英"}


def test_a_guest_belonged_where_he_was_at_home_that_day(
    client: Client,
    branch: Branch,
    other_branch: Branch,
    far_branch: Branch,
    roster: list[Member],
) -> None:
    guest = make_member(far_branch, "张桂兰")
    make_link(guest, branch)
    moved(guest, other_branch, dt.date(2026, 11, 15))
    fix_theme_day(branch, 5)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client.get(address))
    entry["here"] = [*entry["here"], str(guest.pk)]
    assert client.post(address, entry).status_code == 302
    assert Attendance.objects.get(member=guest).home_branch == far_branch


def test_two_secretaries_at_once_lose_nothing(
    client_for: SignIn, secretary: User, street_staff: User, branch: Branch, roster: list[Member]
) -> None:
    """F17: the second sees both versions, put together field by field."""
    first, second = client_for(secretary), client_for(street_staff)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    hers, his = filled(first.get(address)), filled(second.get(address))
    first.post(address, without(hers, roster[0]) | {"topic": "学党章"})
    answer = second.post(address, without(his, roster[1]) | {"topic": "学精神"})
    assert answer.status_code == 409
    page = answer.context["page"]
    assert [(each.label, each.is_conflict, each.mine.is_proposed) for each in page.questions] == [
        ("学了什么", True, True),
        ("陈建国", False, False),
        ("周秀英", False, True),
    ]
    assert "陆德贤同志已经交了一份" in text(answer)
    assert Activity.objects.get().topic == "学党章"
    merged = dict(page.hidden)
    for question in page.questions:
        side = question.mine if question.mine.is_proposed else question.theirs
        merged[question.name] = side.value
    assert second.post(address, merged).status_code == 302
    assert Activity.objects.get().topic == "学精神"
    assert dict(Attendance.objects.values_list("member__name", "state")) == {
        "陈建国": "EXCUSED",
        "周秀英": "EXCUSED",
        "黄长江": "HOME",
    }


def test_the_same_form_again_is_no_conflict(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client.get(address))
    assert [client.post(address, entry).status_code for _ in range(3)] == [302, 302, 302]
    assert Activity.objects.get().version == 1


def test_a_session_that_ends_midway_loses_nothing(
    client_for: SignIn,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    roster: list[Member],
) -> None:
    """Elder rule 24: sign in again and the same form comes back filled."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    browser = client_for(secretary)
    page = browser.get(address)
    mark = re.search(r'name="form_owner" value="([^"]+)"', text(page))
    assert mark is not None
    entry = without(filled(page, topic="学党章", form_owner=mark[1]), roster[0])
    browser.logout()
    answer = browser.post(address, entry)
    assert answer["Location"] == f"/signin/?kept=1&next={address}"
    assert client_for(other_secretary).get(address).status_code == 404
    page = client_for(secretary).get(address)
    assert page.context["form"]["topic"].value() == "学党章"
    assert [tile.here for tile in page.context["form"].tiles] == [False, False, True]
    assert "您刚才填的都还在" in text(page)
    assert client_for(secretary).post(address, entry).status_code == 302
    assert Activity.objects.get().topic == "学党章"
    assert "您刚才填的都还在" not in text(client_for(secretary).get(address))


@pytest.mark.django_db(transaction=True)
def test_sixteen_presses_at_once_are_one_record(
    client_for: SignIn, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    """F16: one row, and every answer leads to the saved page."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client_for(secretary).get(address))
    browsers = [client_for(secretary) for _ in range(16)]

    def press(browser: Client) -> tuple[int, str]:
        try:
            answer = browser.post(address, entry)
            return answer.status_code, answer["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(press, browsers))
    assert answers == [(302, f"{address}saved/")] * 16
    assert Activity.objects.get().version == 1
    assert Attendance.objects.count() == 3


def test_after_the_deadline_the_page_is_locked_and_the_record_still_shown(
    client_for: SignIn,
    secretary: User,
    branch: Branch,
    roster: list[Member],
    clock: time_machine.Traveller,
) -> None:
    record(secretary, branch, roster)
    entry = filled(client_for(secretary).get(f"/branch/{branch.pk}/{NOVEMBER}"))
    clock.move_to(shanghai(2026, 12, 1, 0, 0, 1))
    client = client_for(secretary)
    for answer in (
        client.get(f"/branch/{branch.pk}/{NOVEMBER}"),
        client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry | {"topic": "改一改"}),
    ):
        assert answer.status_code == 403
        assert "2026年11月的登记时间已经过了" in text(answer)
        assert "025-8888 6666" in text(answer)
    assert Activity.objects.get().topic == "学习全会精神"
    shown = client.get(f"/branch/{branch.pk}/{NOVEMBER}record/")
    assert shown.status_code == 200
    assert "学习全会精神" in text(shown)
    assert "改一改" not in text(shown)


def test_an_archived_record_is_shown_and_closed(
    client: Client, bureau_staff: User, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    archive_activities(by=bureau_staff, activities=[record(secretary, branch, roster)])
    assert client.get(f"/branch/{branch.pk}/{NOVEMBER}").status_code == 403
    assert "已归档" in text(client.get(f"/branch/{branch.pk}/{NOVEMBER}record/"))


# --- whose pages ---------------------------------------------------------------------------------

BRANCH_PAGES = [
    "",
    "year/2026/",
    NOVEMBER,
    f"{NOVEMBER}saved/",
    f"{NOVEMBER}record/",
    f"{NOVEMBER}sheet/",
    f"{NOVEMBER}sheet/1/",
    f"{NOVEMBER}numbers/",
    "theme-day/2026-12/plan/",
    "theme-day/2026-12/planned/",
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
    "year/2026/": 11,
    NOVEMBER: 11,
    f"{NOVEMBER}saved/": 8,
    f"{NOVEMBER}record/": 10,
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


# --- paper ---------------------------------------------------------------------------------------


def test_paper_out_and_paper_in(client: Client, branch: Branch, roster: list[Member]) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    assert "还没有打印过签到表" in text(client.get(f"{address}numbers/"))
    printed = client.post(f"{address}sheet/")
    sheet = SignInSheet.objects.get()
    paper = text(client.get(printed["Location"]))
    head = paper[paper.index("<thead>") : paper.index("</thead>")]
    assert "2026年11月，" in head
    assert "编号 2611-1" in head
    rows = [Member.objects.get(pk=pk).name for pk in sheet.member_ids]
    assert [paper.index(name) for name in rows] == sorted(paper.index(name) for name in rows)
    number = rows.index("周秀英") + 1
    answer = client.post(f"{address}numbers/", {"sheet": "1", "numbers": f"{number}号"})
    page = client.get(answer["Location"])
    ticked = {tile.name: (tile.here, tile.reason) for tile in page.context["form"].tiles}
    assert ticked == {
        "陈建国": (True, ""),
        "黄长江": (False, "HOME"),
        "周秀英": (False, "EXCUSED"),
    }
    assert "没来的1位" in text(page)
    assert Activity.objects.count() == 0


def test_the_log_page_leads_to_the_numbers_once_a_sheet_is_printed(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    """The way back from paper stands before the names, and never where it would lose what was typed."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    way = "签到表打印过了。开会用的是纸，就不用在下面点名字："
    page = text(client.get(address))
    assert "打印签到表" in page
    assert "填没来的号码" not in page
    client.post(f"{address}sheet/")
    page = text(client.get(address))
    assert page.index(way) < page.index("谁到会了？")
    assert way not in text(client.get(f"{address}?sheet=1&away=1"))
    assert way not in text(client.post(address, {"topic": ""}))


def test_numbers_mean_the_rows_of_their_own_sheet(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    """A roster that changed after printing does not shift anybody."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(f"{address}sheet/")
    make_member(branch, "安志远")
    first_row = SignInSheet.objects.get().member_ids[0]
    answer = client.post(f"{address}numbers/", {"sheet": "1", "numbers": "1"})
    tiles = client.get(answer["Location"]).context["form"].tiles
    assert [tile.name for tile in tiles if not tile.here and tile.reason == "EXCUSED"] == [
        Member.objects.get(pk=first_row).name
    ]


def test_a_sheet_printed_before_somebody_died_does_not_call_him_moved(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    printed = client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")["Location"]
    mark_deceased(by=None, member=roster[0], on=dt.date(2026, 11, 20))
    paper = text(client.get(printed))
    assert "（不在名单）" in paper
    assert "已转出" not in paper


@pytest.mark.parametrize(
    "query", ["sheet=9&away=1", "sheet=1&away=99", "sheet=x", "sheet=99999999"]
)
def test_odd_addresses_open_the_plain_page(
    client: Client, branch: Branch, roster: list[Member], query: str
) -> None:
    client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}?{query}")
    assert page.status_code == 200
    assert page.context["typed"] is None


def test_numbers_that_are_not_on_the_sheet(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")
    answer = client.post(
        f"/branch/{branch.pk}/{NOVEMBER}numbers/", {"sheet": "1", "numbers": "3 45"}
    )
    assert answer.status_code == 200
    assert "表上没有 45 号，这张表只有 1 到 3 号。" in text(answer)
    assert 'value="3 45"' in text(answer)


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
