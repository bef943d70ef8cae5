"""A telephone that somebody else has: a question to tick, by one rule in forms and rosters."""

import datetime as dt

import pytest

from members.models import Member
from members.roster.reporting import findings
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked
from tests.members.roster.test_pages import HEADING, act, page
from tests.members.roster.test_pages import checked as checked_on_pages
from tests.members.roster.test_pages import written as written_on_pages

pytestmark = pytest.mark.django_db
PHONE = "16112345678"
COLUMNS = ("姓名", "公民身份号码", "支部代码", "联系电话")


def told(batch):
    return [(found.row, found.code, found.message) for found in findings(batch)]


def test_a_couple_in_one_file_and_on_the_register_is_ticked(client_for, bureau_staff, branch):
    """Issue 3 §1: couples sharing a telephone need a tick, never a re-upload."""
    make_member(branch, "李秀英", phone="16187654321")
    office = client_for(bureau_staff)
    text = (
        f"{HEADING}张建国,{number(1)},QL0001,{PHONE},\n王玉兰,{number(2)},QL0001,{PHONE},\n"
        f"赵大川,{number(3)},QL0001,161-8765-4321,\n"
    )
    batch = checked_on_pages(office, text)
    refused = act(office, batch, "confirm")
    assert "有的电话，名册里不止一位同志写了（1行）" in refused.text
    assert "有的电话，登记里别的同志也在用（1行）" in refused.text
    shown = page(office, batch, tab="warned").text
    assert "第2行的同志也写了这个电话。夫妻、家人合用就打勾；不是，请核对。" in shown
    assert "李秀英同志也登记了这个电话。夫妻、家人合用就打勾；不是，请核对。" in shown
    written_on_pages(office, batch, doubt_PHONE_TWICE="on", doubt_PHONE_HELD="on")
    assert Member.objects.filter(phone_index__isnull=False).count() == 4


def test_only_a_telephone_that_changes_is_asked_about(write_csv, bureau_staff, branch):
    make_member(branch, "张建国", id_number=number(1), phone=PHONE)
    make_member(branch, "王玉兰", id_number=number(2), phone=PHONE)
    make_member(branch, "赵大川", id_number=number(3), phone="16187654321")
    rows = [
        ["张建国", number(1), "QL0001", PHONE],
        ["赵大川", number(3), "QL0001", "16111111111"],
        ["王玉兰", number(2), "QL0001", "16187654321"],
    ]
    batch = checked(bureau_staff, write_csv(rows, heading=COLUMNS))
    assert [each[:2] for each in told(batch) if each[1] == "PHONE_HELD"] == [(4, "PHONE_HELD")]


def test_of_people_out_of_reach_and_off_the_register_nothing_is_said(
    write_csv, secretary, branch, other_branch
):
    make_member(other_branch, "王玉兰", phone=PHONE)
    gone = make_member(branch, "李秀英", phone=PHONE)
    Member.objects.filter(pk=gone.pk).update(deceased_on=dt.date(2020, 1, 1))
    make_member(branch, "赵大川", phone="16187654321")
    rows = [["张建国", number(1), "QL0001", PHONE], ["孙德贵", number(3), "QL0001", "16187654321"]]
    batch = checked(secretary, write_csv(rows, heading=COLUMNS))
    assert [(row, code) for row, code, _ in told(batch)] == [(3, "PHONE_HELD")]
    assert batch.area_path == branch.area_path


def test_many_are_named_by_three(write_csv, bureau_staff, branch):
    for order, name in enumerate(("李秀英", "王玉兰", "赵大川", "孙德贵"), 11):
        make_member(branch, name, id_number=number(order), phone=PHONE)
    batch = checked(
        bureau_staff, write_csv([["张建国", number(1), "QL0001", PHONE]], heading=COLUMNS)
    )
    ((_, _, message),) = told(batch)
    assert message.startswith("李秀英、王玉兰、赵大川等同志也登记了这个电话。")
