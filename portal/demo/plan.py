"""The district on paper: every area and every Party organisation before anything is written."""

import datetime as dt
from dataclasses import dataclass, field

from branches.enums import BranchSetting


@dataclass(frozen=True)
class AreaPlan:
    """One area; PARENT is a code, empty for the district."""

    code: str
    name: str
    level: int
    parent: str = ""


@dataclass(frozen=True)
class BranchPlan:
    """One organisation, by the codes of its parent and its area.

    MEMBERS counts those whose home it is, GUESTS those who are linked to it; IS_SMALL says that
    fewer than five of them come regularly (SYS-10).
    """

    code: str
    name: str
    kind: str
    area: str
    parent: str = ""
    members: int = 0
    guests: int = 0
    setting: str = BranchSetting.UNIT
    tie: str = ""
    unit: str = ""
    place: str = ""
    theme_day: int | None = None
    founded: dt.date | None = None
    is_small: bool = False


@dataclass
class Plan:
    """All areas and organisations, parents before children."""

    areas: list[AreaPlan] = field(default_factory=list)
    branches: list[BranchPlan] = field(default_factory=list)
    secretary_branch: str = ""  # code of the branch whose secretary signs in

    def at(self, level: int) -> list[AreaPlan]:
        """Areas of one level, in the order of their codes."""
        return [area for area in self.areas if area.level == level]

    def below(self, code: str) -> list[AreaPlan]:
        """Areas directly under the area CODE."""
        return [area for area in self.areas if area.parent == code]

    def of(self, *kinds: str) -> list[BranchPlan]:
        """Organisations of the kinds named."""
        return [branch for branch in self.branches if branch.kind in kinds]
