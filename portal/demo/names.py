"""Invented names that sound like their decade, and never one of a known person (domain §5.6)."""

import random
import re
from itertools import accumulate

from members.enums import Gender
from portal.demo import wording

_SURNAME = re.compile(r"(\D+)(\d+)")


class Names:
    """Draws names by birth year and gender from weighted surnames and the characters of a decade."""

    def __init__(self, chance: random.Random) -> None:
        words = wording.read("names")
        pairs = [_SURNAME.fullmatch(word) for word in words["surnames"].split()]
        self._chance = chance
        self._surnames = [pair[1] for pair in pairs if pair]
        self._weights = list(accumulate(int(pair[2]) for pair in pairs if pair))
        self._decades = sorted(words["given"], key=lambda decade: -decade["born_from"])
        self._blocked = blocked()

    def draw(self, born: int, gender: str) -> str:
        """Return a name for somebody born in the year BORN; refused names are drawn again."""
        while True:
            surname = self._chance.choices(self._surnames, cum_weights=self._weights)[0]
            name = surname + self._given(born, gender)
            if name not in self._blocked:
                return name

    def _given(self, born: int, gender: str) -> str:
        decade = next(item for item in self._decades if item["born_from"] <= born)
        first, second = decade["male" if gender == Gender.MALE else "female"]
        last = self._chance.choice(second)
        if self._chance.random() * 100 < decade["single"]:
            return last
        before = self._chance.choice(first)
        return last if before == last else before + last


def blocked() -> frozenset[str]:
    """Return the names that nobody here may have: public figures, persons in the seed texts."""
    return frozenset(name for line in wording.read("names")["blocked"] for name in line.split())
