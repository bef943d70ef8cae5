"""What the rows of one file have in common: a number that came before, a telephone of many, words.

Rows are judged in several processes at once; these facts are gathered before, in the file's order.
"""

from collections.abc import Sequence
from typing import NamedTuple

from core.spreadsheets import Row
from members.roster.guesses import Alike, refuse_guesses
from members.roster.validation import Judge, Shared
from members.rules.problems import Problem, problem


class Chunk(NamedTuple):
    """Rows to be judged together, and what they share with rows before them."""

    rows: Sequence[Row]
    shared: Shared


class Company:
    """Remembers the numbers and telephones of one file."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._most = judge.parameters.phone_shared_max
        self._numbers: dict[str, int] = {}
        self._phones: dict[str, int] = {}
        self._sharing: dict[str, int] = {}
        self.alike = Alike()
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
        new_words: dict[int, Sequence[int]] = {}
        for row, cells in rows:
            number, phone, words = self._judge.identity(cells)
            if number in numbers:
                twice[row] = numbers[number]
            elif number:
                numbers[number] = row
                self.alike.meet(self._judge.name_in(cells), number)
            if phone and row not in twice:
                if phone in phones:
                    sharing[row] = self._doubt(phone, phones[phone])
                else:
                    phones[phone] = row
            if words:
                new_words[row] = words
        self.twice |= twice
        return Chunk(rows, Shared(twice, sharing, new_words))

    def _doubt(self, phone: str, first: int) -> Problem:
        """Return what a further row with PHONE is told; FIRST had it first (domain §3.3 item 11)."""
        self._sharing[phone] = number = self._sharing.get(phone, 1) + 1
        if number > self._most:
            return problem("PHONE_SHARED", "phone", most=self._most)
        return problem("PHONE_TWICE", "phone", first=first)

    def refuse_guesses(self, before: Alike, *, hours: int) -> None:
        """Raise Guessed where too many numbers are nearly one, with those of HOURS BEFORE."""
        refuse_guesses(self.alike, rows=self._numbers.values(), before=before, hours=hours)
