"""Health and talents come in only with a consent and its date (domain §6.11), and come by the preview."""

import datetime as dt

import pytest

from members.models import Member
from members.roster.columns import field_of
from members.roster.reporting import findings
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written
from tests.members.roster.test_pages import act, page
from tests.members.roster.test_pages import checked as checked_on_pages
from tests.members.roster.test_pages import written as written_on_pages

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "健康状况", "空巢情况", "同意登记健康信息")
AGREED = dt.date(2024, 3, 1)


def facts():
    """Return what is registered of everybody's health, and since when he agrees."""
    return {
        each.name: (each.health, each.empty_nest, each.health_agreed_on)
        for each in Member.objects.all()
    }


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("健康信息同意日期", "health_agreed_on"),
        ("同意项（健康）", "health_agreed_on"),
        ("同意进入人才库（日期）", "talent_agreed_on"),
        ("身份展示同意日期", "display_agreed_on"),
        ("紧急联系人同意", "contact_agreed_on"),
        ("照片公开同意", "photo_agreed_on"),
        ("短信提醒同意", "sms_agreed_on"),
        ("同意项", None),
    ],
)
def test_a_heading_says_what_was_agreed_to(heading, field):
    assert field_of(heading) == field


def test_without_a_consent_health_stays_out_and_everybody_is_told(client_for, bureau_staff, branch):
    office = client_for(bureau_staff)
    text = (
        f"{','.join(HEADING)}\n"
        f"张建国,{number(1)},QL0001,一般,空巢,2024-03-01\n"
        f"李秀英,{number(2)},QL0001,慢性病,非空巢,\n"
        f"王志明,{number(3)},QL0001,,非空巢,\n"
    )
    batch = checked_on_pages(office, text)
    refused = act(office, batch, "confirm")
    assert "没有本人同意的日期，健康、自理等情况不写入（1行）" in refused.text
    shown = page(office, batch, tab="warned", kind="HEALTH_LEFT")
    assert [line.row for line in shown.context["lines"]] == [3]
    assert "请在“同意登记健康信息”这一列填上本人同意的日期，再导入一次。" in shown.text
    written_on_pages(office, batch, doubt_HEALTH_LEFT="on")
    assert facts() == {
        "张建国": ("2", "1", AGREED),
        "李秀英": ("", "0", None),
        "王志明": ("", "0", None),
    }


def test_a_roster_without_the_column_is_asked_for_one(write_csv, bureau_staff, branch):
    path = write_csv([["张建国", number(1), "QL0001", "慢性病"]], heading=HEADING[:4])
    (found,) = findings(checked(bureau_staff, path))
    assert "请在名册里加一列“同意登记健康信息”，填上本人同意的日期，再导入一次。" in found.message


def test_without_a_consent_talents_stay_out_and_the_person_comes_in(
    client_for, bureau_staff, branch
):
    make_member(branch, "赵志强", id_number=number(4), skills="04", talent_agreed_on=AGREED)
    office = client_for(bureau_staff)
    text = (
        "姓名,公民身份号码,支部代码,特长,同意进入人才库\n"
        f"张建国,{number(1)},QL0001,书法,2024-03-01\n"
        f"李秀英,{number(2)},QL0001,书法、太极拳,\n"
        f"王志明,{number(3)},QL0001,,\n"
        f"赵志强,{number(4)},QL0001,书法,\n"
    )
    batch = checked_on_pages(office, text)
    assert (batch.counts.get("R", 0), batch.counts["N"]) == (0, 3)
    refused = act(office, batch, "confirm")
    assert "没有本人同意的日期，特长不写入（1行）" in refused.text
    shown = page(office, batch, tab="warned", kind="TALENT_LEFT")
    assert [line.row for line in shown.context["lines"]] == [3]
    assert "请在“同意进入人才库”这一列填上本人同意的日期，再导入一次。" in shown.text
    written_on_pages(office, batch, doubt_TALENT_LEFT="on", on_duplicate="overwrite")
    assert dict(Member.objects.values_list("name", "skills")) == {
        "张建国": "08",
        "李秀英": "",
        "王志明": "",
        "赵志强": "08",
    }


def test_without_a_consent_the_family_stays_out_and_a_telephone_is_missing(
    client_for, bureau_staff, branch
):
    office = client_for(bureau_staff)
    text = (
        "姓名,公民身份号码,支部代码,紧急联系人,家属电话,紧急联系人同意日期\n"
        f"张建国,{number(1)},QL0001,李桂兰,16100008888,2024-03-01\n"
        f"李秀英,{number(2)},QL0001,王建军,16100009999,\n"
    )
    batch = checked_on_pages(office, text)
    refused = act(office, batch, "confirm")
    assert "没有紧急联系人同意的日期，紧急联系人不写入（1行）" in refused.text
    written_on_pages(office, batch, doubt_CONTACT_LEFT="on")
    columns = ("name", "emergency_name", "emergency_phone", "contact_agreed_on")
    assert set(Member.objects.values_list(*columns)) == {
        ("张建国", "李桂兰", "16100008888", AGREED),
        ("李秀英", "", "", None),
    }
    lacking = dict(Member.objects.values_list("name", "missing_fields"))
    assert ["phone" in listed for listed in (lacking["张建国"], lacking["李秀英"])] == [False, True]
    assert "contact_agreed_on" not in lacking["李秀英"]


def test_each_consent_speaks_for_its_own_columns(write_csv, bureau_staff, branch):
    heading = (*HEADING[:4], "同意登记健康信息", "特长")
    path = write_csv([["张建国", number(1), "QL0001", "慢性病", AGREED, "书法"]], heading=heading)
    batch = checked(bureau_staff, path)
    (found,) = findings(batch)
    assert (found.code, found.column) == ("TALENT_LEFT", "特长")
    assert "请在名册里加一列“同意进入人才库”，填上本人同意的日期，再导入一次。" in found.message
    assert (batch.rows.get().health, batch.rows.get().skills) == ("3", None)


def test_a_word_nobody_knows_leaves_its_cell_blank_and_the_person_in(
    client_for, bureau_staff, branch
):
    """Without a consent nothing is told of it but that it was not written."""
    office = client_for(bureau_staff)
    text = (
        f"{','.join(HEADING)}\n"
        f"张建国,{number(1)},QL0001,高血压,是,2024-03-01\n"
        f"李秀英,{number(2)},QL0001,差,,\n"
    )
    batch = checked_on_pages(office, text)
    assert (batch.counts.get("R", 0), batch.counts["N"]) == (0, 2)
    shown = page(office, batch, tab="warned", kind="CODE_LEFT")
    assert [line.row for line in shown.context["lines"]] == [2]
    assert "写的内容不在“健康状况”的选项里，这一格先空着。可以填：健康或良好、一般、" in shown.text
    shown = page(office, batch, tab="warned", kind="HEALTH_LEFT")
    assert [line.row for line in shown.context["lines"]] == [3]
    assert "“差”" not in shown.text
    assert all("高血压" not in found.message for found in findings(batch))
    refused = act(office, batch, "confirm")
    assert "有的格里的字不在选项里，先空着（1行）" in refused.text
    written_on_pages(office, batch, doubt_CODE_LEFT="on", doubt_HEALTH_LEFT="on")
    assert facts() == {"张建国": ("", "", AGREED), "李秀英": ("", "", None)}


def test_who_agreed_before_need_not_again(write_csv, import_roster, bureau_staff, branch):
    make_member(branch, "张建国", id_number=number(1), health="2", health_agreed_on=AGREED)
    make_member(branch, "李秀英", id_number=number(2))
    path = write_csv(
        [["张建国", number(1), "QL0001", "慢性病", "", ""], ["李秀英", number(2), "QL0001", "慢性病", "", ""]],
        heading=HEADING,
    )  # fmt: skip
    report = import_roster(path, bureau_staff, "--on-duplicate", "overwrite")
    assert (report.code, report["changed"], report["warnings"]) == (0, 1, 1)
    assert facts() == {"张建国": ("3", "", AGREED), "李秀英": ("", "", None)}


def test_what_is_taken_of_the_health_of_one_brings_his_consent(client_for, bureau_staff, branch):
    make_member(branch, "张建国", id_number=number(1))
    office = client_for(bureau_staff)
    batch = checked_on_pages(
        office, f"{','.join(HEADING)}\n张建国,{number(1)},QL0001,慢性病,,2024-03-01\n"
    )
    row = batch.rows.get().row
    act(office, batch, "decide", **{"row": row, f"decide-{row}": "take", f"take-{row}": "health"})
    written_on_pages(office, batch, on_duplicate="skip")
    assert facts() == {"张建国": ("3", "", AGREED)}


@pytest.mark.parametrize(
    ("typed", "agreed", "told"),
    [
        ("2024-03", AGREED, []),
        ("同意", None, ["CONSENT_UNDATED", "HEALTH_LEFT"]),
        ("不同意", None, ["HEALTH_LEFT"]),
        ("2024", None, ["DATE_YEAR_LEFT", "HEALTH_LEFT"]),
        ("2099-01-01", None, ["DATE_FUTURE"]),
    ],
)
def test_a_consent_has_its_day(write_csv, bureau_staff, branch, typed, agreed, told):
    path = write_csv([["张建国", number(1), "QL0001", "慢性病", "", typed]], heading=HEADING)
    batch = checked(bureau_staff, path)
    assert [found.code for found in findings(batch)] == told
    row = batch.rows.get()
    assert (row.health_agreed_on, row.month_only or "") == (agreed, "")
    assert bool(row.health) == bool(agreed)


def test_the_other_consents_come_in_as_well(write_csv, bureau_staff, branch):
    heading = (*HEADING[:3], "人才库同意日期", "亮身份同意日期")
    path = write_csv([["张建国", number(1), "QL0001", "2024.3.1", "同意"]], heading=heading)
    written(bureau_staff, checked(bureau_staff, path), answers={"CONSENT_UNDATED": ""})
    member = Member.objects.get()
    assert (member.talent_agreed_on, member.display_agreed_on) == (AGREED, None)


@pytest.mark.parametrize(
    ("age", "lost", "since", "told"),
    [
        ("76", "否", "", []),
        ("77岁", "", "", []),
        ("75周岁", "是", "2024-01-01", []),
        ("86", "是", "", ["AGE_DIFFERS", "LOST_UNDATED"]),
        ("七十六", "否", "2024-01-01", ["LOST_DIFFERS"]),
    ],
)
def test_age_and_whether_out_of_touch_are_only_compared(
    write_csv, bureau_staff, branch, age, lost, since, told
):
    """Domain §3.1: the register computes the one and keeps the day of the other."""
    heading = (*HEADING[:3], "周岁", "是否失联党员", "失去联系日期")
    path = write_csv([["张建国", number(1), "QL0001", age, lost, since]], heading=heading)
    batch = checked(bureau_staff, path)
    assert [found.code for found in findings(batch)] == told
    assert batch.rows.get().mended is None
    written(bureau_staff, batch, answers=dict.fromkeys(told, ""))
    again = checked(
        bureau_staff, write_csv([["张建国", number(1), "QL0001", age, "", since]], heading=heading)
    )
    assert again.counts["S"] == 1
