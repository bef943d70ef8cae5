"""What the raw XML of a sheet tells beside its cells; beside ``child.py``, in the same process.

No parser: expressions that go through once, whatever they are given.
"""

import re
import zipfile
from collections.abc import Iterator
from functools import partial

ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_SPAN = re.compile(rb'\b(min|max)="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_PREFIX = re.compile(rb"<(\w+:)?sheetData\b")
# A formula and what the file keeps of its result; in well-formed XML no "<" is in either.
_FORMULA = rb"<%bf\b[^<>]*(?:/>|>[^<]*</%bf>)\s*(?:<%bv\b[^<>]*>([^<]*))?"
_CELL = re.compile(rb'\br="([A-Z]{1,3}\d+)"')
# A formula without a stored result has an empty value, or none: it fills no cell.
FILLED = re.compile(rb"<(?:\w+:)?(?:v(?:\s[^<>]*)?>[^<]|is[\s>])")
_OVERLAP = 40  # no opening tag that FILLED looks for is longer


def parts(path: str, member: str, size: int) -> Iterator[bytes]:
    """Yield a member of the archive unpacked, in parts of SIZE; nothing where there is none."""
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


def unsaved(body: bytes) -> Iterator[str]:
    """Yield the cells (B12) of one sheet with a formula whose result the file does not keep.

    Programs that only write tables leave it to Excel. An empty text is a result.
    """
    found = _PREFIX.search(body)
    prefix = found[1] or b"" if found else b""
    for match in re.finditer(_FORMULA % (prefix, prefix, prefix), body):
        tag, result = body[body.rfind(b"<", 0, match.start()) : match.start()], match[1]
        cell = _CELL.search(tag)
        if cell and not (result or b"").strip() and (result is None or b't="str"' not in tag):
            yield cell[1].decode()


def hidden(body: bytes) -> tuple[list[int], list[int]]:
    """Return the numbers of the hidden rows and columns of one sheet."""
    if b"hidden=" not in body:
        return [], []
    rows, number = [], 0
    for match in ROW.finditer(body):
        given = ROW_NUMBER.search(match[1])
        number = int(given[1]) if given else number + 1
        if _HIDDEN.search(match[1]):
            rows.append(number)
    columns: list[int] = []
    for match in _COLUMN.finditer(body[:100_000]):
        if _HIDDEN.search(match[1]):
            span = {name: int(value) for name, value in _SPAN.findall(match[1])}
            columns.extend(range(span.get(b"min", 1), min(span.get(b"max", 1), 256) + 1))
    return rows, columns
