"""How large the demonstration district is and what is planted in it (domain §5)."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from branches.enums import Tie

SEED = 990101


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What every demonstration follows from, whatever its size: day, seed, and who is planted."""

    size: str
    veterans: int = 0
    day: dt.date = field(default_factory=timezone.localdate)
    seed: int = SEED

    @property
    def first_month(self) -> dt.date:
        """First month with records: January of the year that was current half a year ago."""
        return dt.date((self.day - dt.timedelta(days=183)).year, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Recipe(Frame):
    """Numbers of everything in the district; what is not numbered here follows from these."""

    streets: int
    communities: int  # a street's first ones; the list of places caps it
    units: int
    local_branches: int
    local_groups: int
    ties: dict[str, int]
    enterprise_branches: int  # in each community
    cadres: int
    enterprise_members: int
    small_units: int
    unit_members: int  # of the cadres, those whose home is a unit of the district
    secretary_branch: int  # members of the branch whose secretary signs in
    guests: tuple[int, int]  # fewest and most members linked to a temporary branch
    crowded: int  # members of the branch that should be split; 0 plants none
    alliances: int  # of small branches, each led by a larger one (SYS-10)
    ending: int  # branches whose secretary's term ends within six months
    overdue: int  # and whose has ended without a new one (SYS-14)

    @property
    def members(self) -> int:
        """All members of the district."""
        return self.cadres + self.enterprise_members


SIZES: dict[str, dict[str, Any]] = {
    "S": {
        "streets": 2,
        "communities": 2,
        "units": 4,
        "local_branches": 4,
        "local_groups": 2,
        "ties": {Tie.PLACE: 1, Tie.INTEREST: 1, Tie.TRADE: 1},
        "enterprise_branches": 1,
        "cadres": 76,
        "enterprise_members": 44,
        "veterans": 2,
        "small_units": 1,
        "unit_members": 33,
        "secretary_branch": 12,
        "guests": (5, 8),
        "crowded": 0,
        "alliances": 1,
        "ending": 1,
        "overdue": 0,
    },
    "M": {
        "streets": 16,
        "communities": 4,
        "units": 36,
        "local_branches": 35,
        "local_groups": 12,
        "ties": {Tie.PLACE: 6, Tie.INTEREST: 5, Tie.TRADE: 4},
        "enterprise_branches": 2,
        "cadres": 1920,
        "enterprise_members": 4481,
        "veterans": 28,
        "small_units": 16,
        "unit_members": 845,
        "secretary_branch": 28,
        "guests": (12, 30),
        "crowded": 63,
        "alliances": 4,
        "ending": 4,
        "overdue": 2,
    },
}


def recipe(size: str, day: dt.date) -> Recipe:
    """Return the recipe of SIZE (S: 120 members, for tests; M: 6,401) as of DAY."""
    return Recipe(size=size, day=day, **SIZES[size])
