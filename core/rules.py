"""Decisions of core as pure functions."""

import datetime
from collections.abc import Container, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from core.enums import ValueType

Value = int | Decimal | str | None
# What the setting SECOND_FACTOR may say.
NO_SECOND_FACTOR, OF_OFFICE, OF_SECRETARIES_TOO = "off", "office", "office+secretaries"
SHORTEST_REASON = 2
KEY_DIGITS = 19  # what a column for keys holds has fewer


@dataclass(frozen=True)
class Threshold:
    """One row of a rule parameter, as the rules read it."""

    value: str
    value_type: str
    area_code: str
    valid_from: datetime.date


def in_use(*, is_active: bool, valid_from: datetime.date | None, today: datetime.date) -> bool:
    """Return whether a code or a kind may be chosen: not laid aside, and begun."""
    return is_active and (valid_from is None or valid_from <= today)


def says_why(reason: str) -> bool:
    """Return whether REASON, which somebody had to type, is more than a stroke of a key."""
    return sum(map(str.isalnum, reason)) >= SHORTEST_REASON


def is_key(sent: str) -> bool:
    """Return whether what was SENT as the key of a row can be one: a database asked for others fails."""
    return sent.isascii() and sent.isdecimal() and len(sent) < KEY_DIGITS


def typed(value: str, value_type: str) -> Value:
    """Read the text of a rule parameter; blank is None, "no limit" (SYS-05). ValueError if wrong."""
    if not value.strip():
        return None
    if value_type == ValueType.INTEGER:
        return int(value)
    if value_type == ValueType.DECIMAL:
        try:
            number = Decimal(value)
        except InvalidOperation as error:
            raise ValueError(value) from error
        if not number.is_finite():
            raise ValueError(value)
        return number
    return value


def in_force(rows: Iterable[Threshold], day: datetime.date, area_code: str) -> Threshold | None:
    """Return the row that applies: nearest area first, then the newest that began by DAY.

    A day before every beginning gets the oldest row: the register reaches back further than
    the documents that the thresholds come from.
    """
    here = [row for row in rows if area_code.startswith(row.area_code)]
    begun = [row for row in here if row.valid_from <= day]
    if begun:
        return max(begun, key=lambda row: (len(row.area_code), row.valid_from))
    return min(here, key=lambda row: (-len(row.area_code), row.valid_from), default=None)


def asks_second_factor(policy: str, *, in_office: bool, roles: Container[str]) -> bool:
    """Say whether POLICY asks an account for two factors; members and volunteers never (security §2.2)."""
    if policy == OF_SECRETARIES_TOO and "SECRETARY" in roles:
        return True
    return in_office and policy in {OF_OFFICE, OF_SECRETARIES_TOO}


def may_be_impersonated(
    *, is_oneself: bool, is_active: bool, keeps_accounts: bool, is_auditor: bool
) -> bool:
    """Say whether an account's pages may be viewed by an administrator (security §3, P26).

    Never those of who could do the same, nor of the auditor, who watches over him.
    """
    return is_active and not (is_oneself or keeps_accounts or is_auditor)
