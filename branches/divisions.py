"""Reading files of administrative divisions, ``code,name,parent_code`` (SYS-02, GB/T 2260).

Nothing here asks the database. A fault is kept with its line and its row goes on: what it means for
the rest (``DivisionPlan``) is judged before the file is refused, so that all faults are listed at once.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from branches.refusal import FileRefused, Problem, not_readable, require_file
from core.text import clean, squeeze

COLUMNS = ("code", "name", "parent_code")
_LARGEST = 200 * 1024 * 1024


class Division(NamedTuple):
    """One row of the file; ``parent`` is a code, empty at the top."""

    line: int
    code: str
    name: str
    parent: str


class Divisions(NamedTuple):
    """All rows of a file, and the faults that they have by themselves.

    A row without the right columns has only its code, where that can be made out: those below it
    name it.
    """

    rows: list[Division]
    problems: Sequence[Problem] = ()

    @property
    def misread(self) -> set[int]:
        """The lines of which the code is not known for certain."""
        return {
            each.row
            for each in self.problems
            if each.code == "columns" or (each.column == "code" and each.code != "duplicate")
        }


def read(path: Path) -> Divisions:
    """Read a CSV file, plain or gzipped, UTF-8 or GB18030. Raises FileRefused: it is no such table."""
    rows: list[Division] = []
    problems: list[Problem] = []
    for line, cells, fits in _records(_text(_bytes(path))):
        code, name, parent = cells if fits else (cells[0], "", "")
        row = Division(line, squeeze(code).upper(), clean(name), squeeze(parent).upper())
        rows.append(row)
        if fits:
            problems.extend(_faults(row))
        else:
            message = "这一行的列数与第一行的列名不同，请检查。"
            problems.append(Problem(line, "", "columns", message))
    problems.extend(_duplicates(rows))
    if not rows:
        raise _refusal("empty", "文件里没有区划，请检查选的文件。")
    return Divisions(rows, problems)


def _bytes(path: Path) -> bytes:
    require_file(path)
    try:
        with path.open("rb") as stream:
            zipped = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            source: Any = gzip.GzipFile(fileobj=stream) if zipped else stream
            content = source.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise not_readable(error) from None
    if len(content) > _LARGEST:
        raise _refusal("too_large", "文件超过200MB，请按省或区县分开导入。")
    return bytes(content)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _refusal("encoding", "文字编码不对，请另存为UTF-8或GB18030编码的CSV文件。")


def _records(text: str) -> Iterator[tuple[int, list[str], bool]]:
    """Yield line, cells in the order of COLUMNS, and whether there are as many as in the header.

    Blank lines are passed over.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [squeeze(cell).lower() for cell in next(reader, [])]
        if sorted(set(header) & set(COLUMNS)) != sorted(COLUMNS) or len(set(header)) < len(header):
            raise _refusal("header", f"第一行应是列名 {','.join(COLUMNS)}，请检查。")
        wanted = [header.index(column) for column in COLUMNS]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                there = [cells[i] if i < len(cells) else "" for i in wanted]
                yield reader.line_num, there, len(cells) == len(header)
    except csv.Error:
        message = "引号或分隔有误，请检查。"
        raise _refusal("csv", message, reader.line_num) from None


def _faults(row: Division) -> Iterator[Problem]:
    if not row.code:
        yield Problem(row.line, "code", "blank", "没有写区划代码，请补上。")
    elif not row.code.isascii() or not row.code.isalnum() or not 12 <= len(row.code) <= 24:
        yield Problem(row.line, "code", "code", f"区划代码“{row.code}”不对，应是12位数字或更长。")
    if not row.name:
        yield Problem(row.line, "name", "blank", "没有写名称，请补上。")
    elif len(row.name) > 50:
        yield Problem(row.line, "name", "too_long", "名称超过50个字，请改短。")


def _duplicates(rows: list[Division]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for row in rows:
        if row.code and first.setdefault(row.code, row.line) != row.line:
            yield Problem(
                row.line,
                "code",
                "duplicate",
                f"区划代码{row.code}重复，第{first[row.code]}行已有，请删去一行。",
            )


def _refusal(code: str, message: str, row: int = 0) -> FileRefused:
    return FileRefused([Problem(row, "", code, message)])
