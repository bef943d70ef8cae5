"""Telephone numbers: mobile, or landline with its area code (domain §3.1)."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from members.rules import cells
from members.rules.problems import Problem, problem

MOST = 3  # as many as the register has columns for: 联系电话, 固定电话, 紧急联系人电话
NAMED = 3  # of those who share one, in a sentence; 名册对账 lists them all
# The doubts that others have a telephone as well.
SHARED_CODES = frozenset({"PHONE_HELD", "PHONE_TWICE", "PHONE_SHARED"})
_SPLIT = re.compile(r"[;,、/|\n]|\s或\s|\s+(?=(?:1[3-9]\d{9}|0\d{2,3}-?\d{7,8})\b)")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d+")
_COUNTRY = re.compile(r"^(\+|00)86-?|^86(?=-?1[3-9][\d-]{9,}$)")
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))-?(\d{4,8})(?:-\d{1,5})?", re.ASCII)
_LOCAL = re.compile(r"[2-9]\d{6,7}", re.ASCII)


class ReadPhones(NamedTuple):
    """The numbers of one cell in stored form, with the code of what is wrong with them."""

    numbers: tuple[str, ...]
    code: str | None


def read(cell: object) -> ReadPhones:
    """Read one cell; several numbers may be divided by ; , 、 / or blanks."""
    if isinstance(cell, str) and _MOBILE.fullmatch(cell):
        return ReadPhones((cell,), None)
    if broken := cells.damage(cell):
        return ReadPhones((), broken)
    return _read_text(cells.plain(cell))


@lru_cache(maxsize=4096)
def _read_text(value: str) -> ReadPhones:
    if not value:
        return ReadPhones((), None)
    if _SCIENTIFIC.fullmatch(value):
        return ReadPhones((), "PHONE_SCIENTIFIC")
    numbers = tuple(filter(None, map(stored_form, _SPLIT.split(value))))
    if len(numbers) > MOST:
        return ReadPhones(numbers[:MOST], "PHONE_MANY")
    return ReadPhones(numbers, next(filter(None, map(fault, numbers)), None))


def stored_form(number: str) -> str:
    """Return NUMBER without country code, blanks and brackets; landlines as 025-88886666."""
    compact = re.sub(r"[\s()]", "", number)
    bare = _COUNTRY.sub("", compact)
    digits = bare.replace("-", "")
    if _MOBILE.fullmatch(digits):
        return digits
    if found := _LANDLINE.fullmatch(bare):
        return bare if "-" in bare else f"{found[1]}-{found[2]}"
    return bare


def fault(number: str) -> str | None:
    """Return the code of what is odd about NUMBER (stored form), or None."""
    if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number):
        return None
    return "PHONE_NO_AREA_CODE" if _LOCAL.fullmatch(number) else "PHONE_FORM"


def is_mobile(number: str) -> bool:
    """Whether NUMBER (stored form) is a mobile telephone."""
    return _MOBILE.fullmatch(number) is not None


def held_by(names: Sequence[str]) -> Problem:
    """Return the doubt that those with NAMES have the telephone as well (couples share: a warning)."""
    more = "等" if len(names) > NAMED else ""
    return problem("PHONE_HELD", "phone", who="、".join(names[:NAMED]) + more + "同志")
