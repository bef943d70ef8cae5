"""A small sheet with formulas whose results the file does not keep: refused cell by cell."""

import pytest
from openpyxl import Workbook

from members.models import Affiliation
from tests.factories.members import make_member
from tests.harness.commands import told

pytestmark = pytest.mark.django_db
HEADING = ("序号", "证件号码", "姓名", "活动组织", "关系类别", "开始日期")


@pytest.fixture
def load(tmp_path):
    """Give a workbook as programs write it that only write tables to ``import_links``."""

    def loaded(rows, by):
        book = Workbook()
        for row in (HEADING, *rows):
            book.active.append(list(row))
        book.save(path := tmp_path / "名单.xlsx")
        return told("import_links", path, by)

    return loaded


def test_each_such_cell_is_named_also_of_a_row_that_reads_as_empty(
    load, bureau_staff, branch, other_branch
):
    zhang = make_member(branch, "张建国")
    rows = [
        ("=ROW()", zhang.id_number, zhang.name, "QL0002", "社区", "=TODAY()"),
        ("=ROW()", "=B9", "", "=D2", "", ""),
        ("=ROW()", zhang.id_number, zhang.name, "QL0002", "社区", "2026-03-08"),
    ]
    report = load(rows, bureau_staff)
    assert report.code == 2
    assert report.faults == [
        (2, "开始日期", "formula_unsaved"),
        (3, "活动组织", "formula_unsaved"),
        (3, "证件号码", "formula_unsaved"),
    ]
    assert "没有存下算出的结果" in report["problems"][0]["message"]
    assert not Affiliation.objects.filter(kind="COMMUNITY").exists()


def test_one_pulled_down_beyond_the_last_row_is_nobody(load, bureau_staff, branch, other_branch):
    zhang = make_member(branch, "张建国")
    pulled = [("=ROW()", "", "", "=D2", "", "")] * 200
    rows = [("1", zhang.id_number, zhang.name, "QL0002", "社区", "2026-03-08"), *pulled]
    report = load(rows, bureau_staff)
    assert (report.code, report["rows"], report["created"]) == (0, 1, 1)
