"""The district on paper: every area and every Party organisation before anything is written."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from branches.enums import BranchSetting

SOURCE = "演示数据"  # of the rows that cannot be marked otherwise


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
    fewer than five of them come regularly (SYS-10), SERVING how many have not retired yet (SYS-03).
    LED_BY is the branch that leads its ALLIANCE, by code; TERM_ENDS the last day of its secretary's post.
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
    issuer: str = "青老工委"
    is_small: bool = False
    serving: int = 0
    alliance: str = ""
    led_by: str = ""
    term_ends: dt.date | None = None

    @property
    def short_name(self) -> str:
        """The name as it fits on a phone."""
        shorter = self.name.replace("离退休", "").replace("企业退休", "企退")
        return shorter.replace("党支部", "支部")

    @property
    def document(self) -> str:
        """The paper that approved it."""
        return (
            f"{self.issuer}〔{self.founded.year}〕{int(self.code[-2:])}号" if self.founded else ""
        )


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
        return self._below[code]

    @cached_property
    def _below(self) -> dict[str, list[AreaPlan]]:
        found: dict[str, list[AreaPlan]] = defaultdict(list)
        for area in self.areas:
            found[area.parent].append(area)
        return found

    def of(self, *kinds: str) -> list[BranchPlan]:
        """Organisations of the kinds named."""
        return [branch for branch in self.branches if branch.kind in kinds]
