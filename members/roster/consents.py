"""What is kept of somebody only with his consent comes in only with it (domain §6.11, §6.12)."""

from collections.abc import Collection, Mapping
from typing import Any

from core.dates import words
from members.enums import Consent
from members.roster.columns import Layout, labels
from members.roster.findings import finding
from members.roster.register import Stored
from members.roster.validation import Judged
from members.rules.consents import day_of, withheld, without_consent

_UNREAD = "CODE_LEFT"
_LEFT = {
    Consent.HEALTH: "HEALTH_LEFT",
    Consent.TALENT: "TALENT_LEFT",
    Consent.CONTACT: "CONTACT_LEFT",
}


def where_told(layout: Layout) -> dict[Consent, str]:
    """Return where a roster of LAYOUT says of each consent that somebody gave it: its own column, or one to be added."""
    return {which: _where_told(layout, day_of(which)) for which in _LEFT}


def _where_told(layout: Layout, day: str) -> str:
    heading = layout.heading_of(day)
    return f"“{heading}”这一列" if day in layout.fields else f"名册里加一列“{heading}”，"


def settle(judged: Judged, stored: Stored, *, where: Mapping[Consent, str]) -> None:
    """Take out of JUDGED what was withdrawn and what nobody agreed to, and say so.

    Of words that were not read in their columns nothing is told either. STORED is the member as the
    register has him, empty for a new one; WHERE is where the roster would say that he agreed.
    """
    for withdrawn, left in withheld(stored, _brought(judged)) if stored else ():
        _take_out(judged, left)
        fields = labels(left)
        judged.problems.append(
            finding("WITHDRAWN_LEFT", left[0], day=words(withdrawn), fields=fields)
        )
    for which, left in without_consent(stored, _brought(judged)):
        _take_out(judged, left)
        judged.problems.append(finding(_LEFT[which], left[0], where=where[which]))


def _brought(judged: Judged) -> Mapping[str, Any]:
    """Return what a row says, also where it was not understood."""
    unread = {found.field: True for found in judged.problems if found.code == _UNREAD}
    return judged.values | unread if unread else judged.values


def _take_out(judged: Judged, left: Collection[str]) -> None:
    judged.problems = [
        found for found in judged.problems if found.code != _UNREAD or found.field not in left
    ]
    judged.given = [name for name in judged.given if name not in left]
    judged.values = {name: value for name, value in judged.values.items() if name not in left}
