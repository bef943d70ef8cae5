"""What the raw XML of a sheet tells beside its cells; beside ``child.py``, in the same process.

No parser: expressions that go through once, whatever they are given.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

LAST_ROW = 1_048_576  # of any sheet
_MOST_COLUMNS = 256  # of which anything is told: the number of one has to go into a byte
ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
# A number of more digits is cut, and still beyond the last row.
_ROW_NUMBER = re.compile(rb'\br="0*(\d{1,8})')
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_SPAN = re.compile(rb'\b(min|max)="0*(\d{1,8})')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_PREFIX = re.compile(rb"<(\w+:)?sheetData\b")
# A formula and what the file keeps of its result; in well-formed XML no "<" is in either.
_FORMULA = rb"<%bf\b[^<>]*(?:/>|>[^<]*</%bf>)\s*(?:<%bv\b[^<>]*>([^<]*))?"
# The opening tag of a cell, and in it the attribute: what only looks like one, in the value of
# another or in a comment, is none.
_ATTRIBUTE = rb"""(?:\s+[\w:.-]+=(?:"[^"]*"|'[^']*'))"""
_CELL = re.compile(rb"""<(?:\w+:)?c%b*?\s+r=["']([A-Z]{1,3})(\d{1,7})["']""" % _ATTRIBUTE)
# What a formula came to is an error: #N/A, #REF!. It is no value either.
_ERROR = re.compile(rb"""<(?:\w+:)?c\b[^<>]*?\st=["']e["'][^<>]*>""")
_ERROR_MARKS = (b't="e"', b"t='e'")
_MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\s+ref=["']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']"""
)
# A formula without a stored result has an empty value, or none: it fills no cell.
FILLED = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^<>]*)?>[^<]|is[\s>])")
_OVERLAP = 40  # no opening tag that FILLED looks for is longer


def parts(path: str, member: str, size: int) -> Iterator[bytes]:
    """Yield a member of the archive unpacked, in parts of SIZE; nothing where there is none."""
    import zipfile  # noqa: PLC0415 -- slow import, and the reader of a CSV has no use for it

    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as body:
            yield from iter(partial(body.read, size), b"")
    except (KeyError, zipfile.BadZipFile):
        return


def is_filled(path: str, member: str) -> bool:
    """Return whether any cell of a sheet holds something; looks only as far as it must."""
    tail = b""
    for part in parts(path, member, 65_536):
        if FILLED.search(tail + part):
            return True
        tail = part[-_OVERLAP:]
    return False


def fills_more_rows(path: str, member: str, most: int, size: int) -> bool:
    """Return whether more than MOST rows of a sheet have a cell that holds something; parts of SIZE."""
    filled, tail = 0, b""
    for part in parts(path, member, size):
        *rows, tail = (tail[-size:] + part).split(b"<row")
        filled += sum(FILLED.search(row) is not None for row in rows)
        if filled > most:
            return True
    return False


def ends_beyond(path: str, member: str, most: int) -> bool:
    """Return whether the last row of a sheet has a number beyond MOST: walking there takes half a minute."""
    body = next(parts(path, member, -1), b"")
    last = ROW.search(body, max(body.rfind(b"<row"), body.rfind(b":row"), 1) - 1)
    return last is not None and (row_number(last[1]) or 0) > most


def row_number(tag: bytes) -> int | None:
    """Return the number in the TAG of a row, or some number beyond the last row; None: it has none."""
    given = _ROW_NUMBER.search(tag)
    return int(given[1]) if given else None


def unsaved(body: bytes, columns: int) -> Iterator[tuple[int, int]]:
    """Yield the cells of one sheet with a formula whose result the file does not keep, or is an error.

    A cell is its row and its column (from 0, of the first COLUMNS).
    Programs that only write tables leave the result to Excel. An empty text is a result.
    """
    found = _PREFIX.search(body)
    prefix = found[1] or b"" if found else b""
    columns = min(columns, _MOST_COLUMNS)
    for match in re.finditer(_FORMULA % (prefix, prefix, prefix), body):
        tag, result = body[body.rfind(b"<", 0, match.start()) : match.start()], match[1]
        if not (result or b"").strip() and (result is None or b't="str"' not in tag):
            yield from _place(tag, columns)
    for match in _ERROR.finditer(body) if any(mark in body for mark in _ERROR_MARKS) else ():
        yield from _place(match[0], columns)


def _place(tag: bytes, columns: int) -> Iterator[tuple[int, int]]:
    """Yield the row and the column of the cell that TAG opens, if it has one of the first COLUMNS."""
    cell = _CELL.match(tag)
    if cell is None:
        return
    row, column = int(cell[2]), _column(cell[1])
    if 0 < row <= LAST_ROW and column < columns:
        yield row, column


def merged_down(body: bytes, columns: int) -> Iterator[tuple[int, int, int]]:
    """Yield what is merged over several rows: its first column (from 0), first and last row.

    As a branch's name that is written once beside all of its members. What is merged over columns
    of one row is a title, or the group of some headings: that is left as it stands.
    """
    begin = body.find(b"mergeCell")
    for match in _MERGED.finditer(body, max(begin - _OVERLAP, 0)) if begin >= 0 else ():
        left, first, last = match.groups()
        column, top, bottom = _column(left), int(first), int(last)
        if 0 < top < bottom <= LAST_ROW and column < columns:
            yield column, top, bottom


def filled_down(
    rows: Iterator[tuple[int, list[Any]]], merged: Sequence[tuple[int, int, int]]
) -> Iterator[tuple[int, list[Any]]]:
    """Yield ROWS with what stands in the first cell of each of MERGED in its other cells too.

    A row that holds nothing else stays empty.
    """
    waiting = sorted(merged, key=lambda span: span[1], reverse=True)
    held: dict[int, tuple[int, Any]] = {}
    for number, cells in rows:
        if held and any(cell != "" for cell in cells):
            for column, (last, value) in held.items():
                if number <= last and value != "":
                    cells += [""] * (column + 1 - len(cells))
                    cells[column] = value if cells[column] == "" else cells[column]
        while waiting and waiting[-1][1] <= number:
            column, first, last = waiting.pop()
            if first == number:
                held[column] = last, cells[column] if column < len(cells) else ""
        yield number, cells


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1


def hidden_rows(body: bytes) -> Iterator[int]:
    """Yield the numbers of the hidden rows of one sheet that may hold anything."""
    if b"hidden=" not in body:
        return
    number = 0
    for match in ROW.finditer(body):
        given = row_number(match[1])
        number = number + 1 if given is None else given
        may_hold = not match[1].endswith(b"/") and 0 < number <= LAST_ROW
        if may_hold and _HIDDEN.search(match[1]):
            yield number


def hidden_columns(body: bytes) -> list[int]:
    """Return the numbers of the hidden columns of one sheet."""
    columns: set[int] = set()
    for match in _COLUMN.finditer(body[:100_000]):
        if _HIDDEN.search(match[1]):
            span = {name: int(value) for name, value in _SPAN.findall(match[1])}
            first, last = max(span.get(b"min", 1), 1), min(span.get(b"max", 1), _MOST_COLUMNS)
            columns.update(range(first, last + 1))
    return sorted(columns)
