"""What a branch asks its office for: transfers, 已故 (P10)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from branches.models import Area, Branch
from core.models import AuditEvent, Notice, RuleParameter, User
from members.actions import mark_deceased, transfer_member
from members.models import Member
from tests.cast import TODAY
from tests.factories.members import make_member

Signed = Callable[[User], Client]
MOVE = {"kind": "MOVE", "on": "2026年12月1日", "text": "搬去南湖，转到柳岸社区党支部"}


def ask(member: Member) -> str:
    return reverse("members:ask-office", args=[member.pk])


def card(client: Client, member: Member) -> str:
    return client.get(reverse("members:card", args=[member.pk])).content.decode()


def test_p10_a_secretary_asks_and_the_street_carries_out(
    client_for: Signed, secretary: User, street_staff: User, bureau_staff: User, branch: Branch,
    other_branch: Branch,
) -> None:  # fmt: skip
    person = make_member(branch, "张建国")
    client = client_for(secretary)
    assert ask(person) in card(client, person)
    done = client.post(ask(person), MOVE, follow=True).content.decode().replace("<wbr>", "")
    assert "已告诉街道" in done
    assert "搬去南湖，转到柳岸社区党支部" in done
    shown = card(client, person)
    assert "陆德贤同志11月22日 星期日已请街道办理：转到别的党支部" in shown
    notice = Notice.objects.get()
    assert (notice.user, notice.text) == (street_staff, "陆德贤同志为张建国同志请办理组织关系转接")
    assert notice.detail == "日期：2026年12月1日 星期二。原话：搬去南湖，转到柳岸社区党支部"
    assert client_for(street_staff).get(notice.url).status_code == 200
    asked = AuditEvent.objects.get(act="请办理组织关系转接")
    assert (asked.by, asked.object_id, asked.area_path) == (secretary, str(person.pk), person.area_path)  # fmt: skip
    assert "搬去" not in str(list(AuditEvent.objects.values()))
    person.refresh_from_db()
    assert person.branch == branch
    transfer_member(by=bureau_staff, member=person, to=other_branch, on=TODAY, document="信1号")
    assert client.get(ask(person)).status_code == 404


def test_where_he_goes_is_not_marked_as_optional_and_has_one_name(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch
) -> None:
    person, client = make_member(branch), client_for(secretary)
    shown = client.get(ask(person)).content.decode()
    assert "可以不填" not in shown
    assert "登记已故的可以不写" in shown
    assert ">去向和说明</label>" in shown
    assert "<dt>去向和说明</dt>" in client.post(ask(person), MOVE, follow=True).content.decode()


def test_without_a_street_office_the_bureau_is_asked(
    client_for: Signed, secretary: User, bureau_staff: User, outsider: User, branch: Branch
) -> None:
    person = make_member(branch)
    assert client_for(secretary).post(ask(person), MOVE).status_code == 302
    assert [notice.user for notice in Notice.objects.all()] == [bureau_staff]


def test_without_any_office_he_is_told_to_ring(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    answer = client_for(secretary).post(ask(make_member(branch)), MOVE)
    assert "请打下面的电话办理" in answer.content.decode()
    assert not Notice.objects.exists()
    assert not AuditEvent.objects.filter(act__startswith="请办理").exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"kind": "MOVE", "on": "2026-12-01", "text": " "}, "请写明转到哪里"),
        ({"kind": "DEATH", "on": "2026-12-01", "text": ""}, "日期晚于今天"),
        ({"kind": "DEATH", "on": "1900-12-01", "text": ""}, "日期早于出生日期"),
        ({"kind": "FIRE", "on": "2026-11-01", "text": "别处"}, "重新选"),
        ({"kind": "OUT", "on": "", "text": "南京"}, "哪一天"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch, sent: dict[str, Any],
    sentence: str,
) -> None:  # fmt: skip
    answer = client_for(secretary).post(ask(make_member(branch)), sent)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Notice.objects.exists()


def test_twice_is_once_and_more_to_say_is_said(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch
) -> None:
    person = make_member(branch)
    client = client_for(secretary)
    for _ in range(2):
        client.post(ask(person), MOVE)
    assert (Notice.objects.count(), AuditEvent.objects.filter(act="请办理组织关系转接").count()) == (1, 1)  # fmt: skip
    client.post(ask(person), MOVE | {"text": "改到松涛社区"})
    assert Notice.objects.count() == 2


def test_what_was_carried_out_waits_no_longer(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch
) -> None:
    person = make_member(branch)
    client = client_for(secretary)
    client.post(ask(person), {"kind": "DEATH", "on": "2026-11-20", "text": ""})
    assert "登记已故" in card(client, person)
    mark_deceased(by=street_staff, member=person, on=dt.date(2026, 11, 20))
    shown = card(client, person)
    assert "已请街道办理" not in shown
    assert ask(person) not in shown
    assert "不用再办" in client.post(ask(person), MOVE).content.decode()


def test_how_long_what_was_asked_still_waits_is_the_bureaus_to_say(
    client_for: Signed, secretary: User, street_staff: User, branch: Branch
) -> None:
    person = make_member(branch)
    client = client_for(secretary)
    client.post(ask(person), {"kind": "DEATH", "on": "2026-11-20", "text": ""})
    with time_machine.travel(dt.datetime(2026, 12, 10, 2, tzinfo=dt.UTC)):
        client = client_for(secretary)
        assert "已请街道办理" in card(client, person)
        RuleParameter.objects.filter(key="request.open_days").update(value="10")
        assert "已请街道办理" not in card(client, person)


def test_p10_only_who_keeps_the_record_asks(
    client_for: Signed, secretary: User, other_secretary: User, outsider: User, member: User,
    group_leader: User, sysadmin: User, street_staff: User, branch: Branch, community: Area,
) -> None:  # fmt: skip
    person = make_member(branch)
    people = (other_secretary, outsider, member, group_leader, sysadmin)
    answers = {user.username: client_for(user).post(ask(person), MOVE).status_code for user in people}  # fmt: skip
    assert answers == {
        "secretary2": 404, "outsider": 404, "member": 403, "leader": 403, "sysadmin": 403,
    }  # fmt: skip
    assert not Notice.objects.exists()
    assert ask(person) not in card(client_for(street_staff), person)
