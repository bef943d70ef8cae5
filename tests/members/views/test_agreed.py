"""What is kept only with a member's consent is written only with its day (domain §6.11)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import User
from members.actions import register_member, update_member, withdraw_consent
from members.enums import Consent
from members.models import Member
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
Signed = Callable[[User], Client]
REFUSED = "请填本人同意的日期"


def sent(person: Member, **typed: str) -> dict[str, object]:
    return {"version": person.version, "member_kind": person.member_kind} | typed


def test_the_secretary_registers_it_again_with_the_day_after_a_withdrawal(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    """The page of a withdrawal sends the member to his secretary, whose page has the fields."""
    client, person = client_for(secretary), make_member(branch, "张建国")
    edit = reverse("members:edit", args=[person.pk])
    for typed in ({"health": "3"}, {"skills": "书法"}):
        refused = client.post(edit, sent(person, **typed))
        assert refused.status_code == 200
        assert REFUSED in refused.content.decode()
    days = {"health_agreed_on": "2026年3月1日", "talent_agreed_on": "2026年3月2日"}
    client.post(edit, sent(person, health="3", skills="书法", **days))
    person.refresh_from_db()
    assert (person.health, person.health_agreed_on) == ("3", dt.date(2026, 3, 1))
    assert person.talent_agreed_on == dt.date(2026, 3, 2)
    assert "书法" in client.get(reverse("members:card", args=[person.pk])).content.decode()


@pytest.mark.parametrize(
    ("facts", "day"),
    [({"hardship": "1"}, "health_agreed_on"), ({"skills": "01"}, "talent_agreed_on")],
)
def test_no_act_writes_it_without_the_day(branch: Branch, facts: dict[str, str], day: str) -> None:
    person = make_member(branch)
    with pytest.raises(ValidationError) as refused:
        update_member(by=None, member=person, version=person.version, **facts)
    assert REFUSED in refused.value.message_dict[day][0]
    with pytest.raises(ValidationError, match=REFUSED):
        register_member(by=None, branch=branch, name="李秀英", **facts)


def test_what_was_kept_so_before_hinders_no_other_change(branch: Branch) -> None:
    person = make_member(branch)
    Member.objects.filter(pk=person.pk).update(skills="01")
    update_member(by=None, member=person, version=person.version, building="3号楼")
    assert Member.objects.get(pk=person.pk).building == "3号楼"


def test_how_he_takes_part_stands_with_no_consent_and_outlasts_one(
    client_for: Signed, secretary: User, member: User
) -> None:
    """Whom study is brought to is never counted absent for want of a consent (domain SYS-24)."""
    agreed = {"health": "3", "health_agreed_on": dt.date(2026, 1, 1), "needs_home_study": True}
    Member.objects.filter(user=member).update(**agreed)
    person = Member.objects.get(user=member)
    withdraw_consent(by=member, member=person, which=Consent.HEALTH)
    person.refresh_from_db()
    assert (person.health, person.needs_home_study) == ("", True)
    shown = client_for(member).get(reverse("members:profile")).content.decode()
    assert "行动不便，送学上门" in shown
    assert "本人同意才登记" not in shown
