"""What the rows of one file have in common: a number that came before, a telephone of many.

Rows are judged in several processes at once; these facts are gathered before, in the file's order.
"""

from array import array
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from core.dates import ReadDate
from core.spreadsheets import Row
from members.roster.guesses import Alike, more_than, refuse_guesses
from members.roster.lookalikes import Numbered
from members.roster.validation import Judge, Shared
from members.rules.id_number import birth_month
from members.rules.problems import Problem, problem


class Chunk(NamedTuple):
    """Rows to be judged together, and what they share with rows before them."""

    rows: Sequence[Row]
    shared: Shared


class Company:
    """Remembers the numbers and telephones of one file."""

    def __init__(
        self,
        judge: Judge,
        *,
        unsaved: Mapping[int, Sequence[int]] = MappingProxyType({}),
        finds_nothing_out: bool = False,
    ) -> None:
        """UNSAVED: by row the columns with a formula whose result the file does not keep.

        FINDS_NOTHING_OUT: the importer may see everybody, so what is alike is not gathered.
        """
        self._judge = judge
        self._unsaved = unsaved
        self._most = judge.parameters.phone_shared_max
        fields = judge.layout.fields
        self._born = fields.index("birth_date") if "birth_date" in fields else None
        self._has_kinds = "id_type" in fields  # else everybody has a number, or is refused
        self._numbers: dict[str, int] = {}
        self._phones: dict[str, int] = {}
        self._sharing: dict[str, int] = {}
        self._likenesses = array("q")  # of each number: half a million take four megabytes
        self._numberless: dict[int, int] = {}  # by row what stands for the likeness
        self.alike = Alike()
        self._gathers_alike = not finds_nothing_out
        self.twice: dict[int, int] = {}  # by row the first row with the same number

    @property
    def distinct(self) -> int:
        """How many different ID numbers were read."""
        return len(self._numbers)

    def meet(self, rows: Sequence[Row]) -> Chunk:
        """Return ROWS with what they share; the first of two rows with one number is good (security §5a 17)."""
        numbers, phones = self._numbers, self._phones
        twice: dict[int, int] = {}
        sharing: dict[int, Problem] = {}
        for row, cells in rows:
            identity = self._judge.identity(cells)
            if identity is None:
                continue
            number, phone = identity
            if number in numbers:
                twice[row] = numbers[number]
            elif number:
                numbers[number] = row
                name = self._judge.name_in(cells)
                if self._gathers_alike:
                    self.alike.meet(name, number)
                self._likenesses.append(self._likeness(name, number, cells))
            elif self._has_kinds and (name := self._judge.name_in(cells)):
                self._numberless[row] = self._likeness(name, "", cells)
            if phone and row not in twice:
                if phone in phones:
                    sharing[row] = self._doubt(phone, phones[phone])
                else:
                    phones[phone] = row
        self.twice |= twice
        unsaved = {row: self._unsaved[row] for row, _ in rows if row in self._unsaved}
        return Chunk(rows, Shared(twice, sharing, unsaved))

    def _doubt(self, phone: str, first: int) -> Problem:
        """Return what a further row with PHONE is told; FIRST had it first (domain §3.3 item 11)."""
        self._sharing[phone] = number = self._sharing.get(phone, 1) + 1
        if number > self._most:
            return problem("PHONE_SHARED", "phone", most=self._most)
        return problem("PHONE_TWICE", "phone", first=first)

    def lookalikes(self) -> list[list[Numbered]]:
        """Return the rows, with their numbers, that have name, birth month and branch in common."""
        several = more_than(1, (self._likenesses, array("q", self._numberless.values())))
        groups: dict[int, list[Numbered]] = defaultdict(list)
        for (number, row), likeness in zip(
            self._numbers.items() if several else (), self._likenesses, strict=False
        ):
            if likeness in several:
                groups[likeness].append(Numbered(row, number))
        for row, likeness in self._numberless.items():
            if likeness in several:
                groups[likeness].append(Numbered(row, ""))
        return [sorted(group) for group in groups.values()]

    def _likeness(self, name: str, number: str, cells: Sequence[Any]) -> int:
        """Return what stands for name, birth month and branch; of no branch, for NUMBER."""
        home = self._judge.home_of(cells)
        if home is None:
            return hash(number)
        return hash((name, birth_month(number) or self._month_in(cells), home.id))

    def _month_in(self, cells: Sequence[Any]) -> str:
        """Return the birth month as the row says it: of another document's number nothing follows."""
        if self._born is None or self._born >= len(cells):
            return ""
        day = self._judge.days[cells[self._born]]
        born = day.value if isinstance(day, ReadDate) else day
        return f"{born:%Y%m}" if born else ""

    def refuse_guesses(self, before: Alike, *, hours: int) -> None:
        """Raise Guessed where too many numbers are nearly one, with those of HOURS BEFORE."""
        refuse_guesses(self.alike, rows=self._numbers.values(), before=before, hours=hours)
