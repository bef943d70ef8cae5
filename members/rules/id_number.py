"""Citizen identity numbers, GB 11643: form, check digit, birth date, gender (security §5a 1-20).

The check sum is taken in three memoised pieces (area 6, birth 8, order 3): there are few areas
and few birth dates in a roster, so a number costs about two microseconds.
"""

import datetime as dt
import re
from collections.abc import Container
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from core import long_numbers, text
from members.enums import Gender
from members.rules import cells

EXAMPLE = "990101195001010010"  # sound and nobody's, for templates
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_MALE, _FEMALE = Gender.MALE.value, Gender.FEMALE.value
_FIRST_YEAR = 1900
WHOLE = 18  # digits of a number of today
_CENTURY_OF_OLD = "19"  # a 15-digit number leaves it out
_DEMO_PROVINCE = "99"  # of no province: the demonstration's
_ROUNDED = "000"
_KEPT_WHOLE = 10**15  # a number cell keeps fifteen digits

_QUOTES = "'‘’\"“”`="
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d+")
_LETTERS = str.maketrans("OILQ", "0110")
_NUMBER = re.compile(r"\d{15}|\d{17}[\dX]", re.ASCII)
_OTHER_DOCUMENT = re.compile(r"[A-Z]{1,2}\d{6,10}(\(\d\))?|.*(护照|通行证|PASSPORT).*", re.ASCII)

# Codes of 证件类型 (security §5a 19, 20); the identity card's own is not stored.
CARD, NO_NUMBER = "1", "9"
_OTHER_KINDS = {
    "2": re.compile(long_numbers.PASSPORT, re.ASCII),
    "3": re.compile(long_numbers.HOME_RETURN_PERMIT, re.ASCII),
    "4": re.compile(long_numbers.TAIWAN_PERMIT, re.ASCII),
}
# As soldiers' papers have it with words; what stands in brackets is no number by itself.
_ANY_KIND = re.compile(
    r"(?=.{4,18}$)(?=[^(]*\d)[A-Z\d\u4e00-\u9fff/-]+(\([A-Z\d]{1,2}\))?", re.ASCII
)
# A card's number that has lost digits still has a birth date in its place; or a mobile telephone.
_CARD_OR_PHONE = re.compile(
    r"\d{6}(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII
)


class IdNumber(NamedTuple):
    """A number in its stored form with what it tells; ``code`` names what is wrong or to check."""

    text: str
    birth: dt.date | None = None
    gender: str = ""
    code: str | None = None

    @property
    def is_old(self) -> bool:
        """Whether it is a 15-digit number: kept as it is, never turned into an 18-digit one."""
        return self.code == "ID_OLD"


def read(cell: object, *, today: dt.date, kind: str = "") -> IdNumber:
    """Read CELL; whether there is such an area is not asked here (``is_assigned``).

    KIND, a code of 证件类型, is that of another document than the identity card, or NO_NUMBER.
    """
    if kind:
        return _read_other(cell, kind)
    if isinstance(cell, str) and cell.isascii() and cell.isalnum():
        number = cell.upper()
    elif isinstance(cell, float | int):
        return _read_numeric(cell, today)
    else:
        number = normalise(cell)
    if len(number) != WHOLE:
        return _read_odd(number, today)
    return _read_eighteen(number, today)


def _read_other(cell: object, kind: str) -> IdNumber:
    """Read the number of another document: kept as it is, and nothing follows from it."""
    if _is_damaged(cell):
        return IdNumber("", code="ID_NUMERIC_CELL")
    number = normalise(cell)
    if kind == NO_NUMBER:
        return IdNumber(number, code="ID_NOT_NONE" if number else None)
    if not number:
        return IdNumber("", code="ID_EMPTY")
    if isinstance(cell, dt.date):
        return IdNumber("", code="ID_DOCUMENT_FORM")
    return IdNumber(number, code=_fault_of_other(number, kind))


def _fault_of_other(number: str, kind: str) -> str | None:
    form = _OTHER_KINDS.get(kind)
    is_a_cards = _NUMBER.fullmatch(number)  # whose checks nobody gets round by another type
    if is_a_cards or not (form or _ANY_KIND).fullmatch(number):
        return "ID_SCIENTIFIC" if _SCIENTIFIC.fullmatch(number) else "ID_DOCUMENT_FORM"
    if form is None and _CARD_OR_PHONE.search(number.replace("-", "")):
        return "ID_OTHER_PERHAPS"
    return None


def is_assigned(number: str, *, areas: Container[str], demo: bool) -> bool:
    """Return whether digits 1-6 of NUMBER are among AREAS, of six digits (domain §3.3 item 2).

    DEMO allows the area block 99, which belongs to nobody.
    """
    return number[:6] in areas or (demo and number[:2] == _DEMO_PROVINCE)


def normalise(cell: object) -> str:
    """Return the stored form: NFKC, no blanks or quotes, capital X."""
    return text.id_number(cells.plain(cell)).strip(_QUOTES)


def birth_month(number: str) -> str:
    """Return year and month of birth as NUMBER (stored form) has them, 195001; "" of no card's."""
    if len(number) == WHOLE:
        return number[6:12]
    return _CENTURY_OF_OLD + number[6:10] if _NUMBER.fullmatch(number) else ""


def check_digit(first17: str) -> str:
    """Return the check character for seventeen digits."""
    return _CHECK[(_area(first17[:6]) + _birth(first17[6:14])[0] + _order(first17[14:17])) % 11]


@lru_cache(maxsize=16)  # reading, checking and deriving ask for one number in turn
def _read_eighteen(number: str, today: dt.date) -> IdNumber:
    try:
        digits, birth = _birth(number[6:14])
        total = _area(number[:6]) + digits + _order(number[14:17])
    except ValueError:
        return IdNumber(number, code=_shape_fault(number))
    if number[17] != _CHECK[total % 11]:
        return IdNumber(number, code=_check_fault(number))
    if birth is None:
        return IdNumber(number, code="ID_BIRTH_IMPOSSIBLE")
    if birth > today or birth.year < _FIRST_YEAR:
        return IdNumber(number, code="ID_BIRTH_RANGE")
    doubt = "ID_ROUNDED_PERHAPS" if number.endswith(_ROUNDED) else None
    return IdNumber(number, birth, _gender(number[16]), doubt)


def _read_odd(number: str, today: dt.date) -> IdNumber:
    """Read what has not 18 characters: nothing, an old number, or a mistake."""
    if not number:
        return IdNumber("", code="ID_EMPTY")
    if len(number) != 15 or not (number.isascii() and number.isdecimal()):
        return IdNumber(number, code=_shape_fault(number))
    _, birth = _birth(_CENTURY_OF_OLD + number[6:12])
    if birth is None or birth > today:
        return IdNumber(number, code="ID_BIRTH_IMPOSSIBLE")
    return IdNumber(number, birth, _gender(number[14]), "ID_OLD")


def _read_numeric(cell: float | int, today: dt.date) -> IdNumber:
    """Read a number cell: sixteen digits and more are already damaged, whatever the check says."""
    if _is_damaged(cell):
        return IdNumber("", code="ID_NUMERIC_CELL")
    return _read_odd(str(int(cell)), today)


def _is_damaged(cell: object) -> bool:
    """Whether CELL is a number that a spreadsheet program does not keep to the last digit."""
    if isinstance(cell, float):
        return not cell.is_integer() or abs(cell) >= _KEPT_WHOLE
    return isinstance(cell, int) and abs(cell) >= _KEPT_WHOLE


def _shape_fault(number: str) -> str:
    if _SCIENTIFIC.fullmatch(number):
        return "ID_SCIENTIFIC"
    if _NUMBER.fullmatch(number.translate(_LETTERS)):
        return "ID_LETTER"
    if _OTHER_DOCUMENT.fullmatch(number):
        return "ID_OTHER_DOCUMENT"
    if number.isascii() and number.rstrip("X").isdecimal():
        return "ID_LENGTH"
    return "ID_CHARACTERS"


def _check_fault(number: str) -> str:
    if number[17] not in _CHECK:
        return _shape_fault(number)
    return "ID_ROUNDED" if number.endswith(_ROUNDED) else "ID_CHECK_DIGIT"


def _gender(digit: str) -> str:
    return _MALE if int(digit) % 2 else _FEMALE


def _weigh(digits: str, start: int) -> int:
    if not (digits.isascii() and digits.isdecimal()):
        raise ValueError(digits)
    return sum(map(mul, map(int, digits), _WEIGHTS[start:]))


@lru_cache(maxsize=8192)
def _area(digits: str) -> int:
    return _weigh(digits, 0)


@lru_cache(maxsize=65536)
def _birth(digits: str) -> tuple[int, dt.date | None]:
    total = _weigh(digits, 6)
    try:
        return total, dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return total, None


@lru_cache(maxsize=1000)
def _order(digits: str) -> int:
    return _weigh(digits, 14)
