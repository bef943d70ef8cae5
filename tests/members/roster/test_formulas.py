"""A formula whose result is not in the file: its cell is empty, and nobody is left to find out later."""

import pytest
from openpyxl import Workbook

from members.models import Member
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
HEADING = ("序号", "姓名", "公民身份号码", "支部代码", "原工作单位", "年龄")


@pytest.fixture
def write_xlsx(tmp_path):
    """Write a workbook as programs do that only write tables: formulas without results."""

    def write(*rows):
        book = Workbook()
        for row in (HEADING, *rows):
            book.active.append(list(row))
        book.save(path := tmp_path / "名册.xlsx")
        return path

    return write


def test_it_is_said_of_its_row_and_only_of_columns_that_are_imported(
    write_xlsx, import_roster, bureau_staff, branch
):
    path = write_xlsx(
        ("=ROW()-1", "张建国", number(1), "QL0001", '=CONCATENATE("第一", "机械厂")'),
        ("=ROW()-1", "李秀英", number(2), "QL0001", "第二机械厂"),
    )
    report = import_roster(path, bureau_staff)
    assert (report.code, report["new"], report["warned"]) == (0, 2, 1)
    assert report.faults == [(2, "原工作单位", "FORMULA_UNSAVED")]
    assert "没有存下算出的结果" in report["problems"][0]["message"]
    assert Member.objects.get(name="张建国").former_unit == ""


def test_where_something_must_stand_the_row_comes_back_with_both_reasons(
    write_xlsx, import_roster, bureau_staff, branch
):
    """Also a row of nothing else, which reads as an empty one, if a formula hides who it is about."""
    path = write_xlsx(
        ("1", "张建国", "=B9", "QL0001", ""),
        ("", "=B9", "=C9", "=D9", ""),
        ("3", "李秀英", number(2), "QL0001", ""),
        ("", "", "", "=D9", ""),
        ("", "", "=C9", "", ""),
    )
    report = import_roster(path, bureau_staff, "--accept-good")
    assert (report.code, report["rows"], report["new"], report["rejected"]) == (1, 4, 1, 3)
    told = {}
    for row, column, code in report.faults:
        told.setdefault(row, set()).add((column, code))
    name, at, place = HEADING[1:4]
    assert told.keys() == {2, 3, 6}
    assert told[2] == {(at, "ID_EMPTY"), (at, "FORMULA_UNSAVED")}
    assert told[3] >= {(each, "FORMULA_UNSAVED") for each in (name, at, place)}
    assert (name, "NAME_EMPTY") in told[3]
    assert told[6] >= {(name, "NAME_EMPTY"), (at, "FORMULA_UNSAVED")}


@pytest.mark.parametrize(
    ("column", "formula"),
    [(5, '=DATEDIF(MID(C{0},7,8),NOW(),"y")'), (4, "=VLOOKUP(C{0},单位!A:B,2,0)")],
    ids=["compared", "stored"],
)
def test_a_formula_pulled_down_beyond_the_last_person_is_nobody(
    write_xlsx, import_roster, bureau_staff, branch, column, formula
):
    people = [("1", "张建国", number(1), "QL0001", "", "")]
    rows = [list(row) for row in (people + [[""] * 6] * 998)]
    for at, row in enumerate(rows, 2):
        row[column] = formula.format(at)
    report = import_roster(write_xlsx(*rows), bureau_staff)
    assert (report.code, report["rows"], report["new"], report["rejected"]) == (0, 1, 1, 0)
    assert report.faults == ([(2, "原工作单位", "FORMULA_UNSAVED")] if column == 4 else [])


def test_rows_that_formulas_hide_count_among_the_most_that_a_file_may_have(
    write_xlsx, import_roster, bureau_staff, branch, settings
):
    settings.SPREADSHEET_LIMITS = settings.SPREADSHEET_LIMITS | {"rows": 5}
    person = ("1", "张建国", number(1), "QL0001", "")
    pulled = [("", "", "", "", "", f"=YEAR({at})") for at in range(20)]
    report = import_roster(write_xlsx(person, *pulled), bureau_staff)
    assert (report.code, report["rows"]) == (0, 1)
    hidden = [("", f"=B{at}", "", "", "") for at in range(20, 24)]
    report = import_roster(write_xlsx(person, *hidden), bureau_staff)
    assert [fault[2] for fault in report.faults] == ["too_many_rows"]
