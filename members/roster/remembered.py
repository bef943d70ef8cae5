"""Rows of a roster that went to a branch by a remembered name: told before anybody confirms them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core import text
from core.spreadsheets import Row
from members.models import RosterBatch
from members.roster.cells import Memo
from members.roster.columns import Layout
from members.roster.lookups import Places

_MOST = 20  # names that the preview lists

Meant = tuple[str, int]  # a name as typed, and the branch that it means


class Remembered:
    """Finds the rows of one file that a remembered name places."""

    def __init__(self, layout: Layout, places: Places) -> None:
        named = ("branch_code", "branch") if places.remembers else ()
        self._columns = [layout.fields.index(name) for name in named if name in layout.fields]
        self._meant = Memo(places.by_memory)

    def named_in(self, rows: Iterable[Row]) -> Iterator[Meant]:
        """Yield for each of ROWS that is placed so the name and the branch."""
        if not self._columns:
            return
        for _, cells in rows:
            for column in self._columns:
                cell: Any = cells[column] if column < len(cells) else ""
                if cell and (branch := self._meant[cell]):
                    yield text.clean(str(cell)), branch
                    break


def kept(rows: Counter[Meant], names: Mapping[int, str]) -> list[list[Any]]:
    """Return what ``RosterBatch.totals`` keeps as ``remembered``."""
    return [[name, names[branch], number] for (name, branch), number in rows.most_common()]


def remembered_words(batch: RosterBatch) -> str:
    """Say how many rows of BATCH went where by remembered names; empty where none did."""
    told = batch.totals.get("remembered", [])
    if not told:
        return ""
    listed = "、".join(f"“{name}”归入“{branch}”（{rows}行）" for name, branch, rows in told[:_MOST])
    more = "等" if len(told) > _MOST else ""
    return f"有{sum(rows for *_, rows in told)}行是按以前认过的写法归入党支部的：{listed}{more}。"
