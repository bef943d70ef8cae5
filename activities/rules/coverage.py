"""Whom a district's organisations reach, and whom not: the decisions (SYS-05)."""

import datetime as dt

from activities.rules.period import Period


def months_back(day: dt.date, months: int) -> dt.date:
    """Return the day MONTHS months before DAY; the last of its month where there is no such day."""
    years, month = divmod(day.month - 1 - months, 12)
    then = Period(day.year + years, month + 1)
    return then.last.replace(day=min(day.day, then.last.day))


def countable_from(first: Period | None, months: int) -> dt.date | None:
    """Return the day from which on MONTHS months are on record, FIRST being the first that is asked.

    None: records have always been asked. Before that day nobody can be said to have stayed away.
    """
    if first is None:
        return None
    later = first
    for _ in range(months):
        later = later.next
    return later.first
