"""What leaves the portal from the elder pages: a branch's roster, a member's own data (P15, P24)."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core import audit
from core.actions import reveal
from core.models import AuditEvent, Notice, User
from members.actions import add_link, mark_deceased
from members.models import Member
from tests.cast import TODAY
from tests.factories.activities import record
from tests.factories.members import make_member

Signed = Callable[[User], Client]
OWN_DATA = reverse("members:own-data")
ASKED = {"purpose": "换届核对", "format": "csv"}


def export(branch: Branch) -> str:
    return reverse("members:roster-export", args=[branch.pk])


def lines(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_p15_a_secretary_takes_his_roster_masked(
    client_for: Signed, secretary: User, branch: Branch, other_branch: Branch, far_branch: Branch
) -> None:
    person = make_member(
        branch, "张建国", phone="16112345678", former_unit="=1+1", health="4",
        health_agreed_on=TODAY,
    )  # fmt: skip
    mark_deceased(by=None, member=make_member(branch, "王志强"), on=TODAY)
    guest = make_member(other_branch, "赵桂兰")
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY")
    make_member(far_branch, "钱德贤")
    client = client_for(secretary)
    roster = client.get(reverse("members:roster", args=[branch.pk])).content.decode()
    assert export(branch) in roster
    asked = client.get(export(branch)).content.decode()
    assert "证件号码和电话中间用星号遮住，不含健康情况。" in asked
    assert "谁在什么时候导出，会记下来。" in asked
    answer = client.post(export(branch), ASKED)
    table = lines(answer)
    assert [row[1] for row in table[1:-1]] == ["张建国"]
    row = dict(zip(table[0], table[1], strict=True))
    assert row["联系电话"] == "161****5678"
    assert row["公民身份号码"] == f"{person.id_number[:3]}***********{person.id_number[-4:]}"
    assert row["原工作单位"] == "'=1+1"
    assert row["民族"] == "汉族"
    assert table[-1][0].startswith("陆德贤于2026-11-22 10:")
    assert table[-1][0].endswith("用途：换届核对")
    for secret in (person.id_number, "16112345678", "重病", "赵桂兰"):
        assert secret not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    logged = AuditEvent.objects.get(act="导出")
    assert (logged.by, logged.area_path, logged.note) == (secretary, branch.area_path, "1行，CSV。换届核对")  # fmt: skip
    book = openpyxl.load_workbook(
        io.BytesIO(client.post(export(branch), ASKED | {"format": "xlsx"}).content)
    )
    assert [cell.value for cell in book.active["B"]][:2] == ["姓名", "张建国"]


def test_office_and_secretary_are_asked_in_the_same_words(
    client_for: Signed, bureau_staff: User, secretary: User, branch: Branch
) -> None:
    office, own = (
        client_for(user).get(address).context["form"]
        for user, address in (
            (bureau_staff, reverse("admin:members_member_export")),
            (secretary, export(branch)),
        )
    )
    for name in ("purpose", "format"):
        assert office[name].label == own[name].label
    assert office["purpose"].help_text == own["purpose"].help_text
    offered = [str(words).split("（")[0] for key, words in office["format"].field.choices if key]
    assert offered == [words for _, words in own["format"].field.choices]


def test_p15_without_a_purpose_nothing_leaves(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    answer = client_for(secretary).post(export(branch), {"format": "csv", "purpose": ""})
    assert answer["Content-Type"].startswith("text/html")
    assert not AuditEvent.objects.filter(act="导出").exists()


def test_p15_no_other_branch_and_no_chosen_rows(
    client_for: Signed, secretary: User, other_secretary: User, outsider: User, member: User,
    group_leader: User, branch: Branch, far_branch: Branch,
) -> None:  # fmt: skip
    there = make_member(far_branch)
    client = client_for(secretary)
    assert client.get(f"{export(branch)}?ids={there.pk}").status_code == 404
    assert client.post(f"{export(branch)}?ids={there.pk}", ASKED).status_code == 404
    assert client.post(export(branch), ASKED | {"ids": there.pk}).status_code == 404
    assert client.post(export(far_branch), ASKED).status_code == 404
    answers = {
        user.username: client_for(user).post(export(branch), ASKED).status_code
        for user in (other_secretary, outsider, member, group_leader)
    }
    assert answers == {"secretary2": 404, "outsider": 404, "member": 403, "leader": 403}
    assert not AuditEvent.objects.filter(act="导出").exists()


def test_p24_a_member_takes_all_that_is_held_about_him(
    client_for: Signed, member: User, secretary: User, street_staff: User, branch: Branch,
    other_branch: Branch,
) -> None:  # fmt: skip
    person = Member.objects.get(user=member)
    other = make_member(branch, "张建国")
    add_link(by=None, member=person, branch=other_branch, kind="ASSOCIATION")
    record(street_staff, branch, Member.objects.filter(branch=branch), period="2026-10")
    reveal(by=secretary, instance=person, field="phone", reason="核对转接手续")
    audit.record(by=secretary, act=audit.VIEWED_AS, instance=member, note="来电说看不到")
    client = client_for(member)
    content = json.loads(client.post(OWN_DATA, {"format": "json"}).content)
    facts = {row["项目"]: row["内容"] for row in content["我的资料"]}
    assert (facts["公民身份号码"], facts["联系电话"]) == (person.id_number, person.phone)
    assert facts["党员编号"] == person.number
    assert [row["党组织"] for row in content["组织关系"]] == [branch.name, other_branch.name]
    assert [row["到会情况"] for row in content["活动记录"]] == ["到会"]
    assert content["谁看过完整号码"][0]["谁"] == "陆德贤"
    assert content["谁以我的身份看过页面"][0]["为什么"] == "来电说看不到"
    assert other.name not in json.dumps(content, ensure_ascii=False)
    answer = client.post(OWN_DATA, {"format": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [
        *(
            "我的资料",
            "组织关系",
            "活动组织申请",
            "活动记录",
            "谁改过我的资料",
            "谁看过完整号码",
            "谁以我的身份看过页面",
        )
    ]
    assert person.id_number in [cell.value for cell in book["我的资料"]["C"]]
    assert "no-store" in answer["Cache-Control"]
    acts = AuditEvent.objects.filter(act="导出本人资料")
    assert [(act.by, act.object_id, act.note) for act in acts] == [
        (member, str(person.pk), "XLSX"),
        (member, str(person.pk), "JSON"),
    ]


def test_p24_only_ones_own_and_only_by_asking(
    client_for: Signed, member: User, secretary: User, outsider: User
) -> None:
    assert client_for(member).get(OWN_DATA).status_code == 405
    assert client_for(member).post(OWN_DATA, {"format": "exe"}).status_code == 404
    for stranger in (secretary, outsider):
        assert client_for(stranger).post(OWN_DATA, {"format": "json"}).status_code == 404
    assert not AuditEvent.objects.filter(act="导出本人资料").exists()


@pytest.mark.usefixtures("secretary")
def test_p24_what_should_not_be_kept_is_asked_of_the_office(
    client_for: Signed, member: User, street_staff: User
) -> None:
    sent = {"kind": "ERASE", "text": "不想留紧急联系人"}
    done = client_for(member).post(reverse("members:correction"), sent, follow=True)
    assert "已经告诉<wbr>负责的同志" in done.content.decode()
    notice = Notice.objects.get()
    assert (notice.user, notice.text, notice.detail) == (
        street_staff,
        "周玉兰同志请求删去自己的部分资料，请核对后办理",
        "请在2026年12月11日以前答复。原话：不想留紧急联系人",
    )
    assert AuditEvent.objects.get(act="申请删除资料").by == member


def test_p19_the_chain_upwards_stands_in_words_without_siblings(
    client_for: Signed, member: User, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    mine = client_for(member).get(reverse("members:profile")).content.decode()
    ours = client_for(secretary).get(reverse("activities:branch-home", args=[branch.pk]))
    for page in (mine, ours.content.decode()):
        shown = page.replace("<wbr>", "")
        for name in ("青澜区", "东城街道", "槐荫社区", branch.name):
            assert f'<span class="name">{name}</span>' in shown
        assert other_branch.name not in shown
        assert "南湖街道" not in shown
