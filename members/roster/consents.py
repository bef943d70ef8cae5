"""What is kept of somebody only with his consent comes in only with it (domain §6.11, §6.12)."""

from collections.abc import Collection

from core.dates import words
from members.roster.columns import Layout, labels
from members.roster.findings import finding
from members.roster.register import Stored
from members.roster.validation import Judged
from members.rules.checks import HEALTH, facts_to_agree
from members.rules.consents import withheld

_UNREAD = "CODE_LEFT"


def where_told(layout: Layout) -> str:
    """Return where a roster of LAYOUT says that somebody agreed: its own column, or one to be added."""
    heading = layout.heading_of("health_agreed_on")
    is_there = "health_agreed_on" in layout.fields
    return f"“{heading}”这一列" if is_there else f"名册里加一列“{heading}”，"


def settle(judged: Judged, stored: Stored, *, where: str) -> None:
    """Take out of JUDGED what was withdrawn and health facts that nobody agreed to, and say so.

    Of words that were not read in their columns nothing is told either. STORED is the member as the
    register has him, empty for a new one; WHERE is where the roster would say that he agreed.
    """
    unread = {found.field: True for found in judged.problems if found.code == _UNREAD}
    brought = judged.values | unread if unread else judged.values
    for withdrawn, left in withheld(stored, brought) if stored else ():
        _take_out(judged, left)
        fields = labels(left)
        judged.problems.append(
            finding("WITHDRAWN_LEFT", left[0], day=words(withdrawn), fields=fields)
        )
    if judged.values.get("health_agreed_on"):
        return
    facts = facts_to_agree(judged.values)
    facts += [
        each.field for each in judged.problems if each.code == _UNREAD and each.field in HEALTH
    ]
    if not facts or stored.get("health_agreed_on"):
        return
    _take_out(judged, facts)
    judged.problems.append(finding("HEALTH_LEFT", facts[0], where=where))


def _take_out(judged: Judged, left: Collection[str]) -> None:
    judged.problems = [
        found for found in judged.problems if found.code != _UNREAD or found.field not in left
    ]
    judged.given = [name for name in judged.given if name not in left]
    judged.values = {name: value for name, value in judged.values.items() if name not in left}
