"""The bureau's pages about party life: list, record, archive, grid, what is due."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from activities.enums import ActivityState
from activities.models import Activity
from activities.workbench import theme_day_tiles
from branches.models import Area, Branch
from core.models import User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.factories.activities import ask_from, make_link, make_roster, record
from tests.factories.branches import make_branch
from tests.factories.members import make_member

SignIn = Callable[[User], Client]
LIST = "/admin/activities/activity/"
GRID = f"{LIST}year-grid/2026/"


@pytest.fixture
def client(client_for: SignIn, bureau_staff: User) -> Client:
    """Give the browser of the bureau of D1."""
    return client_for(bureau_staff)


def text(response: Any) -> str:
    return response.content.decode()


def cells(page: Any) -> dict[str, list[str]]:
    """Return the words of each line by branch."""
    return {
        line["branch"].name: [str(word) for _, _, word, _ in line["cells"]]
        for line in page.context["lines"]
    }


def test_the_list_shows_the_districts_activities(
    client: Client, client_for: SignIn, outsider: User, secretary: User, branch: Branch
) -> None:
    record(secretary, branch, make_roster(branch, 1), topic="学党章")
    page = text(client.get(LIST))
    assert "学党章" in page
    assert "2026年11月5日 星期四" in page
    heading = text(client.get(f"{LIST}{Activity.objects.get().pk}/change/"))
    assert re.search(r"<h2>\s*2026年11月5日 星期四 学党章\s*</h2>", heading)
    assert "学党章" not in text(client_for(outsider).get(LIST))


@pytest.mark.parametrize(
    ("query", "topics"),
    [
        ("", {"十月", "十一月"}),
        ("?month=2026-10", {"十月"}),
        ("?state=RECORDED", {"十月", "十一月"}),
        ("?state=ready", {"十月"}),
        ("?state=ARCHIVED", set()),
        ("?q=十月", {"十月"}),
        ("?month=nonsense&state=nonsense&area=nonsense", set()),
    ],
)
def test_filters(
    client: Client, street_staff: User, branch: Branch, query: str, topics: set[str]
) -> None:
    people = make_roster(branch, 1)
    record(street_staff, branch, people, period="2026-10", topic="十月")
    record(street_staff, branch, people, period="2026-11", topic="十一月")
    page = client.get(f"{LIST}{query}")
    assert {row.topic for row in page.context["cl"].result_list} == topics


def test_a_record_is_read_not_changed(
    client: Client,
    client_for: SignIn,
    outsider: User,
    secretary: User,
    branch: Branch,
    other_branch: Branch,
) -> None:
    guest = make_member(other_branch, "张桂兰")
    make_link(guest, branch)
    people = make_roster(branch, 3)
    activity = record(secretary, branch, [*people[1:], guest], excused=people[:1])
    address = f"{LIST}{activity.pk}/change/"
    page = text(client.get(address))
    assert "应到2人，参加2人（100%）" in page
    assert "张桂兰" in page
    assert other_branch.label in page
    assert f"/branch/{branch.pk}/theme-day/2026-11/record/" in page
    assert client.post(address, {"topic": "改掉"}).status_code == 403
    assert client_for(outsider).get(address).status_code == 404
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.get(f"{LIST}{activity.pk}/delete/").status_code == 403


def test_archiving_and_opening_again(
    client: Client, client_for: SignIn, outsider: User, secretary: User, branch: Branch
) -> None:
    activity = record(secretary, branch, make_roster(branch, 1))
    chosen = {"_selected_action": [activity.pk]}
    client_for(outsider).post(LIST, chosen | {"action": "archive"})
    activity.refresh_from_db()
    assert activity.state == ActivityState.RECORDED
    answer = client.post(LIST, chosen | {"action": "archive"}, follow=True)
    assert "已归档1项" in text(answer)
    activity.refresh_from_db()
    assert activity.state == ActivityState.ARCHIVED
    client.post(LIST, chosen | {"action": "reopen"})
    activity.refresh_from_db()
    assert activity.state == ActivityState.RECORDED


@pytest.mark.parametrize("ticked", ["{}", "\x00a", "NaN", "²", "9" * 5000, "-1", str(2**70)])
def test_what_can_be_no_row_is_not_acted_on(
    client: Client, secretary: User, branch: Branch, ticked: str
) -> None:
    record(secretary, branch, make_roster(branch, 1))
    sent = {"action": "archive", "index": "0", "_selected_action": ticked}
    answer = client.post(LIST, sent, follow=True)
    assert (answer.status_code, Activity.objects.get().state) == (200, ActivityState.RECORDED)


def test_the_grid_shows_twelve_months_of_every_branch(
    client: Client,
    client_for: SignIn,
    outsider: User,
    bureau_staff: User,
    branch: Branch,
    other_branch: Branch,
    group: Branch,
    community: Area,
) -> None:
    people = make_roster(branch, 1)
    make_roster(other_branch, 1)
    for month in (1, 2, 3, 4, 5, 6, 8, 9, 10):
        record(bureau_staff, branch, people, period=f"2026-{month:02d}")
    page = client.get(GRID)
    assert cells(page) == {
        branch.name: [*["已开"] * 6, "缺", *["已开"] * 3, "还没登记", "还没到"],
        other_branch.name: [*["缺"] * 10, "还没登记", "还没到"],
    }
    assert "9/10" in text(page)
    assert [held for held, _ in page.context["totals"]] == [1] * 6 + [0] + [1] * 3 + [0, 0]
    assert list(cells(client_for(outsider).get(GRID))) == ["松涛社区离退休干部党支部"]


def test_the_grid_says_which_months_are_missing(
    client: Client,
    client_for: SignIn,
    bureau_staff: User,
    street_staff: User,
    branch: Branch,
    clock: time_machine.Traveller,
) -> None:
    """SYS-18: on 1 December theme days in 10 of 11 months show 10/11 and 缺：7月."""
    people = make_roster(branch, 1)
    for month in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11):
        record(bureau_staff, branch, people, period=f"2026-{month:02d}")
    clock.move_to(shanghai(2026, 12, 1, 8))
    for user in (bureau_staff, street_staff):
        page = text(client_for(user).get(GRID))
        sums = re.findall(
            r'<td class="sum" data-word="合计"><b>([^<]+)</b> <span>([^<]+)</span>', page
        )
        assert sums == [("10/11", "缺：7月")]


def test_nothing_is_missing_before_the_month_in_which_an_area_begins(
    client: Client,
    client_for: SignIn,
    bureau_staff: User,
    secretary: User,
    branch: Branch,
    other_branch: Branch,
) -> None:
    """All begin in October, the other street in November; what is on record still counts."""
    ask_from("2026-10")
    ask_from("2026-11", other_branch.area.code[:9])
    record(bureau_staff, branch, make_roster(branch, 1), period="2026-03")
    make_roster(other_branch, 1)
    page = client.get(GRID)
    assert cells(page) == {
        branch.name: [*["不计"] * 2, "已开", *["不计"] * 6, "缺", "还没登记", "还没到"],
        other_branch.name: [*["不计"] * 10, "还没登记", "还没到"],
    }
    assert [line["summary"].score for line in page.context["lines"]] == ["1/2", "0/0"]
    own = client_for(secretary).get(f"/branch/{branch.pk}/year/2026/")
    words = [cell.mark.word for cell in own.context["cells"]]
    assert words == cells(page)[branch.name]
    tiles = {tile.label: tile for tile in theme_day_tiles(bureau_staff)}
    assert tiles["10月缺主题党日的支部"].count == 1
    assert list(cells(client.get(tiles["10月缺主题党日的支部"].url))) == [branch.name]
    assert tiles["11月还没登记主题党日的支部"].count == 2


def test_each_cell_leads_to_its_record(client: Client, bureau_staff: User, branch: Branch) -> None:
    activity = record(bureau_staff, branch, make_roster(branch, 1), period="2026-03")
    page = text(client.get(GRID))
    assert (
        f'<td class="ok" data-word="3月"><a href="{LIST}{activity.pk}/change/">已开</a></td>'
        in page
    )
    missed = re.search(r'<td class="due" data-word="1月"><a href="([^"]+)">缺</a>', page)
    assert missed is not None
    assert missed[1] == f"/branch/{branch.pk}/theme-day/2026-01/"
    assert client.get(missed[1]).status_code == 200


def test_who_logs_for_a_branch_comes_back_to_the_grid(
    client: Client, client_for: SignIn, bureau_staff: User, secretary: User, branch: Branch
) -> None:
    ways = [f'href="{GRID}"', 'href="/admin/"']
    record(bureau_staff, branch, make_roster(branch, 1), period="2026-03")
    for page in ("year/2026/", "theme-day/2026-01/", "theme-day/2026-03/record/"):
        shown = text(client.get(f"/branch/{branch.pk}/{page}"))
        assert [way for way in ways if way in shown] == ways, page
        own = text(client_for(secretary).get(f"/branch/{branch.pk}/year/2026/"))
        assert [way for way in ways if way in own] == []


def test_months_before_a_branch_was_founded_lead_nowhere(
    client: Client, bureau_staff: User, community: Area
) -> None:
    young = make_branch(community, founded_on=dt.date(2026, 3, 5))
    make_roster(young, 1)
    page = text(client.get(GRID))
    leads = re.findall(rf"/branch/{young.pk}/theme-day/2026-(..)/", page)
    assert leads == [f"{month:02d}" for month in range(3, 12)]
    for month in leads:
        assert client.get(f"/branch/{young.pk}/theme-day/2026-{month}/").status_code == 200


def test_the_grid_by_street_and_by_month(
    client: Client, bureau_staff: User, branch: Branch, other_branch: Branch, other_street: Area
) -> None:
    record(bureau_staff, branch, make_roster(branch, 1))
    make_roster(other_branch, 1)
    assert list(cells(client.get(f"{GRID}?area={other_street.code}"))) == [other_branch.name]
    assert list(cells(client.get(f"{GRID}?without=2026-11"))) == [other_branch.name]
    assert len(cells(client.get(f"{GRID}?without=2026-13&area=x&p=y"))) == 2


@pytest.mark.parametrize("year", ["1999", "2100", "0", str(2**70)])
def test_odd_years_have_no_grid(client: Client, year: str) -> None:
    assert client.get(f"{LIST}year-grid/{year}/").status_code == 404


def test_who_opens_the_grid(
    request: pytest.FixtureRequest, client_for: SignIn, branch: Branch
) -> None:
    expected = {
        "street_staff": 200,
        "secretary": 404,
        "member": 404,
        "sysadmin": 403,
        "auditor": 403,
    }
    found = {
        role: client_for(request.getfixturevalue(role)).get(GRID).status_code for role in expected
    }
    assert found == expected


def test_the_front_page_counts_what_is_due_and_leads_to_it(
    client: Client, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    people = make_roster(branch, 1)
    make_roster(other_branch, 1)
    record(bureau_staff, branch, people, period="2026-10")
    record(bureau_staff, branch, people, period="2026-11")
    tiles = {tile.label: tile for tile in theme_day_tiles(bureau_staff)}
    assert {label: tile.count for label, tile in tiles.items()} == {
        "11月还没登记主题党日的支部": 1,
        "10月缺主题党日的支部": 1,
        "可归档的活动记录": 1,
    }
    for label in ("11月还没登记主题党日的支部", "10月缺主题党日的支部"):
        assert list(cells(client.get(tiles[label].url))) == [other_branch.name]
    listed = client.get(tiles["可归档的活动记录"].url).context["cl"].result_list
    assert [row.period for row in listed] == ["2026-10"]


def test_others_have_no_such_tiles(secretary: User, member: User, auditor: User) -> None:
    for user in (secretary, member, auditor):
        assert list(theme_day_tiles(user)) == []


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_database_a_fixed_number_of_times(
    client: Client,
    bureau_staff: User,
    community: Area,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for number in range(count):
        branch = make_branch(community, f"第{number}党支部")
        people: list[Member] = make_roster(branch, count)
        for month in range(1, 1 + count):
            record(bureau_staff, branch, people, period=f"2026-{month:02d}")
    activity = Activity.objects.first()
    assert activity is not None
    client.get(f"{LIST}{activity.pk}/change/")  # also reads the content type, once a process
    for address, queries in {LIST: 9, GRID: 12, f"{LIST}{activity.pk}/change/": 7}.items():
        with django_assert_num_queries(queries):
            client.get(address)


def test_what_is_ticked_is_counted_in_plain_words(
    client: Client, secretary: User, branch: Branch
) -> None:
    record(secretary, branch, make_roster(branch, 1))
    assert "本页1条，选了0条" in text(client.get(LIST))
    said = text(client.get(reverse("admin:jsi18n")))
    assert json.dumps("本页%(cnt)s条，选了%(sel)s条") in said
