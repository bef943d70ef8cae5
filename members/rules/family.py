"""Whom to reach in the family: for a while after a death, then no longer shown (domain §6.8)."""

import datetime as dt

WHOM = ("emergency_name", "emergency_phone", "emergency_relation")
CONTACT = (*WHOM, "contact_agreed_on")
SHOWN_DAYS = "member.family_shown_days"


def is_past(deceased_on: dt.date, *, today: dt.date, days: int) -> bool:
    """Return whether more than DAYS have gone by since the death."""
    return today > deceased_on + dt.timedelta(days=days)
