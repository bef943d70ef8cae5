"""Whom the rows of a sheet mean: by ID number or member number, the name only to check."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone

from branches import tables
from branches.refusal import FileRefused, Problem
from branches.tables import Column, Line, Row
from core import text
from core.long_numbers import hide_long_numbers
from core.models import User
from members.models import Member
from members.roster.columns import BY_FIELD
from members.roster.guesses import Alike, Guessed, refuse_guesses
from members.roster.register import Digests
from members.rules import cells, id_number, names
from members.rules.problems import problem

ID, NUMBER, NAME = "证件号码", "党员编号", "姓名"
_ID = BY_FIELD["id_number"]
COLUMNS = (
    Column(ID, (_ID.heading, *(name for name in _ID.variants if name != ID))),
    Column(NUMBER, ("党员编码", "编号")),
    Column(NAME, ("党员姓名",), required=True),
)
_KEY = (ID, NUMBER)
MOST_ROWS = "sheet.rows"
GUESSED = "guessed"
_UNKNOWN = "unknown"
_EIGHT = re.compile(r"\d{1,8}", re.ASCII).fullmatch
_NOBODY = "没有找到这位同志。请核对证件号码或党员编号；还没有登记的，请先登记。"
_AT_ONCE = 5_000
_LONGEST = 20  # of a name that is shown as written


class Person(NamedTuple):
    """A member as a sheet needs him."""

    pk: int
    name: str
    branch: int | None
    is_deceased: bool


class _Wanted(NamedTuple):
    row: int
    digest: str
    number: int | None
    name: str


def lines_of(rows: Iterable[Row], columns: Sequence[Column]) -> list[Line]:
    """Return ROWS of a sheet about people below its headings, without the template's example."""
    return tables.lines_of(rows, columns, key=_KEY, what="人", name=NAME)


def names_in(lines: Iterable[Line]) -> dict[int, str]:
    """Return the names as they stand in LINES, by row; what looks like a number is hidden in them."""
    return {
        line.row: hide_long_numbers(names.read(line.cells[NAME]).text[:_LONGEST]) for line in lines
    }


def nobody_in(problems: Iterable[Problem]) -> int:
    """Return how many of PROBLEMS are that a row's number or member number is nobody's here."""
    return sum(each.code == _UNKNOWN and each.column in _KEY for each in problems)


class People:
    """Finds the people of a sheet among those whom USER may change; others do not exist (P14).

    ``found`` has them by row, ``faults`` what is wrong with the rest; one query for 5,000 rows.
    FileRefused: too many numbers are nearly one, as in a roster; nobody was looked for.
    """

    def __init__(self, lines: Sequence[Line], user: User) -> None:
        self.found: dict[int, Person] = {}
        self.faults: list[Problem] = []
        self._user = user
        self._today = timezone.localdate()
        self._digests = Digests()
        self._alike = Alike()
        self._numbers: dict[str, int] = {}
        wanted = [who for line in lines if (who := self._read(line))]
        self._refuse_guesses(lines)
        for start in range(0, len(wanted), _AT_ONCE):
            self._find(wanted[start : start + _AT_ONCE])

    def _read(self, line: Line) -> _Wanted | None:
        name = names.read(line.cells[NAME]).text
        digest, number = self._id_number(line, name), self._number(line)
        if not name:
            self._refuse(line.row, NAME, "blank", "没有写姓名，请补上。")
        if not digest and number is None:
            if not any(fault.row == line.row and fault.column in _KEY for fault in self.faults):
                self._refuse(line.row, ID, "blank", "没有写证件号码或党员编号，请补上一项。")
            return None
        return _Wanted(line.row, digest, number, name)

    def _refuse_guesses(self, lines: Iterable[Line]) -> None:
        try:
            refuse_guesses(self._alike, rows=self._numbers.values(), before=Alike(), hours=0)
        except Guessed as guessed:
            fault = Problem(guessed.row, ID, GUESSED, guessed.message)
            raise FileRefused([fault], names=names_in(lines)) from None

    def _id_number(self, line: Line, name: str) -> str:
        cell = line.cells.get(ID, "")
        if not cells.plain(cell):
            return ""
        read = id_number.read(cell, today=self._today)
        # Of a list the type is not asked: whose number it is stands in the register.
        fault = problem(read.code) if read.code and read.code != "ID_OTHER_DOCUMENT" else None
        if fault and fault.severity == "E":
            self._refuse(line.row, ID, fault.code, fault.message)
            return ""
        if self._numbers.setdefault(read.text, line.row) == line.row:
            self._alike.meet(name, read.text)
        return self._digests.id_number(read.text)

    def _number(self, line: Line) -> int | None:
        typed = text.squeeze(cells.plain(line.cells.get(NUMBER, "")))
        if not typed:
            return None
        if not _EIGHT(typed):
            message = "党员编号是8位数字，请核对。"
            self._refuse(line.row, NUMBER, "member_number", message)
            return None
        return int(typed)

    def _find(self, wanted: Sequence[_Wanted]) -> None:
        by_digest = {who.digest for who in wanted if who.digest}
        by_number = {who.number for who in wanted if not who.digest}
        rows = Member.objects.editable_by(self._user).order_by()
        rows = rows.filter(Q(id_number_index__in=by_digest) | Q(pk__in=by_number))
        people: dict[Any, Person] = {}
        fields = ("id_number_index", "pk", "name", "branch_id", "deceased_on")
        for digest, pk, name, branch, deceased_on in rows.values_list(*fields):
            people[digest] = people[pk] = Person(pk, name, branch, deceased_on is not None)
        for who in wanted:
            self._settle(who, people)

    def _settle(self, who: _Wanted, people: Mapping[Any, Person]) -> None:
        person = people.get(who.digest or who.number)
        if person is None or (who.number is not None and person.pk != who.number):
            self._refuse(who.row, ID if who.digest else NUMBER, _UNKNOWN, _NOBODY)
        elif who.name and person.name != who.name:
            message = "这个号码登记的姓名与表格里的不一样，请核对是不是同一位同志。"
            self._refuse(who.row, NAME, "name", message)
        elif person.is_deceased:
            message = "这位同志已登记为已故，请删去这一行。"
            self._refuse(who.row, NAME, "deceased", message)
        else:
            self.found[who.row] = person

    def _refuse(self, row: int, column: str, code: str, message: str) -> None:
        self.faults.append(Problem(row, column, code, message))


def twice(rows: Iterable[tuple[int, Any]], *, column: str, message: str) -> list[Problem]:
    """Return the faults of ROWS (number, what it is about) that say again what one above says.

    MESSAGE names the first by ``{first}``.
    """
    first: dict[Any, int] = {}
    return [
        Problem(row, column, "duplicate", message.format(first=first[about]))
        for row, about in rows
        if first.setdefault(about, row) != row
    ]
