"""What the rules can read of the tables that the bureau keeps.

Rule parameters and settings of kinds are rows of data; the room that reads one says here what it
can read, so that the admin refuses a value before it stops a page (house §7.2). A parameter that
no room has registered is not in use yet, and the admin says so.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")
_ANY_YEAR = "2001-"  # whose February has 28 days, as has that of every year
What = Literal["whole", "share", "day", "day_of_year", "month", "yes_no", "words", "list"]


@dataclass(frozen=True)
class Reading:
    """One value that rules read: what it is, its bounds, whether it may be missing.

    ``whole`` is a whole number from ``low`` to ``high``, ``share`` a decimal in the same bounds,
    ``day`` an ISO date, ``day_of_year`` its last five characters, ``month`` its first seven,
    ``words`` one of ``choices`` (any text when empty), ``list`` a list of such words, ``yes_no`` a
    boolean. Missing means "no limit" (SYS-05) or "not so".
    """

    what: What
    low: int = 0
    high: int = 36500
    may_be_missing: bool = False
    choices: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """What is to be typed, as a Chinese phrase."""
        one_of = f"以下之一：{'、'.join(self.choices)}" if self.choices else "文字"
        phrases = {
            "whole": f"{self.low}到{self.high}的整数",
            "share": f"{self.low}到{self.high}的数",
            "day": "日期，写成1949-09-30的样子",
            "day_of_year": "每年的哪一天，写成07-01的样子",
            "month": "月份，写成2026-11的样子",
            "yes_no": "true 或 false",
            "words": one_of,
            "list": f"一组（[ ]里），每项是{one_of}",
        }
        return phrases[self.what] + ("，或者留空表示不限" if self.may_be_missing else "，不能留空")

    def accepts_text(self, text: str) -> bool:
        """Whether TEXT of a rule parameter can be read."""
        text = text.strip()
        if not text:
            return self.may_be_missing
        try:
            return self._accepts_number(Decimal(text)) if self._is_number else self._accepts(text)
        except (InvalidOperation, ValueError):
            return False

    def accepts_value(self, value: Any) -> bool:
        """Whether VALUE of a kind's settings (JSON) can be read; None is missing."""
        if value is None:
            return self.may_be_missing
        if self.what == "yes_no":
            return isinstance(value, bool)
        if self.what == "list":
            return isinstance(value, list) and all(map(self._is_choice, value))
        if self._is_number:
            is_number = isinstance(value, int) and not isinstance(value, bool)
            return is_number and self._accepts_number(Decimal(value))
        return isinstance(value, str) and self._accepts(value)

    @property
    def _is_number(self) -> bool:
        return self.what in {"whole", "share"}

    def _accepts_number(self, number: Decimal) -> bool:
        is_whole = number.is_finite() and number == number.to_integral_value()
        return number.is_finite() and (
            self.low <= number <= self.high and (is_whole or self.what == "share")
        )

    def _accepts(self, text: str) -> bool:
        if self.what == "day":
            return bool(dt.date.fromisoformat(text))
        if self.what == "day_of_year":
            return len(text) == len("07-01") and bool(dt.date.fromisoformat(_ANY_YEAR + text))
        if self.what == "month":
            return _MONTH.fullmatch(text) is not None
        return self._is_choice(text)

    def _is_choice(self, value: Any) -> bool:
        return isinstance(value, str) and (not self.choices or value in self.choices)


_thresholds: dict[str, Reading] = {}
_settings: dict[str, dict[str, Reading]] = {}


def register_threshold(key: str, reading: Reading) -> None:
    """Say that the rule parameter KEY is read, and what can be read."""
    _thresholds[key] = reading


def register_settings(engine: str, readings: Mapping[str, Reading]) -> None:
    """Say which settings the rules read of every kind of ENGINE; more calls add more."""
    _settings.setdefault(engine, {}).update(readings)


def threshold(key: str) -> Reading | None:
    """Return how the rule parameter KEY is read; None when no rule reads it yet."""
    return _thresholds.get(key)


def setting_faults(engine: str, settings: Any) -> list[str]:
    """Return what is wrong with the SETTINGS of a kind of ENGINE, a Chinese sentence each."""
    if not isinstance(settings, dict):
        return ["设置要写成“名称: 内容”的样子，外面用大括号。"]
    return [
        f"“{name}”要填{reading.expected}。"
        for name, reading in _settings.get(engine, {}).items()
        if not reading.accepts_value(settings.get(name))
    ]
