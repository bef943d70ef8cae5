"""The parser of uploaded tables: a program of its own, run with limits, that may die alone.

Run as ``python -I child.py JSON`` by ``core.spreadsheets.table``: no Django, no settings, no
secrets in its environment, no network use, no file it may write (security §0.1). A sheet with two cells
can make the parser ask for 549 GB, which aborts the process; nothing but this process may notice.

Answers on standard output are frames: four bytes of length (big endian), then JSON. First one
``{"head": {...}}``, then ``{"n": [row numbers], "d": {column: [rows]}, "c": [[cells]]}`` (d: which
texts are days, of which JSON knows nothing; rows of the batch, from 0) or, where all cells are texts
or days, ``"t": text`` for c, joined by CELL_END and ROW_END; at last ``{"end": true}`` or
``{"refused": code, ...}``.
"""

import codecs
import contextlib
import csv
import datetime
import io
import json
import os
import re
import resource
import struct
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

if __package__:
    from core.spreadsheets import sheet_xml
else:  # -I leaves our folder out; put last, nothing in it stands before a library
    sys.path.append(os.path.dirname(__file__))
    import sheet_xml  # type: ignore[no-redef]  # the same

BATCH_ROWS = 1000
BATCH_CHARACTERS = 1_000_000
CELL_CHARACTERS = 131_072
NAME_CHARACTERS = 1000  # of a sheet; Excel takes 31
LINES_IN_A_CELL = 30
PIECE = 1_048_576
CELL_END, ROW_END = "\x7f", "\x80"  # in no sheet, and JSON carries them as they are
Rows = Iterator[tuple[int, list[Any]]]
Dates = dict[int, list[int]]  # by column, in which rows of the batch a text is a day
HEAD_BYTES, DELIMITERS = 40_000, (",", "\t", ";", "，")
UTF8_LINE = 6  # so many Chinese characters in a line are no accident of another encoding
_CHARACTER = rb"(?:[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
# How a line of UTF-8 begins that has three characters beyond ASCII: of other lines few do.
_BEGUN = re.compile(rb"\n" + (rb"[\x00-\x09\x0b-\x7f]*" + _CHARACTER) * 3)
EXACT_INTEGER = 2**53
_FORMAT_NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Excel counts a 29 February 1900 that never was (serial 60); parsers give it the day before.
# Given as text, so that nobody takes either for a date.
_DOUBTED_DAY = "1900-02-28"


class Refused(Exception):
    """The file is refused: a code, and where."""

    def __init__(self, code: str, **where: Any) -> None:
        super().__init__(code)
        self.answer = {"refused": code, **where}


def main(order: dict[str, Any], out: BinaryIO) -> None:
    """Read the table that ORDER names and write the frames to OUT."""
    try:
        _tell(out, _rows_of(order, out))
    except Refused as refused:
        _send(out, refused.answer)


def confine(memory: int, seconds: int) -> None:
    """Give this process its limits: memory, processor seconds, no written file, no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _rows_of(order: dict[str, Any], out: BinaryIO) -> Rows:
    is_csv = order["kind"] == "csv"
    rows = _csv_rows(order, out) if is_csv else _workbook_rows(order, out)
    return _bounded(rows, order["rows"], order["columns"], keep_ends=is_csv and order["ends"])


def _bounded(rows: Rows, most_rows: int, most_columns: int, *, keep_ends: bool) -> Rows:
    """Drop empty rows and, unless KEEP_ENDS, empty ends; refuse what is too long, wide or full."""
    count = 0
    for number, cells in rows:
        width = len(cells)
        while cells and cells[-1] == "":
            cells.pop()
        if not cells:
            continue
        count += 1
        if count > most_rows:
            raise Refused("too_many_rows")
        if len(cells) > most_columns:
            raise Refused("too_many_columns", row=number)
        if keep_ends:
            cells += [""] * (min(width, most_columns) - len(cells))
        yield number, cells


# --- frames ----------------------------------------------------------------------------------


def _send(out: BinaryIO, answer: dict[str, Any]) -> None:
    frame = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
    out.write(struct.pack(">I", len(frame)) + frame)
    out.flush()


def _tell(out: BinaryIO, rows: Rows) -> None:
    numbers: list[int] = []
    table: list[list[Any]] = []
    lines: list[str] = []
    dates: Dates = {}
    are_texts, characters = True, 0
    for number, cells in rows:
        try:
            line = CELL_END.join(cells)  # as every row of a CSV
        except TypeError:
            texts = _made_ready(cells, len(table), dates)
            line = CELL_END.join(texts)
            are_texts &= len(texts) == len(cells)
        lines.append(line)
        characters += len(line)
        numbers.append(number)
        table.append(cells)
        if len(table) >= BATCH_ROWS or characters >= BATCH_CHARACTERS:
            _send(out, {"n": numbers, "d": dates, **_carrying(table, lines, are_texts)})
            numbers, table, lines, dates, are_texts, characters = [], [], [], {}, True, 0
    _send(out, {"n": numbers, "d": dates, **_carrying(table, lines, are_texts)})
    _send(out, {"end": True})


def _carrying(table: list[list[Any]], lines: list[str], are_texts: bool) -> dict[str, Any]:
    """Return the cells of TABLE as one text, LINES, if all ARE_TEXTS or days and none has our marks."""
    text = ROW_END.join(lines)
    marks = text.count(ROW_END) + text.count(CELL_END)
    is_whole = are_texts and marks + 1 == sum(map(len, table))
    return {"t": text} if is_whole else {"c": table}


def _made_ready(cells: list[Any], row: int, dates: Dates) -> list[str]:
    """Turn the cells of a row into what JSON has; return those that are texts."""
    for column, cell in enumerate(cells):
        if type(cell) not in {str, bool}:
            cells[column] = _carried(cell, row, column, dates)
    return [cell for cell in cells if type(cell) is str]


def _carried(cell: Any, row: int, column: int, dates: Dates) -> Any:
    """Return a cell as JSON has it: whole numbers whole, days noted in DATES, the rest as text."""
    if isinstance(cell, int):
        cell = float(str(cell))  # of any number of digits: one too large for all is an endless one
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < EXACT_INTEGER
        return int(cell) if whole else cell if cell - cell == 0 else str(cell)
    if isinstance(cell, datetime.date):
        day = cell.isoformat().removesuffix("T00:00:00")
        if day.startswith(_DOUBTED_DAY):
            return f"{_DOUBTED_DAY}或29"
        dates.setdefault(column, []).append(row)
        return day
    return "" if cell is None else str(cell)


# --- CSV -------------------------------------------------------------------------------------


def _csv_rows(order: dict[str, Any], out: BinaryIO) -> Rows:
    with open(order["path"], "rb") as stream:
        data = stream.read()
    encoding = _encoding(data)
    name = encoding.removesuffix("-sig")
    lines = data.count(b"\n")
    head = {"encoding": name, "sheets": [], "sheet": "", "epoch_1904": False, "lines": lines}
    _send(out, {"head": head})
    is_quoted = b'"' in data  # only then a cell can hold a line break
    # Where none can, a file that is too long is known at a glance.
    if not is_quoted and lines > order["rows"] and b"\n\n" not in data:
        raise Refused("too_many_rows")
    csv.field_size_limit(CELL_CHARACTERS)
    # Decoded line by line: the whole text would take four times the file.
    text = io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")
    reader = csv.reader(text, delimiter=_delimiter(data[:HEAD_BYTES], encoding), strict=True)
    number = 0
    while True:
        try:
            cells: list[Any] = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            long = "field larger" in str(error)
            raise Refused("cell_too_long" if long else "open_quote", row=number + 1) from None
        number += 1
        if is_quoted and any("\n" in cell and cell.count("\n") > LINES_IN_A_CELL for cell in cells):
            raise Refused("open_quote", row=number)
        yield number, cells


def _encoding(data: bytes) -> str:
    """Return strictly UTF-8, else GB18030; never guess (security §5a.66-69)."""
    marked = data.startswith(codecs.BOM_UTF8)
    fault = _fault_in(data, "utf-8")
    if fault is None:
        return "utf-8-sig" if marked else "utf-8"
    if not marked and not _has_utf8_line(data):
        fault = _fault_in(data, "gb18030")
        if fault is None:
            return "gb18030"
    raise Refused("mixed_encoding", row=data.count(b"\n", 0, fault) + 1)


def _fault_in(data: bytes, encoding: str) -> int | None:
    """Return where DATA is not in ENCODING, decoding piece by piece; None when it is all through."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for at in range(0, len(data), PIECE):
        begun = len(decoder.getstate()[0])  # of a character that the last piece cut in two
        try:
            decoder.decode(data[at : at + PIECE], final=at + PIECE >= len(data))
        except UnicodeDecodeError as error:
            return at - begun + error.start
    return None


def _has_utf8_line(data: bytes) -> bool:
    for start in [0, *(found.start() + 1 for found in _BEGUN.finditer(data))]:
        end = data.find(b"\n", start) + 1 or len(data)
        try:
            text = data[start:end].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if sum(character >= "\u0800" for character in text) >= UTF8_LINE:
            return True
    return False


def _delimiter(head: bytes, encoding: str) -> str:
    """Return the separator that the first lines use most; a comma where there is none."""
    lines = re.split(r"\r\n?|\n", head.decode(encoding, errors="ignore"))[:10]
    counts = {mark: sum(line.count(mark) for line in lines) for mark in DELIMITERS}
    return max(DELIMITERS, key=lambda mark: (counts[mark], mark == ","))


# --- XLSX ------------------------------------------------------------------------------------


def _workbook_rows(order: dict[str, Any], out: BinaryIO) -> Rows:
    places, epoch_1904 = _book(order["path"])
    if len(places) > order["sheets"] or any(len(name) > NAME_CHARACTERS for name in places):
        raise Refused("bomb")
    read = _openpyxl_sheet if order["engine"] == "openpyxl" else _calamine_sheet
    visible = [name for name, (_, hidden) in places.items() if not hidden]
    wanted = [order["sheet"]] if order["sheet"] else visible
    if not wanted or wanted[0] not in places:
        raise Refused("no_sheet")
    first = places[wanted[0]][0]
    if read is _openpyxl_sheet and sheet_xml.ends_beyond(order["path"], first, order["rows"]):
        raise Refused("too_many_rows")
    _refuse_many_rows(order["path"], [places[name][0] for name in wanted], order["rows"])
    name, lines, rows = read(order["path"], wanted, order["columns"])
    body = next(sheet_xml.parts(order["path"], places[name][0], -1), b"")
    unsaved = _unsaved(body, order)
    merged = list(islice(sheet_xml.merged_down(body, order["columns"]), order["told_rows"] + 1))
    if len(merged) > order["told_rows"]:
        raise Refused("too_many_rows")
    head = {
        "encoding": "",
        "sheets": [
            {"name": each, "hidden": hidden, "filled": sheet_xml.is_filled(order["path"], member)}
            for each, (member, hidden) in places.items()
        ],
        "sheet": name,
        "epoch_1904": epoch_1904,
        "lines": lines,
        "hidden_rows": _hidden_rows(body, order["told_rows"]),
        "hidden_columns": sheet_xml.hidden_columns(body),
        "merged": merged,
        "unsaved_rows": list(unsaved),
        "unsaved_columns": [columns.hex() for columns in unsaved.values()],
    }
    _send(out, {"head": head})
    return _of_a_sheet(sheet_xml.filled_down(rows, merged) if merged else rows)


def _unsaved(body: bytes, order: dict[str, Any]) -> dict[int, bytearray]:
    """Return the columns (from 0) of formulas without a result by row: a byte each, they may be many."""
    found: dict[int, bytearray] = {}
    for row, column in sheet_xml.unsaved(body, order["columns"]):
        columns = found.setdefault(row, bytearray())
        if len(found) > order["told_rows"]:
            raise Refused("too_many_rows")
        if column not in columns:
            columns.append(column)
    return found


def _hidden_rows(body: bytes, most: int) -> list[int]:
    found: set[int] = set()
    for row in sheet_xml.hidden_rows(body):
        found.add(row)
        if len(found) > most:
            raise Refused("too_many_rows")
    return sorted(found)


def _of_a_sheet(rows: Rows) -> Rows:
    """Refuse a row where no sheet has one, and a cell that is too long (of a CSV its reader does)."""
    for number, cells in rows:
        if number > sheet_xml.LAST_ROW:
            raise Refused("too_many_rows")
        for cell in cells:
            if type(cell) is str and len(cell) > CELL_CHARACTERS:
                raise Refused("cell_too_long", row=number)
        yield number, cells


def _book(path: str) -> tuple[dict[str, tuple[str, bool]], bool]:
    """Return the sheets by name in order, and whether days are counted from 1904.

    A sheet is the member of the archive that holds it, and whether it is hidden.
    """
    # Only this kind of file needs them, and a CSV child starts twice as fast without.
    import zipfile  # noqa: PLC0415 -- slow import

    from defusedxml import DefusedXmlException  # noqa: PLC0415 -- slow import
    from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415 -- slow import

    try:
        with zipfile.ZipFile(path) as archive:
            book = fromstring(archive.read("xl/workbook.xml"), forbid_dtd=True)
            links = fromstring(archive.read("xl/_rels/workbook.xml.rels"), forbid_dtd=True)
    except (DefusedXmlException, ParseError, KeyError, zipfile.BadZipFile) as error:
        raise Refused("broken") from error
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    places = {}
    for sheet in book.iter(f"{_FORMAT_NAMESPACE}sheet"):
        target = targets.get(sheet.get(_LINK), "")
        member = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        places[sheet.get("name", "")] = (member, sheet.get("state", "visible") != "visible")
    about = book.find(f"{_FORMAT_NAMESPACE}workbookPr")
    return places, about is not None and about.get("date1904") in {"1", "true"}


def _refuse_many_rows(path: str, members: list[str], most: int) -> None:
    """Refuse the first sheet with cells if more than MOST rows have any: no parser is as quick."""
    member = next((each for each in members if sheet_xml.is_filled(path, each)), "")
    if sheet_xml.fills_more_rows(path, member, most, PIECE):
        raise Refused("too_many_rows")


def _calamine_sheet(path: str, names: list[str], columns: int) -> tuple[str, int, Rows]:
    """Read the first of NAMES that has cells; quick, but its memory is the sheet's whole rectangle.

    Returns the sheet's name, how many lines it has, its rows.
    """
    from python_calamine import CalamineError, load_workbook  # noqa: PLC0415 -- slow import

    try:
        book = load_workbook(path)
        for name in names:
            sheet = book.get_sheet_by_name(name)
            if sheet.total_height > sheet_xml.LAST_ROW:
                raise Refused("too_many_rows")
            if sheet.start is not None:
                padding = [""] * min(sheet.start[1], columns + 1)
                rows = ((number, padding + row) for number, row in enumerate(sheet.iter_rows(), 1))
                return name, sheet.total_height, rows
    except CalamineError as error:
        raise Refused("broken") from error
    return names[0], 0, iter(())


def _openpyxl_sheet(path: str, names: list[str], columns: int) -> tuple[str, int, Rows]:
    """Read a sheet whose cells lie far apart: slow, but in little memory; nobody knows how long."""
    from openpyxl import load_workbook  # noqa: PLC0415 -- slow import

    book = load_workbook(path, read_only=True, data_only=True)
    sheet = book[names[0]]
    sheet.reset_dimensions()
    walk = enumerate(sheet.iter_rows(max_col=columns + 1, values_only=True), 1)
    rows = ((number, ["" if cell is None else cell for cell in row]) for number, row in walk)
    return names[0], 0, _closing(book, rows)


def _closing(book: Any, rows: Rows) -> Rows:
    """Yield ROWS of BOOK, an open archive that is closed at their end or where one stops."""
    with contextlib.closing(book):
        yield from rows


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    confine(given["memory"], given["seconds"])
    main(given, sys.stdout.buffer)
