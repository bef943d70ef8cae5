"""Every number in a table of counts leads to a list of just so many rows (house §1.2)."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Area, Branch
from core.models import User
from members.actions import add_link
from tests.activities.conftest import shanghai
from tests.factories.activities import make_roster, record
from tests.factories.members import make_member

Signed = Callable[[User], Client]
AREAS = reverse("admin:branches_area_changelist")
ROLLS = reverse("admin:member-rolls")
CLASHES = reverse("admin:member-clashes")
GRID = reverse("admin:year-grid", args=[2026])
_BARE = re.compile(r"<td[^>]*>\s*(?:<b>)?\s*([\d,]{1,9})\s*(?:</b>)?\s*</td>")
_LINKED = re.compile(r'<t[dh][^>]*><a href="([^"]+)">(\d+)</a></t[dh]>')


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    """Set the clock to the cast's day."""
    with time_machine.travel(shanghai(2026, 11, 22, 10)):
        yield


@pytest.fixture
def peopled(bureau_staff: User, branch: Branch, other_branch: Branch, group: Branch) -> None:
    """Two branches with members, links between them, twice to the same, and theme days."""
    people = make_roster(branch, 3)
    guest = make_member(other_branch, "李秀英")
    for kind in ("COMMUNITY", "FUNCTIONAL"):
        add_link(by=None, member=guest, branch=branch, kind=kind)
    add_link(by=None, member=people[0], branch=other_branch, kind="ASSOCIATION")
    for month in ("2026-03", "2026-05"):
        record(bureau_staff, branch, people, period=month)
    record(bureau_staff, other_branch, [guest], period="2026-03")


def figures(client: Client, address: str) -> list[tuple[str, int]]:
    """Return where each number of the page at ADDRESS leads, and the number; none stands bare."""
    page = client.get(address)
    assert page.status_code == 200
    assert _BARE.findall(page.text) == []
    return [(unescape(link), int(number)) for link, number in _LINKED.findall(page.text)]


def rows(client: Client, address: str) -> int:
    """Return how many rows the list at ADDRESS has."""
    response = client.get(address)
    assert response.status_code == 200, address
    if "cl" in response.context:
        return len(response.context["cl"].result_list)
    return response.context["page"].paginator.count


@pytest.mark.parametrize(
    "address", [AREAS, ROLLS, f"{ROLLS}?area=", GRID, f"{GRID}?without=2026-05"]
)
def test_every_number_leads_to_just_so_many_rows(
    peopled: None, client_for: Signed, bureau_staff: User, other_street: Area, address: str
) -> None:
    client = client_for(bureau_staff)
    if address.endswith("="):
        address += other_street.code
    found = figures(client, address)
    assert {link: rows(client, link) for link, _ in found} == dict(found)
    assert any(number for _, number in found)


def test_the_sums_of_the_rolls_list_each_person_once_a_branch(
    peopled: None, client_for: Signed, bureau_staff: User
) -> None:
    client = client_for(bureau_staff)
    sums = client.get(ROLLS).text.split("<tfoot>")[1]
    assert [int(number) for _, number in _LINKED.findall(sums)] == [4, 2, 2]
    guests = client.get(reverse("admin:roll-people"), {"side": "guests"}).context["page"]
    assert len(guests) == len({(branch, member) for branch, _, member, _, _ in guests}) == 2


def test_whoever_looks_from_elsewhere_finds_nobody_behind_the_figures(
    peopled: None, client_for: Signed, outsider: User, branch: Branch
) -> None:
    client, address = client_for(outsider), reverse("admin:roll-people")
    assert client.get(address, {"branch": branch.pk}).status_code == 404
    assert client.get(address, {"branch": "x"}).status_code == 404
    assert (
        rows(client, f"{reverse('admin:branches_branch_changelist')}?area_id={branch.area_id}") == 0
    )
    for side in ("at_home", "unplaced", "guests"):
        assert "李秀英" not in client.get(address, {"side": side}).text


def test_a_guest_out_of_reach_has_a_name_but_no_record_to_open(
    client_for: Signed, street_staff: User, branch: Branch, far_branch: Branch
) -> None:
    guest = make_member(far_branch, "王志强")
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY")
    page = client_for(street_staff).get(reverse("admin:roll-people"), {"side": "guests"}).text
    assert '<th scope="row">王志强</th>' in page


def test_a_long_list_of_clashes_has_next_pages(
    client_for: Signed, bureau_staff: User, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("members.admin.rolls.PAGE", 2)
    everybody = {make_member(branch).pk for _ in range(5)}
    client, listed = client_for(bureau_staff), []
    address = f"{CLASHES}?about=none"
    while address:
        page = client.get(address)
        listed += [member.pk for member in page.context["page"]]
        onward = re.search(r'<a href="([^"]+)">下一页</a>', page.text)
        address = CLASHES + unescape(onward[1]) if onward else ""
    assert (len(listed), set(listed)) == (5, everybody)


def test_the_people_of_very_many_branches_are_asked_by_area(
    peopled: None, client_for: Signed, bureau_staff: User, other_street: Area,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("members.admin.rolls.SUMMED", 1)
    client, address = client_for(bureau_staff), reverse("admin:roll-people")
    assert "请在上面选一个区划，再看名单。" in client.get(address).text
    assert rows(client, address) == 0
    assert rows(client, f"{address}?area={other_street.code}") == 1


@pytest.mark.parametrize("side", ["at_home", "unplaced", "guests"])
def test_the_people_cost_the_same_with_more_rows(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, side: str
) -> None:
    client, numbers = client_for(bureau_staff), []
    for _ in range(2):
        make_member(branch)
        add_link(by=None, member=make_member(branch), branch=other_branch, kind="COMMUNITY")
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("admin:roll-people"), {"side": side})
        numbers.append(len(captured))
    assert numbers[0] == numbers[1] <= 12
