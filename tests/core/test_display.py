"""How facts read on a page."""

import datetime as dt
from decimal import Decimal

import pytest

from core import display

TODAY = dt.date(2026, 11, 22)


def test_a_date_reads_with_its_weekday() -> None:
    assert display.date_words(dt.date(2026, 11, 5), today=TODAY) == "11月5日 星期四"


def test_a_date_of_another_year_says_the_year() -> None:
    assert display.date_words(dt.date(2025, 1, 29), today=TODAY) == "2025年1月29日 星期三"


def test_a_full_date_always_says_the_year() -> None:
    words = display.date_words(dt.date(2026, 11, 5), today=TODAY, full=True)
    assert words == "2026年11月5日 星期四"


def test_a_moment_is_no_date() -> None:
    with pytest.raises(TypeError):
        display.date_words(dt.datetime(2026, 11, 5, tzinfo=dt.UTC), today=TODAY)


def test_on_the_last_day_one_reads_that_today_is_early_enough() -> None:
    last = dt.date(2026, 11, 30)
    assert display.until_words(last, today=dt.date(2026, 11, 29)) == "11月30日前"
    assert display.until_words(last, today=last) == "今天以内"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (dt.time(9), "上午9点"),
        (dt.time(12), "中午12点"),
        (dt.time(14, 30), "下午2点30分"),
        (dt.time(17, 30), "下午5点30分"),
        (dt.time(18), "晚上6点"),
        (dt.time(22), "晚上10点"),
        (dt.time(0, 5), "上午0点5分"),
    ],
)
def test_a_time_reads_as_it_is_said(moment: dt.time, words: str) -> None:
    assert display.time_words(moment) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (Decimal("1234.5"), "1,234.50元"),
        (1234, "1,234元"),
        (Decimal("-3"), "-3元"),
        (0, "0元"),
        (Decimal("-0.00"), "0元"),
    ],
)
def test_money(amount: Decimal | int, words: str) -> None:
    assert display.money_words(amount) == words


@pytest.mark.parametrize(
    ("born", "age"),
    [
        (dt.date(1948, 11, 22), 78),
        (dt.date(1948, 11, 23), 77),
        (dt.date(1948, 2, 29), 78),
    ],
)
def test_age_counts_completed_years(born: dt.date, age: int) -> None:
    assert display.full_years(born, TODAY) == age


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("990101194001010010", "id", "990***********0010"),
        ("16112345678", "phone", "161****5678"),
        ("1234567", "phone", "*******"),
        ("张建", "name", "张*"),
        ("张国建", "name", "张*建"),
        ("欧阳玉梅", "name", "欧**梅"),
        ("青澜区东城街道1号", "address", "青澜区东城街***"),
        ("12345.67", "money", "********"),
        ("", "id", ""),
        ("E12345678", "id", "*******78"),
        ("1234.50", "id", "*******"),
    ],
)
def test_masks_hide_the_middle(value: str, kind: str, shown: str) -> None:
    assert display.masked(value, kind) == shown


def test_a_month_starts_its_weeks_on_monday_and_leaves_the_neighbours_blank() -> None:
    mark = display.Mark("到会", "ok", "✓")
    weeks = display.month_weeks(TODAY, {dt.date(2026, 11, 5): mark}, today=TODAY)
    assert [None if day is None else day.date.day for day in weeks[0]] == [None] * 6 + [1]
    assert [day.date.day for week in weeks for day in week if day and day.mark == mark] == [5]
    assert [day.date.day for week in weeks for day in week if day and day.is_today] == [22]
