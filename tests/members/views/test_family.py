"""The family of the dead is shown for ninety days, and then to nobody (domain §6.8)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import AuditEvent, RuleParameter, User
from members.actions import mark_deceased, withdraw_death
from members.models import Member
from tests.cast import TODAY
from tests.factories.members import make_member

Signed = Callable[[User], Client]
FAMILY = {
    "contact_agreed_on": dt.date(2026, 1, 1),
    "emergency_name": "李秀英",
    "emergency_phone": "16100008888",
    "emergency_relation": "长女",
}


def died(branch: Branch, days_ago: int) -> Member:
    person = make_member(branch, "张建国", **FAMILY)
    return mark_deceased(by=None, member=person, on=TODAY - dt.timedelta(days=days_ago))


def opened(client: Client, person: Member, *which: str) -> str:
    sent = {"which": which, "reason": "看望家属"}
    address = reverse("members:reveal", args=[person.pk])
    return client.post(address, sent).content.decode()


@pytest.mark.parametrize(("days_ago", "is_shown"), [(90, True), (91, False)])
def test_after_ninety_days_nobody_sees_or_opens_it(
    client_for: Signed, secretary: User, bureau_staff: User, branch: Branch, days_ago: int,
    is_shown: bool,
) -> None:  # fmt: skip
    person, client = died(branch, days_ago), client_for(secretary)
    pages = (
        client.get(reverse("members:card", args=[person.pk])),
        client_for(bureau_staff).get(reverse("admin:members_member_change", args=[person.pk])),
        client.get(reverse("members:edit", args=[person.pk])),
        client.get(reverse("members:reveal", args=[person.pk])),
        client_for(bureau_staff).get(reverse("admin:member-reveal", args=[person.pk])),
    )
    assert [("紧急联系人" in page.content.decode()) for page in pages] == [is_shown] * 5
    shown = opened(client, person, "emergency_name", "emergency_phone")
    assert (FAMILY["emergency_phone"] in shown, FAMILY["emergency_name"] in shown) == (
        is_shown,
    ) * 2
    assert ("家属的联系方式不再显示" in shown) is not is_shown
    assert AuditEvent.objects.filter(act="查看完整信息").exists() is is_shown
    assert person.phone in opened(client, person, "phone"), "the rest can be opened as before"


def test_the_days_are_a_parameter_and_a_mistake_taken_back_shows_it_again(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    person, client = died(branch, 91), client_for(secretary)
    RuleParameter.objects.filter(key="member.family_shown_days").update(value="120")
    assert FAMILY["emergency_phone"] in opened(client, person, "emergency_phone")
    RuleParameter.objects.filter(key="member.family_shown_days").update(value="90")
    withdraw_death(by=None, member=person, reason="登记错了")
    assert FAMILY["emergency_phone"] in opened(client, person, "emergency_phone")
