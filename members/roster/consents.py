"""Health facts come in only with the consent of whom they are about (domain §6.11)."""

from members.roster.findings import finding
from members.roster.validation import Judged
from members.rules.checks import HEALTH, facts_to_agree


def settle(judged: Judged, *, agreed: bool) -> None:
    """Take out of JUDGED the health facts that nobody agreed to, and say so; of words nothing is told.

    AGREED: the member consented before, as the register has it.
    """
    if judged.values.get("health_agreed_on"):
        return
    words = [each for each in judged.problems if each.code == "CODE_LEFT" and each.field in HEALTH]
    left = facts_to_agree(judged.values) + [word.field for word in words]
    if not left:
        return
    judged.problems = [found for found in judged.problems if found.code != "HEALTH_WITHOUT_CONSENT"]
    if agreed:
        return
    judged.problems = [found for found in judged.problems if found not in words]
    judged.given = [name for name in judged.given if name not in left]
    judged.values = {name: value for name, value in judged.values.items() if name not in left}
    judged.problems.append(finding("HEALTH_LEFT", left[0]))
