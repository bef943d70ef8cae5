"""What a member consents to, each by itself, and what goes when he withdraws it (domain §6.2, §6.12).

A consent that was taken back stays so until he gives it again: only a later day brings it back.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from members.enums import Consent
from members.rules.problems import Problem, problem


class Held(NamedTuple):
    """The columns of one consent: the day he agreed, the day he took it back, what is kept by it."""

    day: str
    withdrawn: str
    kept: tuple[str, ...]

    @property
    def brought(self) -> tuple[str, ...]:
        """The columns that nobody fills again before he agrees again."""
        return (self.day, *self.kept)


# That study is brought to his home is how he takes part, not a fact of his health: nobody is counted
# absent for want of a consent.
HELD_BY = {
    Consent.HEALTH: Held(
        "health_agreed_on",
        "health_withdrawn_on",
        ("health", "self_care", "empty_nest", "hardship"),
    ),
    Consent.TALENT: Held("talent_agreed_on", "talent_withdrawn_on", ("skills",)),
    Consent.DISPLAY: Held("display_agreed_on", "display_withdrawn_on", ()),
}
# 非空巢 and 无 say nothing that wants a consent.
_NOTHING_TO_AGREE = frozenset({None, "", "0", "无"})
WITHDRAWN = tuple(held.withdrawn for held in HELD_BY.values())


def day_of(which: Consent) -> str:
    """Return the column of the day on which he agreed."""
    return HELD_BY[which].day


def given(values: Mapping[str, Any]) -> list[Consent]:
    """Return the consents that stand in VALUES, a record by column."""
    return [which for which in HELD_BY if values.get(day_of(which))]


def emptied(which: Consent) -> dict[str, Any]:
    """Return what a record no longer holds, by column, once a consent is withdrawn."""
    held = HELD_BY[which]
    return {held.day: None} | dict.fromkeys(held.kept, "")


def taken_back(which: Consent, *, on: dt.date) -> dict[str, Any]:
    """Return what a record holds, by column, once a consent is withdrawn ON a day."""
    return {**emptied(which), HELD_BY[which].withdrawn: on}


def following(
    stored: Mapping[str, Any], values: Mapping[str, Any], *, today: dt.date
) -> dict[str, Any]:
    """Return what goes with it where VALUES take a day of consent out of the STORED record."""
    gone: dict[str, Any] = {}
    for which in given(stored):
        day = day_of(which)
        if day in values and not values[day]:
            gone |= taken_back(which, on=today)
    return gone


def judged_by(fields: Collection[str]) -> list[str]:
    """Return the columns of a stored record by which is told whether FIELDS may go into it."""
    touched = [held for held in HELD_BY.values() if not set(held.brought).isdisjoint(fields)]
    return [name for held in touched for name in (held.day, held.withdrawn)]


def days_with(fields: Collection[str]) -> list[str]:
    """Return the days of consent that go with FIELDS, for they are kept only because of them."""
    return [held.day for held in HELD_BY.values() if not set(held.kept).isdisjoint(fields)]


def withheld(
    stored: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[dt.date, list[str]]]:
    """Return what of VALUES may not go into the STORED record: the day of withdrawal, the columns.

    A day on or before the withdrawal is no new consent, and without one there is nothing to keep.
    """
    found = []
    for held in HELD_BY.values():
        withdrawn = stored.get(held.withdrawn)
        if withdrawn is None:
            continue
        left = [name for name in held.brought if values.get(name)]
        if _is_after(values.get(held.day), withdrawn):
            left = []
        elif _is_after(stored.get(held.day), withdrawn):
            left = [name for name in left if name == held.day]
        if left:
            found.append((withdrawn, left))
    return found


def _is_after(day: dt.date | None, withdrawn: dt.date) -> bool:
    return day is not None and day > withdrawn


def without_consent(
    stored: Mapping[str, Any], values: Mapping[str, Any]
) -> list[tuple[Consent, list[str]]]:
    """Return what of VALUES nobody agreed to, there or in the STORED record: the consent, the columns."""
    return [
        (which, facts)
        for which, held in HELD_BY.items()
        if not values.get(held.day) and (facts := _facts(held, values)) and not stored.get(held.day)
    ]


def unagreed(values: Mapping[str, Any], changed: Collection[str]) -> list[Problem]:
    """Return what the columns CHANGED would have VALUES, a record, keep without a day of consent.

    What was kept so before is not held against a change of something else.
    """
    return [
        problem("NOT_AGREED", day_of(which))
        for which, _ in without_consent({}, values)
        if not set(HELD_BY[which].brought).isdisjoint(changed)
    ]


def _facts(held: Held, values: Mapping[str, Any]) -> list[str]:
    """Return the columns in which VALUES say something that is kept only by the consent HELD."""
    return [name for name in held.kept if values.get(name) not in _NOTHING_TO_AGREE]
