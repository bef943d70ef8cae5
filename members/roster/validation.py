"""Judging one row by itself: cells to values, every finding at once (domain §3.3).

A ``Judge`` is made once for a file: what each column needs is looked up then, so that a row costs
only its cells. What it shares with other rows is ``company``'s business, whether the person is known
already ``matching``'s.
"""

import datetime as dt
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from core.codes import CodeBook
from core.dates import MONTH_UNCLEAR, YEAR_ONLY, ReadDate, dated
from core.spreadsheets import EXAMPLE
from members.roster.cells import Memo, Reader, reader_for, yes_or_no
from members.roster.claims import Claims
from members.roster.columns import BY_FIELD, COMPARED, CONSENTS, PLACES, Kind, Layout
from members.roster.findings import finding
from members.roster.formulas import is_somebody
from members.roster.lookups import Home, Places
from members.roster.mending import Mended, Mender, is_plain_day
from members.roster.notes import is_heading, is_note
from members.roster.octobers import CODE as _JANUARY
from members.roster.words import Word
from members.rules import cells as cell_rules
from members.rules import dates, derived, id_number, names, phones
from members.rules.checks import check_member
from members.rules.parameters import CheckParameters
from members.rules.problems import Problem, problem

PHONES = ("phone", "phone2", "emergency_phone")  # the first two are his own
_APART = PLACES | {Kind.ID, Kind.DATE, Kind.PHONE, Kind.LINKS, Kind.COMPARED}
_ID_LENGTH = 18
_EXAMPLES = frozenset({"", id_number.EXAMPLE})


class Shared(NamedTuple):
    """What some rows share with those before: their ID number, their telephone.

    ``number`` tells by row which row had it first, ``phone`` the doubt; ``unsaved`` are, by row, the
    columns with a formula whose result is not in the file.
    """

    number: Mapping[int, int] = MappingProxyType({})
    phone: Mapping[int, Problem] = MappingProxyType({})
    unsaved: Mapping[int, Sequence[int]] = MappingProxyType({})


NOTHING_SHARED = Shared()


@dataclass(slots=True)
class Judged:
    """A row with its values (stored forms by field, sealed fields still plain) and findings.

    ``given`` are the fields that the file itself filled; the rest follows from them. ``mended``
    is what reading changed (``members.roster.mending``). ``links`` are the managing links to
    begin: branch and kind. ``hints`` are told beside the findings: nothing hangs on them.
    """

    row: int
    cells: Sequence[Any]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    given: Collection[str] = ()
    state: str = ""
    member_id: int | None = None
    version: int | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    mended: Sequence[Mended] = ()
    links: Sequence[tuple[int, str]] = ()
    hints: tuple[Problem, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether any finding forbids writing the row."""
        return bool(self.problems) and any(found.severity == "E" for found in self.problems)


class Judge:
    """Judges the rows of one file."""

    def __init__(
        self,
        layout: Layout,
        *,
        places: Places,
        books: CodeBook,
        parameters: CheckParameters,
        today: dt.date,
        home: Home | None = None,
        epoch_1904: bool = False,
        is_csv: bool = False,
        octobers: Container[int] = (),
    ) -> None:
        self.layout = layout
        self.places = places
        self.parameters = parameters
        self.today = today
        self._home = home
        self._width = layout.width
        self._is_csv, self._octobers = is_csv, octobers
        self._readers = _readers(layout, books)
        self._mender = Mender(layout, books=books, places=places)
        compared = not COMPARED.isdisjoint(layout.fields)
        self._claims = Claims(layout, today=today, parameters=parameters) if compared else None
        self._dates = _columns(layout, Kind.DATE)
        self.days = Memo(partial(_read_day, epoch_1904=epoch_1904))
        self._phone_columns = _columns(layout, Kind.PHONE)
        self._home_columns = [
            (layout.fields.index(name), find)
            for name, find in (("branch_code", places.branch_by_code), ("branch", places.branch))
            if name in layout.fields
        ]
        self._around = [
            (name, layout.fields.index(name), getattr(places, name))
            for name in ("group", "community", "grid")
            if name in layout.fields
        ]
        self._phone = layout.fields.index("phone") if "phone" in layout.fields else None
        self._id = layout.fields.index("id_number")
        self._name = layout.fields.index("name")

    def judge(
        self, number: int, cells: Sequence[Any], shared: Shared = NOTHING_SHARED
    ) -> Judged | None:
        """Judge row NUMBER; None for a row that holds nothing, or only a note under the table."""
        is_blank = not any(cells) or self._is_note(cells)
        if is_blank and not is_somebody(shared.unsaved.get(number, ()), self.layout):
            return None
        if odd := self._raggedness(cells):
            return Judged(number, cells, problems=[finding("ROW_RAGGED", "", odd=odd)])
        judged = Judged(number, self.padded(cells))
        has_plain_days = self._read(judged)
        self._check(judged, shared, has_plain_days=has_plain_days)
        return judged

    def _raggedness(self, cells: Sequence[Any]) -> str:
        """Say how the row differs from the heading in width (security §5a 73); "" if it does not.

        A workbook leaves empty ends out; in a CSV a row that is too short was cut or has shifted.
        """
        if len(cells) == self._width:  # as nearly every row
            return ""
        if any(cells[self._width :]):
            return "多出几格"
        return "少了几格" if self._is_csv and len(cells) < self._width else ""

    def padded(self, cells: Sequence[Any]) -> Sequence[Any]:
        """Return CELLS exactly as long as the heading."""
        missing = self._width - len(cells)
        if missing > 0:
            return [*cells, *[""] * missing]
        return cells[: self._width] if missing else cells

    def home_of(self, cells: Sequence[Any]) -> Home | None:
        """Return the branch that a row names without a fault, or the file's."""
        return self._read_home([], self.padded(cells))

    def identity(self, cells: Sequence[Any]) -> tuple[str, str] | None:
        """Return the number and telephone that ``judge`` will read, "" for none.

        None for what is no row, or has not the heading's width: nothing is asked of it.
        """
        number = plain_number(cells[self._id]) if self._id < len(cells) else ""
        is_row = not self._is_example(cells) if number else not self._is_note(cells)
        if not is_row or self._raggedness(cells):
            return None
        cells = self.padded(cells)
        values: dict[str, Any] = {}
        if not number:
            self._read_number(values, [], cells)
        phone = cells[self._phone] if self._phone is not None else ""
        if self._phone_columns and not (phone.__class__ is str and phones.is_mobile(phone)):
            self._read_phones(values, [], cells)
            phone = values.get("phone", "")
        return number or values.get("id_number", ""), phone

    def words_of(self, rows: Sequence["Judged"]) -> list[Word]:
        """Return what the words were read as that stand in ROWS, and in none before that came here."""
        read = [judged for judged in rows if judged.given]
        new = self._mender.new_words([(judged.row, judged.cells) for judged in read])
        return [
            Word(judged.row, mended, alone=not judged.mended)
            for judged in (read if new else ())
            if judged.row in new
            for mended in self._mender.of_words(
                new[judged.row],
                judged.cells,
                given={name: judged.values[name] for name in judged.given},
                problems=judged.problems,
            )
        ]

    def name_in(self, cells: Sequence[Any]) -> str:
        """Return the name as it stands in a row, without blanks."""
        return "".join(str(cells[self._name]).split()) if self._name < len(cells) else ""

    def _is_note(self, cells: Sequence[Any]) -> bool:
        """Whether the row has neither a number nor more than a note in front (合计, 填表人).

        Or is the template's example.
        """
        if self._is_example(cells):
            return True
        if self._id < len(cells) and (number := cell_rules.plain(cells[self._id])):
            return is_heading(self.layout, number=number, name=self.name_in(cells))
        written = [text for text in map(cell_rules.plain, cells) if text]
        return is_note(written, name=names.read(self.name_in(cells)).text)

    def _is_example(self, cells: Sequence[Any]) -> bool:
        """Whether the row is the template's: by its name, and by no number but the template's own."""
        name = cells[self._name] if self._name < len(cells) else ""
        if name.__class__ is not str or not name.startswith(EXAMPLE):
            return False
        return plain_number(cells[self._id] if self._id < len(cells) else "") in _EXAMPLES

    def _read(self, judged: Judged) -> bool:
        """Read the cells; return what ``_read_dates`` does."""
        values, problems, cells = judged.values, judged.problems, judged.cells
        for name, index, read in self._readers:
            value = read(cells[index])
            if value.__class__ is Problem:
                problems.append(value)
            elif value or value is False:
                values[name] = value
        has_plain_days = self._read_dates(values, problems, judged)
        self._read_number(values, problems, cells)
        if self._phone_columns:
            self._read_phones(values, problems, cells)
        self._read_places(values, problems, cells)
        return has_plain_days

    def _read_dates(self, values: dict[str, Any], problems: list[Problem], judged: Judged) -> bool:
        """Read the date columns; return whether each cell is a day as the register writes it."""
        rough, month_only, days, cells = [], [], self.days, judged.cells
        for name, index in self._dates:
            day = days[cells[index]]
            if day.__class__ is dt.date:
                values[name] = day
            elif day is not None:
                rough.append((name, cells[index], day))
        for name, cell, (day, is_month, code) in rough:
            if code == MONTH_UNCLEAR:
                day, is_month, code = self._read_first_month(judged.row, name, cell, problems)
            if code:
                problems += _unread(name, cell, code)
            elif day:
                values[name] = day
                if is_month and name not in CONSENTS:
                    month_only.append(name)
        if month_only:
            values["month_only"] = ",".join(month_only)
        return not rough

    def _read_first_month(
        self, row: int, name: str, cell: Any, problems: list[Problem]
    ) -> ReadDate:
        """Read 1998.1 as January, and ask: a spreadsheet program may have made it of 1998.10."""
        year = int(cell_rules.plain(cell)[:4])
        if row in self._octobers:  # as somebody answered
            return dated(year, 10, None)
        january = dated(year, 1, None)
        if not january.code:
            problems.append(finding(_JANUARY, name))
        return january

    def _read_number(
        self, values: dict[str, Any], problems: list[Problem], cells: Sequence[Any]
    ) -> None:
        kind = values.get("id_type", "")
        number = id_number.read(cells[self._id], today=self.today, kind=kind)
        if number.text:
            values["id_number"] = number.text
        elif number.code:
            problems.append(problem(number.code))

    def _read_phones(
        self, values: dict[str, Any], problems: list[Problem], cells: Sequence[Any]
    ) -> None:
        """Read the telephone columns; a cell's second number goes to the other of his own, a third nowhere."""
        left: list[str] = []
        for name, index in self._phone_columns:
            cell = cells[index]
            if cell.__class__ is str and phones.is_mobile(cell):
                values[name] = cell
                continue
            numbers, code = phones.read(cell)
            if (code and not numbers) or code == "PHONE_MANY":
                problems.append(problem(code, name))
            elif numbers:
                values[name] = numbers[0]
                left += numbers[1:]
        for name in PHONES[:2] if left else ():
            if left and name not in values:
                values[name] = left.pop(0)
        if left:
            problems.append(finding("PHONE_LEFT", "phone"))

    def _read_places(
        self, values: dict[str, Any], problems: list[Problem], cells: Sequence[Any]
    ) -> None:
        home = self._read_home(problems, cells)
        if home is None:
            return
        values["branch"], values["area_path"] = home
        for name, index, find in self._around:
            found = find(home, cells[index])
            if found.__class__ is Problem:
                problems.append(found)
            elif found:
                values[name] = found

    def _read_home(self, problems: list[Problem], cells: Sequence[Any]) -> Home | None:
        """Return the branch that the row names, by code, by name or both; else the file's."""
        home: Home | None = None
        for index, find in self._home_columns:
            found = find(cells[index])
            if found is None:
                continue
            if found.__class__ is Problem:
                problems.append(found)
                return None
            if home is not None and found is not home:
                problems.append(finding("BRANCH_TWO", "branch_code"))
                return None
            home = found
        if home is None and self._home is None:
            problems.append(finding("BRANCH_EMPTY", "branch"))
        return home or self._home

    def _check(self, judged: Judged, shared: Shared, *, has_plain_days: bool) -> None:
        values, problems = judged.values, judged.problems
        found = check_member(values, today=self.today, parameters=self.parameters)
        if found:
            failed = {problem.field for problem in problems if problem.code != _JANUARY}
            problems += [p for p in found if p.field not in failed]
        for column in shared.unsaved.get(judged.row, ()):
            problems.append(finding("FORMULA_UNSAVED", self.layout.fields[column]))
        if first := shared.number.get(judged.row):
            problems.append(problem("ID_TWICE", first=first))
        if doubt := shared.phone.get(judged.row):
            problems.append(doubt)
        if self._claims is not None:
            problems += self._claims.faults(judged.cells, values)
        judged.given = values
        # Also of a refused row, as far as it can be read: the paper form counts everybody.
        judged.values = derived.complete(values, today=self.today)
        judged.mended = self._mender.of(
            judged.cells,
            given=values,
            values=judged.values,
            problems=problems,
            has_plain_days=has_plain_days,
        )


def _read_day(cell: Any, *, epoch_1904: bool) -> dt.date | ReadDate | None:
    """Return the day of a cell that is as the register writes it, None of an empty one, else how it reads."""
    if cell.__class__ is str and (day := dates.iso_day(cell)):
        return day
    found = dates.read(cell, epoch_1904=epoch_1904)
    return found.value if is_plain_day(cell) and not found.code else found


def _unread(name: str, cell: Any, code: str) -> list[Problem]:
    """Return what is told of a date that could not be read, for CODE."""
    if code == YEAR_ONLY:  # as old files have it: no reason to send a person back
        return [finding("DATE_YEAR_LEFT", name)]
    agreed = yes_or_no(cell_rules.plain(cell)) if name in CONSENTS else None
    if agreed is None:
        return [problem(code, name)]
    return [finding("CONSENT_UNDATED", name)] if agreed else []


def plain_number(cell: Any) -> str:
    """Return the number of CELL as the register has it, "" where it must be read with care."""
    sound = cell.__class__ is str and len(cell) == _ID_LENGTH and cell.isascii()
    return cell.upper() if sound and cell.isalnum() else ""


def _readers(layout: Layout, books: CodeBook) -> list[tuple[str, int, Reader]]:
    return [
        (name, index, reader_for(BY_FIELD[name], books))
        for index, name in enumerate(layout.fields)
        if name and BY_FIELD[name].kind not in _APART
    ]


def _columns(layout: Layout, kind: Kind) -> list[tuple[str, int]]:
    return [
        (name, index)
        for index, name in enumerate(layout.fields)
        if name and BY_FIELD[name].kind == kind
    ]
