"""A sheet of a whole-batch transfer (整建制转接), laid over the register: who goes from where to where (SYS-15)."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.core.exceptions import ValidationError

from branches.refusal import Problem
from branches.tables import Column, Line, Row
from core import bulk
from core.dates import words
from core.models import User
from core.parameters import Parameters
from core.text import clean, squeeze
from members.enums import TransferState
from members.homes import Homes
from members.models import Transfer, TransferBatch
from members.rules import cells, dates
from members.rules.affiliation import check_move
from members.rules.problems import problem
from members.rules.transfer import Letter, check_letter, overdue_words
from members.sheets import people
from members.sheets.people import People, Person
from members.sheets.placed import PlacedSheet
from members.sheets.preview import SheetRow

FROM, TO, ON = "转出党支部", "转入党支部", "转接日期"
LETTER, ISSUED, DAYS, DUES = "介绍信编号", "开具日期", "有效天数", "党费交至"
COLUMNS = (
    *people.COLUMNS,
    Column(FROM, ("转出支部", "原党支部"), required=True),
    Column(TO, ("转入支部", "现党支部", "接收党支部"), required=True),
    Column(ON, ("转接时间", "移交日期"), required=True),
    Column(LETTER, ("介绍信号",)),
    Column(ISSUED, ("开具时间",)),
    Column(DAYS, ("有效期",)),
    Column(DUES, ("党费交纳至",)),
)
SHOWN = (FROM, TO, ON, "介绍信和有效期")
VALID_DAYS, VALID_MAX = "transfer.valid_days", "transfer.valid_max"
_TWICE = "同一位同志第{first}行已有，请删去一行。"
_DAYS = re.compile(r"\d{1,4}", re.ASCII).fullmatch
_BY_FIELD = {"on": ON, "document": LETTER, "to": TO}
_BY_LETTER = {"letter_no": LETTER, "issued_on": ISSUED, "valid_days": DAYS}


class NewTransfer(NamedTuple):
    """A transfer that the sheet begins."""

    row: int
    member: int
    from_branch: int
    to_branch: int
    moves_on: dt.date
    letter: Letter
    dues_paid_to: dt.date | None


class _Asked(NamedTuple):
    row: int
    person: Person
    from_branch: int | None
    to_branch: int | None
    moves_on: dt.date
    letter: Letter
    dues_paid_to: dt.date | None


class TransferSheet(PlacedSheet):
    """What the rows come to for USER: ``new`` transfers, how many are in BATCH already, ``problems``.

    ``notes`` name letters that are no longer good.
    LETTER is the letter of the rows that name none of their own. Who is in BATCH already, on the
    way or received, is unchanged. ``told`` says it row by row. HOLD: what it is to be written
    from stays so until the transaction ends.
    """

    def __init__(
        self,
        rows: Iterable[Row],
        user: User,
        *,
        letter: Letter,
        batch: TransferBatch | None,
        hold: bool,
    ) -> None:
        super().__init__(user)
        self.lines = people.lines_of(rows, COLUMNS)
        self.new: list[NewTransfer] = []
        self.notes: list[Problem] = []
        self._letter = letter
        self._batch = batch
        self._most = Parameters(VALID_MAX)
        self._most_by_area: dict[str, int] = {}
        found = People(self.lines, user)
        self.problems += found.faults
        asked = [one for line in self.lines if (one := self._read(line, found.found))]
        about = [(one.row, one.person.pk) for one in asked]
        self.problems += people.twice(about, column=people.ID, message=_TWICE)
        branches = {one.person.pk: one.person.branch for one in asked}
        if hold and not self.problems:
            named = [(one.row, one.to_branch, one.person.pk) for one in asked]
            branches = self._steady(named, TO)
        self._lay(asked, branches)

    def area_paths(self) -> list[str]:
        """Return the areas of every branch that the new transfers name."""
        named = {branch for one in self.new for branch in (one.from_branch, one.to_branch)}
        return [self.places.area_paths[branch] for branch in named]

    def _read(self, line: Line, found: dict[int, Person]) -> _Asked | None:
        """Read where from, where to and when, and check the letter; None without a person or a day."""
        source = self._place(line, FROM, is_home=False, may_be_gone=True)
        target = self._place(line, TO, is_home=True)
        moves_on = self._day(line, ON)
        if not cells.plain(line.cells[ON]):
            self._refuse(line.row, ON, "blank", "没有写转接日期，请补上。")
        letter = self._letter_of(line)
        dues = self._day(line, DUES, may_be_month=True)
        try:
            check_letter(letter, today=self._today, most=self._most_days(source))
        except ValidationError as refused:
            self.problems += _by_column(refused, line.row, _BY_LETTER, "letter")
        person = found.get(line.row)
        if person is None or moves_on is None:
            return None
        return _Asked(line.row, person, source, target, moves_on, letter, dues)

    def _day(self, line: Line, column: str, *, may_be_month: bool = False) -> dt.date | None:
        cell = line.cells.get(column, "")
        read = dates.read(cell) if may_be_month else dates.read_day(cell)
        if read.code:
            self._refuse(line.row, column, "date", problem(read.code, "date").message)
        return read.value

    def _letter_of(self, line: Line) -> Letter:
        """Return the row's own letter, or the batch's where the row says nothing."""
        number = clean(cells.plain(line.cells.get(LETTER, ""))) or self._letter.number
        issued_on = self._day(line, ISSUED) or self._letter.issued_on
        typed = squeeze(cells.plain(line.cells.get(DAYS, ""))).removesuffix("天")
        if typed and not _DAYS(typed):
            self._refuse(line.row, DAYS, "days", "有效天数请写成数字，如30。")
            typed = ""
        return Letter(number, issued_on, int(typed) if typed else self._letter.valid_days)

    def _lay(self, asked: Sequence[_Asked], branches: dict[int, int | None]) -> None:
        """Lay the rows over the homes and over what is on the way."""
        members = [one.person.pk for one in asked]
        homes, known = Homes(members), _known(members, self._batch)
        for one in asked:
            if (one.person.pk, one.to_branch) in known.ours:
                self.unchanged += 1
                self._tell(one, "已在这一批里")
                continue
            faults = list(self._faults(one, branches.get(one.person.pk), homes))
            if one.person.pk in known.on_the_way:
                message = "这位同志已有一项在途的转接，请先办完那一项。"
                faults.append(Problem(one.row, people.NAME, "on_the_way", message))
            self.problems += faults
            if one.from_branch is not None and one.to_branch is not None:
                ends, rest = (one.from_branch, one.to_branch), (one.letter, one.dues_paid_to)
                self._tell(one, "列为在途")
                self._doubt(one)
                self.new.append(NewTransfer(one.row, one.person.pk, *ends, one.moves_on, *rest))

    def _doubt(self, one: _Asked) -> None:
        """Note a letter that is no longer good: the row may be right, of somebody who came in time."""
        if late := overdue_words(one.letter.due_on, self._today):
            message = f"介绍信{late}。请补开或延期；有效期内已经到了的，接收时填那天的日期。"
            self.notes.append(Problem(one.row, DAYS, "overdue", message))

    def _tell(self, one: _Asked, what: str) -> None:
        ends = [self.places.names.get(key or 0, "—") for key in (one.from_branch, one.to_branch)]
        letter = f"{one.letter.number}，到{words(one.letter.due_on)}"
        cells = (*ends, words(one.moves_on), letter)
        self.told.append(SheetRow(one.row, one.person.pk, what, cells))

    def _faults(self, one: _Asked, branch: int | None, homes: Homes) -> Iterator[Problem]:
        home = homes.of(one.person.pk)
        if one.from_branch is not None and branch != one.from_branch:
            message = "这位同志现在不隶属这个转出党支部，请核对。"
            yield Problem(one.row, FROM, "elsewhere", message)
        try:
            check_move(
                on=one.moves_on,
                today=self._today,
                document=one.letter.number,
                home_since=home.since,
                left_on=home.left_on,
                is_same=one.to_branch is not None and branch == one.to_branch,
            )
        except ValidationError as refused:
            yield from _by_column(refused, one.row, _BY_FIELD, "move")

    def _most_days(self, branch: int | None) -> int:
        code = self.places.area_codes[branch] if branch is not None else ""
        if code not in self._most_by_area:
            self._most_by_area[code] = self._most.number(VALID_MAX, area_code=code)
        return self._most_by_area[code]


class _Known(NamedTuple):
    ours: set[tuple[int, int]]
    on_the_way: set[int]


def _known(members: Sequence[int], batch: TransferBatch | None) -> _Known:
    """Return who is in BATCH already (member, to) and who is on the way in another; one query for 5,000."""
    ours, on_the_way = set(), set()
    listed = Transfer.objects.listed().order_by()
    facts = listed.values_list("member_id", "to_branch_id", "batch_id", "state")
    for keys in bulk.parts(members):
        for member, to, key, state in facts.filter(member__in=keys):
            if batch is not None and key == batch.pk:
                ours.add((member, to))
            if state == TransferState.IN_TRANSIT:
                on_the_way.add(member)
    return _Known(ours, on_the_way)


def _by_column(
    refused: ValidationError, row: int, columns: dict[str, str], code: str
) -> Iterator[Problem]:
    """Yield the sentences of REFUSED under the columns that their fields come from."""
    for field, sentences in refused.message_dict.items():
        for sentence in sentences:
            yield Problem(row, columns.get(field, ""), code, sentence)
