"""Dues base and rank are kept only where the bureau has switched them on (domain §6.11)."""

from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import RuleParameter, User
from members.models import Member, RosterBatch
from members.resources import MemberResource
from members.roster.template import template
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import checked, columns_of, page, upload

Signed = Callable[[User], Client]
WORDS = ("党费计算基数", "职级/享受待遇")
ROSTER = (
    f"姓名,公民身份号码,支部代码,月养老金,享受待遇\n张建国,{number(1)},QL0001,6543.21,正乡科级\n"
)
OFF = "本地没有启用这一栏，不会保存。"


@pytest.fixture(params=["关", "开"])
def is_on(request: pytest.FixtureRequest, db: None) -> bool:
    RuleParameter.objects.filter(key__startswith="module.").update(value=request.param)
    return request.param == "开"


@pytest.fixture
def person(branch: Branch) -> Member:
    return make_member(branch, "张建国", rank="41", dues_base="6543.21")


def told(text: str) -> list[bool]:
    return [word in text for word in WORDS]


def test_as_shipped_both_are_off(db: None) -> None:
    rows = RuleParameter.objects.filter(key__startswith="module.")
    assert set(rows.values_list("key", "value")) == {
        ("module.dues_base", "关"),
        ("module.rank", "关"),
    }


def test_forms_pages_and_files_have_them_only_when_on(
    client_for: Signed, bureau_staff: User, secretary: User, person: Member, *, is_on: bool
) -> None:
    office = client_for(bureau_staff)
    for address in (
        reverse("admin:members_member_add"),
        reverse("admin:members_member_change", args=[person.pk]),
    ):
        assert told(office.get(address).content.decode()) == [is_on, is_on]
    card = client_for(secretary).get(reverse("members:card", args=[person.pk]))
    assert told(card.content.decode()) == [False, is_on], "the base is never on a card"
    offered = office.get(reverse("admin:members_member_export"))
    assert ("rank" in "".join(offered.context["form"].fields)) is is_on
    headings = MemberResource(user=bureau_staff).get_export_headers()
    assert told("".join(headings)) == [False, is_on]
    book = openpyxl.load_workbook(template(bureau_staff))
    assert told("".join(str(cell.value) for cell in book["党员名册"][1])) == [False, is_on]


def test_what_was_registered_before_stays_and_its_owner_sees_it(
    client_for: Signed, member: User, bureau_staff: User, *, is_on: bool
) -> None:
    person = Member.objects.get(user=member)
    Member.objects.filter(pk=person.pk).update(rank="41", dues_base="6543.21")
    assert told(client_for(member).get(reverse("members:profile")).content.decode()) == [True, True]
    office, address = (
        client_for(bureau_staff),
        reverse("admin:members_member_change", args=[person.pk]),
    )
    form = office.get(address).context["adminform"].form
    sent = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, False)
    }
    assert office.post(address, sent | {"major": "机械"}).status_code == 302
    person.refresh_from_db()
    assert (person.major, person.rank, person.dues_base) == ("机械", "41", "6543.21")


def test_a_roster_s_columns_are_known_and_told_as_not_kept(
    client_for: Signed, bureau_staff: User, branch: Branch, *, is_on: bool
) -> None:
    office: Any = client_for(bureau_staff)
    asked = upload(office, ROSTER)
    hints = {field.label: field.help_text for field in asked.context["form"]}
    assert [hints[heading] == OFF for heading in ("月养老金", "享受待遇")] == [not is_on] * 2
    assert set(columns_of(asked).values()) >= ({"dues_base", "rank"} if is_on else {""})
    RosterBatch.objects.all().delete()
    batch = checked(office, ROSTER)
    row = batch.rows.get()
    assert (row.dues_base is None, row.rank) == (not is_on, "41" if is_on else None)
    said = "本地没有启用这几栏，不会保存：月养老金、享受待遇。"
    assert (said in page(office, batch).text) is not is_on
