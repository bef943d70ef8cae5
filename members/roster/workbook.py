"""What a file has beside the rows that are read: other sheets, hidden rows and columns (security §5a 77).

Only the chosen sheet is read. Its hidden rows are read like the others, because a filter hides
people without taking them off the roster; the preview names them.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.long_numbers import has_long_number, hide_long_numbers
from core.spreadsheets import GUIDE, Row, Table
from members.models import RosterBatch
from members.roster.columns import Layout
from members.roster.reporting import layout_of

_MOST_SPANS = 50
_SHOWN_ROWS = 13  # ten where a heading may stand, and some people
_SHOWN_CHARACTERS = 30
_LONGEST_NAME = 100  # as long as the batch keeps; spreadsheet programs allow 31


@dataclass(frozen=True)
class FirstRows:
    """The first rows of the chosen sheet, and what other sheets there are."""

    sheet: str
    sheets: list[str]
    rows: list[Row]

    def kept(self) -> str:
        """Return what ``RosterBatch.head`` keeps, sealed there: the rows a person would look at."""
        shown = [
            [number, [str(cell)[:_SHOWN_CHARACTERS] for cell in cells]]
            for number, cells in self.rows[:_SHOWN_ROWS]
        ]
        return json.dumps(shown, ensure_ascii=False)


def first_rows_of(batch: RosterBatch) -> list[tuple[int, list[str]]]:
    """Return the first rows of BATCH as they were kept, long numbers hidden but for their ends."""
    kept = json.loads(batch.head or "[]")
    return [(number, [hide_long_numbers(cell) for cell in cells]) for number, cells in kept]


class Hidden:
    """Collects the rows that are hidden and yet hold something, as they are read."""

    def __init__(self, table: Table) -> None:
        self._rows = table.hidden_rows
        self._columns = table.hidden_columns
        self._merged = sorted(table.merged)
        self._sheets = open_sheets(table)
        self._met: list[int] = []

    def meet(self, numbers: Iterable[int]) -> None:
        """Note which of the row NUMBERS are hidden; nothing to do for most files."""
        if self._rows:
            self._met += [number for number in numbers if number in self._rows]

    def kept(self, layout: Layout) -> dict[str, Any]:
        """Return what ``RosterBatch.workbook`` keeps; LAYOUT names the columns."""
        headings = layout.headings
        columns = [
            headings[place - 1] or f"第{place}列"
            for place in sorted(self._columns)
            if place <= len(headings)
        ]
        return {
            "sheets": self._sheets,
            "hidden_rows": _spans(self._met),
            "hidden_count": len(self._met),
            "hidden_columns": columns,
            "merged": self._merged_below(layout),
        }

    def _merged_below(self, layout: Layout) -> list[list[Any]]:
        """Return, by heading, the runs of rows merged in a column that is imported; not all of many."""
        spans: dict[int, list[list[int]]] = {}
        for column, first, last in self._merged:
            if first > layout.last_row and column < len(layout.fields) and layout.fields[column]:
                found = spans.setdefault(column, [])
                if len(found) <= _MOST_SPANS:
                    found.append([first, last])
        return [[layout.headings[column], found] for column, found in spans.items()]


def named(table: Table) -> str:
    """Return the name of the sheet that is read; empty where it has none that can be asked for."""
    return table.sheet if _can_be_asked_for(table.sheet) else ""


def open_sheets(table: Table) -> list[str]:
    """Return the names of the visible sheets that hold something; the template's guide holds nobody."""
    return [
        sheet.name
        for sheet in table.sheets
        if sheet.filled
        and not sheet.hidden
        and _can_be_asked_for(sheet.name)
        and sheet.name != GUIDE
    ]


def _can_be_asked_for(name: str) -> bool:
    """Whether the name of a sheet may be kept: not too long, and not somebody's number."""
    return len(name) <= _LONGEST_NAME and not has_long_number(name)


def sheets_of(batch: RosterBatch) -> list[str]:
    """Return the visible sheets that hold something, where there is a choice."""
    sheets: list[str] = batch.workbook.get("sheets", [])
    return sheets if len(sheets) > 1 else []


def hidden_words(batch: RosterBatch) -> list[str]:
    """Say which hidden rows and columns were read, and which sheets were not."""
    kept, said = batch.workbook, []
    if count := kept.get("hidden_count"):
        rows = _rows_said(kept["hidden_rows"])
        said.append(f"表格里藏起来的行也读了：{rows}，共{count}行。不该登记的请在表格里删去。")
    if columns := kept.get("hidden_columns"):
        said.append(f"表格里藏起来的列也读了：{'、'.join(columns)}。")
    if merged := kept.get("merged"):
        where = "；".join(f"“{heading}”{_rows_said(spans)}" for heading, spans in merged)
        said.append(
            f"几行合并成一格的，每一行都照写着的读：{where}。不对的，请在表格里取消合并，一行一行填好再上传。"
        )
    if off := kept.get("off"):
        said.append(f"本地没有启用这几栏，不会保存：{'、'.join(off)}。")
    if ignored := [each for each in layout_of(batch).ignored if each not in (off or ())]:
        said.append(f"没有导入的列：{'、'.join(ignored)}。")
    if others := unread_sheets(batch):
        said.append(f"只读了工作表“{batch.sheet}”，没有读：{'、'.join(others)}。")
    return said


def unread_sheets(batch: RosterBatch) -> list[str]:
    """Return the visible sheets that hold something and were not read."""
    return [name for name in batch.workbook.get("sheets", []) if name != batch.sheet]


def _rows_said(spans: Sequence[Sequence[int]]) -> str:
    """Return which rows SPANS are, for a sentence; not all of many."""
    shown = (
        f"{first}" if first == last else f"{first}–{last}" for first, last in spans[:_MOST_SPANS]
    )
    return f"第{'、'.join(shown)}行{'等' if len(spans) > _MOST_SPANS else ''}"


def _spans(numbers: Sequence[int]) -> list[list[int]]:
    """Return ascending NUMBERS as [first, last] of each run, a few more than are shown."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        elif len(spans) <= _MOST_SPANS:
            spans.append([number, number])
    return spans
