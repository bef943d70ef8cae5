"""What somebody means who looks for a member: a number, letters, or a name."""

import re
from enum import StrEnum
from typing import NamedTuple

from core import text
from members.rules import names

NEVER_TOO_MANY = 20  # whole numbers an hour: the least that may be allowed
_NUMBER = re.compile(r"\+?\d{7,18}X?|[A-Z]{1,2}\d{6,10}", re.ASCII)  # of another document, too
_LETTERS = re.compile(r"[a-z]+", re.ASCII)
_MEMBER_NUMBER = re.compile(r"\d{8}", re.ASCII)


class Means(StrEnum):
    """The ways to look for a member."""

    NUMBER = "number"
    LETTERS = "letters"
    NAME = "name"
    NOTHING = "nothing"


class Wanted(NamedTuple):
    """What is looked for, in the form in which it is compared."""

    means: Means
    text: str

    @property
    def member_number(self) -> int | None:
        """The member's number, where eight digits were typed."""
        return int(self.text) if _MEMBER_NUMBER.fullmatch(self.text) else None


def member_number(key: int) -> str:
    """Return the number that the member with KEY goes by: eight digits."""
    return f"{key:08d}"


def read(typed: str) -> Wanted:
    """Read a search: whole ID number, telephone or member number; pinyin or initials; name.

    Part of a number finds nothing: sealed columns are compared whole.
    """
    compact = text.squeeze(typed)
    number = re.sub(r"[-()]", "", compact).upper()
    if _NUMBER.fullmatch(number):
        return Wanted(Means.NUMBER, number)
    letters = re.sub(r"['·.]", "", compact).lower()
    if _LETTERS.fullmatch(letters):
        return Wanted(Means.LETTERS, letters)
    name = names.read(typed).text
    if not name or not re.search(r"[^\W\d_]", name):
        return Wanted(Means.NOTHING, "")
    return Wanted(Means.NAME, name)
