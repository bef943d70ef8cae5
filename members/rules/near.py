"""Which names of organisations are near to one that was not found: told by what sets them apart.

Nearly every name ends in 离退休干部党支部, and many begin with the district: compared whole, any two
of them look alike. So what they have in common is put aside first.
"""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

_MOST = 3
_HINTS = 300  # different names: nobody reads so many hints
_COMPARED = 200  # names that share the most characters; each comparison costs some 20 µs
_NEAR = 0.6
_CONTAINED = 0.9
_LONG_ENOUGH = 2
_BEGINNINGS = re.compile("^(?:中国共产党|中共)")
_ENDINGS = re.compile(
    "(?:党总支部?|总支部?|党支部|支部|委员会|党委|党小组|小组|联合|临时|流动|功能型?"
    "|离退休|离休|退休|(?<=.)老干部|干部|老党员|党员|的|[()（）])$"
)
_LEVELS = re.compile("街道(?:办事处)?|办事处|居民委员会|村民委员会|居委会|村委会|社区|第")


class NearNames:
    """Finds near names among NAMES; PLACES are the districts, which tell nobody apart."""

    def __init__(self, names: Iterable[str], *, places: Iterable[str]) -> None:
        self._places = sorted(filter(None, places), key=len, reverse=True)
        self._hints: dict[str, list[str]] = {}
        self._names: dict[str, list[str]] = defaultdict(list)
        self._with: dict[str, set[str]] = defaultdict(set)
        for name in names:
            self._names[self.core(name)].append(name)
        for core in self._names:
            for character in core:
                self._with[character].add(core)

    def to(self, typed: str) -> list[str]:
        """Return the few names nearest to TYPED, the nearest first; none where none is near."""
        core = self.core(typed)
        shared = Counter(each for character in {*core} for each in self._with.get(character, ()))
        alike = [(_likeness(core, each), each) for each, _ in shared.most_common(_COMPARED)]
        near = sorted((-likeness, each) for likeness, each in alike if likeness >= _NEAR)
        return [name for _, each in near for name in self._names[each]][:_MOST]

    def hints(self, typed: str) -> list[str]:
        """Return the same for a sentence; none any more when a whole column was not found."""
        if typed not in self._hints:
            if len(self._hints) >= _HINTS:
                return []
            self._hints[typed] = self.to(typed)
        return self._hints[typed]

    def core(self, name: str) -> str:
        """Return what sets NAME apart: 槐荫 of 青澜区槐荫社区离退休干部党支部; all of it where nothing does."""
        rest = _BEGINNINGS.sub("", name)
        for place in self._places:
            rest = rest.removeprefix(place)
        while (shorter := _ENDINGS.sub("", rest)) != rest:
            rest = shorter
        return _LEVELS.sub("", rest) or rest or name


def near_words(names: Iterable[str]) -> str:
    """Return 名称相近的有“…”、“…”。, or nothing."""
    listed = "、".join(f"“{name}”" for name in names)
    return f"名称相近的有{listed}。" if listed else ""


def _likeness(one: str, other: str) -> float:
    if min(len(one), len(other)) >= _LONG_ENOUGH and (one in other or other in one):
        return max(_CONTAINED, difflib.SequenceMatcher(None, one, other).ratio())
    return difflib.SequenceMatcher(None, one, other).ratio()
