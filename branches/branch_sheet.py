"""Reading tables of Party organisations: headings, cells, and the faults a row has by itself."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from branches import rules, tables
from branches.enums import Tie
from branches.refusal import Problem
from core.dates import SENTENCES
from core.long_numbers import hide_personal_numbers
from core.spreadsheets import Row
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
_COLUMNS = [tables.Column(name, required=name in _REQUIRED) for name in (*HEADINGS, TIE)]

# Here a year alone will do as well.
_NO_DAY = {
    "DATE_UNREADABLE": "看不明白，请写成2016-11-01的样子；"
    "只知道年月的写2016-11或1952.3，只知道年份的写2016。"
}


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
    return lines_of(tables.rows_of(path, name=path.name))


def lines_of(rows: Iterable[Row]) -> list[BranchLine]:
    """Return ROWS (number in the file, cells) below the headings, each with its own faults.

    Raises FileRefused when there are no headings or nothing below them.
    """
    first: dict[str, int] = {}
    return [
        _line(line.row, {name: _text(cell) for name, cell in line.cells.items()}, first)
        for line in tables.lines_of(rows, _COLUMNS, key=["组织代码"], what="党组织")
    ]


def _text(cell: Any) -> str:
    return clean(str(cell.date() if isinstance(cell, dt.datetime) else cell))


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
        hide_personal_numbers(texts["组织名称"]),
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
    except ValueError as refused:
        message = f"成立日期“{text[:20]}”：{_NO_DAY.get(str(refused)) or SENTENCES[str(refused)]}"
        faults.append(Problem(number, "成立日期", "date", message))
        return None


def _tie(number: int, text: str | None, faults: list[Problem]) -> str | None:
    if not text:
        return text
    try:
        return rules.tie_of(text)
    except ValueError:
        message = f"“{TIE}”这一列不能写“{text[:20]}”，请写{Tie.in_words()}。"
        faults.append(Problem(number, TIE, "tie", message))
        return None
