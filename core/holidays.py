"""Public holidays and working days by the State Council's calendar, as far as it is published."""

import datetime as dt
from itertools import count, islice

import chinese_calendar

_SATURDAY = 5


def is_public_holiday(day: dt.date) -> bool:
    """Whether DAY is off by the State Council's calendar; False for years not yet published."""
    try:
        is_off, holiday = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return False
    return bool(is_off and holiday)


def is_working_day(day: dt.date) -> bool:
    """Whether offices are open on DAY; of years not yet published, Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY


def working_day_after(day: dt.date, number: int) -> dt.date:
    """Return the last of the NUMBER working days that follow DAY; one at least."""
    following = (day + dt.timedelta(days=step) for step in count(1))
    return next(islice(filter(is_working_day, following), number - 1, None))
