"""A year of theme days on paper: what was held, who came and how (domain §5.7, SYS-18)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from activities.enums import TOOK_PART, ActivityState, AttendanceState
from activities.rules.attendance import ELSEWHERE, Mark, settle
from activities.rules.period import Period, fixed_date
from members.enums import AffiliationKind
from portal.demo import decks, wording
from portal.demo.links import Link
from portal.demo.plan import BranchPlan, Plan
from portal.demo.recipe import Frame

GUEST_COMES = 0.6
ALLY_COMES = 0.1  # an alliance meets once in a while; each branch goes on by itself
BOTH_PLACES = 0.15  # of those who came elsewhere, those who also came at home
MISSED_ONE, MISSED_TWO = 0.12, 0.03  # branches that left out one or two months
LOGGED_AT_ONCE = 0.85  # of the theme days of this month that are over
PLANNED_AHEAD = 0.85
REGULARS = 4  # most who come regularly in a small branch (SYS-10: fewer than five)
HOURS = (dt.time(9, 0), dt.time(9, 30), dt.time(14, 30))


@dataclass
class Fellow:
    """A written member, as far as attendance goes: row id, and his homes and links by branch."""

    pk: int
    name: str
    born: int
    is_frail: bool
    links: list[Link]
    reliability: float = 0.0

    def home_on(self, day: dt.date) -> str:
        """Return the code of the branch that was his home on DAY; empty before the first."""
        homes = (link.branch for link in self.links if link.is_home and link.covers(day))
        return next(homes, "")

    def ties_to(self, branch: str, day: dt.date) -> set[str]:
        """Return the kinds of his ties to the branch with this code on DAY."""
        return {link.kind for link in self.links if link.branch == branch and link.covers(day)}


@dataclass(frozen=True)
class Held:
    """One activity: planned, or held with the marks of home members and guests by row id."""

    branch: BranchPlan
    period: str
    date: dt.date
    starts_at: dt.time
    topic: str
    lesson: str
    minutes: str
    state: str
    marks: dict[int, Mark] = field(default_factory=dict)


class Year:
    """Draws the theme days of all branches, month by month."""

    def __init__(self, plan: Plan, recipe: Frame, fellows: list[Fellow]) -> None:
        self.recipe = recipe
        self.chance = decks.chance(recipe.seed, "months")
        self.branches = [branch for branch in plan.branches if branch.theme_day]
        self.homes: dict[str, list[tuple[Fellow, Link]]] = defaultdict(list)
        self.guests: dict[str, list[tuple[Fellow, Link]]] = defaultdict(list)
        for fellow in fellows:
            for link in fellow.links:
                (self.homes if link.is_home else self.guests)[link.branch].append((fellow, link))
        self._settle_habits()
        self.missed = {branch.code: self._missed_months() for branch in self.branches}
        # The branch whose secretary signs in has only this month left to log.
        self.missed[plan.secretary_branch] = set()
        self.unlogged = plan.secretary_branch

    def draw(self) -> Iterator[Held]:
        """Yield every activity from the first month to the plan of the coming one."""
        for month in decks.months(self.recipe.first_month, self.recipe.day):
            yield from self._month(Period.of(month))
        yield from self._plan(Period.of(self.recipe.day).next)

    def _month(self, period: Period) -> Iterator[Held]:
        held: list[tuple[BranchPlan, dt.date]] = []
        for branch in self.branches:
            day = self._day(branch, period)
            if branch.founded and branch.founded > day:
                continue
            if self._is_logged(branch, period, day):
                held.append((branch, day))
            elif Period.of(self.recipe.day) == period:
                yield self._planned(branch, period, day)
        came = {branch.code: self._guests_of(branch, day) for branch, day in held}
        elsewhere = {
            pk for marks in came.values() for pk, mark in marks.items() if mark.state in TOOK_PART
        }
        for branch, day in held:
            marks = self._home_marks(branch, day, elsewhere) | came[branch.code]
            yield self._held(branch, period, day, marks)

    def _is_logged(self, branch: BranchPlan, period: Period, day: dt.date) -> bool:
        if Period.of(self.recipe.day) != period:
            return period.month not in self.missed[branch.code]
        is_over = day <= self.recipe.day and branch.code != self.unlogged
        return is_over and self.chance.random() < LOGGED_AT_ONCE

    def _guests_of(self, branch: BranchPlan, day: dt.date) -> dict[int, Mark]:
        """Return the marks of the linked: everybody whom a temporary branch expects, else who came."""
        marks = {}
        for fellow, link in self.guests[branch.code]:
            if link.kind == AffiliationKind.TEMPORARY:
                if link.covers(day) and fellow.home_on(day):
                    marks[fellow.pk] = self._mark(fellow, is_elsewhere=False)
            elif self._may_come(fellow, link, day) and self.chance.random() < _share(link):
                marks[fellow.pk] = Mark(AttendanceState.PRESENT)
        return marks

    def _may_come(self, fellow: Fellow, link: Link, day: dt.date) -> bool:
        return link.covers(day) and not fellow.is_frail and bool(fellow.home_on(day))

    def _home_marks(self, branch: BranchPlan, day: dt.date, elsewhere: set[int]) -> dict[int, Mark]:
        return {
            fellow.pk: self._mark(fellow, fellow.pk in elsewhere)
            for fellow, link in self.homes[branch.code]
            if link.covers(day)
        }

    def _mark(self, fellow: Fellow, is_elsewhere: bool) -> Mark:
        if is_elsewhere and self.chance.random() > BOTH_PLACES:
            return Mark(AttendanceState.EXCUSED, ELSEWHERE)
        throw = self.chance.random()
        if fellow.is_frail:
            reached = throw < fellow.reliability
            state = AttendanceState.HOME if reached else AttendanceState.EXCUSED
        elif throw < fellow.reliability:
            online = self.chance.random() < 0.05
            state = AttendanceState.ONLINE if online else AttendanceState.PRESENT
        else:
            away = self.chance.random() < 0.75
            state = AttendanceState.EXCUSED if away else AttendanceState.ABSENT
        if state != AttendanceState.EXCUSED:
            return settle(Mark(state), frail=fellow.is_frail)
        reason = decks.pick(self.chance, wording.topics()["excuses"])
        return settle(Mark(state, reason), frail=fellow.is_frail)

    def _held(
        self, branch: BranchPlan, period: Period, day: dt.date, marks: Mapping[int, Mark]
    ) -> Held:
        is_old = period < Period.of(self.recipe.day).previous
        state = ActivityState.ARCHIVED if is_old else ActivityState.RECORDED
        return self._activity(branch, period, day, state, dict(marks))

    def _planned(self, branch: BranchPlan, period: Period, day: dt.date) -> Held:
        return self._activity(branch, period, day, ActivityState.PLANNED, {})

    def _plan(self, period: Period) -> Iterator[Held]:
        for branch in self.branches:
            if self.chance.random() < PLANNED_AHEAD:
                yield self._planned(branch, period, self._day(branch, period))

    def _activity(
        self, branch: BranchPlan, period: Period, day: dt.date, state: str, marks: dict[int, Mark]
    ) -> Held:
        topics = wording.topics()["theme_days"][period.month - 1]
        return Held(
            branch=branch,
            period=str(period),
            date=day,
            starts_at=self.chance.choice(HOURS),
            topic=topics[0] if self.chance.random() < 0.7 else self.chance.choice(topics),
            lesson=decks.pick(self.chance, wording.topics()["lessons"]),
            minutes=decks.pick(self.chance, wording.topics()["minutes"]),
            state=state,
            marks=marks,
        )

    def _day(self, branch: BranchPlan, period: Period) -> dt.date:
        return fixed_date(period, branch.theme_day) or period.first

    def _missed_months(self) -> set[int]:
        throw = self.chance.random()
        count = 2 if throw < MISSED_TWO else 1 if throw < MISSED_TWO + MISSED_ONE else 0
        return set(self.chance.sample(range(2, 12), count))

    def _settle_habits(self) -> None:
        """Give everybody a habit; in small branches a few come always and the rest seldom."""
        for branch in self.branches:
            here = [fellow for fellow, link in self.homes[branch.code] if link.ended_on is None]
            regulars = self.chance.randint(3, REGULARS)
            for index, fellow in enumerate(here):
                if branch.is_small:
                    fellow.reliability = 0.93 if index < regulars else 0.06
                else:
                    fellow.reliability = self.chance.betavariate(9, 1.6)


def _share(link: Link) -> float:
    return ALLY_COMES if link.kind == AffiliationKind.ALLIANCE else GUEST_COMES
