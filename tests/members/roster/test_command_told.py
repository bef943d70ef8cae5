"""What ``manage.py import_roster`` tells and gives back: rejected rows, figures in words, the trail."""

import contextlib
import io
import json

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from core.management import progress
from core.models import AuditEvent
from members.models import BranchAlias, RosterBatch, RosterChunk
from tests.factories.members import make_member
from tests.members.roster.conftest import HEADING, NAMED, names, number

pytestmark = pytest.mark.django_db


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
        ("工作表", "原行号", "退回原因", "序号", "姓名", "身份证号", "支部代码", "我的列"),
        (
            None,  # a CSV has none
            3,
            "身份证号：公民身份号码应为18位。请数一数，补全或去掉多余的数字。（编号A12）",
            "2",
            "李秀英",
            "12345",
            "QL0001",
            "=HYPERLINK(1)",
        ),
    ]


def test_it_is_said_where_the_rejected_rows_lie_and_whether_they_are_all_that_is_left(
    tmp_path, write_csv, bureau_staff, branch, capsys
):
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", "12345", "QL0001"]])
    errors = tmp_path / "errors.xlsx"
    given = ["import_roster", str(path), "--by", bureau_staff.username, "--errors", str(errors)]
    told = []
    for more in ([], ["--accept-good"], ["--json"]):
        with pytest.raises(SystemExit):
            call_command(*given, *more)
        told.append(capsys.readouterr().out.splitlines()[-1])
    assert told[:2] == [f"退回的行在 {errors}。", f"退回的行在 {errors}，改好只传这一份。"]
    assert json.loads(told[2])["rejected"] == 1
    call_command("import_roster", str(write_csv([["张建国", number(1), "QL0001"]])), *given[2:])
    assert "退回的行在" not in capsys.readouterr().out


@pytest.mark.parametrize("place", ["", "nowhere/errors.xlsx"])
def test_rejected_rows_that_could_not_be_kept_refuse_the_roster_before_it_is_read(
    tmp_path, write_csv, bureau_staff, branch, place
):
    path = write_csv([["张建国", number(1), "QL0001"]])
    given = ["import_roster", str(path), "--by", bureau_staff.username]
    with pytest.raises(CommandError, match="--errors 指的地方写不了文件") as refused:
        call_command(*given, "--errors", str(tmp_path / place))
    assert refused.value.returncode == 2
    assert not RosterBatch.objects.exists()


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
    assert headings == ["工作表", "原行号", "退回原因", *HEADING]
    book = load_workbook(once_more)
    book.active["E2"] = number(2)
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
            "counts": "共1行：新增1",
        },
    )
    assert event.area_path == branch.area_path
    chunk = RosterChunk.objects.get()
    assert (chunk.created, chunk.changed, chunk.changes) == (1, 0, "")


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
    path = write_csv(rows, heading=(*HEADING, "原工作单位"))
    call_command("import_roster", str(path), by=bureau_staff.username)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("共3行：新增1，待确认2；用时")
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
            path = write_csv(rows, heading=NAMED, name=f"{user.username} {name}.csv")
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


def test_a_row_that_cannot_be_read_is_named_once(tmp_path, bureau_staff, branch, capsys):
    path = tmp_path / "roster.csv"
    path.write_text('姓名,公民身份号码,支部代码\n"张建国,1,2\n', encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("import_roster", str(path), by=bureau_staff.username)
    assert "退回 第2行：引号没有成对，" in capsys.readouterr().out


def test_a_file_with_rejected_rows_says_once_that_nothing_is_written(
    write_csv, bureau_staff, branch, capsys
):
    path = write_csv([["", number(2), "QL0001"]])
    with pytest.raises(SystemExit):
        call_command("import_roster", str(path), by=bureau_staff.username, dry_run=True)
    said = capsys.readouterr().out
    assert said.count("没有写入") == 1
    assert said.endswith(
        "有退回的行，整份没有写入。改好再导入，或加 --accept-good 先写其余的行。\n"
    )


def test_rejected_rows_are_said_before_reminders_each_by_its_name(
    write_csv, bureau_staff, branch, capsys
):
    path = write_csv([["张建国", number(1, area="999901"), "QL0001"], ["", number(2), "QL0001"]])
    with pytest.raises(SystemExit):
        call_command("import_roster", str(path), by=bureau_staff.username, dry_run=True)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("：")[0] for line in lines[1:3]] == [
        "退回 第3行“姓名”",
        "提醒 第2行“公民身份号码”",
    ]


def test_reminders_of_rows_that_change_nothing_are_neither_counted_nor_listed(
    write_csv, import_roster, bureau_staff, branch, capsys
):
    path = write_csv(
        [["张建国", number(1, area="999901"), "QL0001", "1975"]], heading=(*HEADING, "入党日期")
    )
    import_roster(path, bureau_staff)
    capsys.readouterr()
    call_command("import_roster", str(path), by=bureau_staff.username, dry_run=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("共1行：不变1；")
    assert lines[1:] == [
        "不变的行里还有提醒2处，不用核对，这里不列；要看请用 --json。",
        "没有写入。",
    ]


def test_where_a_file_has_several_sheets_the_place_names_the_one(
    tmp_path, bureau_staff, branch, capsys
):
    book = Workbook()
    book.active.title = "在册"
    book.active.append([*HEADING])
    book.active.append(["张建国", "12345", "QL0001"])
    book.create_sheet("附表").append(["说明"])
    book.save(path := tmp_path / "roster.xlsx")
    errors = tmp_path / "errors.xlsx"
    with pytest.raises(SystemExit):
        call_command("import_roster", str(path), by=bureau_staff.username, errors=errors)
    assert "\n退回 “在册”第2行“公民身份号码”：" in capsys.readouterr().out
    (_, row) = load_workbook(errors).active.iter_rows(values_only=True)
    assert row[:2] == ("在册", 2)


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


def test_what_was_not_read_or_placed_by_memory_is_told_as_on_the_page(
    tmp_path, import_roster, bureau_staff, branch, capsys
):
    BranchAlias.objects.create(
        district="9901",
        name="老城片",
        key="老城片",
        branch=branch,
        by=bureau_staff,
        area_path=branch.area_path[:4],
    )
    book = Workbook()
    book.active.title = "在册"
    book.active.append([*NAMED, "我的列"])
    book.active.append(["张建国", number(1), "老城片", "甲"])
    book.active.append(["李秀英", number(2), "QL0001", "乙"])
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("附表").append(["说明"])
    book.save(path := tmp_path / "roster.xlsx")

    call_command("import_roster", str(path), by=bureau_staff.username, dry_run=True)

    assert capsys.readouterr().out.splitlines()[1:5] == [
        "表格里藏起来的行也读了：第3行，共1行。不该登记的请在表格里删去。",
        "没有导入的列：我的列。",
        "只读了工作表“在册”，没有读：附表。",
        f"有1行是按以前认过的写法归入党支部的：“老城片”归入“{branch}”（1行）。",
    ]
    report = import_roster(path, bureau_staff, "--dry-run")
    told = [report[name] for name in ("ignored", "hidden_rows", "unread_sheets", "remembered")]
    assert told == [["我的列"], 1, ["附表"], [["老城片", branch.name, 1]]]
