"""Dates in the cells of rosters and in forms, and how far apart they are (domain §3.3)."""

import calendar
import datetime as dt
import math

from core.dates import (
    FIRST_YEAR,
    LAST_YEAR,
    MONTH_UNCLEAR,
    YEAR_ONLY,
    ReadDate,
    dated,
    from_serial,
    read_text,
)
from members.rules import cells

# What a date that may be rough is told, of no use to who must give the day.
_NO_DAY = ("DATE_UNREADABLE", MONTH_UNCLEAR, YEAR_ONLY)
_ISO_LENGTH = 10


def read(cell: object, *, epoch_1904: bool = False) -> ReadDate:
    """Read a cell or input as a date, as ``core.dates.read_text`` does; also dates and numbers."""
    if isinstance(cell, str) and (day := iso_day(cell)):  # the short way of nearly every cell
        return ReadDate(day)
    if isinstance(cell, dt.date):
        return dated(cell.year, cell.month, cell.day)
    if isinstance(cell, str) and "\0" in cell:
        return ReadDate(None, code="TEXT_NUL")
    if isinstance(cell, float) and not cell.is_integer() and math.isfinite(cell):
        return _read_fraction(cell, epoch_1904)
    return read_text(cells.plain(cell), epoch_1904=epoch_1904)


def iso_day(value: str) -> dt.date | None:
    """Return the day that VALUE names as 1952-03-08, which is how the register writes it; else None."""
    if len(value) != _ISO_LENGTH or value[4] != "-" or value[7] != "-":
        return None
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def read_day(cell: object) -> ReadDate:
    """Read a cell that must name a day: whatever comes short of one is asked for the day."""
    found = read(cell)
    if found.month_only or found.code in _NO_DAY:
        return ReadDate(None, code="DATE_DAY_MISSING")
    return found


def _read_fraction(cell: float, epoch_1904: bool) -> ReadDate:
    """Read 1952.03 kept as a number, or a day number with a time of day."""
    if not FIRST_YEAR <= cell <= LAST_YEAR:
        return from_serial(int(cell), epoch_1904)
    year, _, month = f"{cell:.2f}".partition(".")
    if month == "10":  # .1 and .10 are one number
        return ReadDate(None, code=MONTH_UNCLEAR)
    return dated(int(year), int(month.rstrip("0") if month[1] == "0" else month), None)


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month of DAY: the latest a month-only date can mean."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def years_between(start: dt.date, end: dt.date) -> int:
    """Return the full years (周岁) from START to END."""
    return end.year - start.year - ((end.month, end.day) < (start.month, start.day))
