"""Dates as people write them, read in one way everywhere (domain §3.3 17, security §5a 43-52)."""

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

FIRST_YEAR, LAST_YEAR = 1900, 2100
_REPUBLIC = 1911  # 民国元年 is 1912

_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?$")
_PARTS = re.compile(
    r"(?P<era>民国)?\s*(?P<year>\d{1,4})\s*[-/.年]\s*(?P<month>\d{1,2})"
    r"(?:\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?|月)?",
    re.ASCII,
)
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_YEAR_MONTH = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])", re.ASCII)
_LUNAR = re.compile("[农阴旧]历|闰|[正冬腊]月|初[一二三四五六七八九十]|廿")
_YEAR = re.compile(r"((?:19|20)\d{2})年?", re.ASCII)
_SHORT = re.compile(r"\d{6}", re.ASCII)
# Five digits are a spreadsheet's day number, from 1900 or (old Macs) from 1904. Fewer digits would
# be a day before 1927 that nobody can tell from a year or a mistake: refused.
_SERIAL = re.compile(r"\d{5}", re.ASCII)
_FIRST_SERIAL = 10_000
_EPOCH, _EPOCH_1904 = dt.date(1899, 12, 30), dt.date(1904, 1, 1)

YEAR_ONLY = "DATE_YEAR_ONLY"
MONTH_UNCLEAR = "DATE_MONTH_UNCLEAR"
SENTENCES = {
    "DATE_UNREADABLE": "日期看不懂。请写成 1952年3月8日 的样子，只知年月就写 1952年3月。",
    "DATE_DAY_MISSING": "请写到哪一天，如 2026年3月1日。",
    "DATE_SHORT_YEAR": "年份只有两位，分不清哪个世纪。请写四位年份，如 1952年3月8日。",
    "DATE_LUNAR": "写的是农历。请换成公历（阳历）的日子，如 1952年3月8日。",
    YEAR_ONLY: "只有年份。请补上月份，如 1952年3月。",
    MONTH_UNCLEAR: "分不清是1月还是10月（表格软件会把 .10 变成 .1）。请写成 1952年1月 或 1952年10月 的样子。",
    "DATE_IMPOSSIBLE": "日历上没有这一天。请核对月份和日子。",
    "DATE_RANGE": "日期应在1900年到2100年之间。请核对年份。",
}


class ReadDate(NamedTuple):
    """A date; MONTH_ONLY means the day is unknown and stored as the first. ``code``: refused."""

    value: dt.date | None
    month_only: bool = False
    code: str | None = None


NOTHING = ReadDate(None)


@lru_cache(maxsize=65536)
def read_text(value: str, *, epoch_1904: bool = False) -> ReadDate:
    """Read a cleaned text as a date; blank is no date and no fault.

    Forms: 1952-3-8, 1952/3/8, 1952.3.8, 1952年3月8日, 19520308, 民国41年3月8日, spreadsheet day
    numbers; 1952-03, 1952.03, 1952年3月, 195203, 19520300 with month precision.
    """
    if not value:
        return NOTHING
    value = _TIME.sub("", value)
    if found := _PARTS.fullmatch(value):
        return _from_parts(found)
    if found := _EIGHT.fullmatch(value):
        year, month, day = map(int, found.groups())
        return dated(year, month, day or None)
    if found := _YEAR_MONTH.fullmatch(value):
        return dated(int(found[1]), int(found[2]), None)
    if _SHORT.fullmatch(value):
        return ReadDate(None, code="DATE_SHORT_YEAR")
    if _YEAR.fullmatch(value):
        return ReadDate(None, code=YEAR_ONLY)
    if _SERIAL.fullmatch(value):
        return from_serial(int(value), epoch_1904)
    return ReadDate(None, code="DATE_LUNAR" if _LUNAR.search(value) else "DATE_UNREADABLE")


def read_year(value: str) -> int | None:
    """Return the year that a text gives alone, for what a year is enough to know."""
    found = _YEAR.fullmatch(value)
    return int(found[1]) if found else None


def _from_parts(found: re.Match[str]) -> ReadDate:
    year, month, day = found["year"], found["month"], found["day"]
    if found["era"]:
        return dated(int(year) + _REPUBLIC, int(month), int(day) if day else None)
    if len(year) < 4:
        return ReadDate(None, code="DATE_SHORT_YEAR")
    if day is None and month == "1" and "." in found[0]:
        return ReadDate(None, code=MONTH_UNCLEAR)
    return dated(int(year), int(month), int(day) if day else None)


def from_serial(serial: int, epoch_1904: bool) -> ReadDate:
    """Return the day that a spreadsheet numbers SERIAL."""
    if serial < _FIRST_SERIAL:
        return ReadDate(None, code="DATE_UNREADABLE")
    try:
        day = (_EPOCH_1904 if epoch_1904 else _EPOCH) + dt.timedelta(days=serial)
    except OverflowError:
        return ReadDate(None, code="DATE_RANGE")
    return ReadDate(day) if day.year <= LAST_YEAR else ReadDate(None, code="DATE_RANGE")


def dated(year: int, month: int, day: int | None) -> ReadDate:
    """Return the date of these parts; no DAY means that it is unknown."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return ReadDate(None, code="DATE_RANGE")
    if not month and not day:  # 19520000, as personnel files write what nobody knows any more
        return ReadDate(None, code=YEAR_ONLY)
    try:
        return ReadDate(dt.date(year, month, day or 1), month_only=day is None)
    except ValueError:
        return ReadDate(None, code="DATE_IMPOSSIBLE")


def words(day: dt.date, *, month_only: bool = False) -> str:
    """Return 1952年3月8日, or 1952年3月."""
    month = f"{day.year}年{day.month}月"
    return month if month_only else f"{month}{day.day}日"
