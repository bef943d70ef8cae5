"""双面名册 of a past day (house §1.4): its figures, its people, both rolls of a branch, and its file."""

import datetime as dt
import io
from collections.abc import Callable

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Branch
from core.models import User
from members.actions import add_link, transfer_member
from members.models import Affiliation, Member
from tests.factories.members import make_member

Signed = Callable[[User], Client]
ROLLS = reverse("admin:member-rolls")
PEOPLE = reverse("admin:roll-people")
TIES = reverse("admin:members_affiliation_changelist")
BEFORE, AFTER = "2026-06-30", "2026-09-30"


def move_on(by: User, member: Member, to: Branch) -> None:
    """Transfer MEMBER at the beginning of September."""
    transfer_member(by=by, member=member, to=to, on=dt.date(2026, 9, 1), document="转字1号")


@pytest.fixture
def moved(branch: Branch, other_branch: Branch, bureau_staff: User) -> Member:
    """Who was at home in B1 till the end of August and is in B2 since; a guest in B1 since July."""
    person = make_member(branch, "张建国")
    make_member(branch, "李秀英")
    move_on(bureau_staff, person, other_branch)
    guest = make_member(other_branch, "王志强")
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY", started_on=dt.date(2026, 7, 1))
    return person


def figures(client: Client, **asked: str) -> dict[str, tuple[int, int, int]]:
    page = client.get(ROLLS, asked)
    return {
        each.name: (each.at_home, each.unplaced, each.guests) for each in page.context["branches"]
    }


def listed(client: Client, **asked: object) -> list[str]:
    return sorted(name for _, _, _, name, _ in client.get(PEOPLE, asked).context["page"])


def test_a_transfer_in_between_changes_the_roll(
    moved: Member, client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    client = client_for(bureau_staff)
    now = {branch.name: (1, 1, 1), other_branch.name: (2, 1, 0)}
    assert figures(client, on=BEFORE) == {branch.name: (2, 2, 0), other_branch.name: (1, 1, 0)}
    assert figures(client, on=AFTER) == figures(client) == now
    sums = client.get(ROLLS, {"on": BEFORE}).context["sums"]
    assert sums == {"at_home": 3, "unplaced": 3, "guests": 0}
    assert listed(client, on=BEFORE, branch=branch.pk, side="at_home") == ["张建国", "李秀英"]
    assert listed(client, on=AFTER, branch=branch.pk, side="at_home") == ["李秀英"]
    assert listed(client, on=AFTER, side="guests") == ["王志强"]
    roll = client.get(reverse("admin:member-roll", args=[branch.pk]), {"on": BEFORE}).context[
        "roll"
    ]
    assert sorted(line.member.name for line in roll.home) == ["张建国", "李秀英"]
    assert roll.guests == []


def test_the_links_keep_the_day(
    moved: Member, client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    page = client_for(bureau_staff).get(ROLLS, {"on": "2026年6月30日"}).text
    assert f"?side=at_home&amp;branch={branch.pk}&amp;on={BEFORE}" in page
    assert f"{reverse('admin:member-roll', args=[branch.pk])}?on={BEFORE}" in page
    assert "下面是2026年6月30日那天的名册。" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-11-23", "这一天还没有到，看不到那天的名册。请写今天或者以前的日期。"),
        ("六月底", "请写到哪一天"),
        ("2026-06-31", "日历上没有这一天"),
        ("2026", "请写到哪一天"),
    ],
)
def test_a_day_to_come_or_none_at_all_is_refused_in_words(
    moved: Member, client_for: Signed, bureau_staff: User, branch: Branch, typed: str, said: str
) -> None:
    client = client_for(bureau_staff)
    for address in (ROLLS, PEOPLE, reverse("admin:member-roll", args=[branch.pk])):
        page = client.get(address, {"on": typed})
        assert page.status_code == 200
        assert f"{said}" in page.text
        assert "下面是今天的名册。" in page.text
    assert figures(client, on=typed) == figures(client)
    assert client.get(TIES, {"on": typed}).context["cl"].result_count == 0


def test_the_file_of_a_day_holds_its_ties_and_names_the_day(
    moved: Member, client_for: Signed, bureau_staff: User
) -> None:
    client = client_for(bureau_staff)
    address = f"{reverse('admin:members_affiliation_export')}?on={BEFORE}"
    assert f'href="{address}"' in client.get(ROLLS, {"on": BEFORE}).text
    form = client.get(address).context["form"]
    sent = {name: "on" for name in form.fields if name.startswith("affiliationresource_")}
    kind = next(key for key, title in form.fields["format"].choices if "XLSX" in title)
    answer = client.post(address, sent | {"format": kind, "purpose": "年中统计", "resource": ""})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    _, *rows, signature = book.active.iter_rows(values_only=True)
    assert len(rows) == Affiliation.objects.on_roll(dt.date(2026, 6, 30)).count() == 3
    assert str(signature[0]).endswith("导出2026年6月30日的名册，用途：年中统计")


def test_whoever_moved_out_of_reach_has_a_name_there_and_an_outsider_sees_nobody(
    client_for: Signed, bureau_staff: User, street_staff: User, outsider: User, branch: Branch,
    other_branch: Branch,
) -> None:  # fmt: skip
    person = make_member(branch, "张建国")
    move_on(bureau_staff, person, other_branch)
    street = client_for(street_staff)
    record = reverse("admin:members_member_change", args=[person.pk])
    roll = reverse("admin:member-roll", args=[branch.pk])
    for address in (PEOPLE, roll):
        page = street.get(address, {"on": BEFORE}).text
        assert "张建国" in page
        assert record not in page
    assert listed(street) == []
    far = client_for(outsider)
    assert listed(far, on=BEFORE) == []
    assert figures(far, on=BEFORE).keys() & {branch.name} == set()
    assert far.get(roll, {"on": BEFORE}).status_code == 404
    assert far.get(PEOPLE, {"on": BEFORE, "branch": branch.pk}).status_code == 404
    assert far.get(TIES, {"on": BEFORE}).context["cl"].result_count == 0


@pytest.mark.parametrize("address", [ROLLS, PEOPLE, f"{PEOPLE}?side=guests", TIES])
def test_a_past_day_costs_the_same_with_more_rows(
    moved: Member, client_for: Signed, bureau_staff: User, branch: Branch, address: str
) -> None:
    client, numbers = client_for(bureau_staff), []
    for _ in range(2):
        make_member(branch)
        with CaptureQueriesContext(connection) as captured:
            client.get(address, {"on": AFTER} | ({"side": "guests"} if "side" in address else {}))
        numbers.append(len(captured))
    assert numbers[0] == numbers[1] <= 12
