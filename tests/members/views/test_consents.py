"""Consents taken back: by the member, or by clearing the day (domain §6.2, §6.12)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.models import Branch
from core.dates import words
from core.models import AuditEvent, Notice, User
from members import actions
from members.actions import update_member, withdraw_consent
from members.enums import Consent
from members.models import Member
from tests.factories.members import make_member

Signed = Callable[[User], Client]
PAGE = reverse("members:consent", args=["health"])
FACTS = {"health": "3", "self_care": "2", "empty_nest": "1", "hardship": "1"}
AGREED = {"health_agreed_on": dt.date(2026, 1, 1), **FACTS}
EMPTY = {"health_agreed_on": None, **dict.fromkeys(FACTS, "")}


def held(person: Member) -> dict[str, Any]:
    return Member.objects.values(*AGREED).get(pk=person.pk)


@pytest.fixture
def person(member: User) -> Member:
    """The member, who agreed to everything."""
    others = {
        "talent_agreed_on": dt.date(2026, 2, 1),
        "skills": "1",
        "display_agreed_on": dt.date(2026, 3, 1),
    }
    Member.objects.filter(user=member).update(**AGREED, **others)
    return Member.objects.get(user=member)


def test_a_member_takes_a_consent_back_and_what_was_kept_is_gone(
    client_for: Signed, member: User, secretary: User, person: Member
) -> None:
    client = client_for(member)
    assert PAGE in client.get(reverse("members:profile")).content.decode()
    asked = client.get(PAGE).content.decode()
    assert "<dt>健康状况</dt>" in asked
    assert "清空以后找不回来" in asked
    assert held(person) == AGREED, "looking takes nothing back"
    done = client.post(PAGE, follow=True).content.decode()
    assert "同意已撤回" in done
    assert "<dt>健康状况</dt><dd>没有填</dd>" in done
    assert "返回我的资料</a>" in done
    assert "改一改" not in done, "what was taken back is not changed"
    assert held(person) == EMPTY
    person.refresh_from_db()
    assert (person.skills, person.display_agreed_on) == ("1", dt.date(2026, 3, 1))
    assert PAGE not in client.get(reverse("members:profile")).content.decode()
    notice = Notice.objects.get(user=secretary)
    assert notice.text == "周玉兰同志撤回了同意：登记健康信息"
    told = client_for(secretary).get(reverse("notices")).content.decode()
    assert "这几项已经清空，不用再补。" in told
    assert "原话" not in told, "they are not the member's words"
    client.post(PAGE)
    assert AuditEvent.objects.filter(act="撤回同意").count() == 1


def test_of_two_taps_at_once_the_second_finds_it_withdrawn(
    client_for: Signed, member: User, person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(**given: Any) -> Member:
        withdraw_consent(**given)  # the first tap, between the page's look and its act
        return withdraw_consent(**given)

    monkeypatch.setattr(actions, "withdraw_consent", overtaken)
    done = client_for(member).post(PAGE, follow=True)
    assert "同意已撤回" in done.content.decode()
    assert AuditEvent.objects.filter(act="撤回同意").count() == 1


def test_the_trail_says_what_went_and_never_what_it_was(member: User, person: Member) -> None:
    for which in Consent:
        withdraw_consent(by=member, member=person, which=which)
    acts = AuditEvent.objects.filter(act="撤回同意")
    said = {name: value for each in acts for name, value in {**each.before, **each.after}.items()}
    wanted = {*AGREED, "talent_agreed_on", "skills", "display_agreed_on"}
    assert said == dict.fromkeys(wanted, "（已修改，不记录内容）")


def test_only_what_was_given_by_whose_it_is_or_who_keeps_it(
    member: User, secretary: User, group_leader: User, outsider: User, person: Member
) -> None:
    for stranger in (group_leader, outsider):
        with pytest.raises(Member.DoesNotExist):
            withdraw_consent(by=stranger, member=person, which=Consent.HEALTH)
    withdraw_consent(by=secretary, member=person, which=Consent.HEALTH)
    with pytest.raises(ValidationError, match="现在没有登记这项同意"):
        withdraw_consent(by=member, member=person, which=Consent.HEALTH)


def test_clearing_the_day_takes_what_was_kept_with_it(bureau_staff: User, branch: Branch) -> None:
    person = make_member(branch, **AGREED)
    update_member(
        by=bureau_staff,
        member=person,
        version=person.version,
        health_agreed_on=None,
        health="4",
    )
    assert held(person) == EMPTY


def test_what_was_withdrawn_is_registered_again_only_by_a_later_day(
    bureau_staff: User, branch: Branch
) -> None:
    person = make_member(branch, **AGREED)
    person = update_member(
        by=bureau_staff, member=person, version=person.version, health_agreed_on=None
    )
    today = timezone.localdate()
    for again in ({"health": "3"}, {"health": "3", "health_agreed_on": today}):
        with pytest.raises(ValidationError, match="撤回同意。重新同意的，请填撤回以后的同意日期"):
            update_member(by=bureau_staff, member=person, version=person.version, **again)
    Member.objects.filter(pk=person.pk).update(health_withdrawn_on=today - dt.timedelta(days=1))
    update_member(
        by=bureau_staff, member=person, version=person.version, health="3", health_agreed_on=today
    )
    assert (held(person)["health"], held(person)["health_agreed_on"]) == ("3", today)


def test_the_form_says_that_it_was_withdrawn(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    person = make_member(branch, **AGREED)
    withdraw_consent(by=bureau_staff, member=person, which=Consent.HEALTH)
    client = client_for(bureau_staff)
    address = reverse("admin:members_member_change", args=[person.pk])
    form = client.get(address).context["adminform"].form
    sent = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, False)
    }
    shown = client.post(address, sent | {"health_agreed_on": "2026-01-01", "health": "3"})
    today = words(timezone.localdate())
    assert f"本人已于{today}撤回同意。" in shown.content.decode()
    assert held(person) == EMPTY


def test_the_bureau_clears_the_day_and_is_asked_nothing_of_health(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    person = make_member(branch, **AGREED)
    client = client_for(bureau_staff)
    address = reverse("admin:members_member_change", args=[person.pk])
    form = client.get(address).context["adminform"].form
    sent = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, False)
    }
    answer = client.post(address, sent | {"health_agreed_on": ""})
    assert answer.status_code == 302
    assert held(person) == EMPTY


def test_there_are_only_three(client_for: Signed, member: User) -> None:
    assert client_for(member).get(reverse("members:consent", args=["all"])).status_code == 404
