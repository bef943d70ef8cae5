"""Reading tables of Party organisations: headings, cells, and the faults a row has by itself."""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from branches import rules
from branches.enums import Tie
from branches.refusal import FileRefused, Problem
from core.spreadsheets import RefusedFile, Row, open_table
from core.text import clean, squeeze

# Headings of import and export, and what they fill.
HEADINGS = {
    "组织代码": "code",
    "组织名称": "name",
    "组织类别": "kind",
    "所在区划代码": "area",
    "上级组织代码": "parent",
    "成立日期": "founded_on",
}
# Columns that a table may have besides.
TIE = "三缘"
_REQUIRED = ("组织代码", "组织名称", "组织类别", "所在区划代码")
_TITLE_ROWS = 10


class BranchLine(NamedTuple):
    """One row: codes as written, with the faults the row has by itself.

    ``parent`` is empty for a top organisation, None when the table has no such column;
    ``founded_on`` is None when it is not given; ``tie`` is empty when it is not, None when the
    table has no such column.
    """

    line: int
    code: str
    name: str
    kind: str
    area: str
    parent: str | None
    founded_on: rules.RoughDay | None
    tie: str | None = None
    faults: tuple[Problem, ...] = ()


def read(path: Path) -> list[BranchLine]:
    """Return the rows of a CSV or XLSX file. Raises FileRefused when it is no such table."""
    try:
        with open_table(path, content_name=path.name) as table:
            return lines_of(table.rows())
    except FileNotFoundError:
        message = f"没有找到文件“{path.name}”，请检查文件名。"
        raise FileRefused([Problem(0, "", "missing", message)]) from None
    except RefusedFile as refusal:
        problem = Problem(refusal.row or 0, "", refusal.code, refusal.message)
        raise FileRefused([problem]) from None


def lines_of(rows: Iterable[Row]) -> list[BranchLine]:
    """Return ROWS (number in the file, cells) below the headings, each with its own faults.

    Raises FileRefused when there are no headings or nothing below them.
    """
    source = iter(rows)
    columns = _columns(source)
    first: dict[str, int] = {}
    lines = [
        _line(number, {name: _text(cells, at) for name, at in columns.items()}, first)
        for number, cells in source
    ]
    if not lines:
        message = "文件里没有党组织，请检查选的文件。"
        raise FileRefused([Problem(0, "", "empty", message)])
    return lines


def _columns(source: Iterator[Row]) -> dict[str, int]:
    """Find the row of headings among the first rows; return heading -> position."""
    for number, cells in source:
        headings = [squeeze(str(cell)) for cell in cells]
        if "组织代码" in headings:
            missing = [heading for heading in _REQUIRED if heading not in headings]
            doubled = [heading for heading in HEADINGS if headings.count(heading) > 1]
            if missing or doubled:
                what, which = ("缺少", missing) if missing else ("重复了", doubled)
                message = f"表头{what}“{'、'.join(which)}”，请改好表头。"
                raise FileRefused([Problem(number, "", "header", message)])
            return {name: headings.index(name) for name in (*HEADINGS, TIE) if name in headings}
        if number >= _TITLE_ROWS:
            break
    message = f"没有找到表头。表头应有：{'、'.join(HEADINGS)}。"
    raise FileRefused([Problem(0, "", "header", message)])


def _text(cells: list[Any], position: int) -> str:
    cell = cells[position] if position < len(cells) else ""
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    return clean(str(cell))


def _line(number: int, texts: dict[str, str], first: dict[str, int]) -> BranchLine:
    """Return the row NUMBER; FIRST holds the rows where codes were met first."""
    faults = [
        Problem(number, name, "blank", f"没有写{name}，请补上。")
        for name in _REQUIRED
        if not texts[name]
    ]
    for name, longest in (("组织代码", 30), ("组织名称", 100)):
        if len(texts[name]) > longest:
            faults.append(Problem(number, name, "too_long", f"{name}超过{longest}个字，请改短。"))
    code = squeeze(texts["组织代码"])
    if code and first.setdefault(code, number) != number:
        message = f"组织代码{code}重复，第{first[code]}行已有，请删去一行。"
        faults.append(Problem(number, "组织代码", "duplicate", message))
    founded_on = _day(number, texts.get("成立日期", ""), faults)
    tie = _tie(number, texts.get(TIE), faults)
    parent = texts.get("上级组织代码")
    return BranchLine(
        number,
        code,
        texts["组织名称"],
        texts["组织类别"],
        squeeze(texts["所在区划代码"]),
        squeeze(parent) if parent is not None else None,
        founded_on,
        tie,
        tuple(faults),
    )


def _day(number: int, text: str, faults: list[Problem]) -> rules.RoughDay | None:
    if not text:
        return None
    try:
        return rules.day_of(squeeze(text))
    except ValueError:
        message = (
            f"成立日期“{text[:20]}”看不明白，请写成2016-11-01的样子；"
            "只知道年月的写2016-11，只知道年份的写2016。"
        )
        faults.append(Problem(number, "成立日期", "date", message))
        return None


def _tie(number: int, text: str | None, faults: list[Problem]) -> str | None:
    if not text:
        return text
    try:
        return rules.tie_of(text)
    except ValueError:
        message = f"三缘“{text[:20]}”不对，请写{'、'.join(Tie.labels)}中的一个。"
        faults.append(Problem(number, TIE, "tie", message))
        return None
