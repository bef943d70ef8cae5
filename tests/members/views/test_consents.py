"""Consents taken back: by the member, or by clearing the day (domain §6.2, §6.12)."""

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from branches.models import Branch
from core.dates import words
from core.models import AuditEvent, Notice, User
from members import actions
from members.actions import give_consent, update_member, withdraw_consent
from members.enums import Consent
from members.models import Member
from members.rules.consents import text_of
from tests.factories.members import make_member
from tests.impersonating import viewing

Signed = Callable[[User], Client]
STEP = import_module("members.migrations.0043_contact_consent_asked")
NOTICES = import_module("members.migrations.0047_consent_notices_private")
PAGE = reverse("members:consent", args=["health"])
FACTS = {"health": "3", "self_care": "2", "empty_nest": "1", "hardship": "1"}
AGREED = {"health_agreed_on": dt.date(2026, 1, 1), **FACTS}
CONTACT = {
    "emergency_name": "李秀英",
    "emergency_phone": "16100008888",
    "emergency_relation": "长女",
}
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
        "contact_agreed_on": dt.date(2026, 4, 1),
        **CONTACT,
        "photo_agreed_on": dt.date(2026, 5, 1),
        "sms_agreed_on": dt.date(2026, 6, 1),
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
    days = {f"{which}_agreed_on" for which in Consent}
    wanted = {*AGREED, "skills", *CONTACT, *days}
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


def test_there_is_none_to_everything_at_once(client_for: Signed, member: User) -> None:
    for page in ("members:consent", "members:agree"):
        assert client_for(member).get(reverse(page, args=["all"])).status_code == 404


def test_each_consent_stands_on_the_page_with_its_text_and_its_day(
    client_for: Signed, member: User, person: Member
) -> None:
    withdraw_consent(by=member, member=person, which=Consent.SMS)
    page = client_for(member).get(reverse("members:profile")).content.decode()
    assert len(Consent) == 6
    for which in Consent:
        assert f'<p class="what">{which.label}</p><p class="sub">{text_of(which)}</p>' in page
        is_given = which != Consent.SMS
        assert (reverse("members:consent", args=[which.value]) in page) is is_given
        assert (reverse("members:agree", args=[which.value]) in page) is not is_given
    assert "2026年5月1日同意的" in page
    assert page.count("没有同意") == 1


def test_a_member_agrees_by_himself_and_who_keeps_the_record_is_told(
    client_for: Signed, member: User, secretary: User
) -> None:
    client, address = client_for(member), reverse("members:agree", args=["photo"])
    assert "用我的照片，介绍我的事迹" in client.get(address).content.decode()
    assert Member.objects.get(user=member).photo_agreed_on is None, "looking gives nothing"
    done = client.post(address, follow=True).content.decode()
    assert "已经同意：<wbr>公开照片和事迹" in done
    client.post(address)
    today = timezone.localdate()
    assert Member.objects.get(user=member).photo_agreed_on == today
    (event,) = AuditEvent.objects.filter(act="本人同意")
    assert event.note == f"公开照片和事迹：{text_of(Consent.PHOTO)}", "the text that he read"
    assert event.after == {"photo_agreed_on": "（已修改，不记录内容）"}
    assert Notice.objects.get(user=secretary).text == "周玉兰同志同意了：公开照片和事迹"


def test_the_day_that_he_gave_himself_stays(
    client_for: Signed, member: User, bureau_staff: User
) -> None:
    person = Member.objects.get(user=member)
    today = timezone.localdate()
    give_consent(by=member, member=person, which=Consent.PHOTO)
    said = f"本人已于{words(today)}自己办了同意，这个日期不用改。"
    person.refresh_from_db()
    with pytest.raises(ValidationError, match=said):
        update_member(
            by=bureau_staff,
            member=person,
            version=person.version,
            photo_agreed_on=dt.date(2020, 1, 1),
        )
    client = client_for(bureau_staff)
    address = reverse("members:edit", args=[person.pk])
    form = client.get(address).context["form"]
    sent = {
        name: form[name].value() for name in form.fields if form[name].value() not in (None, False)
    }
    shown = client.post(address, sent | {"photo_agreed_on": "2020-01-01"})
    assert said in shown.content.decode()
    person.refresh_from_db()
    assert person.photo_agreed_on == today
    update_member(by=bureau_staff, member=person, version=person.version, photo_agreed_on=None)
    person.refresh_from_db()
    assert person.photo_agreed_on is None, "taken back for him it may be"


def test_who_took_it_back_may_agree_again_the_same_day(
    member: User, bureau_staff: User, person: Member
) -> None:
    withdraw_consent(by=member, member=person, which=Consent.HEALTH)
    person = give_consent(by=member, member=person, which=Consent.HEALTH)
    today = timezone.localdate()
    person = update_member(
        by=bureau_staff,
        member=person,
        version=person.version,
        health="3",
        health_agreed_on=today,  # as it stands: nothing that somebody typed
    )
    assert held(person) == EMPTY | {"health": "3", "health_agreed_on": today}
    assert person.health_withdrawn_on == today, "older papers are still about"
    with pytest.raises(ValidationError, match="请填撤回以后的同意日期"):
        update_member(
            by=bureau_staff,
            member=person,
            version=person.version,
            health_agreed_on=today - dt.timedelta(days=1),
        )


def test_nobody_agrees_for_another(secretary: User, person: Member) -> None:
    Member.objects.filter(pk=person.pk).update(sms_agreed_on=None)
    with pytest.raises(PermissionDenied):
        give_consent(by=secretary, member=person, which=Consent.SMS)


def test_with_the_consent_the_contact_of_the_family_goes(member: User, person: Member) -> None:
    withdraw_consent(by=member, member=person, which=Consent.CONTACT)
    person.refresh_from_db()
    assert {name: getattr(person, name) for name in CONTACT} == dict.fromkeys(CONTACT, "")
    assert (person.contact_agreed_on, person.contact_withdrawn_on) == (None, timezone.localdate())


def test_a_contact_of_before_stays_and_is_asked_about(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    """Nobody asked then: the record says so, other changes pass, and a new number wants the day."""
    person = make_member(branch)
    Member.objects.filter(pk=person.pk).update(**CONTACT)
    STEP.list_who_lacks_it(apps, SimpleNamespace(connection=connection))
    STEP.list_who_lacks_it(apps, SimpleNamespace(connection=connection))
    person.refresh_from_db()
    assert person.missing_fields == "contact_agreed_on"
    client = client_for(secretary)
    assert (
        "紧急联系人同意" in client.get(reverse("members:card", args=[person.pk])).content.decode()
    )
    person = update_member(by=secretary, member=person, version=person.version, major="机械")
    assert (person.emergency_phone, person.missing_fields) == ("16100008888", "contact_agreed_on")
    with pytest.raises(ValidationError, match="紧急联系人本人同意才能登记"):
        update_member(
            by=secretary, member=person, version=person.version, emergency_phone="16100009999"
        )
    person.refresh_from_db()
    person = update_member(
        by=secretary, member=person, version=person.version, contact_agreed_on=dt.date(2026, 11, 1)
    )
    assert (person.emergency_name, person.missing_fields) == ("李秀英", "")


def test_the_register_is_asked_about_it_from_its_first_key(branch: Branch) -> None:
    """Keys may begin high: none of the numbers before them is walked."""
    key = 100 * STEP.CHUNK
    Member.objects.create(pk=key, branch=branch, name="张建国", emergency_name="李秀英")
    with CaptureQueriesContext(connection) as asked:
        STEP.list_who_lacks_it(apps, SimpleNamespace(connection=connection))
    assert sum(query["sql"].startswith("UPDATE") for query in asked) == 1
    assert "contact_agreed_on" in Member.objects.get(pk=key).missing_fields


@pytest.mark.parametrize("is_read", [False, True])
def test_who_views_the_secretary_s_pages_reads_nothing_of_consents(
    client_for: Signed, member: User, secretary: User, sysadmin: User, person: Member,
    settings: Any, is_read: bool,
) -> None:  # fmt: skip
    settings.IMPERSONATION = True
    client_for(member).post(PAGE)
    client_for(member).post(reverse("members:consent", args=["photo"]))
    other = Notice.objects.create(user=secretary, text="12月5日主题党日", detail="学习文件")
    if is_read:
        Notice.objects.update(read_at=timezone.now())
    shown = viewing(sysadmin, secretary).get(reverse("notices")).text
    assert shown.count("这一条只给本人看。") == 2
    main = shown.partition("<main")[2]
    for hint in ("同意", "健康", "照片", "清空", reverse("members:card", args=[person.pk])):
        assert hint not in main, hint
    assert other.text in shown
    assert other.detail in shown
    own = client_for(secretary).get(reverse("notices")).text
    assert "这一条只给本人看" not in own
    assert "周玉兰同志撤回了同意：登记健康信息" in own


def test_what_was_told_of_consents_before_is_private_as_well(secretary: User) -> None:
    texts = (
        "周玉兰同志同意了：登记健康信息",
        "周玉兰同志撤回了同意：登记健康信息",
        "同志们同意了新计划",
    )
    for text in texts:
        Notice.objects.create(user=secretary, text=text)
    NOTICES.close(apps, SimpleNamespace(connection=connection))
    private = Notice.objects.filter(is_private=True).order_by("pk").values_list("text", flat=True)
    assert tuple(private) == texts[:2]
