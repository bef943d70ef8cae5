"""Reading files of administrative divisions, ``code,name,parent_code`` (SYS-02, GB/T 2260).

Nothing here asks the database. A fault is kept with its line; the whole file is read before it is
refused, so that all faults can be listed at once.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
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


def read(path: Path) -> list[Division]:
    """Return the rows of a CSV file, plain or gzipped, UTF-8 or GB18030. Raises FileRefused."""
    rows: list[Division] = []
    problems: list[Problem] = []
    for line, cells in _records(_text(_bytes(path))):
        if len(cells) < len(COLUMNS):
            problems.append(
                Problem(line, "", "columns", "这一行的列数与第一行的列名不同，请检查。")
            )
            continue
        row = Division(line, squeeze(cells[0]).upper(), clean(cells[1]), squeeze(cells[2]).upper())
        problems.extend(_faults(row))
        rows.append(row)
    problems.extend(_duplicates(rows))
    if not rows and not problems:
        problems.append(Problem(0, "", "empty", "文件里没有区划，请检查选的文件。"))
    if problems:
        raise FileRefused(problems)
    return rows


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


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells in the order of COLUMNS) below the header; blank lines are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [squeeze(cell).lower() for cell in next(reader, [])]
        if sorted(set(header) & set(COLUMNS)) != sorted(COLUMNS) or len(set(header)) < len(header):
            raise _refusal("header", f"第一行应是列名 {','.join(COLUMNS)}，请检查。")
        wanted = [header.index(column) for column in COLUMNS]
        for cells in reader:
            if any(cell.strip() for cell in cells):
                fits = len(cells) == len(header)
                yield reader.line_num, [cells[i] for i in wanted] if fits else []
    except csv.Error:
        message = f"第{reader.line_num}行的引号或分隔有误，请检查。"
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
