"""What the rules can read of the tables that the bureau keeps.

Rule parameters and settings of kinds are rows of data; the room that reads one says here what it
can read, so that the admin refuses a value before it stops a page (house §7.2). A parameter that
no room has registered is not in use yet, and the admin says so.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
        """What is to be typed, and what nothing means, as a Chinese phrase."""
        return self.phrase + ("，或者留空表示不限" if self.may_be_missing else "，不能留空")

    @property
    def phrase(self) -> str:
        """What is to be typed, as a Chinese phrase."""
        one_of = f"以下之一：{'、'.join(self.choices)}" if self.choices else "文字"
        phrases = {
            "whole": f"{self.low}到{self.high}的整数",
            "share": f"{self.low}到{self.high}的数",
            "day": "日期，写成1949-09-30的样子",
            "day_of_year": "每年的哪一天，写成07-01的样子",
            "month": "月份，写成2026-11的样子",
            "yes_no": "是或者否",
            "words": one_of,
            "list": f"一组（[ ]里），每项是{one_of}",
        }
        return phrases[self.what]

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


@dataclass(frozen=True)
class Setting:
    """One setting of a kind as the bureau meets it: its name, how rules read it, a hint.

    ``names`` calls the choices of ``reading`` what people call them.
    """

    word: str
    reading: Reading
    hint: str = ""
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be chosen: value and word; none where it is typed."""
        return [(each, self.names.get(each, each)) for each in self.reading.choices]

    @property
    def fault(self) -> str:
        """What is said of a value that rules cannot read."""
        if self.reading.choices:
            return f"“{self.word}”要从列出的里面选。"
        ending = "或者空着" if self.reading.may_be_missing else "不能空着"
        return f"“{self.word}”要填{self.reading.phrase}，{ending}。"


_thresholds: dict[str, Reading] = {}
_settings: dict[str, dict[str, Setting]] = {}


def register_threshold(key: str, reading: Reading) -> None:
    """Say that the rule parameter KEY is read, and what can be read."""
    _thresholds[key] = reading


def register_settings(engine: str, settings: Mapping[str, Setting]) -> None:
    """Say which settings the rules read of every kind of ENGINE; more calls add more."""
    _settings.setdefault(engine, {}).update(settings)


def threshold(key: str) -> Reading | None:
    """Return how the rule parameter KEY is read; None when no rule reads it yet."""
    return _thresholds.get(key)


def settings_of(engine: str) -> Mapping[str, Setting]:
    """Return the settings that rules read of every kind of ENGINE, by name."""
    return _settings.get(engine, {})


def setting_faults(engine: str, settings: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the SETTINGS of a kind of ENGINE, a Chinese sentence each."""
    return [
        setting.fault
        for name, setting in settings_of(engine).items()
        if not setting.reading.accepts_value(settings.get(name))
    ]
