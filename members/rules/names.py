"""Names as on the identity card (domain §3.1)."""

import re
from typing import NamedTuple

from core.long_numbers import has_long_number
from members.rules import cells

SHORTEST, LONGEST = 2, 20  # the standard of the national form, and the column's width
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・.˙", "·"))
_BETWEEN_IDEOGRAPHS = re.compile(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])")
_ODD = re.compile(r"[^\w·\- ]|[\d_]")


class ReadName(NamedTuple):
    """A name in its stored form, with the code of what is wrong with it."""

    text: str
    code: str | None


def read(cell: object) -> ReadName:
    """Read a name: one form of dot, no blanks between characters (张　三 is 张三)."""
    if broken := cells.damage(cell):
        return ReadName("", broken)
    # A dot of the keyboard is no ideograph: the blanks beside it go once it is the dot of a name.
    name = _BETWEEN_IDEOGRAPHS.sub("", cells.plain(cell).translate(_DOTS))
    return ReadName(name, fault(name))


def fault(name: str) -> str | None:
    """Return the code of what is wrong with NAME, or None."""
    if not name:
        return "NAME_EMPTY"
    if not SHORTEST <= len(name) <= LONGEST:
        return "NAME_LENGTH"
    if not _ODD.search(name):
        return None
    return "NAME_NUMBER" if has_long_number(name) else "NAME_CHARACTERS"
