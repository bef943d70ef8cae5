"""``manage.py import_roster``: figures, exit codes, what is written and what is not."""

import contextlib
import datetime as dt
import io
import json
from pathlib import Path
from unittest import mock

import pytest
from django.core.management import call_command
from openpyxl import Workbook, load_workbook

from branches.enums import Role
from branches.models import Appointment
from core.management import progress
from core.models import AuditEvent, RuleParameter
from members.forms import MemberForm
from members.models import Affiliation, Member, RosterBatch, RosterChunk
from tests.factories.branches import make_post, make_user
from tests.factories.members import make_member
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
NUMBERED = ("姓名", "公民身份号码", "支部代码")
NAMES = ("姓名", "公民身份号码", "所在党支部")


def names():
    return sorted(Member.objects.values_list("name", flat=True))


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
    assert zhang.missing_fields == "ethnicity,member_kind,join_date,person_kind,community,phone"
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
        *NAMES,
        "民族",
        "入党日期",
        "转正日期",
        "党员类别",
        "人员类别",
        "联系电话",
        "居住社区",
    )
    row = ["王志明", number(3), branch.name, "汉族", "1980.7.1", "1981年7月1日", "正式党员", "退休"]

    import_roster(write_csv([[*row, "16112345678", community.name]], heading=heading), bureau_staff)

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
    heading = (*NAMES, "特长", "困难情况", "学位")
    row = ["王志明", number(3), branch.name, "书法、太极拳，04", "低保;重大疾病", "硕士学位"]
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
    path = write_csv([["張㛃𠮷", number(1), branch.name]], heading=NAMES, encoding=encoding)
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
        }
    ]

    report = import_roster(path, bureau_staff, "--accept-good")
    assert (report.code, report.figures, names()) == (1, (2, 1, 0, 0, 1, 0), ["张建国"])


def test_every_fault_of_every_row_is_told_at_once(write_csv, import_roster, bureau_staff, branch):
    heading = (*NAMES, "性别", "入党日期", "学历")
    path = write_csv(
        [
            ["", number(1), branch.name, "女", "52/3/8", "大专"],
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
        (3, "学历", "CODE_UNKNOWN"),
    }


def test_a_dry_run_tells_and_writes_nothing(write_csv, import_roster, bureau_staff, branch):
    path = write_csv([["张建国", number(1), "QL0001"], ["", number(2), "QL0001"]])
    report = import_roster(path, bureau_staff, "--dry-run")
    assert (report.code, report.figures, report.codes) == (1, (2, 1, 0, 0, 1, 0), ["NAME_EMPTY"])
    assert (names(), AuditEvent.objects.filter(act="导入党员名册").count()) == ([], 0)


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
    assert (report.code, report.message) == (2, "没有找到文件“none.csv”，请检查文件名。")
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


def test_rejected_rows_come_back_with_the_users_own_columns(
    tmp_path, write_csv, import_roster, bureau_staff, branch
):
    path = write_csv(
        [
            ["1", "张建国", number(1), "QL0001", "=1+1"],
            ["2", "李秀英", "12345", "QL0001", "=HYPERLINK(1)"],
        ],
        heading=("序号", "姓名", "身份证号", "支部代码", "我的列"),
    )
    errors = tmp_path / "errors.xlsx"
    import_roster(path, bureau_staff, "--errors", str(errors))
    assert errors.stat().st_mode & 0o077 == 0

    rows = list(load_workbook(errors).active.iter_rows(values_only=True))
    assert rows == [
        ("原行号", "退回原因", "序号", "姓名", "身份证号", "支部代码", "我的列"),
        (
            3,
            "身份证号：公民身份号码应为18位。请数一数，补全或去掉多余的数字。",
            "2",
            "李秀英",
            "12345",
            "QL0001",
            "=HYPERLINK(1)",
        ),
    ]


def test_a_mended_workbook_of_rejected_rows_is_taken_alone(
    tmp_path, write_csv, import_roster, bureau_staff, branch
):
    errors = tmp_path / "errors.xlsx"
    import_roster(
        write_csv([["张建国", number(1), "QL0001"], ["李秀英", "12345", "QL0001"]]),
        bureau_staff,
        "--accept-good",
        "--errors",
        str(errors),
    )
    once_more = tmp_path / "again.xlsx"
    import_roster(errors, bureau_staff, "--errors", str(once_more))
    headings = [cell.value for cell in load_workbook(once_more).active[1]]
    assert headings == ["原行号", "退回原因", *NUMBERED]
    book = load_workbook(once_more)
    book.active["D2"] = number(2)
    book.save(errors)

    report = import_roster(errors, bureau_staff)

    assert (report.code, report.figures) == (0, (1, 1, 0, 0, 0, 0))
    assert names() == ["张建国", "李秀英"]


def test_the_trail_gets_one_row_a_batch_without_anybodys_number(
    write_csv, import_roster, bureau_staff, branch
):
    import_roster(write_csv([["张建国", number(1), "QL0001"]]), bureau_staff)
    event = AuditEvent.objects.get(act="导入党员名册")
    assert (event.by, event.object_label, event.after) == (
        bureau_staff,
        "roster.csv",
        {
            "on_duplicate": "先不动，列出来由我确认",
            "counts": "共1行：新增1，变更0，不变0，待确认0，退回0；提醒0条",
        },
    )
    assert event.area_path == branch.area_path
    chunk = RosterChunk.objects.get()
    assert (chunk.created, chunk.changed, chunk.changes) == (1, 0, "")


def test_a_secretary_imports_into_her_own_branch_only(
    write_csv, import_roster, secretary, branch, other_branch
):
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0002"]])
    report = import_roster(path, secretary, "--accept-good")
    assert (report.codes, names()) == (["BRANCH_UNKNOWN"], ["张建国"])


def test_figures_in_words_and_what_to_do_about_those_to_confirm(
    write_csv, bureau_staff, branch, other_branch, capsys
):
    make_member(branch, "张建国", id_number=number(1), former_unit="老厂")
    make_member(other_branch, "李秀英", id_number=number(2), gender="2")
    rows = [
        ["张建国", number(1), "QL0001", "新厂"],
        ["李秀英", number(2), "QL0001", ""],
        ["王志明", number(3), "QL0001", ""],
    ]
    path = write_csv(rows, heading=(*NUMBERED, "原工作单位"))
    call_command("import_roster", str(path), by=bureau_staff.username)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("共3行：新增1，变更0，不变0，待确认2，退回0；提醒2条；用时")
    assert "1位已登记、与名册不一致，没有动。加 --on-duplicate fill" in lines[-3]
    assert "1位要逐位确认" in lines[-2]
    assert lines[-1] == "已写入。"


def test_an_import_that_the_office_cannot_open_says_in_whose_name_to_do_it(
    write_csv, superuser, bureau_staff, branch, capsys
):
    known, unknown = ["张建国", number(1), branch.name], ["李秀英", number(2), "没有的支部"]
    told = {}
    for user in (superuser, bureau_staff):
        for name, rows in (("plain", [known]), ("speaks of all", [known, unknown])):
            path = write_csv(rows, heading=NAMES, name=f"{user.username} {name}.csv")
            with contextlib.suppress(SystemExit):
                call_command("import_roster", str(path), by=user.username, dry_run=True)
            batch = RosterBatch.objects.latest("pk")
            seen = RosterBatch.objects.visible_to(bureau_staff).filter(pk=batch.pk).exists()
            told[user, name] = ("看不到" in capsys.readouterr().out, seen)
    assert told == {
        (superuser, "plain"): (False, True),
        (superuser, "speaks of all"): (True, False),
        (bureau_staff, "plain"): (False, True),
        (bureau_staff, "speaks of all"): (False, True),
    }


def test_what_is_wrong_with_the_whole_file_is_said_without_a_row(
    tmp_path, bureau_staff, branch, capsys
):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"")
    with pytest.raises(SystemExit):
        call_command("import_roster", str(path), by=bureau_staff.username)
    said = capsys.readouterr().out
    assert ("第0行" in said, "整份文件：" in said) == (False, True)


def test_progress_is_said_in_rows_beside_the_figures(write_csv, bureau_staff, branch, monkeypatch):
    monkeypatch.setattr(progress, "_SECONDS", 0)
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]])
    out, said = io.StringIO(), io.StringIO()
    options = {"by": bureau_staff.username, "json": True, "stdout": out, "stderr": said}

    call_command("import_roster", str(path), progress=True, **options)

    lines = said.getvalue().splitlines()
    assert "核对党员名册：已完成 2 / 2 行，不到1分钟就好" in lines
    assert "写入党员名册：已完成 2 / 2 行，不到1分钟就好" in lines
    assert json.loads(out.getvalue())["rows"] == 2

    said.truncate(0)
    call_command("import_roster", str(path), **options)
    assert said.getvalue().strip("\0") == ""


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
