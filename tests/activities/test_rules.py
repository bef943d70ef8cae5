"""Decisions of activities: months, attendance, the year grid, merging, numbers typed back."""

import datetime as dt

import pytest

from activities.enums import AttendanceState as State
from activities.enums import MonthStatus
from activities.rules.attendance import Mark, assumed, count_once, settle, tally
from activities.rules.grid import month_status, summarise, year_statuses
from activities.rules.merge import Difference, merge
from activities.rules.period import (
    Period,
    date_choices,
    fixed_date,
    is_open,
    last_day_to_edit,
)
from activities.rules.sheet import TypedNumbers, parse_numbers

NOVEMBER = Period(2026, 11)


@pytest.mark.parametrize(
    "text", ["2026-13", "2026-00", "1999-01", "2026-1", " 2026-11", "2026-11-01", "", "二〇二六"]
)
def test_period_refuses_what_is_not_a_month(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Period.parse(text)


def test_period_knows_its_neighbours_and_limits() -> None:
    december = Period.parse("2026-12")
    assert str(december) == "2026-12"
    assert december.next == Period(2027, 1)
    assert december.next.previous == december
    assert (december.first, december.last) == (dt.date(2026, 12, 1), dt.date(2026, 12, 31))
    assert december.words == "2026年12月"


def test_fixed_day_moves_off_public_holidays() -> None:
    assert fixed_date(NOVEMBER, 15) == dt.date(2026, 11, 15)
    assert fixed_date(Period(2026, 10), 5) == dt.date(2026, 10, 8)
    assert fixed_date(Period(2026, 2), 17) == dt.date(2026, 2, 24)
    assert fixed_date(NOVEMBER, None) is None


def test_fixed_day_stays_in_its_month_and_in_years_without_a_calendar() -> None:
    assert fixed_date(Period(2025, 1), 28) == dt.date(2025, 1, 27)
    assert fixed_date(Period(2031, 10), 1) == dt.date(2031, 10, 1)


def test_log_page_offers_the_usual_day_or_today() -> None:
    fifteenth, today = dt.date(2026, 11, 15), dt.date(2026, 11, 22)
    assert date_choices(NOVEMBER, planned=None, fixed=fifteenth, today=today) == [fifteenth]
    planned = dt.date(2026, 11, 18)
    assert date_choices(NOVEMBER, planned=planned, fixed=fifteenth, today=today) == [planned]
    early = dt.date(2026, 11, 3)
    assert date_choices(NOVEMBER, planned=None, fixed=fifteenth, today=early) == [early]
    assert date_choices(Period(2026, 7), planned=None, fixed=None, today=today) == []


@pytest.mark.parametrize(
    ("today", "extra_days", "expected"),
    [
        (dt.date(2026, 10, 31), 0, False),
        (dt.date(2026, 11, 1), 0, True),
        (dt.date(2026, 11, 30), 0, True),
        (dt.date(2026, 12, 1), 0, False),
        (dt.date(2026, 12, 5), 5, True),
        (dt.date(2026, 12, 6), 5, False),
    ],
)
def test_record_is_open_until_the_month_ends(
    today: dt.date, extra_days: int, expected: bool
) -> None:
    assert is_open(NOVEMBER, today=today, extra_days=extra_days) is expected


def test_last_day_to_edit_is_the_end_of_the_month() -> None:
    assert last_day_to_edit(Period(2028, 2)) == dt.date(2028, 2, 29)


def test_expected_is_the_roster_less_the_excused() -> None:
    states = [State.PRESENT] * 7 + [State.HOME, State.ONLINE, State.EXCUSED, State.ABSENT]
    counted = tally(states, guests=[State.PRESENT, State.ONLINE])
    assert counted.roster == 11
    assert counted.expected == 10
    assert counted.took_part == 9
    assert counted.absent == 1
    assert counted.guests == 2
    assert counted.percent == 90
    assert tally([State.EXCUSED]).percent == 0


def test_the_frail_are_never_absent() -> None:
    assert settle(Mark(State.ABSENT), frail=True) == Mark(State.HOME)
    assert settle(Mark(State.ABSENT), frail=False) == Mark(State.ABSENT)
    assert settle(Mark(State.EXCUSED, "住院"), frail=True) == Mark(State.EXCUSED, "住院")
    assert settle(Mark(State.PRESENT, "住院"), frail=False) == Mark(State.PRESENT)


def test_what_the_log_page_assumes() -> None:
    assert assumed(frail=False, elsewhere=False) == Mark(State.PRESENT)
    assert assumed(frail=True, elsewhere=False) == Mark(State.HOME)
    assert assumed(frail=False, elsewhere=True) == Mark(State.EXCUSED, "异地参加")


def test_attendance_counts_once_a_month_whichever_branch() -> None:
    assert count_once([("2026-11", 1), ("2026-11", 2), ("2026-10", 3), (None, 4), (None, 5)]) == 4


def test_grid_on_the_first_of_december() -> None:
    """SYS-18: theme days in 10 of 11 months show 10/11 and 缺：7月."""
    held = {Period(2026, month) for month in range(1, 12)} - {Period(2026, 7)}
    statuses = year_statuses(2026, held=held, today=dt.date(2026, 12, 1))
    summary = summarise(statuses)
    assert summary.score == "10/11"
    assert summary.missing_words == "缺：7月"
    assert statuses[7] == MonthStatus.MISSED
    assert statuses[12] == MonthStatus.DUE
    assert summarise(year_statuses(2026, held=held, today=dt.date(2026, 11, 22))).score == "10/11"


def test_a_year_in_which_no_month_is_over_yet_says_where_it_stands() -> None:
    def said(day: dt.date, founded_on: dt.date) -> tuple[int, str, bool]:
        statuses = year_statuses(2026, held=set(), today=day, founded_on=founded_on)
        summary = summarise(statuses)
        return summary.due, summary.waiting_words, summary.leaves_out

    november, march = dt.date(2026, 11, 5), dt.date(2026, 3, 2)
    assert said(dt.date(2026, 11, 22), november) == (0, "从11月算起，11月还没有登记", True)
    assert said(dt.date(2026, 10, 31), november) == (0, "还没有到该开的月份", True)
    assert said(dt.date(2026, 1, 2), dt.date(2020, 1, 1)) == (0, "从1月算起，1月还没有登记", False)
    assert said(march, dt.date(2027, 1, 1)) == (0, "这一年的月份都不计", True)


def test_grid_knows_what_is_ahead_and_what_was_before_the_branch() -> None:
    today = dt.date(2026, 5, 10)
    statuses = year_statuses(
        2026, held={Period(2026, 4)}, today=today, founded_on=dt.date(2026, 3, 20)
    )
    assert [statuses[month] for month in (2, 3, 4, 5, 6)] == [
        MonthStatus.OUTSIDE,
        MonthStatus.MISSED,
        MonthStatus.HELD,
        MonthStatus.DUE,
        MonthStatus.AHEAD,
    ]
    assert summarise(statuses).score == "1/2"
    dissolved = month_status(NOVEMBER, held=False, today=today, dissolved_on=dt.date(2026, 11, 1))
    assert dissolved == MonthStatus.OUTSIDE


def test_merge_keeps_what_each_changed() -> None:
    base = {"topic": "学习", "place": "活动室", "7": State.PRESENT, "8": State.PRESENT}
    mine = base | {"topic": "学党章", "7": State.EXCUSED}
    theirs = base | {"topic": "学精神", "8": State.ABSENT}
    assert merge(base, mine, theirs) == [
        Difference("topic", "学党章", "学精神", take_mine=True, is_conflict=True),
        Difference("7", State.EXCUSED, State.PRESENT, take_mine=True, is_conflict=False),
        Difference("8", State.PRESENT, State.ABSENT, take_mine=False, is_conflict=False),
    ]
    assert merge(base, theirs, theirs) == []


def test_merge_without_a_base_calls_every_difference_a_conflict() -> None:
    assert merge(None, {"topic": "甲"}, {"topic": "乙", "9": State.PRESENT}) == [
        Difference("topic", "甲", "乙", take_mine=True, is_conflict=True),
        Difference("9", "", State.PRESENT, take_mine=False, is_conflict=True),
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3 7 12", {3, 7, 12}),
        ("３，７、１２", {3, 7, 12}),
        ("3,7;12。", {3, 7, 12}),
        ("3号、7号\n12号", {3, 7, 12}),
        ("5-8", {5, 6, 7, 8}),
        ("５～７ 9", {5, 6, 7, 9}),
        ("3到5", {3, 4, 5}),
        ("", set()),
        ("  ", set()),
        ("无", set()),
        ("都到了", set()),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, numbers: set[int]) -> None:
    assert parse_numbers(text, rows=12) == TypedNumbers(frozenset(numbers))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("3 45", "表上没有 45 号，这张表只有 1 到 12 号。请对照签到表再看一下。"),
        ("1-9999", "表上没有 9999 号，这张表只有 1 到 12 号。请对照签到表再看一下。"),
        ("3 张三", "“张三”看不懂。请只填表上的号码，中间空一格，比如：3 7 12。"),
        ("9-5", "“9-5”看不懂。请只填表上的号码，中间空一格，比如：3 7 12。"),
        ("1" * 40, "“1111111111”看不懂。请只填表上的号码，中间空一格，比如：3 7 12。"),
    ],
)
def test_numbers_that_cannot_be_get_a_sentence(text: str, fault: str) -> None:
    assert parse_numbers(text, rows=12).fault == fault
