"""After a form: the page that says what was saved or sent, with a way to change it (rules 22, 23)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.actions import dissolve_branch
from branches.models import Branch
from core.models import FormDraft, User
from members import actions
from members.actions import update_member
from tests.cast import TODAY
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
Signed = Callable[[User], Client]


def leads_on(shown: str, branch: Branch) -> None:
    """The page SHOWN after a form leads back to the roster from its head, and to the branch."""
    head, _, body = shown.partition("<main")
    assert reverse("members:roster", args=[branch.pk]) in head
    assert f'href="{reverse("activities:branch-home", args=[branch.pk])}"' in body


def test_what_was_changed_is_said_masked_and_not_in_the_address(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    contact = {"emergency_relation": "长女", "contact_agreed_on": dt.date(2026, 1, 1)}
    person = make_member(branch, "张建国", former_unit="旧单位", **contact)
    sent = {"version": person.version, "former_unit": "青澜区民政局", "phone": "16112345678"}
    answer = client_for(secretary).post(
        reverse("members:edit", args=[person.pk]), sent | {"member_kind": person.member_kind}
    )
    assert answer["Location"] == reverse("members:saved", args=[person.pk])
    client = client_for(secretary)
    shown = client.get(answer["Location"]).content.decode()
    assert "<dt>原工作单位</dt><dd>青澜区民政局</dd>" in shown
    assert "<dt>联系电话</dt><dd>161****5678</dd>" in shown
    assert "<dt>与紧急联系人关系</dt><dd>没有填</dd>" in shown
    assert "性别" not in shown
    leads_on(shown, branch)


def test_what_is_over_by_the_time_it_is_written_is_told_above_what_was_typed(
    client_for: Signed, secretary: User, branch: Branch, group: Branch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A group that is dissolved between the check of the form and the act was an error page."""

    def meanwhile(**written: Any) -> Any:
        dissolve_branch(by=None, branch=group, on=TODAY, document="9号")
        return update_member(**written)

    person, client = make_member(branch, "张建国"), client_for(secretary)
    monkeypatch.setattr(actions, "update_member", meanwhile)
    sent = {"version": person.version, "member_kind": person.member_kind, "group": group.pk}
    answer = client.post(reverse("members:edit", args=[person.pk]), sent | {"address": "梧桐里8号"})
    assert answer.status_code == 200
    shown = answer.content.decode()
    assert "这个党小组不属于所在党支部，请重新选。" in shown
    assert "梧桐里8号" in shown
    person.refresh_from_db()
    assert person.group is None
    assert person.address != "梧桐里8号"


def test_what_was_asked_is_said_and_opens_again_as_it_was_written(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch
) -> None:
    person, client = make_member(branch, "张建国"), client_for(secretary)
    page, form = (reverse(f"members:{name}", args=[person.pk]) for name in ("asked", "ask-office"))
    sent = {"kind": "OUT", "on": "2026年12月1日", "text": "随儿子去南京"}
    assert client.post(form, sent)["Location"] == page
    shown = client.get(page).content.decode()
    for words in ("转出，离开本地", "2026年12月1日 星期二", "随儿子去南京", f"{form}?again=1"):
        assert words in shown
    leads_on(shown, branch)
    again = client.get(f"{form}?again=1").content.decode()
    assert 'value="2026年12月1日"' in again
    assert "随儿子去南京" in again
    assert "随儿子去南京" not in client.get(form).content.decode()


def test_only_what_the_form_asks_is_kept_and_no_more_than_a_form_can_hold(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch
) -> None:
    person, client = make_member(branch), client_for(secretary)
    page, form = (reverse(f"members:{name}", args=[person.pk]) for name in ("asked", "ask-office"))
    sent = {"kind": "OUT", "on": "2026-12-01", "text": "随儿子去南京"}
    client.post(form, sent | {"old_password": "海棠花开", "beside": "别的"})
    kept = FormDraft.objects.get(owner=secretary).body
    assert "随儿子去南京" in kept
    assert not [word for word in ("海棠花开", "beside", "别的") if word in kept]
    client.post(form, sent | {"text": "随女儿去北京" + " " * 200_000})
    assert not FormDraft.objects.filter(owner=secretary).exists()
    assert client.get(page)["Location"] == reverse("members:card", args=[person.pk])


def test_the_next_form_takes_the_place_of_the_last(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch
) -> None:
    client = client_for(secretary)
    people = make_member(branch), make_member(branch)
    for person in people:
        sent = {"kind": "DEATH", "on": "2026-11-20", "text": ""}
        client.post(reverse("members:ask-office", args=[person.pk]), sent)
    assert FormDraft.objects.filter(owner=secretary).count() == 1
    gone = client.get(reverse("members:asked", args=[people[0].pk]))
    assert gone["Location"] == reverse("members:card", args=[people[0].pk])


def test_a_correction_is_said_back_to_him_alone(
    client_for: Signed, member: User, secretary: User
) -> None:
    client, page = client_for(member), reverse("members:correction-sent")
    sent = {"kind": "CHANGE", "text": "入党日期应是1979年7月"}
    assert client.post(reverse("members:correction"), sent)["Location"] == page
    shown = client.get(page).content.decode()
    assert "<dd>入党日期应是1979年7月</dd>" in shown
    assert "1979年7月</textarea>" in client.get("/me/profile/correction/?again=1").content.decode()
    assert client_for(secretary).get(page).status_code == 404


@pytest.mark.parametrize("typed", ["161\x0012345678", "1\x00"])
def test_a_telephone_with_what_nobody_sees_is_told_and_not_stored(
    client_for: Signed, secretary: User, branch: Branch, typed: str
) -> None:
    person = make_member(branch, "张建国", phone="16112345678")
    sent = {"version": person.version, "member_kind": person.member_kind, "phone": typed}
    answer = client_for(secretary).post(reverse("members:edit", args=[person.pk]), sent)
    assert answer.status_code == 200
    assert "里面有看不见的字符，请删去后重新输入。" in answer.content.decode()
    person.refresh_from_db()
    assert person.phone == "16112345678"
