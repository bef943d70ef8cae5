"""A province: as many districts as its members fill, each drawn and written by itself.

The territory is real (``fixtures/demo_divisions.csv.gz``: Jiangsu, from china-division 2.7.0,
WTFPL, itself from the statistics bureau) or any file of the same columns; all people are fictional.
At full size: 530,000 members in 5,000 branches of 104 districts, two in five with a managing link,
3,000,000 attendances a year.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.db import transaction

from activities.models import Activity, Attendance
from activities.rules.period import Period
from branches import rules
from branches.division_plan import DivisionPlan
from branches.divisions import Division, read
from branches.enums import AreaLevel, BranchKind, BranchSetting
from branches.levels import LevelNames
from branches.models import Area, Branch
from branches.refusal import FileRefused
from core import audit, bulk
from members.enums import AffiliationKind
from members.models import Affiliation, Member
from portal.demo import decks, ground
from portal.demo.accounts import Accounts
from portal.demo.links import Link
from portal.demo.months import LOGGED_AT_ONCE, Fellow, Year
from portal.demo.organisations import ENTERPRISE_BRANCH, Founding
from portal.demo.people import Numbers, People, Person
from portal.demo.plan import AreaPlan, BranchPlan, Plan
from portal.demo.recipe import Frame
from portal.demo.records import Records
from portal.demo.register import Register

DIVISIONS = settings.BASE_DIR / "fixtures" / "demo_divisions.csv.gz"
WHOLE = 530_000
BRANCH_MEMBERS = 106
LARGEST_SHARE = 20_000 / WHOLE  # of all members, those of the largest district
LINKED_SHARE = 0.4
ATTENDANCES = 3_000_000 / WHOLE  # a member and year
# Of one month that a branch has logged: the members at home and, on average, the guests.
ATTENDANCES_A_MONTH = 1.13
SMALLEST = 200  # members; fewer make no district
LOADED = (Member, Affiliation, Activity, Attendance)
Say = Callable[[str], None]


@dataclass
class Territory:
    """The regions of a file, and its districts with what lies below them."""

    regions: list[Division] = field(default_factory=list)
    districts: list[list[AreaPlan]] = field(default_factory=list)


@dataclass(frozen=True)
class Built:
    """What was written."""

    districts: int
    branches: int
    members: int


def territory(path: Path) -> Territory:
    """Return the territory of a file of divisions. Raises FileRefused with every fault."""
    file = read(path)
    plan, rows = DivisionPlan(file, {}, LevelNames()), file.rows
    if plan.problems:
        raise FileRefused(plan.problems)
    below: dict[str, list[AreaPlan]] = defaultdict(list)
    for row in rows:
        if plan.ranks[row.code] >= AreaLevel.DISTRICT:
            area = AreaPlan(row.code, row.name, plan.ranks[row.code], row.parent)
            below[row.code[:6]].append(area)
    found = [sorted(areas, key=lambda area: (area.level, area.code)) for areas in below.values()]
    regions = [row for row in rows if plan.ranks[row.code] in {rules.PROVINCE, rules.CITY}]
    return Territory(regions, [areas for areas in found if _communities(areas)])


@transaction.atomic
def build(members: int, day: dt.date, divisions: Path, say: Say) -> Built:
    """Write a province of MEMBERS as of DAY, all or nothing; SAY hears how far it is.

    District by district, so that memory stays bounded. Nobody else works meanwhile.
    """
    began, ground_of = monotonic(), territory(divisions)
    plans = list(_plans(ground_of.districts, members, day))
    whole = Plan(
        areas=[area for plan in plans for area in plan.areas],
        branches=[branch for plan in plans for branch in plan.branches],
    )
    areas = ground.write_areas(whole, ground_of.regions)
    branches = ground.write_branches(whole, areas)
    say(f"区划和党组织已写入：区县 {len(plans)} 个，党组织 {len(whole.branches):,} 个。")
    writer = _Writer(day, areas, branches, [plan.areas[0].code for plan in plans])
    with bulk.checked_together(*LOADED):
        for plan in plans:
            writer.write(plan)
            passed = monotonic() - began
            say(f"党员 {writer.members:,} / {members:,} 名，已用 {passed:.0f} 秒。")
    for model in LOADED:
        bulk.settle(model)
    built = Built(len(plans), len(whole.branches), writer.members)
    note = f"全省规模：区县 {built.districts}，党组织 {built.branches}，党员 {built.members}"
    audit.record(by=None, act="装入演示数据", label=whole.areas[0].name, note=note)
    return built


class _Writer:
    """Writes district after district; numbers and telephones go on from one to the next."""

    def __init__(
        self,
        day: dt.date,
        areas: dict[str, Area],
        branches: dict[str, Branch],
        districts: list[str],
    ) -> None:
        self.day = day
        self.areas = areas
        self.branches = branches
        self.districts = districts
        self.numbers = Numbers(decks.chance(_frame(day, 0).seed, "numbers"))
        self.register = Register(areas, branches)
        self.members = 0

    def write(self, plan: Plan) -> None:
        """Write the people of one district, their links, accounts and year."""
        frame = _frame(self.day, self.districts.index(plan.areas[0].code))
        neighbours = Neighbours(plan, frame)
        people = People(plan, frame, self.numbers).draw()
        fellows = self.register.write((person, neighbours.links_of(person)) for person in people)
        accounts = Accounts(plan, frame, self.areas, self.branches, self.districts)
        secretaries = accounts.write(fellows)
        year = KeptMonths(plan, frame, fellows).draw()
        Records(self.branches, secretaries, fellows).write(year)
        self.members += len(fellows)


class Neighbours:
    """Homes, and for two members in five a link to another branch of the district."""

    def __init__(self, plan: Plan, frame: Frame) -> None:
        self.frame = frame
        self.chance = decks.chance(frame.seed, "links")
        self.branches = [branch for branch in plan.branches if branch.members]

    def links_of(self, person: Person) -> list[Link]:
        """Return the home of PERSON, then his link if he has one."""
        home = person.branch
        founded = home.founded or self.frame.first_month
        since = max(person.values["retire_date"] or founded, founded)
        links = [Link(home.code, AffiliationKind.HOME, since)]
        if self.chance.random() < LINKED_SHARE:
            other = self.chance.choice(self.branches)
            if other is not home:
                links.append(self._link(other))
        return links

    def _link(self, branch: BranchPlan) -> Link:
        at_the_door = branch.setting == BranchSetting.DOORSTEP
        kind = AffiliationKind.COMMUNITY if at_the_door else AffiliationKind.ASSOCIATION
        first = max(branch.founded or dt.date.min, self.frame.day - dt.timedelta(days=1500))
        last = self.frame.first_month - dt.timedelta(days=1)
        return Link(branch.code, kind, decks.day_between(self.chance, first, last))


class KeptMonths(Year):
    """The year of branches that log some of their months: so many attendances as a year has."""

    def __init__(self, plan: Plan, frame: Frame, fellows: list[Fellow]) -> None:
        super().__init__(plan, frame, fellows)
        past = sum(1 for _ in decks.months(frame.first_month, frame.day)) - 1
        over = [self._day(one, Period.of(frame.day)) <= frame.day for one in self.branches]
        months = past + LOGGED_AT_ONCE * sum(over) / len(over)
        self.share = min(1, ATTENDANCES / ATTENDANCES_A_MONTH / months)

    def _is_logged(self, branch: BranchPlan, period: Period, day: dt.date) -> bool:
        kept = branch.code == self.unlogged or self.chance.random() < self.share
        return kept and super()._is_logged(branch, period, day)


class DistrictFounding(Founding):
    """Draws the branches of one district: at the door of its communities, two kinds in turn."""

    def draw(self, sizes: list[int]) -> None:
        """Add a branch for each of SIZES, and the committees above them."""
        communities = _communities(self.plan.areas)
        places = [
            communities[number * len(communities) // len(sizes)] for number in range(len(sizes))
        ]
        streets = {area.parent for area in places}
        self.found_committees(street for street in self.streets if street.code in streets)
        taken: dict[str, int] = defaultdict(int)
        for number, (area, size) in enumerate(zip(places, sizes, strict=True)):
            taken[area.code] += 1
            ordinal = f"第{taken[area.code]}" if len(sizes) > len(communities) else ""
            words, kind = (
                ("离退休", BranchKind.BRANCH) if number % 3 else ("企业退休", ENTERPRISE_BRANCH)
            )
            self._add(
                **self._place(area, f"{_short(area.name)}{words}{ordinal}党支部"),
                kind=kind,
                members=size,
                setting=BranchSetting.DOORSTEP,
                founded=self._founded(2008, 2022),
                issuer=f"{self.district.name}老工委",
            )


def _plans(districts: list[list[AreaPlan]], members: int, day: dt.date) -> Iterator[Plan]:
    """Yield the plan of each district that MEMBERS fill, the first with the sign-ins."""
    wanted = max(1, min(len(districts), round(len(districts) * members / WHOLE)))
    chosen = districts[:wanted]
    for number, (areas, share) in enumerate(zip(chosen, _shares(chosen, members), strict=True)):
        plan, frame = Plan(areas=areas), _frame(day, number)
        parts = ceil(share / BRANCH_MEMBERS)
        founding = DistrictFounding(plan, frame)
        founding.draw(decks.sizes(founding.chance, share, parts))
        if number == 0:
            first = next(branch for branch in plan.branches if branch.members)
            plan.secretary_branch = first.code
        yield plan


def _shares(districts: list[list[AreaPlan]], members: int) -> list[int]:
    """Return how many of MEMBERS live in each district: by its communities; one is much larger."""
    weights = [len(_communities(areas)) for areas in districts]
    largest = weights.index(max(weights))
    planted = max(round(members * weights[largest] / sum(weights)), round(members * LARGEST_SHARE))
    others, rest = sum(weights) - weights[largest], members - planted
    if not others:
        return [members]
    found = [rest * weight // others for weight in weights]
    found[largest] = 0
    found[largest] = members - sum(found)
    return found


def _frame(day: dt.date, number: int) -> Frame:
    frame = Frame(size="province", day=day)
    return Frame(size=frame.size, day=day, seed=frame.seed + number)


def _communities(areas: Iterable[AreaPlan]) -> list[AreaPlan]:
    return [area for area in areas if area.level == AreaLevel.COMMUNITY]


def _short(name: str) -> str:
    """Return a community's name without its committee: 合班村社区, 大圩村."""
    if name.endswith("居委会"):
        return name.removesuffix("居委会")
    return name.removesuffix("委会") if name.endswith("村委会") else name
