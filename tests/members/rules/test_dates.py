"""Dates as people write them: security §5a 43-52 and the traps of domain §3.3 17."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dates import ReadDate
from members.rules import dates

DAY = dt.date(1952, 3, 8)
MONTH = ReadDate(dt.date(1952, 3, 1), month_only=True)
SHEET_CELL = dt.datetime.combine(DAY, dt.time(1, 2))


@pytest.mark.parametrize(
    "cell",
    [
        "1952-3-8", "1952-03-08", "1952/3/8", "1952年3月8日", "1952年3月8号", "1952.3.8", "1952.03.08",
        "19520308", 19520308, 19520308.0, 19061, "19061", 19061.5, "１９５２－３－８", " 1952-3-8 ",
        "1952-03-08 00:00:00", "民国41年3月8日", DAY, SHEET_CELL,
    ],
)  # fmt: skip
def test_every_form_of_a_day(cell: object) -> None:
    assert dates.read(cell) == ReadDate(DAY)


@pytest.mark.parametrize(
    "cell",
    ["1952.03", "1952-03", "1952-3", "1952年3月", "1952年03月", "195203", "19520300", 1952.03],
)
def test_a_month_is_kept_as_a_month(cell: object) -> None:
    assert dates.read(cell) == MONTH


@pytest.mark.parametrize("cell", [None, "", "  ", "无", "—", "N/A", "nan", "NULL"])
def test_nothing_is_no_fault(cell: object) -> None:
    assert dates.read(cell) == ReadDate(None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("52/3/8", "DATE_SHORT_YEAR"),
        ("520308", "DATE_SHORT_YEAR"),
        ("农历1952年2月13", "DATE_LUNAR"),
        ("1952年腊月廿三", "DATE_LUNAR"),
        (60, "DATE_UNREADABLE"),
        ("1900-02-29", "DATE_IMPOSSIBLE"),
        ("1952-02-30", "DATE_IMPOSSIBLE"),
        ("1952-13", "DATE_IMPOSSIBLE"),
        ("9999-12-31", "DATE_RANGE"),
        (dt.date(9999, 12, 31), "DATE_RANGE"),
        ("1899-12-31", "DATE_RANGE"),
        (1952, "DATE_YEAR_ONLY"),
        ("1952年", "DATE_YEAR_ONLY"),
        ("19520000", "DATE_YEAR_ONLY"),
        ("1952-00-12", "DATE_IMPOSSIBLE"),
        ("1952.1", "DATE_MONTH_UNCLEAR"),
        (1952.1, "DATE_MONTH_UNCLEAR"),
        ("去年春天", "DATE_UNREADABLE"),
        ("1952\x00", "TEXT_NUL"),
        (float("inf"), "DATE_UNREADABLE"),
    ],
)
def test_what_cannot_be_told_is_refused_by_name(cell: object, code: str) -> None:
    assert dates.read(cell) == ReadDate(None, code=code)


def test_october_written_out_is_clear() -> None:
    assert dates.read("1952.10").value == dt.date(1952, 10, 1)


def test_the_other_day_count_of_old_spreadsheets() -> None:
    assert dates.read(17599, epoch_1904=True) == ReadDate(DAY)


FORMS = ["{0.year}-{0.month}-{0.day}", "{0:%Y%m%d}", "{0.year}年{0.month}月{0.day}日", "{0.year}.{0.month}.{0.day}"]  # fmt: skip


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(FORMS))
def test_a_written_day_comes_back(day: dt.date, form: str) -> None:
    assert dates.read(form.format(day)) == ReadDate(day)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.dates(), st.datetimes()))
def test_nothing_that_is_typed_breaks_the_reader(cell: object) -> None:
    found = dates.read(cell)
    assert found.value is None or found.code is None


def test_full_years() -> None:
    assert dates.years_between(dt.date(1952, 3, 8), dt.date(1970, 3, 7)) == 17
    assert dates.years_between(dt.date(1952, 3, 8), dt.date(1970, 3, 8)) == 18
    assert dates.month_end(dt.date(2024, 2, 1)) == dt.date(2024, 2, 29)
