"""Rosters made for printing: a branch's name merged beside its members, the heading on every page."""

import pytest
from openpyxl import Workbook

from members.models import Member, RosterBatch
from members.roster.workbook import hidden_words
from tests.members.roster.conftest import NAMED, called, names, number

pytestmark = pytest.mark.django_db
HEADING = ["序号", "姓名", "公民身份号码", "所在党支部"]


@pytest.fixture
def write_merged(tmp_path):
    """Write a workbook of ROWS, of which some cells are MERGED."""

    def write(*rows, merged=()):
        book = Workbook()
        for row in rows:
            book.active.append(row)
        for cells in merged:
            book.active.merge_cells(cells)
        book.save(path := tmp_path / "名册.xlsx")
        return path

    return write


def person(order, branch=""):
    return [order, called(order), number(order), branch]


def homes():
    return dict(Member.objects.values_list("name", "branch__code"))


def test_a_branch_written_once_beside_its_members_is_theirs(
    write_merged, import_roster, bureau_staff, branch, other_branch
):
    """Also where a branch was chosen for the whole file: nobody falls to that one unseen."""
    path = write_merged(
        HEADING,
        person(1, branch.name),
        person(2),
        person(3, other_branch.name),
        person(4),
        person(5),
        merged=["D2:D3", "D4:D5"],
    )
    report = import_roster(path, bureau_staff, "--branch", branch.code)
    assert (report.code, report["rows"], report["new"]) == (0, 5, 5)
    assert homes() == {
        called(1): branch.code,
        called(2): branch.code,
        called(3): other_branch.code,
        called(4): other_branch.code,
        called(5): branch.code,
    }
    assert hidden_words(RosterBatch.objects.get())[0] == (
        "几行合并成一格的，每一行都照写着的读：“所在党支部”第2–3、4–5行。"
        "不对的，请在表格里取消合并，一行一行填好再上传。"
    )
    again = import_roster(path, bureau_staff, "--branch", branch.code)
    assert (again.code, again["unchanged"], again["changed"]) == (0, 5, 0)


def test_a_cell_merged_over_columns_too_fills_its_first_one(
    write_merged, import_roster, bureau_staff, branch
):
    heading = ["所在党支部", "党小组", "姓名", "公民身份号码"]
    rows = [["", "", called(order), number(order)] for order in (1, 2, 3)]
    rows[0][0] = branch.name
    path = write_merged(["党员花名册"], [""], heading, *rows, merged=["A1:D2", "A4:B6"])
    report = import_roster(path, bureau_staff)
    assert (report.code, report["new"], report.faults) == (0, 3, [])


def test_what_is_merged_in_the_heading_or_below_the_last_person_is_nobody(
    write_merged, import_roster, bureau_staff, branch
):
    path = write_merged(
        ["党员花名册"],
        ["序号", "姓名", "证件", "党内情况"],
        ["", "", "公民身份号码", "所在党支部"],
        person(1, branch.name),
        person(2),
        ["", "", "", ""],
        ["合计", "2人", "", ""],
        merged=["A1:D1", "A2:A3", "B2:B3", "D4:D9"],
    )
    report = import_roster(path, bureau_staff)
    assert (report.code, report["rows"], report["new"]) == (0, 2, 2)


def test_a_person_in_two_merged_lines_is_told_which_to_keep(
    write_merged, import_roster, bureau_staff, branch
):
    rows = [[*HEADING, "联系电话"], [*person(1, branch.name), "16112345678"], [""] * 4 + ["2"]]
    path = write_merged(*rows, merged=["A2:A3", "B2:B3", "C2:C3", "D2:D3"])
    report = import_roster(path, bureau_staff, "--accept-good")
    assert (report.code, report["new"], report["rejected"]) == (1, 1, 1)
    assert (3, "公民身份号码", "ID_TWICE") in report.faults


@pytest.mark.parametrize("heading", [NAMED, ("党员姓名", "身份证号码（18位）", "所在党支部")])
def test_the_heading_and_the_title_of_a_second_page_are_no_rows(
    write_csv, import_roster, bureau_staff, branch, heading
):
    rows = [
        (called(1), number(1), branch.name),
        ("党员花名册（续）", "", ""),
        heading,
        (called(2), number(2), branch.name),
    ]
    path = write_csv(rows, heading=heading)
    report = import_roster(path, bureau_staff)
    assert (report.code, report["rows"], report.faults) == (0, 2, [])
    assert names() == [called(1), called(2)]


def test_a_heading_in_the_place_of_a_number_alone_hides_nobody(
    write_csv, import_roster, bureau_staff, branch
):
    path = write_csv(
        [(called(1), "公民身份号码", branch.name), ("姓名", number(2), branch.name)], heading=NAMED
    )
    report = import_roster(path, bureau_staff, "--accept-good")
    assert (report["rows"], report["rejected"]) == (2, 1)
