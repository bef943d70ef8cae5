"""What a known member's record becomes: stored values, staged values, the choice for duplicates."""

import datetime as dt
from typing import Any

from core.pinyin import spell
from members.enums import OnDuplicate, PersonKind, RowDecision
from members.roster.register import COLUMNS, DATES, Stored
from members.rules import consents, derived
from members.rules.checks import check_member
from members.rules.missing import missing_fields
from members.rules.parameters import CheckParameters
from members.rules.problems import Problem

_FOLLOWING = frozenset({"month_only", "phone_index", "id_number_index", "roster_mark"})
# What the errors of a record as a whole are found by; sealed is the number alone.
JUDGED = (
    *(
        "name",
        "gender",
        "id_type",
        "birth_date",
        "birth_date_archive",
        "birth_date_reason",
        "join_date",
    ),
    *("full_date", "member_kind", "work_start", "retire_date", "person_kind", "rank", "month_only"),
)
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
    "emergency_name",
    "emergency_phone",
    "contact_agreed_on",
    "gender",
    "ethnicity",
    "id_number",
    "birth_date",
    "member_kind",
    "join_date",
    "community_id",
    "former_unit",
    "address",
    "user_id",
    *JUDGED,
]


def merge(
    staged: Stored, current: Stored, choice: str, parameters: CheckParameters
) -> dict[str, Any]:
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
    # Who was found to be somebody else than the check thought may have withdrawn a consent.
    for _, withdrawn in consents.withheld(current, taken):
        taken = {name: value for name, value in taken.items() if name not in withdrawn}
    if not taken:
        return {}
    updates = {COLUMNS[name]: value for name, value in taken.items()}
    if "phone" in taken:
        updates["phone_index"] = staged["phone_index"]
    if "id_number" in taken:  # the document is the one that has the number
        updates["id_number_index"] = staged["id_number_index"]
        updates["id_type"] = staged.get("id_type") or ""
    if "name" in taken:
        spelling = spell(taken["name"])
        updates["name_pinyin"], updates["name_initials"], updates["given_name"] = spelling
    if choice == OnDuplicate.OVERWRITE:  # only then is the record what the row says
        updates["roster_mark"] = staged["roster_mark"] or ""
    _follow(updates, staged, current, parameters)
    return updates


def of_decision(staged: Stored, decision: str, detail: str) -> dict[str, Any]:
    """Return what of a STAGED row is taken when a person decided: the fields of DETAIL, by commas.

    The number, and of what document it is, only where the roster's was said to be right; then
    gender and birth follow it. What is kept only with somebody's consent brings it along.
    """
    fields = set(detail.split(",")) | {"month_only", "phone_index"}
    fields.update(consents.days_with(fields))
    if decision == RowDecision.NUMBER:
        fields |= {"id_number", "id_number_index", "id_type"}
    elif decision == RowDecision.SAME:
        fields.discard("id_type")
    return {name: value if name in fields else None for name, value in staged.items()}


def new_faults(
    before: Stored, after: Stored, *, today: dt.date, parameters: CheckParameters
) -> list[Problem]:
    """Return the errors of a record AFTER a change that it had not BEFORE (domain §3.3).

    Both by field or column with JUDGED and the plain ``id_number``, AFTER perhaps ``has_post``.
    """
    had = {fault.code for fault in check_member(before, today=today, parameters=parameters)}
    found = check_member(after, today=today, parameters=parameters)
    return [fault for fault in found if fault.severity == "E" and fault.code not in had]


def _takes(name: str, staged: Stored, current: Stored, choice: str) -> bool:
    old = current[COLUMNS[name]]
    if not old or choice == OnDuplicate.OVERWRITE:
        return True
    return (
        name in _listed(current) and name not in _listed(staged) and _same_month(staged[name], old)
    )


def _follow(
    updates: dict[str, Any], staged: Stored, current: Stored, parameters: CheckParameters
) -> None:
    """Add what follows from the columns written."""
    days = {name for name in updates if name in DATES}
    known_by_month = (_listed(current) - days) | (_listed(staged) & days)
    updates["month_only"] = ",".join(sorted(known_by_month))
    after = {**current, **updates}
    if after["person_kind"] == PersonKind.VETERAN and {"person_kind", "work_start"} & set(updates):
        updates["revolution_period"] = derived.period(after["work_start"])
    updates["missing_fields"] = missing_fields(after, parameters)


def _listed(values: Stored) -> set[str]:
    return set((values["month_only"] or "").split(",")) - {""}


def _same_month(one: dt.date, other: dt.date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
