"""What reading changed is shown, before and after; what was hidden is named (issue's first part)."""

import datetime as dt

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from core.codes import CodeBook
from members.models import RosterBatch, RosterRow
from members.parameters import check_parameters
from members.roster import preview
from members.roster.columns import COLUMNS
from members.roster.company import Company
from members.roster.headings import recognise
from members.roster.lookups import Places
from members.roster.validation import Judge
from members.roster.workbook import hidden_words
from tests.cast import TODAY
from tests.members.roster.conftest import called, number

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("modules_on")]

HEADING = ("姓名", "身份证号", "所在党支部", "民族", "党员类别", "入党日期", "手机", "家庭电话", "原职务", "月养老金")  # fmt: skip


def row(
    name="张建国",
    order=1,
    place="QL0001",
    people="汉族",
    kind="正式党员",
    joined="1975-06-12",
    phone="16112345678",
    second="",
    post="科长",
    base="1234.50",
):
    return [name, number(order), place, people, kind, joined, phone, second, post, base]


@pytest.fixture
def read(bureau_staff, branch):
    """Judge rows one after the other and return what was mended in each."""

    def run(*rows, heading=HEADING, **options):
        layout = recognise([(1, heading)], needs_branch=True)
        judge = Judge(
            layout,
            places=Places(bureau_staff, today=TODAY),
            books=CodeBook(*{column.codes for column in COLUMNS if column.codes}),
            parameters=check_parameters(),
            today=TODAY,
            **options,
        )
        chunk = Company(judge).meet([(at, list(cells)) for at, cells in enumerate(rows, 2)])
        judged = [judge.judge(at, cells, chunk.shared) for at, cells in chunk.rows]
        words = judge.words_of(judged)
        return [
            [*each.mended, *(word.mended for word in words if word.row == each.row)]
            for each in judged
        ]

    return run


def test_what_is_as_the_register_has_it_is_not_told(read, branch):
    heading = (*HEADING[:2], "支部代码", *HEADING[3:])
    assert read(
        row(), row("李秀英", 2, people="01", kind="FULL", base="1234"), heading=heading
    ) == [
        [],
        [],
    ]


def test_every_value_that_was_changed_is_told(read, branch):
    (found,) = read(
        [
            " 张　建国",
            f"'{number(1)}",
            branch.name,
            "汉",
            "正式",
            "1975.06",
            "16112345678；025-88886666",
            "",
            "无",
            "￥1,234.5",
        ]
    )
    assert sorted(found) == sorted(
        [
            ("name", " 张　建国", "张建国"),
            ("id_number", f"'{number(1)}", number(1)),
            ("branch", branch.name, f"QL0001 {branch.name}"),
            ("ethnicity", "汉", "汉族"),
            ("member_kind", "正式", "正式党员"),
            ("join_date", "1975.06", "1975年6月"),
            ("phone", "16112345678；025-88886666", "16112345678"),
            ("phone2", "", "025-88886666"),
            ("former_post", "无", ""),
            ("dues_base", "￥1,234.5", "1234.50"),
        ]
    )


def test_a_word_of_the_code_tables_is_told_where_it_stands_first(read, branch):
    rows = read(
        row(place="ql0001", people="汉", joined="1975/6/12"),
        row("李秀英", 2, place="ql0001", people="汉", joined="1975/6/12", post="—"),
        row("王志明", 3, place="QL0001", people="N/A", post="—"),
    )
    assert [[field for field, _, _ in found] for found in rows] == [
        ["join_date", "branch", "ethnicity"],
        ["former_post", "join_date"],
        ["former_post", "branch", "ethnicity"],
    ]


def test_a_day_is_told_as_it_is_said_and_one_typed_so_was_not_changed(read, branch):
    typed = ("1952年3月8日", "19520308", "1952年3月")
    rows = read(*(row(called(order), order, joined=day) for order, day in enumerate(typed, 1)))
    told = [[each for each in found if each[0] == "join_date"] for found in rows]
    assert told == [[], [("join_date", "19520308", "1952年3月8日")], []]


def test_a_word_is_told_also_where_its_row_has_another_fault(read, branch):
    """男性 was read as 男, although the row is sent back for it."""
    heading = (*HEADING[:2], "支部代码", "性别", "人员类别")
    rows = read(
        ["张建国", number(2), "QL0001", "男性", "离休"],
        ["李秀英", number(4), "QL0001", "女", "离休"],
        heading=heading,
    )
    assert rows == [[("gender", "男性", "男"), ("person_kind", "离休", "离休干部")], []]


def test_what_is_refused_was_not_mended(read, branch):
    (found,) = read(row(people="半仙族", joined="75/3/8", phone="1.39E+10", place="没有的支部"))
    assert found == []


def test_the_number_completes_the_month_of_birth(read, branch):
    heading = ("姓名", "身份证号", "支部代码", "出生年月")
    assert read(
        ["张建国", number(1), "QL0001", "1950.01"],
        ["李秀英", number(2), "QL0001", dt.date(1950, 1, 1)],
        ["王志明", number(3), "QL0001", ""],
        ["赵大川", number(5), "QL0001", 18264],
        heading=heading,
    ) == [
        [("birth_date", "1950.01", "1950年1月1日")],
        [],
        [],
        [("birth_date", "18264", "1950年1月1日")],
    ]


def test_the_preview_shows_it_masked_and_the_command_counts_it(
    write_csv, import_roster, bureau_staff, branch
):
    cells = row(phone="１６１12345678", post="\u202e科长")
    cells[1] = f"{number(1)[:6]} {number(1)[6:]}"
    report = import_roster(write_csv([cells, row("李秀英", 2)], heading=HEADING), bureau_staff)
    assert (report.code, report["mended"]) == (0, 1)
    batch = RosterBatch.objects.get()
    assert [(tab.key, tab.count) for tab in preview.tabs(batch)][-1] == ("mended", 1)
    rows = list(preview.rows_of(batch, "mended"))
    (line,) = preview.lines(batch, rows, user=bureau_staff)
    shown = {change.label: (change.before, change.after) for change in line.mended}
    assert shown == {
        "身份证号": ("340***␣********0018", "340***********0018"),
        "手机": ("１６１****5678", "161****5678"),
        "原职务": ("▯科长", "科长"),
        "所在党支部": ("QL0001", f"QL0001 {branch.name}"),
    }
    sealed = RosterRow.objects.extra(select={"raw": "mended"}).values_list("raw", flat=True)
    assert all(number(1)[6:] not in raw for raw in sealed if raw)


def test_a_word_for_nothing_is_shown_as_it_stands(write_csv, import_roster, bureau_staff, branch):
    cells = row(phone="无", second=" — ")
    import_roster(write_csv([cells], heading=HEADING), bureau_staff)
    batch = RosterBatch.objects.get()
    (line,) = preview.lines(batch, list(preview.rows_of(batch, "mended")), user=bureau_staff)
    shown = {change.label: (change.before, change.after) for change in line.mended}
    assert (shown["手机"], shown["家庭电话"]) == (("无", "（空）"), ("␣—␣", "（空）"))


def test_a_workbook_from_1904_is_read_by_its_own_calendar(
    tmp_path, import_roster, bureau_staff, branch
):
    """Security §5a 50, 51: also day numbers that are formatted as numbers."""
    found = []
    for epoch in (None, CALENDAR_MAC_1904):
        book = Workbook()
        book.active.append(["姓名", "公民身份号码", "支部代码", "入党日期"])
        book.active.append(["张建国", number(1), "QL0001", 25567])
        book.active.append(["李秀英", number(2), "QL0001", 60])
        book.active["D3"].number_format = "yyyy-mm-dd"
        if epoch:
            book.epoch = epoch
        book.save(tmp_path / "名册.xlsx")
        report = import_roster(tmp_path / "名册.xlsx", bureau_staff, "--dry-run")
        batch = RosterBatch.objects.latest("pk")
        found.append((report.codes, batch.counts["mended"]))
    assert found == [(["DATE_UNREADABLE"], 1), (["JOIN_TOO_YOUNG"], 1)]


def test_hidden_rows_are_read_and_named_and_other_sheets_are_not(
    tmp_path, import_roster, bureau_staff, branch
):
    """Security §5a 77."""
    book = Workbook()
    book.active.title = "在册"
    book.active.append(["姓名", "公民身份号码", "支部代码"])
    for order in range(1, 6):
        book.active.append([called(order), number(order), "QL0001"])
    for hidden in (3, 4, 6, 9):
        book.active.row_dimensions[hidden].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.create_sheet("转出").append(["姓名", "公民身份号码", "支部代码"])
    secret = book.create_sheet("旧表")
    secret.sheet_state, secret["A1"] = "hidden", "藏着的"
    book.save(tmp_path / "名册.xlsx")
    report = import_roster(tmp_path / "名册.xlsx", bureau_staff, "--dry-run")
    assert (report.code, report["rows"]) == (0, 5)
    batch = RosterBatch.objects.get()
    assert hidden_words(batch) == [
        "表格里藏起来的行也读了：第3–4、6行，共3行。不该登记的请在表格里删去。",
        "表格里藏起来的列也读了：支部代码。",
        "只读了工作表“在册”，没有读：转出。",
    ]


def test_a_finding_names_its_sheet(tmp_path, import_roster, bureau_staff, branch):
    book = Workbook()
    book.active.title = "在册"
    book.active.append(["姓名", "公民身份号码", "支部代码"])
    book.active.append(["张建国", "12345", "QL0001"])
    book.save(tmp_path / "名册.xlsx")
    (found,) = import_roster(tmp_path / "名册.xlsx", bureau_staff)["problems"]
    assert (found["sheet"], found["row"], found["code"]) == ("在册", 2, "ID_LENGTH")
