"""Two people of one name in a branch are told apart wherever one is chosen (domain §3.3, item 14)."""

import datetime as dt
import re

import pytest
from django.test import Client

from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from branches.models import Branch
from core.models import User
from members.models import Member
from tests.activities.log_page import NOVEMBER, SignIn, filled, text, without
from tests.factories.activities import make_link, record
from tests.factories.members import make_member

ELDER, YOUNGER = "张建国（1948年生）", "张建国（1952年生）"


@pytest.fixture
def namesakes(branch: Branch) -> list[Member]:
    """Two 张建国 of B1, four years apart, and somebody whose name is his own."""
    births = (dt.date(1948, 5, 3), dt.date(1952, 8, 1))
    both = [make_member(branch, "张建国", birth_date=born) for born in births]
    return [*both, make_member(branch, "周秀英", birth_date=dt.date(1948, 5, 3))]


def test_on_the_tiles_and_when_one_is_forgotten(
    client: Client, branch: Branch, namesakes: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = client.get(address)
    assert [(tile.name, tile.mark) for tile in page.context["form"].tiles] == [
        ("张建国", "1948年生"),
        ("张建国", "1952年生"),
        ("周秀英", ""),
    ]
    assert "<b>张建国<small>1952年生</small></b>" in text(page)
    entry = without(filled(page), namesakes[1])
    del entry[f"w-{namesakes[1].pk}"]
    assert f"请看一下{YOUNGER}到会没有" in text(client.post(address, entry))


def test_a_guest_is_told_from_the_branchs_own(
    client: Client, branch: Branch, other_branch: Branch, namesakes: list[Member]
) -> None:
    guest = make_member(other_branch, "周秀英", birth_date=dt.date(1950, 1, 1))
    make_link(guest, branch)
    form = client.get(f"/branch/{branch.pk}/{NOVEMBER}").context["form"]
    assert (form.tiles[2].name, form.tiles[2].mark) == ("周秀英", "1948年生")
    assert [(tile.name, tile.mark) for tile in form.guests] == [("周秀英", "1950年生")]


def test_on_the_printed_sheet(client: Client, branch: Branch, namesakes: list[Member]) -> None:
    """It goes from hand to hand: the year of birth, nothing of a number."""
    paper = text(client.get(client.post(f"/branch/{branch.pk}/{NOVEMBER}sheet/")["Location"]))
    names = [
        re.sub(r"<[^>]+>", " ", cell).strip()
        for cell in re.findall(r'<th scope="row">(.*?)</th>', paper)
    ]
    assert names == ["张建国 1948年生", "张建国 1952年生", "周秀英"]
    assert not any(person.id_number[-4:] in paper for person in namesakes)


def test_on_the_record_and_when_it_is_saved(
    client: Client, secretary: User, branch: Branch, namesakes: list[Member]
) -> None:
    record(secretary, branch, [namesakes[0], namesakes[2]], excused=[namesakes[1]])
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    shown = text(client.get(f"{address}record/"))
    assert "张建国<small>1948年生</small>" in shown
    assert "张建国<small>1952年生</small>" in shown
    for page in (shown, text(client.get(f"{address}saved/"))):
        assert YOUNGER in page
        assert ELDER not in page


def test_on_the_merge_page(
    client_for: SignIn,
    secretary: User,
    street_staff: User,
    branch: Branch,
    namesakes: list[Member],
) -> None:
    first, second = client_for(secretary), client_for(street_staff)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    hers, his = filled(first.get(address)), filled(second.get(address))
    first.post(address, without(hers, namesakes[0]))
    page = second.post(address, without(his, namesakes[1])).context["page"]
    assert [question.label for question in page.questions] == [ELDER, YOUNGER]


def test_on_the_list_of_who_asked_leave(
    client: Client, secretary: User, branch: Branch, namesakes: list[Member]
) -> None:
    plan_activity(by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 25))
    for person in namesakes[1:]:
        excuse_member(by=secretary, member=person, period="2026-11")
    assert f"已请假2人：{YOUNGER}、周秀英。" in text(client.get(f"/branch/{branch.pk}/"))


def test_who_took_part_elsewhere(
    client: Client,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
    namesakes: list[Member],
) -> None:
    make_link(namesakes[0], other_branch)
    record(other_secretary, other_branch, [namesakes[0]])
    assert ELDER in text(client.get(f"/branch/{branch.pk}/{NOVEMBER}record/"))


def test_in_the_office(
    client_for: SignIn, street_staff: User, branch: Branch, namesakes: list[Member]
) -> None:
    activity = record(street_staff, branch, namesakes)
    page = text(client_for(street_staff).get(f"/admin/activities/activity/{activity.pk}/change/"))
    assert ELDER in page
    assert YOUNGER in page
