"""异地参加: what the home branch is shown of its people's theme days in other branches (SYS-04)."""

import datetime as dt

import pytest
from django.test import Client

from activities import sums
from activities.models import Activity, Attendance
from branches.models import Area, Branch
from core.models import User
from members.actions import transfer_member
from members.models import Member
from tests.activities.log_page import NOVEMBER, SignIn, filled, plain, text
from tests.factories.activities import make_link, record
from tests.factories.branches import make_branch


@pytest.fixture
def traveller(roster: list[Member], other_branch: Branch) -> Member:
    """陈建国 of B1, who goes to B2 in November."""
    make_link(roster[0], other_branch)
    return roster[0]


def gone(other_secretary: User, other_branch: Branch, *people: Member) -> None:
    """Let B2 record its November with PEOPLE of B1 as guests."""
    record(other_secretary, other_branch, people)


def line_of(page: str, name: str) -> str:
    """Return what the record's table says beside NAME."""
    return plain(page[page.index(f'<th scope="row">{name}') :].partition("</tr>")[0])


def test_a_branch_that_never_logs_its_day_is_shown_who_took_part_elsewhere(
    client: Client,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
) -> None:
    gone(other_secretary, other_branch, traveller)
    year = text(client.get(f"/branch/{branch.pk}/year/2026/"))
    assert "11月异地参加1次" in year
    address = f"/branch/{branch.pk}/{NOVEMBER}record/"
    assert f'href="{address}"' in year
    shown = plain(text(client.get(address)))
    assert "本支部这个月的主题党日没有登记。" in shown
    assert "异地参加 1 次" in shown
    assert "陈建国在" + other_branch.label in shown


def test_who_moved_on_since_is_shown_where_he_was(
    client: Client,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
    community: Area,
    traveller: Member,
) -> None:
    """SYS-04: he belonged here when he went there; the page names him, moved or not."""
    gone(other_secretary, other_branch, traveller)
    third = make_branch(community, "书画协会党支部")
    transfer_member(
        by=None, member=traveller, to=third, on=dt.date(2026, 11, 20), document="介字1号"
    )
    address = f"/branch/{branch.pk}/{NOVEMBER}record/"
    assert "陈建国在" + other_branch.label in plain(text(client.get(address)))


def test_where_nobody_went_anywhere_there_is_no_page(
    client: Client, other_secretary: User, branch: Branch, other_branch: Branch, traveller: Member
) -> None:
    gone(other_secretary, other_branch)
    assert client.get(f"/branch/{branch.pk}/{NOVEMBER}record/").status_code == 404
    assert "异地参加" not in text(client.get(f"/branch/{branch.pk}/year/2026/"))


def test_what_is_seen_of_a_month_not_logged_is_the_home_branches_alone(
    client_for: SignIn,
    other_secretary: User,
    outsider: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
) -> None:
    gone(other_secretary, other_branch, traveller)
    address = f"/branch/{branch.pk}/{NOVEMBER}record/"
    for user in (other_secretary, outsider):
        assert client_for(user).get(address).status_code == 404


def test_the_other_branch_first(
    client: Client,
    other_secretary: User,
    secretary: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
    roster: list[Member],
) -> None:
    """He is not expected at home too: 应到 leaves him out, and the place stands beside him."""
    gone(other_secretary, other_branch, traveller)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    assert client.post(address, filled(client.get(address))).status_code == 302
    page = text(client.get(f"{address}record/"))
    assert line_of(page, "陈建国") == f"陈建国异地参加在{other_branch.label}"
    assert "名单3人，请假1人不计，应到2人" in page
    assert "异地参加 1 次" in page
    for shown in (page, text(client.get(f"{address}saved/"))):
        assert "<dt>异地参加</dt><dd>陈建国（按请假不计）</dd>" in shown
        assert "<dt>请假</dt>" not in shown


@pytest.mark.parametrize(
    ("state", "word"), [("absent", "缺席"), ("excused", "请假"), ("present", "到会")]
)
def test_the_home_branch_first(
    client: Client,
    other_secretary: User,
    secretary: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
    roster: list[Member],
    state: str,
    word: str,
) -> None:
    """Its own word stays until it is changed; the place stands beside it."""
    rest = roster[1:] if state != "present" else roster
    marks = {} if state == "present" else {state: [traveller]}
    record(secretary, branch, rest, **marks)
    gone(other_secretary, other_branch, traveller)
    page = text(client.get(f"/branch/{branch.pk}/{NOVEMBER}record/"))
    assert line_of(page, "陈建国") == f"陈建国{word}异地参加，在{other_branch.label}"
    assert ("这里记的是缺席" in page) is (state == "absent")
    year = text(client.get(f"/branch/{branch.pk}/year/2026/"))
    assert "异地参加1次" in year


def test_who_was_taken_for_absent_is_put_right_with_one_tap(
    client: Client,
    other_secretary: User,
    secretary: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
    roster: list[Member],
) -> None:
    """到会率 counts him absent as long as the record says so; kept and plain sums agree throughout."""
    own = record(secretary, branch, roster[1:], absent=[traveller])
    gone(other_secretary, other_branch, traveller)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    assert "2人（67%）" in text(client.get(f"{address}record/"))
    page = client.get(address)
    tile = page.context["form"].tiles[0]
    assert (tile.name, tile.reason, tile.note) == ("陈建国", "ABSENT", f"在{other_branch.label}")
    entry = filled(page) | {f"w-{traveller.pk}": "EXCUSED"}
    assert client.post(address, entry).status_code == 302
    shown = text(client.get(f"{address}record/"))
    assert "2人（100%）" in shown
    assert line_of(shown, "陈建国") == f"陈建国异地参加在{other_branch.label}"
    assert "这里记的是缺席" not in shown
    assert sums.differing() == {}
    assert Activity.objects.get(pk=own.pk).expected == 2
    assert Attendance.objects.get(activity=own, member=traveller).is_elsewhere


def test_who_went_to_two_branches_is_said_to_have_been_in_both(
    client: Client,
    other_secretary: User,
    street_staff: User,
    branch: Branch,
    other_branch: Branch,
    community: Area,
    traveller: Member,
) -> None:
    third = make_branch(community, "书画协会党支部")
    make_link(traveller, third)
    gone(other_secretary, other_branch, traveller)
    record(street_staff, third, [traveller], day=dt.date(2026, 11, 9))
    places = f"在{other_branch.label}、{third.label}"
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    assert page.context["form"].tiles[0].note == places
    client.post(address, filled(page))
    record_page = text(client.get(f"{address}record/"))
    assert line_of(record_page, "陈建国") == f"陈建国异地参加{places}"
    assert "异地参加 2 次" in record_page


def test_a_reason_on_record_is_kept_by_who_went_elsewhere_too(
    client: Client,
    other_secretary: User,
    secretary: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
    roster: list[Member],
) -> None:
    own = record(secretary, branch, roster[1:], excused=[traveller])
    Attendance.objects.filter(activity=own, member=traveller).update(reason="去医院")
    gone(other_secretary, other_branch, traveller)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    assert client.post(address, filled(client.get(address), topic="学党章")).status_code == 302
    assert Attendance.objects.get(activity=own, member=traveller).reason == "去医院"


def test_his_tile_calls_it_what_it_is(
    client: Client,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
    roster: list[Member],
) -> None:
    """What counts as leave is not called leave, and nobody who is taught at home 没来."""
    gone(other_secretary, other_branch, traveller)
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    tiles = {tile.key: tile for tile in page.context["form"].tiles}
    away, frail = tiles[str(traveller.pk)], tiles[str(roster[2].pk)]
    assert (away.away, away.reason) == ("异地参加", "EXCUSED")
    assert away.reasons[0] == ("EXCUSED", "异地参加")
    assert [word for _, word in frail.reasons] == ["请假", "送学", "线上"]
    shown = text(page)
    tile = shown[shown.index(f"value={roster[2].pk}") :].partition("</div>")[0]
    assert "没" not in tile
    assert "value=HOME checked>送学" in tile


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("absent", "缺席，这个月在{}参加了"),
        ("excused", "请假，这个月在{}参加了"),
        (None, "异地参加，在{}"),
    ],
)
def test_the_members_own_page_says_where_he_was(
    client: Client,
    client_for: SignIn,
    other_secretary: User,
    secretary: User,
    branch: Branch,
    other_branch: Branch,
    traveller: Member,
    member: User,
    roster: list[Member],
    state: str | None,
    words: str,
) -> None:
    """Whichever branch logged its day first, and whatever the home branch calls it."""
    other = Member.objects.get(user=member)
    Member.objects.filter(pk=other.pk).update(user=None)
    Member.objects.filter(pk=traveller.pk).update(user=member)
    if state:
        record(secretary, branch, [other, *roster[1:]], **{state: [traveller]})
        gone(other_secretary, other_branch, traveller)
    else:
        gone(other_secretary, other_branch, traveller)
        address = f"/branch/{branch.pk}/{NOVEMBER}"
        client.post(address, filled(client.get(address)))
    own = Activity.objects.get(branch=branch)
    shown = plain(text(client_for(member).get(f"/me/activity/{own.pk}/")))
    assert f"我{words.format(other_branch.label)}" in shown
    record_page = plain(text(client_for(member).get("/me/record/")))
    assert f"这个月在{other_branch.label}参加了" in record_page
