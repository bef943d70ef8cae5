"""Hostile tables: whatever comes, the caller lives, and says in Chinese what to do."""

import gc
import io
import os
import resource
import subprocess
import time
import tracemalloc
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as search
from hypothesis import strategies as st

from core.spreadsheets import Refusal, RefusedFile, child, open_table
from tests.core.files import cell, limits, read, refused, rows_or_refusal, workbook

FAR = ["1048577", "3000000000", "99999999999", "9" * 25, "9" * 5000]


def frugally(path: Path) -> bytes:
    """Return what the child says of PATH, read by the parser that takes little memory."""
    order = {"path": str(path), "kind": "xlsx", "sheet": "", "engine": "openpyxl"}
    out = io.BytesIO()
    child.main({**order, "rows": 9, "told_rows": 9, "columns": 9, "sheets": 9}, out)
    return out.getvalue()


@pytest.fixture
def no_collector():
    """What is closed must be closed by its reader, not when garbage is looked for."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def is_open(path: Path) -> bool:
    """Say whether this process has PATH open."""
    opened = Path("/proc/self/fd").iterdir()
    return any(each.is_symlink() and str(path) == os.path.realpath(each) for each in opened)


def test_two_cells_a_continent_apart_are_refused(tmp_path):
    """Security §5a 80."""
    body = f'<row r="1">{cell("A1", "姓名")}</row><row r="1048576">{cell("XFD1048576", "x")}</row>'
    path = workbook(tmp_path / "sparse.xlsx", body)
    assert path.stat().st_size < 3000
    assert refused(path).code == Refusal.TOO_MANY_ROWS
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert children < 1_048_576, "kilobytes: the child stays under a gibibyte"


def test_a_workbook_of_a_million_rows_is_refused_before_a_parser_holds_it(tmp_path):
    """Security §5a 78."""
    rows = "".join(f'<row r="{row}"><c><v>1</v></c></row>' for row in range(1, 1_000_001))
    path = workbook(tmp_path / "long.xlsx", rows)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert refused(path).code == Refusal.TOO_MANY_ROWS
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= 1


def test_rows_without_cells_do_not_make_a_sheet_too_long(tmp_path):
    blank = "".join(f'<row r="{row}" ht="20"/>' for row in range(2, 300_000))
    body = f'<row r="1">{cell("A1", "姓名")}</row>{blank}'
    assert read(workbook(tmp_path / "blank.xlsx", body)) == [(1, ["姓名"])]


def test_a_bomb_is_refused_unopened(tmp_path):
    """Security §5a 79."""
    path = workbook(tmp_path / "bomb.xlsx", "", extra={"xl/bomb.xml": b" " * 150_000_000})
    began = time.process_time()
    assert refused(path).code == Refusal.BOMB
    assert time.process_time() - began <= 1


def test_unpacked_size_and_entries_are_bounded(tmp_path):
    noise = {f"xl/{number}.xml": b"x" for number in range(200)}
    path = workbook(tmp_path / "many.xlsx", "", extra=noise)
    assert refused(path).code == Refusal.BOMB


def test_a_doctype_is_refused_and_nothing_of_it_is_echoed(tmp_path):
    """Security §5a 81."""
    doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    refusal = refused(workbook(tmp_path / "xxe.xlsx", "", doctype=doctype))
    assert refusal.code == Refusal.BROKEN
    assert "root" not in refusal.message


def test_laughs_in_a_sheet_are_contained(tmp_path):
    """Security §5a 81."""
    path = workbook(tmp_path / "l.xlsx", "")
    lol = "<!ENTITY a 'ha'>" + "".join(
        f"<!ENTITY {chr(98 + level)} '{f'&{chr(97 + level)};' * 10}'>" for level in range(9)
    )
    sheet = (
        f"<!DOCTYPE x [{lol}]><worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
    )
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = sheet.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert len(rows_or_refusal(path)) < 1000


def test_macros_are_refused(tmp_path):
    """Security §5a 82."""
    path = workbook(tmp_path / "m.xlsm", "", extra={"xl/vbaProject.bin": b"x"})
    assert refused(path).code == Refusal.MACROS


def test_an_old_or_locked_workbook_is_refused(tmp_path):
    """Security §5a 82."""
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert refused(path).code == Refusal.OLD_OR_LOCKED


def test_another_archive_is_no_table(tmp_path):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "x")
    assert refused(path).code == Refusal.NOT_A_TABLE


@pytest.mark.parametrize("keep", [100, 900])
def test_a_cut_off_workbook_is_refused(tmp_path, keep):
    path = workbook(tmp_path / "cut.xlsx", "")
    path.write_bytes(path.read_bytes()[:keep])
    assert refused(path).code == Refusal.BROKEN


def test_an_archive_of_a_later_kind_is_refused(tmp_path):
    path = workbook(tmp_path / "later.xlsx", "")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 6] = 84  # the version needed to unpack it
    path.write_bytes(content)
    assert refused(path).code == Refusal.BROKEN


def test_broken_xml_inside_is_refused(tmp_path):
    path = workbook(tmp_path / "broken.xlsx", "<row><c></row>")
    assert refused(path).code == Refusal.BROKEN


def test_a_child_that_takes_too_long_is_ended(tmp_path):
    rows = "".join(f"<row>{cell(f'A{row}', 'x' * 50)}</row>" for row in range(1, 30_000))
    path = workbook(tmp_path / "slow.xlsx", rows)
    assert refused(path, limits=limits(wall_seconds=0)).code == Refusal.TOO_SLOW


def test_a_child_that_eats_too_much_is_ended(tmp_path):
    rows = "".join(
        f'<row r="{row}">{cell(f"A{row}", str(row) * 20)}</row>' for row in range(1, 60_000)
    )
    path = workbook(tmp_path / "big.xlsx", rows)
    assert refused(path, limits=limits(memory_bytes=40_000_000)).code == Refusal.BROKEN


@pytest.mark.parametrize("far", FAR, ids=len)
@pytest.mark.parametrize(
    "begun",
    ['<c x=\'r="A{far}"\' r="A2">', '<c r="A2"><!-- r="A{far}" -->', '<c r="A{far}">'],
    ids=["value", "comment", "number"],
)
def test_no_formula_stands_where_no_sheet_has_a_row(tmp_path, begun, far):
    formula = f"{begun.format(far=far)}<f>1</f></c>"
    body = f'<row r="1">{cell("A1", "姓名")}</row><row r="2">{formula}</row>'
    with open_table(workbook(tmp_path / "far.xlsx", body)) as table:
        assert set(table.unsaved) <= {2}
        assert list(table.rows()) == [(1, ["姓名"])]


@pytest.mark.parametrize("far", FAR, ids=len)
@pytest.mark.parametrize("place", [' r="A{far}"', ""], ids=["told", "counted"])
def test_no_row_is_read_where_no_sheet_has_one(tmp_path, place, far):
    cells = f"<c{place.format(far=far)}><v>1</v></c>"
    body = f'<row r="1">{cell("A1", "姓名")}</row><row r="{far}">{cells}</row>'
    path = workbook(tmp_path / "far.xlsx", body)
    numbers: list[int] = []
    with suppress(RefusedFile):
        numbers += [number for number, _ in read(path)]
    assert all(0 < number <= 1_048_576 for number in numbers)


def test_a_sheet_that_begins_where_none_has_a_row_is_not_walked(tmp_path):
    body = '<row r="3000000000"><c r="A3000000000"><v>1</v></c></row>'
    assert refused(workbook(tmp_path / "far.xlsx", body)).code == Refusal.TOO_MANY_ROWS


@pytest.mark.usefixtures("no_collector")
def test_the_frugal_parser_is_stopped_where_a_sheet_ends(tmp_path):
    rows = "".join(f'<row r="{row}"><c><v>1</v></c></row>' for row in (1, "9" * 9, 2))
    path = workbook(tmp_path / "far.xlsx", rows)
    assert b'"refused":"too_many_rows"' in frugally(path)
    assert not is_open(path)


@pytest.mark.usefixtures("no_collector")
def test_the_frugal_parser_closes_what_it_has_read(tmp_path):
    path = workbook(tmp_path / "near.xlsx", "".join(f"<row r='{row}'/>" for row in (1, 2)))
    assert b'"end":true' in frugally(path)
    assert not is_open(path)


@pytest.mark.parametrize("filled", ["<v>1</v>", ""])
def test_rows_of_nothing_but_formulas_are_counted(tmp_path, filled):
    def sheet(last: int) -> Path:
        rows = (f'<row r="{row}"><c r="A{row}"><f/></c></row>' for row in range(2, last + 1))
        body = f'<row r="1"><c r="A1">{filled}</c></row>{"".join(rows)}'
        return workbook(tmp_path / f"{last}.xlsx", body)

    with open_table(sheet(50), limits=limits(told_rows=50)) as table:
        assert [*table.unsaved] == [*range(2, 51)]
    assert refused(sheet(52), limits=limits(told_rows=50)).code == Refusal.TOO_MANY_ROWS


def test_hidden_rows_are_counted_where_they_may_hold_anything(tmp_path):
    blank, hidden = '<row hidden="1"/>' * 1000, '<row hidden="1"><c/></row>'
    with open_table(
        workbook(tmp_path / "h", blank + hidden * 50), limits=limits(told_rows=50)
    ) as table:
        assert table.hidden_rows == {*range(1001, 1051)}
    path = workbook(tmp_path / "h", hidden * 51)
    assert refused(path, limits=limits(told_rows=50)).code == Refusal.TOO_MANY_ROWS


@pytest.mark.parametrize(("count", "is_read"), [(190_000, True), (300_000, False)])
def test_what_a_sheet_tells_beside_its_cells_takes_little_memory_of_the_caller(
    tmp_path, count, is_read
):
    rows = "".join(
        f'<row hidden="1"><c r="A{row}"><f/></c><c r="XFD{row}"><f/></c></row>'
        for row in range(2, count)
    )
    path = workbook(tmp_path / "f.xlsx", f'<row r="1">{cell("A1", "姓名")}</row>{rows}')
    tracemalloc.start()
    try:
        outcome = rows_or_refusal(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert ("姓名" in outcome) == is_read
    assert most < 60 * 1_048_576


def test_a_column_is_told_once_and_only_within_the_limit(tmp_path):
    formulas = "".join(f'<c r="{name}1"><f/></c>' for name in ("B", "B", "BH", "BI", "ZZZ"))
    with open_table(workbook(tmp_path / "c.xlsx", f'<row r="1">{formulas}</row>')) as table:
        assert [*table.unsaved[1]] == [1, 59]


@pytest.mark.parametrize(("name", "count"), [("表", 201), ("长" * 1001, 1)])
def test_no_more_is_told_of_sheets_than_anybody_could_choose_from(tmp_path, name, count):
    sheets = "".join(f'<sheet name="{name}{place}" sheetId="1"/>' for place in range(count))
    path = workbook(tmp_path / "s.xlsx", "", book=f"<sheets>{sheets}</sheets>")
    assert refused(path).code == Refusal.BOMB


def test_a_number_of_thousands_of_digits_reaches_nobody_as_a_whole_number(tmp_path):
    path = workbook(tmp_path / "n.xlsx", f"<row><c><v>{'9' * 4000}</v></c><c><v>7</v></c></row>")
    assert b'"c":[["inf",7]]' in frugally(path)


@search(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=2000))
@example(b"PK\x03\x04" + bytes(100))
@example(b'"')
def test_random_bytes_are_rows_or_a_refusal(tmp_path, content):
    path = tmp_path / "random"
    path.write_bytes(content)
    assert rows_or_refusal(path)


def test_no_child_is_left_behind(tmp_path, monkeypatch):
    children = []
    start = subprocess.Popen

    def noted(*args, **options):
        children.append(start(*args, **options))
        return children[-1]

    monkeypatch.setattr(subprocess, "Popen", noted)
    path = tmp_path / "table.csv"
    path.write_text("姓名\n" + "张\n" * 50_000, "utf-8")
    with open_table(path) as table:
        next(table.rows())
    assert [child.poll() is not None for child in children] == [True]
