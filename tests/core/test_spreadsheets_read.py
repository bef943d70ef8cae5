"""Reading uploaded tables: honest ones as they are, hostile ones contained."""

import datetime
import fcntl
import os
import re
import time
import zipfile

import openpyxl
import pytest

from core.spreadsheets import Refusal, Unsaved, child, csv_chunks, open_table, sheet_xml, table
from tests.core.files import cell, read, refused, workbook


@pytest.fixture
def csv_file(tmp_path):
    """Write a CSV from bytes or from text in an encoding."""

    def write(content, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


class TestCsv:
    """CSV: two encodings, four separators, no guessing."""

    ROSTER = "姓名,性别\n张建国,男\n李秀英,女\n"
    ROWS = [(1, ["姓名", "性别"]), (2, ["张建国", "男"]), (3, ["李秀英", "女"])]

    @pytest.mark.parametrize(
        ("encoding", "named"),
        [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030")],
    )
    def test_encodings(self, csv_file, encoding, named):
        """Security §5a 66, 67."""
        with open_table(csv_file(self.ROSTER, encoding), content_name="名册.csv") as table:
            assert (table.kind, table.encoding, table.name) == ("csv", named, "名册.csv")
            assert table.sheets == []
            assert list(table.rows()) == self.ROWS

    def test_while_the_child_begins_something_else_is_done(self, monkeypatch, csv_file):
        done, take = [], table._Reading._exactly

        def taking(reading, count):
            done.append("the child's answer")
            return take(reading, count)

        monkeypatch.setattr(table._Reading, "_exactly", taking)
        with open_table(csv_file(self.ROSTER), meanwhile=lambda: done.append("other work")):
            assert done[:2] == ["other work", "the child's answer"]
            assert done.count("other work") == 1

    def test_the_child_reads_on_while_its_first_rows_are_looked_at(self, monkeypatch, csv_file):
        pipes, begin = [], table._Reading._begin

        def beginning(reading, engine):
            head = begin(reading, engine)
            pipes.append(fcntl.fcntl(reading.process.stdout, fcntl.F_GETPIPE_SZ))
            return head

        monkeypatch.setattr(table._Reading, "_begin", beginning)
        assert read(csv_file(self.ROSTER)) == self.ROWS
        assert pipes == [table._AHEAD]

    @pytest.mark.parametrize("mark", ["\t", ";", "，"])
    def test_separators(self, csv_file, mark):
        """Security §5a 70."""
        assert read(csv_file(self.ROSTER.replace(",", mark))) == self.ROWS

    @pytest.mark.parametrize("end", ["\r\n", "\r"])
    def test_line_ends(self, csv_file, end):
        """Security §5a 70."""
        assert read(csv_file(self.ROSTER.replace("\n", end))) == self.ROWS

    def test_a_title_row_empty_rows_and_empty_ends(self, csv_file):
        content = "党员名册,,\n\n姓名,性别,\n,,\n张建国,,\n"
        assert read(csv_file(content)) == [
            (1, ["党员名册"]),
            (3, ["姓名", "性别"]),
            (5, ["张建国"]),
        ]

    def test_rows_are_counted_as_a_spreadsheet_shows_them(self, csv_file):
        content = '姓名,备注\n张建国,"两行\n备注"\n李秀英,\n'
        assert [number for number, _ in read(csv_file(content))] == [1, 2, 3]

    def test_utf16_is_refused_with_a_way_out(self, csv_file):
        """Security §5a 68."""
        for encoding in ("utf-16", "utf-16-le"):
            for roster in (self.ROSTER, self.ROSTER + "李秀英,退休,一支部\n" * 20):
                refusal = refused(csv_file(roster, encoding))
                assert refusal.code == Refusal.UTF16, encoding
            assert "另存为" in refusal.message

    def test_mixed_encodings_are_refused_by_line(self, csv_file):
        """Security §5a 69."""
        lines = "姓名,地址\n张建国,青澜区东城街道春风社区\n".encode() + "李秀英,老城\n".encode(
            "gb18030"
        )
        refusal = refused(csv_file(lines))
        assert (refusal.code, refusal.row) == (Refusal.MIXED_ENCODING, 3)
        assert "第3行" in refusal.message

    def test_bytes_of_no_encoding_are_refused_by_line(self, csv_file):
        refusal = refused(csv_file("姓名\n张\n".encode("gb18030") + b"\xff\xff\xff\n"))
        assert (refusal.code, refusal.row) == (Refusal.MIXED_ENCODING, 3)

    def test_a_marked_utf8_file_with_a_broken_byte_is_not_read_as_gb18030(self, csv_file):
        refusal = refused(csv_file("\ufeff姓名\n".encode() + b"\xe5\xbc\n"))
        assert (refusal.code, refusal.row) == (Refusal.MIXED_ENCODING, 2)

    def test_a_line_of_utf8_is_found_wherever_it_stands(self, csv_file):
        old, new = "李秀英,老城\n".encode("gb18030"), "é张，东城街道春风".encode()
        for lines in (new + b"\n" + old, old + new + b"\n" + old, old + new):
            assert refused(csv_file(lines)).code == Refusal.MIXED_ENCODING

    @pytest.mark.parametrize("mark", [child.CELL_END, child.ROW_END, "\n"])
    def test_a_cell_may_hold_whatever_the_child_divides_by(self, csv_file, mark):
        content = f'姓名,备注\n张建国,"一{mark}二"\n'
        assert read(csv_file(content))[1] == (2, ["张建国", f"一{mark}二"])

    def test_an_unclosed_quote_is_refused_by_line(self, csv_file):
        """Security §5a 71."""
        refusal = refused(csv_file('姓名,备注\n张建国,"没有关\n李秀英,好\n'))
        assert (refusal.code, refusal.row) == (Refusal.OPEN_QUOTE, 2)

    def test_quotes_that_swallow_many_lines_are_refused(self, csv_file):
        """Security §5a 71."""
        content = '姓名,备注\n张建国,"没有关\n' + "李秀英,好\n" * 50 + '王,"又一个\n'
        assert refused(csv_file(content)).code == Refusal.OPEN_QUOTE

    def test_a_cell_of_ten_megabytes_is_refused(self, csv_file):
        """Security §5a 27, 72."""
        refusal = refused(csv_file("姓名\n" + "张" * 200_000))
        assert (refusal.code, refusal.row) == (Refusal.CELL_TOO_LONG, 2)

    def test_an_empty_file_and_a_header_alone(self, csv_file):
        """Security §5a 76."""
        assert refused(csv_file("")).code == Refusal.EMPTY
        assert read(csv_file("姓名,性别\n")) == [(1, ["姓名", "性别"])]
        assert read(csv_file("\n,,\n")) == []

    def test_too_many_columns_are_refused_by_row(self, csv_file):
        refusal = refused(csv_file("甲\n" + ",".join("x" * 61)))
        assert (refusal.code, refusal.row) == (Refusal.TOO_MANY_COLUMNS, 2)
        assert "60列" in refusal.message

    def test_a_million_rows_are_refused_in_a_second_or_so(self, csv_file):
        """Security §5a 78."""
        path = csv_file("姓名\n" + "张\n" * 1_000_000)
        began = time.process_time()
        assert refused(path).code == Refusal.TOO_MANY_ROWS
        assert time.process_time() - began <= 1

    @pytest.mark.parametrize(("head", "most"), [(b"PK\x03\x04", 20), (b"a", 128)])
    def test_larger_files_are_refused_unread(self, csv_file, head, most):
        """Security §5a 84; a CSV streams and may be a province's."""
        path = csv_file(head)
        os.truncate(path, most * 1_048_576 + 1)
        refusal = refused(path)
        assert (refusal.code, refusal.message) == (
            Refusal.TOO_BIG,
            f"文件超过{most}兆，请分成几个文件上传。",
        )

    def test_a_fault_is_named_by_its_line_also_behind_the_first_piece(self, csv_file):
        line = "张建国,男\n".encode("gb18030")
        count = child.PIECE // len(line) + 10
        refusal = refused(csv_file(line * count + b"\xff\xff\n" + line))
        assert (refusal.code, refusal.row) == (Refusal.MIXED_ENCODING, count + 1)

    @pytest.mark.parametrize(
        "content",
        [
            b"MZ\x90\x00exe",
            b"%PDF-1.7",
            b"<!DOCTYPE html><html>",
            b"  <html><script>",
            b"\x89PNG\r\n",
            b"a,b\n12,\x00\n" * 40,
        ],
    )
    def test_what_is_no_table_is_refused_by_content(self, csv_file, content):
        """Security §5a 82."""
        assert refused(csv_file(content)).code == Refusal.NOT_A_TABLE


class TestWorkbook:
    """XLSX: types kept, hidden things reported."""

    @pytest.fixture
    def book(self, tmp_path):
        book = openpyxl.Workbook()
        book.active.title = "名册"
        return book, tmp_path / "book.xlsx"

    def test_types_and_row_numbers(self, book):
        book, path = book
        sheet = book.active
        sheet["B2"], sheet["C2"], sheet["D2"] = "张建国", 5, 5.5
        sheet["E2"], sheet["F2"] = (
            datetime.date(1948, 3, 1),
            datetime.datetime.fromisoformat("2026-01-02T09:30"),
        )
        sheet["G2"], sheet["H2"] = True, 320106194001021248
        sheet["B4"] = "990101194803120017"
        book.save(path)
        day, moment = datetime.date(1948, 3, 1), datetime.datetime.fromisoformat("2026-01-02T09:30")
        assert read(path) == [
            (2, ["", "张建国", 5, 5.5, day, moment, True, 3.201061940010212e17]),
            (4, ["", "990101194803120017"]),
        ]

    def test_the_first_visible_sheet_with_cells_is_read(self, book):
        """Security §5a 77."""
        book, path = book
        book.active.title, book.active.sheet_state = "旧表", "hidden"
        book.active["A1"] = "藏着的"
        book.create_sheet("空表")
        book.create_sheet("名册")["A1"] = "姓名"
        book.save(path)
        with open_table(path) as table:
            assert [(sheet.name, sheet.hidden) for sheet in table.sheets] == [
                ("旧表", True),
                ("空表", False),
                ("名册", False),
            ]
            assert table.sheet == "名册"
            assert list(table.rows()) == [(1, ["姓名"])]
        assert read(path, sheet="旧表") == [(1, ["藏着的"])]
        assert refused(path, sheet="没有").code == Refusal.NO_SHEET

    def test_only_hidden_sheets_are_no_sheet(self, tmp_path):
        path = workbook(tmp_path / "b.xlsx", "<row>" + cell("A1", "x") + "</row>")
        with zipfile.ZipFile(path) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        members["xl/workbook.xml"] = members["xl/workbook.xml"].replace(
            b'sheetId="1"', b'sheetId="1" state="veryHidden"'
        )
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        assert refused(path).code == Refusal.NO_SHEET

    def test_hidden_rows_and_columns_are_reported(self, book):
        """Security §5a 77."""
        book, path = book
        sheet = book.active
        for row in range(1, 6):
            sheet.append([f"行{row}", "b", "c"])
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True
        book.save(path)
        with open_table(path) as table:
            assert (table.hidden_rows, table.hidden_columns) == (frozenset({3}), frozenset({2}))
            assert len(list(table.rows())) == 5

    def test_the_1904_calendar_is_honoured(self, book):
        book, path = book
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
        book.active["A1"] = datetime.date(1948, 3, 1)
        book.save(path)
        assert read(path) == [(1, [datetime.date(1948, 3, 1)])]

    def test_a_formula_gives_its_value_never_itself(self, tmp_path):
        body = (
            '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>HYPERLINK("x")</f></c>'
            '<c r="XFD1"><f>A1</f></c></row>'
        )
        path = workbook(tmp_path / "b.xlsx", body)
        assert read(path) == [(1, [2])]
        with open_table(path) as table:
            assert {row: [*places] for row, places in table.unsaved.items()} == {1: [1]}

    def test_rows_of_nothing_but_one_formula_cost_next_to_nothing(self, tmp_path):
        pulled = (f'<row r="{at}"><c r="C{at}"><f>A1</f></c></row>' for at in range(2, 5_000))
        body = '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><f>A1</f></c></row>' + "".join(pulled)
        with open_table(workbook(tmp_path / "b.xlsx", body)) as table:
            (_, first), *others = table.marked_rows()
        assert (first, isinstance(first[2], Unsaved)) == ([1, "", ""], True)
        assert others[-1] == (4_999, ["", "", ""])
        assert isinstance(others[-1][1][2], Unsaved)
        assert len({id(cells) for _, cells in others}) == 1

    @pytest.mark.parametrize(
        ("cell", "is_told"),
        [
            ('<c r="AB12"><f>A1</f></c>', True),
            ('<c r="AB12"><f>A1</f><v></v></c>', True),
            ('<c r="AB12"><f>A1</f><v/></c>', True),
            ('<c r="AB12"><f t="shared" si="0"/></c>', True),
            ('<c r="AB12" t="str"><f>""</f><v></v></c>', False),
            ('<c r="AB12" t="str"><f>A1</f><v>甲</v></c>', False),
            ('<c r="AB12"><f t="shared" si="0"/>\n<v>0</v></c>', False),
            ('<c r="AB12" t="e"><f>VLOOKUP(A1,B:C,2,0)</f><v>#N/A</v></c>', True),
            ("<c r='AB12' s='1' t='e'><v>#REF!</v></c>", True),
            ('<c r="AB12" t="str"><v>t="e"</v></c>', False),
        ],
    )
    def test_a_formula_without_its_result_is_told(self, tmp_path, cell, is_told):
        body = f'<row r="12"><c r="A12"><v>1</v></c>{cell}</row>'
        with open_table(workbook(tmp_path / "b.xlsx", body)) as table:
            assert {row: [*places] for row, places in table.unsaved.items()} == (
                {12: [27]} if is_told else {}
            )
        named = re.sub(r"<(/?)(?=[rcfv])", r"<\1x:", f"<sheetData>{body}").replace("<s", "<x:s")
        assert list(sheet_xml.unsaved(named.encode(), 60)) == ([(12, 27)] if is_told else [])

    def test_a_wide_table_is_refused(self, book):
        book, path = book
        book.active.append(["x"] * 61)
        book.save(path)
        assert refused(path).code == Refusal.TOO_MANY_COLUMNS


def test_fifty_thousand_rows_cost_little(tmp_path):
    path = tmp_path / "big.csv"
    row = ["张建国", "男", "990101194803120017", "1948-03-12", "1970-07-01", "正式党员"] * 2
    path.write_bytes(b"".join(csv_chunks([row] * 50_000)))
    began = time.process_time()
    with open_table(path) as table:
        assert sum(1 for _ in table.rows()) == 50_000
    assert time.process_time() - began <= 0.5, "seconds of this process; the child has its own"
