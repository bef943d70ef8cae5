"""The questions of the preview, answered row by row, in the office and by a secretary."""

import datetime as dt

import pytest
from django.urls import reverse

from members.models import Member, RosterRow
from members.roster.reporting import summarise
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked

pytestmark = pytest.mark.django_db
BORN = dt.date(1950, 1, 1)
HEADING = ("姓名", "公民身份号码", "支部代码", "联系电话", "原工作单位")


@pytest.fixture
def batch(write_csv, bureau_staff, branch, other_branch):
    """Row 2 looks like a member, row 3 is one of B2, row 4 differs in two fields."""
    make_member(branch, "张建国", id_number=number(1), birth_date=BORN)
    make_member(other_branch, "李秀英", id_number=number(2), gender="2")
    make_member(branch, "王志明", id_number=number(3), phone="16100000001", former_unit="老厂")
    rows = [
        ["张建国", number(5), "QL0001", "", ""],
        ["李秀英", number(2), "QL0001", "", ""],
        ["王志明", number(3), "QL0001", "16187654321", "新厂"],
    ]
    return checked(bureau_staff, write_csv(rows, heading=HEADING))


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


def page(client, batch, tab):
    return client.get(reverse("admin:members_rosterbatch_change", args=[batch.pk]), {"tab": tab})


def decide(client, batch, tab="alike", **data):
    address = reverse("admin:roster-decide", args=[batch.pk])
    answer = client.post(f"{address}?tab={tab}", data, follow=True)
    batch.refresh_from_db()
    return answer


def test_somebody_alike_is_shown_with_what_differs_and_no_number(office, batch):
    shown = page(office, batch, "alike").text
    assert "绝不自动合并" in shown
    assert "是另一个人，新增" in shown
    assert "第17、18位不同" in shown
    row, registered = (f"{each[:3]}***********{each[-4:]}" for each in (number(5), number(1)))
    assert f"<td>{row}</td>" in shown, "the sheet's number stands beside the row of the sheet"
    assert f"原来是{registered} → <ins>{row}" in shown
    for plain in (number(1), number(5)):
        assert plain not in shown


def test_answers_are_kept_and_counted_and_can_be_changed(office, batch):
    data = {"row": ["2"], "decide-2": "other"}
    answer = decide(office, batch, **data)
    assert "已记下" in answer.text
    assert answer.redirect_chain[0][0].endswith("?tab=alike#rows")
    assert 'value="other" checked' in page(office, batch, "alike").text
    assert summarise(batch).new == 1
    decide(office, batch, **data | {"decide-2": ""})
    assert summarise(batch).new == 0


def test_a_number_without_a_reason_is_asked_for_and_what_was_typed_stays(office, batch):
    data = {"row": ["2"], "decide-2": "number", "reason-2": " "}
    answer = decide(office, batch, **data)
    assert "没有保存。第2行要改登记的证件号码，请写明原因。" in answer.text
    assert 'value="number" checked' in answer.text
    assert not RosterRow.objects.filter(decision__isnull=False).exists()


def test_single_fields_are_ticked(office, batch):
    shown = page(office, batch, "different").text
    assert shown.count('type="checkbox" name="take-4"') == 2
    decide(office, batch, "different", **{"row": "4", "decide-4": "take", "take-4": "former_unit"})
    assert summarise(batch).changed == 1
    assert RosterRow.objects.get(batch=batch, row=4).detail == "former_unit"
    shown = page(office, batch, "different").text
    assert 'name="take-4" value="former_unit" checked' in shown
    assert 'name="take-4" value="phone" checked' not in shown


def test_members_elsewhere_are_decided_together_and_the_letter_is_asked_once(office, batch):
    shown = page(office, batch, "elsewhere").text
    assert "柳岸社区离退休干部党支部" in shown
    decide(office, batch, "elsewhere", all="move", together="2")
    assert summarise(batch).moved == 1

    confirm = reverse("admin:roster-confirm", args=[batch.pk])
    left = {"on_duplicate": "ask", "leave_open": "on"}
    refused = office.post(confirm, left)
    assert "有要转接的同志，请填写介绍信编号或文件名称。" in refused.text
    late = left | {"moved_on": "2099年1月1日", "moved_document": "介字1号"}
    assert "转接日期晚于今天" in office.post(confirm, late).text
    office.post(confirm, late | {"moved_on": "2026年11月20日"})
    batch.refresh_from_db()
    assert (batch.state, str(batch.moved_on)) == ("WRITING", "2026-11-20")


def test_the_choices_for_the_file_say_what_each_comes_to(office, batch):
    shown = page(office, batch, "different").text
    assert "以名册为准（变更1人，待确认2人）" in shown
    assert "只补登记里空着的（变更0人，待确认2人）" in shown


def test_a_secretary_decides_about_her_own_and_moves_nobody(
    client_for, write_csv, secretary, branch
):
    make_member(branch, "张建国", id_number=number(1), birth_date=BORN)
    batch = checked(secretary, write_csv([["张建国", number(5), "QL0001"]]))
    client = client_for(secretary)
    shown = client.get(reverse("members:batch", args=[batch.pk]), {"tab": "alike"}).text
    assert "可能是同一个人 1" in shown
    answer = client.post(
        reverse("members:batch-decide", args=[batch.pk]), {"row": "2", "decide-2": "other"}
    )
    assert answer.status_code == 302
    batch.refresh_from_db()
    assert summarise(batch).new == 1


def test_nonsense_changes_nothing(office, batch):
    for data in (
        {"row": ["x", "-1", "99999999"]},
        {"row": "2", "decide-2": "wrong"},
        {"together": "1", "all": "link", "kind": "HOME"},
        {"together": "1", "all": "wrong"},
        {"together": "1"},
    ):
        assert decide(office, batch, **data).status_code == 200
    assert not RosterRow.objects.filter(decision__isnull=False).exists()
    assert Member.objects.count() == 3


def test_the_days_of_a_difference_are_said_in_words(office, branch, bureau_staff, write_csv):
    make_member(branch, "张建国", id_number=number(1), join_date=dt.date(1980, 7, 1))
    heading = ("姓名", "公民身份号码", "支部代码", "入党日期")
    path = write_csv([["张建国", number(1), "QL0001", "1981-08-02"]], heading=heading)
    shown = page(office, checked(bureau_staff, path), "different").text
    assert "原来是1980年7月1日 → <ins>1981年8月2日</ins>" in shown
