"""How facts read on a page: dates, times, money, ages, masked values, states, calendars.

Pure functions and small records; pages and templates ask here so that a date reads alike everywhere.
"""

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.crypto import UnreadableText

WEEKDAYS = ("一", "二", "三", "四", "五", "六", "日")
NOON, EVENING = 12, 18
DOT = "●"  # the sign of a mark that has none of its own
_OF_A_CARD = 15  # characters, or eighteen


@dataclass(frozen=True)
class Mark:
    """A state as a page shows it: never colour alone, always a word.

    TONE is ok (done), plan (to come), due (late), off (excused or away) or empty (nothing yet).
    """

    word: str
    tone: str = ""
    sign: str = ""
    url: str = ""


@dataclass(frozen=True)
class Day:
    """A cell of a month table."""

    date: dt.date
    mark: Mark | None = None
    is_today: bool = False


@dataclass(frozen=True)
class MonthCell:
    """A cell of a twelve-month strip."""

    month: int
    mark: Mark


@dataclass(frozen=True)
class PersonTile:
    """One person on an attendance page; NUMBER is the row on the printed sheet.

    KEY has letters, digits and dashes only. MARK tells two of one name apart. REASONS replace the list's own for this person; NOTE
    stands beside the word for not here, which AWAY replaces.
    """

    key: str
    name: str
    number: int | None = None
    here: bool = True
    reason: str = ""
    reasons: tuple[tuple[str, str], ...] = ()
    note: str = ""
    away: str = ""
    mark: str = ""


def date_words(day: dt.date, *, today: dt.date, full: bool = False) -> str:
    """Return 11月5日 星期四, led by the year when it is not TODAY's or FULL is asked."""
    if isinstance(day, dt.datetime):
        raise TypeError("give a local date, not a moment")
    year = f"{day.year}年" if full or day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}"


def until_words(last: dt.date, *, today: dt.date) -> str:
    """Return 11月30日前; on that day itself 今天以内, where "before the 30th" would read as too late."""
    return "今天以内" if last == today else f"{last.month}月{last.day}日前"


def time_words(moment: dt.datetime | dt.time) -> str:
    """Return 上午9点, 中午12点, 下午2点30分, 晚上7点."""
    hour, minute = moment.hour, moment.minute
    before_evening = "上午" if hour < NOON else "中午" if hour == NOON else "下午"
    part = "晚上" if hour >= EVENING else before_evening
    shown = hour if hour <= NOON else hour - NOON
    return f"{part}{shown}点" + (f"{minute}分" if minute else "")


def money_words(amount: Decimal | int) -> str:
    """Return 1,234元 or 1,234.50元."""
    amount += 0  # a zero below nothing, -0.00, is 0
    whole = amount == int(amount)
    return f"{amount:,.0f}元" if whole else f"{amount:,.2f}元"


def full_years(born: dt.date, today: dt.date) -> int:
    """Return completed years of age; a birthday counts on its day (29 February: on 1 March)."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _masked_name(value: str) -> str:
    if len(value) < 2:
        return value
    return value[0] + "*" if len(value) == 2 else value[0] + "*" * (len(value) - 2) + value[-1]


def _kept_ends(head: int, tail: int) -> Callable[[str], str]:
    def mask(value: str) -> str:
        if len(value) <= head + tail:
            return "*" * len(value)
        return value[:head] + "*" * (len(value) - head - tail) + value[len(value) - tail :]

    return mask


def _masked_id(value: str) -> str:
    """Hide all of a short number but its last two: with seven shown little would be left to guess."""
    if len(value) >= _OF_A_CARD:
        return _kept_ends(3, 4)(value)
    return _kept_ends(0, 2)(value) if len(value) > 7 else "*" * len(value)


_MASKS: Mapping[str, Callable[[str], str]] = {
    "name": _masked_name,
    "id": _masked_id,
    "phone": _kept_ends(3, 4),
    "address": _kept_ends(6, 0),
    "money": _kept_ends(0, 0),
}


def masked(value: str, kind: str) -> str:
    """Return VALUE with its middle hidden (domain §6.3): 990***********0010, 161****5678, 张*建.

    A text that no key opens says so instead.
    """
    return value if isinstance(value, UnreadableText) else _MASKS[kind](value)


def masked_in_place(shown: str, kind: str) -> str:
    """Return SHOWN masked by its letters and digits; blanks and dashes stay where they are."""
    hidden = iter(masked("".join(filter(str.isalnum, shown)), kind))
    return "".join(next(hidden) if mark.isalnum() else mark for mark in shown)


def month_key(month: dt.date, marks: Mapping[dt.date, Mark]) -> list[tuple[str, str, str]]:
    """Return (tone, sign, words) of the MARKS of MONTH, one a sign: what is read beneath its table."""
    words: dict[tuple[str, str], list[str]] = {}
    for day, mark in sorted(marks.items()):
        if (day.year, day.month) == (month.year, month.month):
            words.setdefault((mark.tone, mark.sign or DOT), []).append(mark.word)
    return [(*sign, "、".join(dict.fromkeys(said))) for sign, said in words.items()]


def month_weeks(
    month: dt.date, marks: Mapping[dt.date, Mark], *, today: dt.date
) -> list[list[Day | None]]:
    """Return the weeks of MONTH from Monday, None for days of the neighbours."""
    weeks = calendar.Calendar().monthdatescalendar(month.year, month.month)
    return [
        [
            Day(day, marks.get(day), day == today) if day.month == month.month else None
            for day in week
        ]
        for week in weeks
    ]
