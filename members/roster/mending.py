"""What reading changed in a row: before as it stood in the sheet, after as it is taken (domain §3.3 17).

Nothing is guessed silently. A value of one person's own (a name, a number, a date) is noted in his
row. A word that means the same in every row (汉族, 正式, the name of a branch) is noted where it
stands first among the rows that are judged (``members.roster.words``): half a million rows of 汉族
would hide the one date that was mended.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from operator import itemgetter
from typing import Any

from core import dates
from core.codes import CodeBook
from members.codes import unpack
from members.enums import PartyStatus
from members.roster.columns import BY_FIELD, COMPARED, LINKS, PLACES, Column, Kind, Layout
from members.roster.lookups import Places
from members.rules import cells as cell_rules
from members.rules.id_number import CARD
from members.rules.problems import Problem

Mended = tuple[str, str, str]  # field, before, after; after is empty for what was dropped
_Found = tuple[str, Any, str]  # the same, the cell not yet as text

_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII).fullmatch
_PHONES = ("phone", "phone2", "emergency_phone")
_OWN = frozenset({Kind.NAME, Kind.ID, Kind.TEXT, Kind.LONG_TEXT, Kind.PHONE, Kind.MONEY, Kind.YEAR})


class Mender:
    """Finds what reading changed in the rows of one file."""

    def __init__(self, layout: Layout, *, books: CodeBook, places: Places) -> None:
        self._books = books
        self._places = places
        placed = [
            (name, at) for at, name in enumerate(layout.fields) if name and name not in COMPARED
        ]
        self._own = [(name, at) for name, at in placed if BY_FIELD[name].kind in _OWN]
        self._dates = [(name, at) for name, at in placed if BY_FIELD[name].kind == Kind.DATE]
        taken = {name for name, _ in (*self._own, *self._dates)}
        taken.add(LINKS)  # shown with their full names
        self._words = {at: BY_FIELD[name] for name, at in placed if name not in taken}
        self._has_code = "branch_code" in layout.fields
        self._spilled = [name for name in _PHONES if name not in layout.fields]
        # A row with nothing changed is told by one comparison of tuples.
        self._own_cells = _picker([at for _, at in self._own])
        self._own_names = [name for name, _ in self._own]
        self._blanks = [""] * len(self._own)
        self._word_cells = _picker(list(self._words))
        self._met: dict[int, set[Any]] = {}
        self._forget()

    def _forget(self) -> None:
        self._met = {at: {""} for at in self._words}
        self._last_row = 0

    def new_words(self, rows: Sequence[tuple[int, Sequence[Any]]]) -> dict[int, list[int]]:
        """Return by row the columns whose words were not read before; ``of_words`` remembers them.

        ROWS are as wide as the heading. Column by column: nearly always there is nothing new. Where
        rows come before those of last time, their words stand earlier than they were met.
        """
        if rows and rows[0][0] < self._last_row:
            self._forget()
        self._last_row = rows[-1][0] if rows else self._last_row
        found = defaultdict(list)
        columns = zip(*[self._word_cells(cells) for _, cells in rows], strict=True)
        for (at, met), words in zip(self._met.items(), columns, strict=False):
            new = set(words) - met
            for (row, _), word in zip(rows, words, strict=True) if new else ():
                if word in new:
                    new.discard(word)
                    found[row].append(at)
        return found

    def of(
        self,
        cells: Sequence[Any],
        *,
        given: Mapping[str, Any],
        values: Mapping[str, Any],
        problems: Sequence[Problem],
        has_plain_days: bool = False,
    ) -> Sequence[Mended]:
        """Return what was changed in one row: GIVEN is what was read of it, VALUES what it became.

        Words apart, see ``of_words``. HAS_PLAIN_DAYS: it is known that all dates are ``is_plain_day``.
        """
        if has_plain_days and self._own_cells(cells) == tuple(
            map(given.get, self._own_names, self._blanks)
        ):
            return ()
        own = [(name, at) for name, at in self._own if given.get(name, "") != cells[at]]
        days = [(name, at) for name, at in self._dates if not is_plain_day(cells[at])]
        spilled = [name for name in self._spilled if name in given]
        found = [(name, cells[at], _plainly(given.get(name))) for name, at in own]
        found += [(name, cells[at], _day(values, name)) for name, at in days]
        found += [(name, "", given[name]) for name in spilled]
        return _changed(found, given, problems)

    def of_words(
        self,
        words: Iterable[int],
        cells: Sequence[Any],
        *,
        given: Mapping[str, Any],
        problems: Sequence[Problem],
    ) -> Sequence[Mended]:
        """Return what was changed in the columns WORDS of one row, as ``of``.

        A word that this row leaves unread, as a group of another branch, may be read in a later one.
        """
        found: list[_Found] = []
        unread = _unread(given, problems)
        for at in words:
            column, cell = self._words[at], cells[at]
            name = column.field
            value = given.get("branch" if column.kind == Kind.BRANCH_CODE else name)
            is_lost = value is None and column.kind in PLACES and cell_rules.plain(cell)
            if is_lost or name in unread:
                continue
            self._met[at].add(cell)
            if name == "id_type" and value is None:
                value = CARD  # which is not stored
            word = "" if value is None else self._word(column, value)
            # A code typed as such is no change, although the register shows its name.
            found.append((name, cell, _text(cell) if value == _text(cell) else word))
        return _changed(found, given, problems)

    def _word(self, column: Column, value: Any) -> str:
        """Return in words what VALUE of a column with few meanings stands for."""
        match column.kind:
            case Kind.YES_NO:
                return "是" if value else "否"
            case Kind.CODES:
                return unpack(self._books, column.codes, value)
            case Kind.CODE if column.codes == "party_status":
                return PartyStatus(value).label
            case Kind.CODE:
                return self._books.name(column.codes, value)
            case Kind.BRANCH_CODE:
                return self._places.codes[value]
            case Kind.BRANCH if self._has_code:
                return self._places.names[value]
            case Kind.BRANCH:
                return f"{self._places.codes[value]} {self._places.names[value]}"
            case Kind.GROUP:
                return self._places.names[value]
            case _:
                return self._places.area_names[value]


def _changed(
    found: Iterable[_Found], given: Mapping[str, Any], problems: Iterable[Problem]
) -> Sequence[Mended]:
    """Return those of FOUND that were read, and not as they stand."""
    unread = _unread(given, problems)
    return [
        (name, _text(before), after)
        for name, before, after in found
        if name not in unread and not _is_alike(_text(before), after)
    ]


def _unread(given: Mapping[str, Any], problems: Iterable[Problem]) -> set[str]:
    return {fault.field for fault in problems if fault.field not in given}


def _picker(places: Sequence[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Return what gives the cells at PLACES as a tuple, as quickly as Python can."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda cells: tuple(cells[place] for place in places)


def is_plain_day(cell: Any) -> bool:
    """Return whether a cell is empty or a day as the register writes it: nothing is changed."""
    if isinstance(cell, str):
        return not cell or _ISO(cell) is not None
    return isinstance(cell, dt.date) and not isinstance(cell, dt.datetime)


def _day(values: Mapping[str, Any], name: str) -> str:
    """Return a day as it is taken: 1952年3月8日, or 1952年3月 where only the month is known."""
    day = values.get(name)
    if not day:
        return ""
    return dates.words(day, month_only=name in (values.get("month_only") or "").split(","))


def _plainly(value: Any) -> str:
    return "" if value is None else str(value)


def _text(cell: Any) -> str:
    """Return CELL as the sheet shows it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _is_alike(before: str, after: str) -> bool:
    """Whether both say the same; 1234 and 1234.00 are one amount."""
    if before == after:
        return True
    if not after.endswith("0") or not before.isascii():
        return False
    try:
        return "." in after and Decimal(before) == Decimal(after)
    except InvalidOperation:
        return False
