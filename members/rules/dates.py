"""Dates as people write them (domain §3.3 17, security §5a 43-52)."""

import calendar
import datetime as dt
import math
import re
from functools import lru_cache
from typing import NamedTuple

from members.rules import cells

FIRST_YEAR, LAST_YEAR = 1900, 2100
_REPUBLIC = 1911  # 民国元年 is 1912

_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_PARTS = re.compile(
    r"(?P<era>民国)?\s*(?P<year>\d{1,4})\s*[-/.年]\s*(?P<month>\d{1,2})"
    r"(?:\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?|月)?",
    re.ASCII,
)
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])", re.ASCII)
_YEAR = re.compile(r"((?:19|20)\d{2})年?", re.ASCII)
_SHORT = re.compile(r"\d{6}", re.ASCII)
# Five digits are a spreadsheet's day number, from 1900 or (old Macs) from 1904. Fewer digits would
# be a day before 1927 that nobody can tell from a year or a mistake: refused.
_SERIAL = re.compile(r"\d{5}", re.ASCII)
_FIRST_SERIAL = 10_000
_EPOCH, _EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)


class ReadDate(NamedTuple):
    """A date; MONTH_ONLY means the day is unknown and stored as the first. ``code``: refused."""

    value: dt.date | None
    month_only: bool = False
    code: str | None = None


NOTHING = ReadDate(None)


def read(cell: object, *, epoch_1904: bool = False) -> ReadDate:
    """Read a cell or input as a date; blank is no date and no fault.

    Forms: 1952-3-8, 1952/3/8, 1952.3.8, 1952年3月8日, 19520308, 民国41年3月8日, spreadsheet day
    numbers; 1952-03, 1952.03, 1952年3月, 195203, 19520300 with month precision.
    """
    if isinstance(cell, str) and _ISO.fullmatch(cell):  # the short way of nearly every cell
        return _date(int(cell[:4]), int(cell[5:7]), int(cell[8:]))
    if isinstance(cell, dt.date):
        return _date(cell.year, cell.month, cell.day)
    if isinstance(cell, str) and "\0" in cell:
        return ReadDate(None, code="TEXT_NUL")
    if isinstance(cell, float) and not cell.is_integer() and math.isfinite(cell):
        return _read_fraction(cell, epoch_1904)
    return _read_text(cells.plain(cell), epoch_1904)


@lru_cache(maxsize=65536)
def _read_text(value: str, epoch_1904: bool) -> ReadDate:
    if not value:
        return NOTHING
    value = _TIME.sub("", value)
    if found := _PARTS.fullmatch(value):
        return _from_parts(found)
    if found := _EIGHT.fullmatch(value):
        year, month, day = map(int, found.groups())
        return _date(year, month, day or None)
    if found := _YEAR_MONTH.fullmatch(value):
        return _date(int(found[1]), int(found[2]), None)
    if _SHORT.fullmatch(value):
        return ReadDate(None, code="DATE_SHORT_YEAR")
    if _YEAR.fullmatch(value):
        return ReadDate(None, code="DATE_YEAR_ONLY")
    if _SERIAL.fullmatch(value):
        return _from_serial(int(value), epoch_1904)
    return ReadDate(None, code="DATE_UNREADABLE")


def _from_parts(found: re.Match[str]) -> ReadDate:
    year, month, day = found["year"], found["month"], found["day"]
    if found["era"]:
        return _date(int(year) + _REPUBLIC, int(month), int(day) if day else None)
    if len(year) < 4:
        return ReadDate(None, code="DATE_SHORT_YEAR")
    if day is None and month == "1" and "." in found[0]:
        return ReadDate(None, code="DATE_MONTH_UNCLEAR")
    return _date(int(year), int(month), int(day) if day else None)


def _read_fraction(cell: float, epoch_1904: bool) -> ReadDate:
    """Read 1952.03 kept as a number, or a day number with a time of day."""
    if not FIRST_YEAR <= cell <= LAST_YEAR:
        return _from_serial(int(cell), epoch_1904)
    year, _, month = f"{cell:.2f}".partition(".")
    if month == "10":  # .1 and .10 are one number
        return ReadDate(None, code="DATE_MONTH_UNCLEAR")
    return _date(int(year), int(month.rstrip("0") if month[1] == "0" else month), None)


def _from_serial(serial: int, epoch_1904: bool) -> ReadDate:
    if serial < _FIRST_SERIAL:
        return ReadDate(None, code="DATE_UNREADABLE")
    try:
        day = (_EPOCH_1904 if epoch_1904 else _EPOCH) + dt.timedelta(days=serial)
    except OverflowError:
        return ReadDate(None, code="DATE_RANGE")
    return ReadDate(day) if day.year <= LAST_YEAR else ReadDate(None, code="DATE_RANGE")


def _date(year: int, month: int, day: int | None) -> ReadDate:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ReadDate(None, code="DATE_RANGE")
    try:
        return ReadDate(dt.date(year, month, day or 1), month_only=day is None)
    except ValueError:
        return ReadDate(None, code="DATE_IMPOSSIBLE")


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month of DAY: the latest a month-only date can mean."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def years_between(start: dt.date, end: dt.date) -> int:
    """Return the full years (周岁) from START to END."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))


def words(day: dt.date, *, month_only: bool = False) -> str:
    """Return 1952年3月8日, or 1952年3月."""
    month = f"{day.year}年{day.month}月"
    return month if month_only else f"{month}{day.day}日"
