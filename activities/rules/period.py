"""Months: the period of a theme day, its fixed day, the day after which it is locked."""

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from typing import NamedTuple

from core.holidays import is_public_holiday

# The century of the addresses; \d would also take the digits of other scripts.
FIRST_YEAR, LAST_YEAR = 2000, 2099
_PERIOD = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class Period(NamedTuple):
    """A month; as text ``YYYY-MM``, the form that ``Activity.period`` stores."""

    year: int
    month: int

    @classmethod
    def of(cls, day: dt.date) -> "Period":
        """Return the month that DAY lies in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read ``YYYY-MM``; ValueError for anything else."""
        match = _PERIOD.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    @property
    def first(self) -> dt.date:
        """The first day."""
        return dt.date(self.year, self.month, 1)

    @property
    def last(self) -> dt.date:
        """The last day."""
        return dt.date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def days(self) -> list[dt.date]:
        """All its days."""
        return [self.first.replace(day=day) for day in range(1, self.last.day + 1)]

    @property
    def next(self) -> "Period":
        """The month after."""
        return Period.of(self.last + dt.timedelta(days=1))

    @property
    def previous(self) -> "Period":
        """The month before."""
        return Period.of(self.first - dt.timedelta(days=1))

    @property
    def words(self) -> str:
        """2026年11月."""
        return f"{self.year}年{self.month}月"

    @property
    def neighbours(self) -> "tuple[Period | None, Period | None]":
        """The months before and after, as far as there are pages for them."""
        first, last = Period(FIRST_YEAR, 1), Period(LAST_YEAR, 12)
        return self.previous if self > first else None, self.next if self < last else None


def year_neighbours(year: int) -> tuple[int | None, int | None]:
    """Return the years before and after YEAR, as far as there are pages for them."""
    return year - 1 if year > FIRST_YEAR else None, year + 1 if year < LAST_YEAR else None


def months_ahead(today: dt.date, most: int) -> list[Period]:
    """Return the months that can be announced, and for which leave can be asked: this and MOST more."""
    months = [Period.of(today)]
    for _ in range(most):
        months.append(months[-1].next)
    return months


def year_periods(year: int) -> list[Period]:
    """Return the twelve months of YEAR."""
    return [Period(year, month) for month in range(1, 13)]


def census_days(months: Iterable[Period], today: dt.date) -> tuple[dt.date, ...]:
    """Return the day of each of MONTHS on which it is looked who was due: its last, or TODAY before that."""
    return tuple(min(month.last, today) for month in months)


def fixed_date(period: Period, theme_day: int | None) -> dt.date | None:
    """Return the branch's fixed day in PERIOD, moved off public holidays (R-BR-18).

    It moves to the first ordinary day after the holiday, or before it where the month ends first.
    """
    if theme_day is None:
        return None
    fixed = period.first.replace(day=theme_day)
    after = [fixed + dt.timedelta(days=step) for step in range(31)]
    before = [fixed - dt.timedelta(days=step) for step in range(31)]
    for day in after + before:
        if Period.of(day) == period and not is_public_holiday(day):
            return day
    return fixed


def date_choices(
    period: Period, *, planned: dt.date | None, fixed: dt.date | None, today: dt.date
) -> list[dt.date]:
    """Return the days offered when a theme day is logged; the first one is ticked.

    The planned or the fixed day comes first. A day that has not come yet cannot be logged:
    then today is offered.
    """
    usual = planned or fixed
    choices = [usual] if usual and usual <= today and Period.of(usual) == period else []
    if not choices and Period.of(today) == period:
        choices.append(today)
    return choices


def last_day_to_edit(period: Period, extra_days: int = 0) -> dt.date:
    """Return the last day on which the branch may change its record of PERIOD."""
    return period.last + dt.timedelta(days=extra_days)


def is_open(period: Period, *, today: dt.date, extra_days: int = 0) -> bool:
    """Whether the branch may log or change PERIOD on TODAY (local date, Asia/Shanghai)."""
    return period.first <= today <= last_day_to_edit(period, extra_days)
