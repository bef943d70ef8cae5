"""What a known member's record becomes: stored values, staged values, the choice for duplicates."""

import datetime as dt
from typing import Any

from members.enums import OnDuplicate, PersonKind
from members.roster.register import COLUMNS, DATES, Stored
from members.rules import derived
from members.rules.missing import missing_fields
from members.rules.pinyin import spell

_FOLLOWING = frozenset({"month_only", "phone_index", "roster_mark"})
# Read of the member beside what the file brings: what the derived fields need.
NEEDED = [
    "id",
    "version",
    "branch_id",
    "deceased_on",
    "name",
    "month_only",
    "person_kind",
    "work_start",
    "missing_fields",
    "phone",
    "phone2",
    "emergency_phone",
    "gender",
    "ethnicity",
    "id_number",
    "birth_date",
    "member_kind",
    "join_date",
    "community_id",
]


def merge(staged: Stored, current: Stored, choice: str) -> dict[str, Any]:
    """Return the columns to write, in stored form; empty when CHOICE leaves the member as he is.

    STAGED is by field, CURRENT by column. A blank never overwrites: staged blanks are no values.
    """
    taken = {
        name: value
        for name, value in staged.items()
        if value not in (None, "")
        and name not in _FOLLOWING
        and _takes(name, staged, current, choice)
    }
    if not taken:
        return {}
    updates = {COLUMNS[name]: value for name, value in taken.items()}
    if "phone" in taken:
        updates["phone_index"] = staged["phone_index"]
    if "name" in taken:
        spelling = spell(taken["name"])
        updates["name_pinyin"], updates["name_initials"], updates["given_name"] = spelling
    if choice == OnDuplicate.OVERWRITE:  # only then is the record what the row says
        updates["roster_mark"] = staged["roster_mark"] or ""
    _follow(updates, staged, current)
    return updates


def _takes(name: str, staged: Stored, current: Stored, choice: str) -> bool:
    old = current[COLUMNS[name]]
    if not old or choice == OnDuplicate.OVERWRITE:
        return True
    return (
        name in _listed(current) and name not in _listed(staged) and _same_month(staged[name], old)
    )


def _follow(updates: dict[str, Any], staged: Stored, current: Stored) -> None:
    """Add what follows from the columns written."""
    days = {name for name in updates if name in DATES}
    known_by_month = (_listed(current) - days) | (_listed(staged) & days)
    updates["month_only"] = ",".join(sorted(known_by_month))
    after = {**current, **updates}
    if after["person_kind"] == PersonKind.VETERAN and {"person_kind", "work_start"} & set(updates):
        updates["revolution_period"] = derived.period(after["work_start"])
    updates["missing_fields"] = missing_fields(after)


def _listed(values: Stored) -> set[str]:
    return set((values["month_only"] or "").split(",")) - {""}


def _same_month(one: dt.date, other: dt.date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
