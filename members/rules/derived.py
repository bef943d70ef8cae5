"""What follows from other fields, so that nobody types it (domain §2.4, §3.1)."""

import datetime as dt
from typing import Any

from core.pinyin import spell
from members.enums import PersonKind
from members.rules import id_number
from members.rules.missing import missing_fields
from members.rules.parameters import CheckParameters

# Last day of each period of joining revolutionary work, by code (domain §3.2).
_PERIODS = (
    (dt.date(1937, 7, 6), "1"),
    (dt.date(1942, 12, 31), "2"),
    (dt.date(1945, 9, 2), "3"),
    (dt.date(1949, 9, 30), "4"),
)

_BLANK = (("revolution_period", ""), ("month_only", ""), ("gender", ""), ("birth_date", None))
_VETERAN = PersonKind.VETERAN.value

# The columns that ``fill`` decides.
DERIVED = (
    *("name_pinyin", "name_initials", "given_name", "id_number", "gender", "birth_date"),
    *("revolution_period", "month_only", "missing_fields"),
)


def fill(values: dict[str, Any], *, today: dt.date, parameters: CheckParameters) -> dict[str, Any]:
    """Return VALUES with everything that follows from them: ``complete`` and ``search_forms``."""
    filled = complete(values, today=today)
    return filled | search_forms(filled, parameters)


def complete(values: dict[str, Any], *, today: dt.date) -> dict[str, Any]:
    """Return VALUES with what completes the record: gender and birth date from the number where
    blank (or only the month is known), 时期 of veterans.
    """
    filled = values.copy()
    for name, blank in _BLANK:
        filled.setdefault(name, blank)
    _fill_from_number(filled, today)
    if filled.get("person_kind") == _VETERAN:
        filled["revolution_period"] = period(filled.get("work_start"))
    return filled


def search_forms(filled: dict[str, Any], parameters: CheckParameters) -> dict[str, str]:
    """Return what members are looked for by: the search forms of the name, and 待补资料.

    FILLED is a complete record. Only the register needs them, and the name is long to spell.
    """
    pinyin, initials, given_name = spell(filled.get("name") or "")
    return {
        "name_pinyin": pinyin,
        "name_initials": initials,
        "given_name": given_name,
        "missing_fields": missing_fields(filled, parameters),
    }


def _fill_from_number(filled: dict[str, Any], today: dt.date) -> None:
    kind = filled.get("id_type") or ""
    number = id_number.read(filled.get("id_number"), today=today, kind=kind)
    filled["id_number"] = number.text
    if not number.birth:
        return
    filled["gender"] = filled.get("gender") or number.gender
    birth, month_only = filled.get("birth_date"), filled.get("month_only")
    if birth is not None and not month_only:
        return
    listed = (month_only or "").split(",")
    known_by_month = (
        birth is not None
        and "birth_date" in listed
        and (birth.year, birth.month) == (number.birth.year, number.birth.month)
    )
    if birth is None or known_by_month:
        filled["birth_date"] = number.birth
        filled["month_only"] = ",".join(name for name in listed if name not in {"birth_date", ""})


def period(work_start: dt.date | None) -> str:
    """Return the code of the period in which WORK_START falls; empty after 1949-09-30."""
    if work_start is None:
        return ""
    return next((code for last, code in _PERIODS if work_start <= last), "")
