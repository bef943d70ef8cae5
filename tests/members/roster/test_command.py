"""``manage.py import_roster``: figures, exit codes, what is written and what is not."""

import datetime as dt
from pathlib import Path
from unittest import mock

import pytest
from django.urls import reverse
from openpyxl import Workbook

from branches.enums import Role
from branches.models import Appointment
from core.models import AuditEvent, Notice, RuleParameter
from members.forms import MemberForm
from members.models import Affiliation, Member, RosterBatch
from tests.factories.branches import make_post, make_user
from tests.factories.members import make_member
from tests.members.roster.conftest import NAMED, names, number

pytestmark = pytest.mark.django_db


def test_good_rows_become_members_with_their_home(write_csv, import_roster, bureau_staff, branch):
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]])

    report = import_roster(path, bureau_staff)

    assert (report.code, report.figures) == (0, (2, 2, 0, 0, 0, 0))
    zhang = Member.objects.get(name="张建国")
    assert (zhang.id_number, zhang.gender, str(zhang.birth_date)) == (number(1), "1", "1950-01-01")
    assert (zhang.branch, zhang.area_path) == (branch, branch.area_path)
    assert (zhang.name_pinyin, zhang.name_initials, zhang.given_name) == (
        "zhangjianguo",
        "zjg",
        "建国",
    )
    assert zhang.missing_fields == (
        "ethnicity,member_kind,join_date,person_kind,community,phone,"
        "retire_date,former_unit,address"
    )
    home = Affiliation.objects.get(member=zhang)
    assert (home.kind, home.branch, home.started_on) == ("HOME", branch, None)
    batch = RosterBatch.objects.get()
    assert (zhang.roster_batch, home.roster_batch) == (batch, batch)


def test_a_member_from_a_roster_is_what_a_form_would_have_made(
    write_csv, import_roster, bureau_staff, branch, community
):
    by_hand = make_member(branch, "王志明", id_number=number(3), phone="16112345678")
    expected = {
        field.name: field.value_from_object(by_hand) for field in Member._meta.concrete_fields
    }
    Affiliation.objects.all().delete()
    Member.objects.all().delete()
    heading = (
        *NAMED,
        "民族",
        "入党日期",
        "转正日期",
        "党员类别",
        "人员类别",
        "联系电话",
        "居住社区",
        *("离退休时间", "原工作单位", "居住地址"),
    )
    row = ["王志明", number(3), branch.name, "汉族", "1980.7.1", "1981年7月1日", "正式党员", "退休"]
    row += ["16112345678", community.name]
    row += [f"{by_hand.retire_date}", by_hand.former_unit, by_hand.address]

    import_roster(write_csv([row], heading=heading), bureau_staff)

    member = Member.objects.get()
    values = {field.name: field.value_from_object(member) for field in Member._meta.concrete_fields}
    its_own = {"id", "created_at", "updated_at", "roster_batch", "roster_mark"}
    assert {n: v for n, v in values.items() if n not in its_own} == {
        n: v for n, v in expected.items() if n not in its_own
    }
    member.full_clean()


def test_several_codes_in_a_cell_are_stored_as_a_form_stores_them(
    write_csv, import_roster, bureau_staff, branch
):
    heading = (*NAMED, "特长", "困难情况", "学位", "健康同意日期", "人才库同意日期")
    row = ["王志明", number(3), branch.name, "书法、太极拳，04", "低保;重大疾病", "硕士学位"]
    row += ["2024-03-01", "2024-03-01"]
    import_roster(write_csv([row], heading=heading), bureau_staff)
    member = Member.objects.get()
    assert (member.skills, member.hardship, member.degree) == ("08,太极拳,04", "1,2", "3")
    form = MemberForm(instance=member, user=bureau_staff)
    names = ("skills", "hardship", "degree")
    assert [form.initial[name] for name in names] == ["书法、太极拳、钓鱼", "低保、重病", "硕士"]
    again = import_roster(write_csv([row], heading=heading), bureau_staff)
    assert again.figures == (1, 0, 0, 1, 0, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_encodings_are_read(write_csv, import_roster, bureau_staff, branch, encoding):
    """Security §5a 66, 67."""
    path = write_csv([["張㛃𠮷", number(1), branch.name]], heading=NAMED, encoding=encoding)
    assert import_roster(path, bureau_staff).code == 0
    assert names() == ["張㛃𠮷"]


def test_a_workbook_is_read(tmp_path, import_roster, bureau_staff, branch):
    book = Workbook()
    book.active.append(["姓名", "公民身份号码", "支部代码", "联系电话", "入党日期"])
    book.active.append(["张建国", number(1), "QL0001", 16112345678, "1975.06"])
    path = tmp_path / "名册.xlsx"
    book.save(path)

    assert import_roster(path, bureau_staff).code == 0
    member = Member.objects.get()
    assert (member.phone, str(member.join_date), member.month_only) == (
        "16112345678",
        "1975-06-01",
        "join_date",
    )


def test_a_number_cell_of_a_workbook_is_refused_whatever_it_checks(
    tmp_path, import_roster, bureau_staff, branch
):
    book = Workbook()
    book.active.append(["姓名", "公民身份号码", "支部代码"])
    book.active.append(["张建国", int(number(1)), "QL0001"])
    path = tmp_path / "名册.xlsx"
    book.save(path)

    report = import_roster(path, bureau_staff)

    assert (report.code, report.codes) == (1, ["ID_NUMERIC_CELL"])


def test_one_bad_row_keeps_everything_out_unless_the_good_are_accepted(
    write_csv, import_roster, bureau_staff, branch
):
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2)[:-1] + "0", "QL0001"]])

    report = import_roster(path, bureau_staff)
    assert (report.code, report["written"], names()) == (1, False, [])
    assert report["problems"] == [
        {
            "sheet": "",
            "row": 3,
            "column": "公民身份号码",
            "code": "ID_CHECK_DIGIT",
            "severity": "E",
            "message": "证件号码的校验位不对，有数字抄错了。请对照身份证逐位核对。",
            "number": "A06",
        }
    ]

    report = import_roster(path, bureau_staff, "--accept-good")
    assert (report.code, report.figures, names()) == (1, (2, 1, 0, 0, 1, 0), ["张建国"])


def test_every_fault_of_every_row_is_told_at_once(write_csv, import_roster, bureau_staff, branch):
    heading = (*NAMED, "性别", "入党日期", "民族")
    path = write_csv(
        [
            ["", number(1), branch.name, "女", "52/3/8", "汉"],
            ["李秀英", "", "不存在的支部", "女", "1975-13-01", "半仙"],
        ],
        heading=heading,
    )
    report = import_roster(path, bureau_staff)
    found = {(problem["row"], problem["column"], problem["code"]) for problem in report["problems"]}
    assert found == {
        (2, "姓名", "NAME_EMPTY"),
        (2, "性别", "ID_GENDER_DIFFERS"),
        (2, "入党日期", "DATE_SHORT_YEAR"),
        (3, "公民身份号码", "ID_EMPTY"),
        (3, "所在党支部", "BRANCH_UNKNOWN"),
        (3, "入党日期", "DATE_IMPOSSIBLE"),
        (3, "民族", "CODE_UNKNOWN"),
    }


def test_a_dry_run_tells_and_writes_nothing(
    write_csv, import_roster, bureau_staff, branch, client_for
):
    path = write_csv([["张建国", number(1), "QL0001"], ["", number(2), "QL0001"]])
    report = import_roster(path, bureau_staff, "--dry-run")
    assert (report.code, report.figures, report.codes) == (1, (2, 1, 0, 0, 1, 0), ["NAME_EMPTY"])
    assert (names(), AuditEvent.objects.filter(act="导入党员名册").count()) == ([], 0)
    assert not Notice.objects.exists()  # who asked has read it where he asked
    client = client_for(bureau_staff)
    page = client.get(reverse("admin:members_rosterbatch_change", args=[report["batch"]])).text
    assert "这份名册只核对，没有写入" in page
    listed = client.get(reverse("admin:members_rosterbatch_changelist")).text
    assert ("只核对" in listed, "已放弃" in listed) == (True, False)


def test_a_heading_without_rows_is_no_fault(write_csv, import_roster, bureau_staff):
    """Security §5a 76."""
    report = import_roster(write_csv([]), bureau_staff)
    assert (report.code, report.figures) == (0, (0, 0, 0, 0, 0, 0))


def test_a_file_that_is_no_roster_is_refused(tmp_path, import_roster, bureau_staff):
    path = tmp_path / "letter.csv"
    path.write_text("尊敬的老同志：\n您好！\n", encoding="utf-8")
    report = import_roster(path, bureau_staff)
    assert (report.code, report.codes, names()) == (2, ["no_heading"], [])


def test_a_file_that_is_no_table_is_refused(tmp_path, import_roster, bureau_staff):
    path = tmp_path / "roster.xlsx"
    path.write_bytes(b"MZ\x90\x00not a workbook")
    report = import_roster(path, bureau_staff)
    assert (report.code, report.codes) == (2, ["not_a_table"])


def test_a_missing_or_locked_file_an_unknown_user_an_unknown_branch_are_told(
    tmp_path, write_csv, import_roster, bureau_staff, branch, far_branch
):
    path = write_csv([["张建国", number(1), "QL0001"]])
    report = import_roster(tmp_path / "none.csv", bureau_staff)
    assert (report.code, report.message) == (
        2,
        f"没有找到文件“{tmp_path / 'none.csv'}”，请检查路径和文件名。",
    )
    with mock.patch.object(Path, "open", side_effect=PermissionError):
        report = import_roster(path, bureau_staff)
    assert (report.code, report.message[:5]) == (2, "没有权限读")
    bureau_staff.username = "nobody"
    assert import_roster(path, bureau_staff).message == "没有登录名为 nobody 的用户。"
    bureau_staff.refresh_from_db()
    report = import_roster(path, bureau_staff, "--branch", far_branch.code)
    assert (report.code, report.message) == (2, "没有找到代码为 YL0007 的党支部。")


def test_who_may_not_import_is_refused(write_csv, import_roster, member, branch):
    report = import_roster(write_csv([["张建国", number(1), "QL0001"]]), member)
    assert (report.code, report.message) == (2, "您没有导入名册的权限。请联系上级老干部局。")
    assert names() == [str(member)]


def test_a_secretary_imports_into_her_own_branch_only(
    write_csv, import_roster, secretary, branch, other_branch
):
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0002"]])
    report = import_roster(path, secretary, "--accept-good")
    assert (report.codes, names()) == (["BRANCH_UNKNOWN"], ["张建国"])


def test_a_user_whose_post_has_ended_imports_nothing(write_csv, import_roster, branch):
    user = make_user("retired")
    post = make_post(Role.SECRETARY, branch, user)
    Appointment.objects.filter(pk=post.pk).update(ended_on=dt.date(2026, 1, 1))
    report = import_roster(write_csv([["张建国", number(1), "QL0001"]]), user)
    assert (report.code, names()) == (2, [])


def test_a_row_of_a_csv_that_was_cut_short_is_refused(
    write_csv, import_roster, bureau_staff, branch
):
    """Security §5a 73: the cells may have shifted; a row that ends in blanks has its commas."""
    heading = ["姓名", "公民身份号码", "支部代码", "联系电话"]
    rows = [["张建国", number(1), "QL0001", ""], ["李秀英", number(2), "QL0001"]]
    report = import_roster(write_csv(rows, heading=heading), bureau_staff, "--accept-good")
    assert (report["new"], report["rejected"], report.codes) == (1, 1, ["ROW_RAGGED"])
    assert report["problems"][0]["message"].startswith("这一行比表头少了几格")


def test_the_thresholds_are_those_of_the_readers_area(
    write_csv, import_roster, bureau_staff, branch, district
):
    """A bureau's own limit holds for its rosters too, not only for its forms."""
    shared = RuleParameter.objects.get(key="member.phone_shared_max", area_code="")
    shared.pk, shared.area_code, shared.value = None, district.code[:6], "1"
    shared.save()
    rows = [["张建国", number(order), branch.code, "16112345678"] for order in (1, 3)]
    heading = ("姓名", "公民身份号码", "支部代码", "联系电话")
    report = import_roster(write_csv(rows, heading=heading), bureau_staff)
    assert [code for code in report.codes if code.startswith("PHONE")] == ["PHONE_SHARED"]
