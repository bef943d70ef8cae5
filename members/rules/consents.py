"""What a member consents to, each by itself, and what goes when he withdraws it (domain §6.2, §6.12)."""

from collections.abc import Mapping
from typing import Any

from members.enums import Consent

# The column of the day on which he agreed, and those that are kept only because of it.
HELD_BY = {
    Consent.HEALTH: (
        "health_agreed_on",
        ("health", "self_care", "empty_nest", "hardship", "needs_home_study"),
    ),
    Consent.TALENT: ("talent_agreed_on", ("skills",)),
    Consent.DISPLAY: ("display_agreed_on", ()),
}


def day_of(which: Consent) -> str:
    """Return the column of the day on which he agreed."""
    return HELD_BY[which][0]


def given(values: Mapping[str, Any]) -> list[Consent]:
    """Return the consents that stand in VALUES, a record by column."""
    return [which for which in HELD_BY if values.get(day_of(which))]


def emptied(which: Consent) -> dict[str, Any]:
    """Return what a record holds, by column, once a consent is withdrawn."""
    day, kept = HELD_BY[which]
    return {day: None} | {name: False if name == "needs_home_study" else "" for name in kept}


def following(stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes with it where VALUES take a day of consent out of the STORED record."""
    gone: dict[str, Any] = {}
    for which in given(stored):
        day = day_of(which)
        if day in values and not values[day]:
            gone |= emptied(which)
    return gone
