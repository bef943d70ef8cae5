"""Homes and managing links of the members on paper: one home, up to two links that count (SYS-05)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from branches.enums import BranchKind, BranchSetting
from members.enums import AffiliationKind
from portal.demo import decks
from portal.demo.organisations import ENTERPRISE_BRANCH
from portal.demo.people import Person
from portal.demo.plan import BranchPlan, Plan
from portal.demo.recipe import Recipe

COMMUNITY_SHARE = 0.55  # of a unit's members, those who joined the branch at their door
ASSOCIATION_SHARE = {ENTERPRISE_BRANCH: 0.03, BranchKind.BRANCH: 0.16}
MOVED_SHARE = 0.03  # members who came from another branch of the district


@dataclass(frozen=True)
class Link:
    """One affiliation: branch by code, kind, dates."""

    branch: str
    kind: str
    started_on: dt.date
    ended_on: dt.date | None = None
    document: str = ""

    @property
    def is_home(self) -> bool:
        """Whether it is the formal home of its time."""
        return self.kind == AffiliationKind.HOME

    def covers(self, day: dt.date) -> bool:
        """Whether the link is in force on DAY; the last day still counts."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)


class Links:
    """Draws the affiliations of the members of one plan."""

    def __init__(self, plan: Plan, recipe: Recipe) -> None:
        self.recipe = recipe
        self.chance = decks.chance(recipe.seed, "links")
        branches = plan.of(BranchKind.BRANCH)
        self.units = [branch for branch in branches if branch.unit]
        self.leads = {branch.code: branch for branch in self.units}
        self.doorsteps = {
            branch.area: branch for branch in branches if branch.setting == BranchSetting.DOORSTEP
        }
        meeting = {BranchSetting.ASSOCIATION, BranchSetting.VENUE}
        self.associations = [branch for branch in branches if branch.setting in meeting]
        self.temporary = self._places_in_temporary(plan)

    def of(self, people: Iterable[Person]) -> Iterator[list[Link]]:
        """Yield the links of each of PEOPLE, the current home first."""
        for number, person in enumerate(people):
            home, before = self._home(person)
            yield [home, *before, *self._counted(person), *self._temporary(number)]

    def _home(self, person: Person) -> tuple[Link, list[Link]]:
        branch = person.branch
        founded = branch.founded or self.recipe.first_month
        since = max(person.values["retire_date"] or founded, founded)
        moved = self.chance.random() < MOVED_SHARE and branch not in self.units
        if not moved:
            return Link(branch.code, AffiliationKind.HOME, since), []
        changed = decks.day_between(self.chance, since, self.recipe.day - dt.timedelta(days=60))
        before = self.chance.choice(self.units).code
        old = Link(before, AffiliationKind.HOME, since, max(since, changed - dt.timedelta(days=1)))
        return Link(branch.code, AffiliationKind.HOME, changed), [old]

    def _counted(self, person: Person) -> Iterator[Link]:
        door = self.doorsteps.get(person.community)
        if person.branch.unit and door and self.chance.random() < COMMUNITY_SHARE:
            yield self._link(door, AffiliationKind.COMMUNITY)
        if person.branch.led_by:  # with the one at his door that is all he may have
            lead = self.leads[person.branch.led_by]
            paper = f"“{person.branch.alliance}”党建联盟"
            yield replace(self._link(lead, AffiliationKind.ALLIANCE), document=paper)
            return
        share = ASSOCIATION_SHARE[person.branch.kind]
        is_able = person.values["self_care"] == "A" and not person.values["needs_home_study"]
        if is_able and self.chance.random() < share and person.branch not in self.associations:
            yield self._link(self.chance.choice(self.associations), AffiliationKind.ASSOCIATION)

    def _temporary(self, number: int) -> Iterator[Link]:
        if branch := self.temporary.get(number):
            yield Link(branch.code, AffiliationKind.TEMPORARY, branch.founded or self.recipe.day)

    def _link(self, branch: BranchPlan, kind: str) -> Link:
        first = max(branch.founded or dt.date.min, self.recipe.day - dt.timedelta(days=1500))
        last = self.recipe.first_month - dt.timedelta(days=1)
        return Link(branch.code, kind, decks.day_between(self.chance, first, last))

    def _places_in_temporary(self, plan: Plan) -> dict[int, BranchPlan]:
        """Return whom the temporary branches gather: the running numbers of members."""
        wanted = [
            branch for branch in plan.of(BranchKind.TEMP_BRANCH) for _ in range(branch.guests)
        ]
        numbers = self.chance.sample(range(self.recipe.members), len(wanted))
        return dict(zip(numbers, wanted, strict=True))
