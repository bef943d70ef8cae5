"""Care figures of one member, dated with his consent, and what he likes to do (domain §5.5)."""

import datetime as dt
import random
from typing import Any

from portal.demo import decks

# By the decade of age, in per cent; the district as a whole comes out at the recipe's shares:
# self-care B 12, C 5; empty nest 22, living alone 9; unable to travel 14.
SELF_CARE = {6: (3, 0.5), 7: (12, 3), 8: (25, 12), 9: (35, 35)}
NEST = {6: (18, 3), 7: (26, 9), 8: (24, 19), 9: (12, 22)}
UNABLE = {6: 0.5, 7: 3, 8: 12, 9: 40}
UNABLE_B, UNABLE_C = 45, 95
SKILLS = ("01", "02", "03", "04", "06", "07", "08", "09")


def draw(chance: random.Random, birth: dt.date, day: dt.date) -> dict[str, Any]:
    """Return health, self-care, family and hobby fields of somebody born on BIRTH."""
    decade = min(9, max(6, (day.year - birth.year) // 10))
    care = _one_of(chance, {"B": SELF_CARE[decade][0], "C": SELF_CARE[decade][1]}, "A")
    unable = {"A": UNABLE[decade], "B": UNABLE_B, "C": UNABLE_C}[care]
    skills = decks.pick(chance, SKILLS) if chance.random() < 0.35 else ""
    agreed = day - dt.timedelta(days=chance.randint(200, 900))
    return {
        "self_care": care,
        "health": {"A": "1", "B": "3", "C": "6"}[care] if chance.random() < 0.8 else "2",
        "empty_nest": _one_of(chance, {"1": NEST[decade][0], "2": NEST[decade][1], "3": 0.4}, "0"),
        "hardship": "2" if chance.random() < 0.015 else "",
        "needs_home_study": chance.random() * 100 < unable,
        "health_agreed_on": agreed,
        "display_agreed_on": agreed if chance.random() < 0.3 else None,
        "talent_agreed_on": agreed if skills else None,
        "skills": skills,
    }


def _one_of(chance: random.Random, shares: dict[str, float], otherwise: str) -> str:
    throw = chance.random() * 100
    for value, share in shares.items():
        if throw < share:
            return value
        throw -= share
    return otherwise
