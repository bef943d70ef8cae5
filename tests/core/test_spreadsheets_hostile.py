"""Hostile tables: whatever comes, the caller lives, and says in Chinese what to do."""

import resource
import subprocess
import time
import zipfile

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as search
from hypothesis import strategies as st

from core.spreadsheets import Limits, Refusal, open_table
from tests.core.files import cell, read, refused, rows_or_refusal, workbook


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
    limits = Limits.of_settings()
    hurried = Limits(**{**vars(limits), "wall_seconds": 0})
    assert refused(path, limits=hurried).code == Refusal.TOO_SLOW


def test_a_child_that_eats_too_much_is_ended(tmp_path):
    rows = "".join(
        f'<row r="{row}">{cell(f"A{row}", str(row) * 20)}</row>' for row in range(1, 60_000)
    )
    path = workbook(tmp_path / "big.xlsx", rows)
    narrow = Limits(**{**vars(Limits.of_settings()), "memory_bytes": 40_000_000})
    assert refused(path, limits=narrow).code == Refusal.BROKEN


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
