"""The twelve months of a branch's theme days (SYS-18)."""

import datetime as dt
from collections.abc import Container, Mapping
from dataclasses import dataclass

from activities.enums import MonthStatus
from activities.rules.period import Period, is_open, year_periods
from core.dates import words


class _EveryMonth:
    """Holds whatever it is asked for."""

    def __contains__(self, month: object) -> bool:
        return True


EVERY_MONTH: Container[Period] = _EveryMonth()


@dataclass(frozen=True)
class YearSummary:
    """How many of the months that count were held, and which are missing.

    ``open`` are those that can still be logged; ``is_ahead``: some are still to come;
    ``leaves_out``: some do not count (不计).
    """

    held: int
    due: int
    missed: tuple[int, ...]
    open: tuple[int, ...]
    is_ahead: bool
    leaves_out: bool

    @property
    def score(self) -> str:
        """10/11."""
        return f"{self.held}/{self.due}"

    @property
    def missing_words(self) -> str:
        """缺：3月、7月; empty when nothing is missing."""
        return "缺：" + "、".join(f"{month}月" for month in self.missed) if self.missed else ""

    @property
    def waiting_words(self) -> str:
        """What is said where none of the months that count is over yet."""
        if self.open:
            return f"从{self.open[0]}月算起，{self.open[0]}月还没有登记"
        return "还没有到该开的月份" if self.is_ahead else "这一年的月份都不计"


def existed_in(period: Period, *, founded_on: dt.date | None, dissolved_on: dt.date | None) -> bool:
    """Whether a branch owes PERIOD: founded by its end, not dissolved by then."""
    may_have = may_have_held(period, founded_on=founded_on, dissolved_on=dissolved_on)
    return may_have and (dissolved_on is None or Period.of(dissolved_on) > period)


def may_have_held(
    period: Period, *, founded_on: dt.date | None, dissolved_on: dt.date | None
) -> bool:
    """Whether a branch may have met in PERIOD: also in the month in which it was dissolved, before that."""
    founded = founded_on is None or Period.of(founded_on) <= period
    return founded and (dissolved_on is None or Period.of(dissolved_on) >= period)


def not_there_because(
    day: dt.date, *, founded_on: dt.date | None, dissolved_on: dt.date | None
) -> str:
    """Return why a branch cannot have met on DAY, as a sentence; empty when it can. Its last day counts."""
    if founded_on is not None and day < founded_on:
        return f"支部是{words(founded_on)}成立的，这一天还没有。请核对日期。"
    if dissolved_on is not None and day > dissolved_on:
        return f"支部{words(dissolved_on)}已经撤销。请写撤销以前开会的那一天。"
    return ""


def month_status(
    period: Period,
    *,
    held: bool,
    today: dt.date,
    extra_days: int = 0,
    founded_on: dt.date | None = None,
    dissolved_on: dt.date | None = None,
    asked_from: Period | None = None,
    peopled: Container[Period] = EVERY_MONTH,
) -> MonthStatus:
    """Return what the grid says of PERIOD.

    Months in which the branch did not exist do not count, nor those before ASKED_FROM, in which
    its area did not use the portal, nor those not in PEOPLED, in which nobody was due there.
    """
    if held:
        return MonthStatus.HELD
    if asked_from is not None and period < asked_from:
        return MonthStatus.OUTSIDE
    if not existed_in(period, founded_on=founded_on, dissolved_on=dissolved_on):
        return MonthStatus.OUTSIDE
    if period.first > today:
        return MonthStatus.AHEAD
    if period not in peopled:
        return MonthStatus.OUTSIDE
    open_now = is_open(period, today=today, extra_days=extra_days)
    return MonthStatus.DUE if open_now else MonthStatus.MISSED


def year_statuses(
    year: int,
    *,
    held: Container[Period],
    today: dt.date,
    extra_days: int = 0,
    founded_on: dt.date | None = None,
    dissolved_on: dt.date | None = None,
    asked_from: Period | None = None,
    peopled: Container[Period] = EVERY_MONTH,
) -> dict[int, MonthStatus]:
    """Return the status of each month of YEAR, as ``month_status`` says it."""
    return {
        period.month: month_status(
            period,
            held=period in held,
            today=today,
            extra_days=extra_days,
            founded_on=founded_on,
            dissolved_on=dissolved_on,
            asked_from=asked_from,
            peopled=peopled,
        )
        for period in year_periods(year)
    }


def summarise(statuses: Mapping[int, MonthStatus]) -> YearSummary:
    """Count the months: one that can still be logged is neither held nor missing."""
    held = sum(status == MonthStatus.HELD for status in statuses.values())
    missed = tuple(month for month, status in statuses.items() if status == MonthStatus.MISSED)
    return YearSummary(
        held=held,
        due=held + len(missed),
        missed=missed,
        open=tuple(month for month, status in statuses.items() if status == MonthStatus.DUE),
        is_ahead=MonthStatus.AHEAD in statuses.values(),
        leaves_out=MonthStatus.OUTSIDE in statuses.values(),
    )
