"""Whole ID numbers must not be found out by trying: a file full of numbers that are nearly one is refused.

A masked number leaves few candidates, and a check tells which of them is registered somewhere. What a
check told is in the trail as well (``members.roster.runs``).
"""

from collections import Counter

from core.parameters import Parameters

OF_ONE_NAME = "roster.one_name_alike_max"
OF_ANY_NAME = "roster.any_name_alike_max"
_SAME_BIRTH = 14  # digits of an area and a birth date
_BIRTH = slice(6, 14)
_SHOWN_FIRST, _SHOWN_LAST = 3, 4  # of a masked number
# Larger files are an office's, where thousands share a birth date; of them the trail has to tell.
_LOOKED_AT = 20_000


class Guessed(Exception):
    """Too many numbers of the file differ in a few digits only; ROW is the first too many."""

    def __init__(self, row: int, most: int, *, of_one_name: bool) -> None:
        self.row = row
        whose = "姓名相同、" if of_one_name else ""
        self.message = (
            f"超过{most}行的{whose}证件号码只有几位不同，像是下拉填充出来的，整份没有核对。"
            "请对照身份证逐个核对，改好再上传。"
        )
        super().__init__(self.message)


class Guesses:
    """Counts the numbers of one file that are nearly the same."""

    def __init__(self) -> None:
        limits = Parameters(OF_ONE_NAME, OF_ANY_NAME)
        self._most = limits.number(OF_ONE_NAME), limits.number(OF_ANY_NAME)
        self._left = _LOOKED_AT
        self._met: Counter[tuple[str, ...]] = Counter()

    def meet(self, row: int, name: str, number: str) -> None:
        """Count a NUMBER that was not in the file before; Guessed when it is one too many."""
        if not self._left:
            return
        self._left -= 1
        birth = number[:_SAME_BIRTH]
        # With its check digit known, one number in eleven of those born there that day is left.
        same, ends, whose = number[_BIRTH], number[-_SHOWN_LAST:], "".join(name.split())
        named = ("birth", birth, whose), ("mask", number[:_SHOWN_FIRST], ends, whose)
        # Who knows the birth date from the register tries the areas.
        unnamed = ("check", birth, number[-1]), ("area", same, ends)
        for keys, most, of_one_name in zip(
            (named, unnamed), self._most, (True, False), strict=True
        ):
            self._met.update(keys)
            if any(self._met[key] > most for key in keys):
                raise Guessed(row, most, of_one_name=of_one_name)
