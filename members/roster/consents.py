"""Health facts come in only with the consent of whom they are about (domain §6.11)."""

from members.roster.findings import finding
from members.roster.validation import Judged
from members.rules.checks import facts_to_agree


def settle(judged: Judged, *, agreed: bool) -> None:
    """Take out of JUDGED the health facts that nobody agreed to, and say so.

    AGREED: the member consented before, as the register has it.
    """
    left = [] if judged.values.get("health_agreed_on") else facts_to_agree(judged.values)
    if not left:
        return
    judged.problems = [found for found in judged.problems if found.code != "HEALTH_WITHOUT_CONSENT"]
    if agreed:
        return
    judged.given = [name for name in judged.given if name not in left]
    judged.values = {name: value for name, value in judged.values.items() if name not in left}
    judged.problems.append(finding("HEALTH_LEFT", left[0]))
