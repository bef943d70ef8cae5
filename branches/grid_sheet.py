"""Reading tables of grids: who works there, his office telephone, the buildings (SYS-02)."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from branches import tables
from branches.refusal import Problem
from core.spreadsheets import Row
from core.text import clean, squeeze

CODE = "区划代码"
HEADINGS = {"grid_worker": "网格员", "grid_phone": "网格员办公电话", "buildings": "楼栋"}
_COLUMNS = [
    tables.Column(CODE, ("网格代码",), required=True),
    tables.Column(HEADINGS["grid_worker"], ("网格员姓名",)),
    tables.Column(HEADINGS["grid_phone"], ("办公电话", "网格员电话")),
    tables.Column(HEADINGS["buildings"], ("楼栋名单", "楼幢")),
]


class GridLine(NamedTuple):
    """One row: cells as written, empty where there is none, with the faults it has by itself."""

    line: int
    code: str
    worker: str = ""
    phone: str = ""
    buildings: str = ""
    faults: tuple[Problem, ...] = ()


def lines_of(rows: Iterable[Row]) -> list[GridLine]:
    """Return ROWS (number in the file, cells) below the headings, each with its own faults.

    Raises FileRefused when there are no headings or nothing below them.
    """
    first: dict[str, int] = {}
    lines = tables.lines_of(rows, _COLUMNS, key=[CODE], what="网格")
    return [_line(line.row, line.cells, first) for line in lines]


def _line(number: int, cells: dict[str, Any], first: dict[str, int]) -> GridLine:
    """Return the row NUMBER; FIRST holds the rows where codes were met first."""
    code = squeeze(_text(cells[CODE])).upper()
    faults = []
    if not code:
        faults.append(Problem(number, CODE, "blank", f"没有写{CODE}，请补上。"))
    elif first.setdefault(code, number) != number:
        message = f"区划代码{code}重复，第{first[code]}行已有，请删去一行。"
        faults.append(Problem(number, CODE, "duplicate", message))
    worker, phone, buildings = (_text(cells.get(name, "")) for name in HEADINGS.values())
    return GridLine(number, code, clean(worker), squeeze(phone), buildings, tuple(faults))


def _text(cell: Any) -> str:
    return str(cell.date() if isinstance(cell, dt.datetime) else cell)
