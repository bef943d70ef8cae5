"""Working days by the State Council's calendar."""

import datetime as dt

import pytest

from core.holidays import is_public_holiday, is_working_day, working_day_after


@pytest.mark.parametrize(
    ("day", "number", "last"),
    [
        (dt.date(2026, 11, 22), 15, dt.date(2026, 12, 11)),  # a Sunday
        (dt.date(2025, 9, 30), 1, dt.date(2025, 10, 9)),  # the national holidays and mid-autumn
        (dt.date(2025, 9, 26), 1, dt.date(2025, 9, 28)),  # a Sunday worked for them
        (dt.date(2031, 10, 3), 1, dt.date(2031, 10, 6)),  # not published: a Friday, then Monday
    ],
)
def test_the_last_of_some_working_days(day: dt.date, number: int, last: dt.date) -> None:
    assert working_day_after(day, number) == last


def test_years_not_yet_published_have_weekends_alone() -> None:
    assert not is_public_holiday(dt.date(2031, 10, 1))
    assert is_working_day(dt.date(2031, 10, 1))
