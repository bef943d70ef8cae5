"""Whole ID numbers must not be found out by trying: numbers that are nearly one are refused.

A masked number leaves few candidates, and a check tells which of them is registered somewhere. So
all numbers of a file are looked at, together with those of its importer's other files of late
(``members.roster.tried``). What a check told is in the trail as well (``members.roster.runs``).
People of one name are alike by chance as well, the more of them the longer the file: so the limits
grow with its rows. Whoever may see everybody finds nothing out: his files are not looked at.
"""

from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import islice
from zlib import crc32

from core.parameters import Parameters
from members.rules.id_number import WHOLE

OF_ONE_NAME = "roster.one_name_alike_max"
OF_ANY_NAME = "roster.any_name_alike_max"
ONE_MORE_PER = "roster.alike_one_more_rows"
_BORN_THERE = 14  # digits of an area and a birth date
_AREA = 6
_SHOWN_FIRST, _SHOWN_LAST = 3, 4  # of a masked number
_TRIED = 4  # characters at the end of another document's number: consecutive ones are alike
_OLD, _BORN_THERE_OF_OLD = 15, 12
_COUNTED_AT_ONCE = 250_000  # keys: what counting takes of memory
_MARKS = (1 << 24) - 1  # the part of a sum by which others are looked up


class Guessed(Exception):
    """Too many numbers differ in a few digits only; ROW is the first too many."""

    def __init__(self, row: int, most: int, *, of_one_name: bool, hours: int = 0) -> None:
        self.row = row
        whose = "姓名相同、" if of_one_name else ""
        others = f"连同您{hours}小时以内上传的其他名册，" if hours else ""
        self.message = (
            f"{others}超过{most}行的{whose}证件号码只有几位不同，像是下拉填充出来的，整份没有核对。"
            "请对照身份证逐个核对，改好再上传。"
        )
        super().__init__(self.message)


class Alike:
    """By what numbers are alike: of each, four bytes for itself and for each way of being nearly one.

    Sums stand for the digits (half a million numbers take ten megabytes); that four are the same by
    chance where the digits are not is out of the question. Whoever has the sums can try numbers
    against them: they are kept sealed.
    """

    def __init__(self) -> None:
        self.numbers = array("I")
        # With its check digit known, one number in eleven of those born there that day is left.
        self.named = array("I"), array("I")
        # Who knows the birth date from the register tries the areas.
        self.unnamed = array("I"), array("I")

    @property
    def columns(self) -> tuple["array[int]", ...]:
        """All the sums, one column a way."""
        return self.numbers, *self.ways

    @property
    def ways(self) -> tuple["array[int]", ...]:
        """The sums by which numbers are nearly one."""
        return *self.named, *self.unnamed

    def meet(self, name: str, number: str) -> None:
        """Take in a NUMBER that was not met before, and the NAME beside it (no blanks in it)."""
        whose = crc32(name.encode(errors="replace"))
        digits = number.encode()
        if len(number) != WHOLE:
            self._meet_other(digits, whose)
            return
        born_there, ends = digits[:_BORN_THERE], digits[_BORN_THERE:]
        self.numbers.append(crc32(digits))
        self.named[0].append(crc32(born_there, whose))
        self.named[1].append(crc32(ends, crc32(digits[:_SHOWN_FIRST], whose)))
        self.unnamed[0].append(crc32(digits[-1:], crc32(born_there)))
        self.unnamed[1].append(crc32(digits[_AREA:]))

    def _meet_other(self, digits: bytes, whose: int) -> None:
        """Take in the DIGITS of an old number or of another document, which have no check digit.

        Alike are those that differ at their end only, or where a mask hides them.
        """
        start = digits[: _BORN_THERE_OF_OLD if len(digits) == _OLD else -_TRIED]
        shown = crc32(digits[-_SHOWN_LAST:], crc32(digits[:_SHOWN_FIRST]))
        self.numbers.append(crc32(digits))
        self.named[0].append(crc32(start, whose))
        self.named[1].append(crc32(shown.to_bytes(4), whose))
        self.unnamed[0].append(crc32(start))
        self.unnamed[1].append(shown)

    def packed(self) -> bytes:
        """Return it as bytes."""
        return b"".join(column.tobytes() for column in self.columns)

    @classmethod
    def unpacked(cls, packed: bytes) -> "Alike":
        """Return what was ``packed``."""
        alike = cls()
        length = len(packed) // len(alike.columns)
        for place, column in enumerate(alike.columns):
            column.frombytes(packed[place * length : (place + 1) * length])
        return alike


class Beside:
    """What other files have that is nearly one of MET's numbers, each number once.

    Nothing else of them counts, so any number of long files takes little memory: a byte for each of
    some sums says which of ours are like it. By chance a few numbers more are kept; they do no harm.
    """

    def __init__(self, met: Alike) -> None:
        self.found = Alike()
        self._seen = set(met.numbers)
        self._near = near = bytearray(_MARKS + 1)
        for column in met.ways:
            for key in column:
                near[key & _MARKS] = 1

    def join(self, other: Alike) -> None:
        """Take in what OTHER has of it."""
        near, seen = self._near, self._seen
        sums = enumerate(zip(*other.columns, strict=True))
        fresh = [
            place
            for place, (number, one, two, three, four) in sums
            if (
                near[one & _MARKS]
                or near[two & _MARKS]
                or near[three & _MARKS]
                or near[four & _MARKS]
            )
            and number not in seen
        ]
        seen.update(map(other.numbers.__getitem__, fresh))
        for ours, theirs in zip(self.found.columns, other.columns, strict=True):
            ours.extend(map(theirs.__getitem__, fresh))


def refuse_guesses(met: Alike, *, rows: Iterable[int], before: Alike, hours: int) -> None:
    """Raise Guessed where too many of MET, which stand in ROWS, are nearly one, with those BEFORE.

    HOURS: how far back these go.
    """
    limits = Parameters(OF_ONE_NAME, OF_ANY_NAME, ONE_MORE_PER)
    by_chance = len(met.numbers) // limits.number(ONE_MORE_PER)
    for key, ours, earlier in (
        (OF_ONE_NAME, met.named, before.named),
        (OF_ANY_NAME, met.unnamed, before.unnamed),
    ):
        most = limits.number(key) + by_chance
        for own, others in zip(ours, earlier, strict=True):
            place, is_split = _first_too_many(own, others, most)
            if place is not None:
                row = next(islice(rows, place, None))
                said = hours if is_split else 0
                raise Guessed(row, most, of_one_name=key == OF_ONE_NAME, hours=said)


def _first_too_many(own: "array[int]", others: "array[int]", most: int) -> tuple[int | None, bool]:
    """Return the place in OWN of the first that is one too many, and whether OTHERS are like it."""
    crowded = more_than(most, (own, others)).intersection(own)
    counted = Counter(key for key in others if key in crowded)
    split = frozenset(counted)
    for place, key in enumerate(own) if crowded else ():
        if key in crowded:
            counted[key] += 1
            if counted[key] > most:
                return place, key in split
    return None, False


def more_than(most: int, columns: Collection["array[int]"]) -> set[int]:
    """Return the keys that stand more than MOST times in COLUMNS together."""
    parts = sum(map(len, columns)) // _COUNTED_AT_ONCE + 1
    crowded: set[int] = set()
    for part in range(parts):
        counted: Counter[int] = Counter()
        for column in columns:
            counted.update(column if parts == 1 else (key for key in column if key % parts == part))
        if counted and max(counted.values()) > most:
            crowded.update(key for key, number in counted.items() if number > most)
    return crowded
