"""The Party organisations of the district on paper: 98 by the seed's counter, and the homes of
the enterprise retirees (domain §5.4, SYS-02, SYS-15)."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from branches.enums import AreaLevel, BranchKind, BranchSetting, Tie
from portal.demo import decks, wording
from portal.demo.plan import AreaPlan, BranchPlan, Plan
from portal.demo.recipe import Frame, Recipe

# A kind as data (fixtures/kinds.json): counted apart from the 98 units of the seed.
ENTERPRISE_BRANCH = "branch.enterprise_branch"

THEME_DAYS = (5, 8, 10, 12, 15, 18, 20)
SECRETARY_DAY = 20
MIXED_UNIT, SERVING = 1, 4  # which unit still counts members in service, and how many
SMALLEST = 2  # members of the unit that cannot be a branch of its own (R-BR-02)
# Of a street's communities these get a branch, in this turn; the second gets a group.
BRANCH_TURNS, GROUP_TURN = (0, 2, 3, 1), 1


class Founding:
    """Adds organisations to one district's plan: their codes, committees, places and days."""

    def __init__(self, plan: Plan, recipe: Frame) -> None:
        self.plan = plan
        self.chance = decks.chance(recipe.seed, "organisations")
        self.district = plan.at(AreaLevel.DISTRICT)[0]
        self.streets = plan.at(AreaLevel.STREET)
        self.committees: dict[str, str] = {}

    def found_committees(self, streets: Iterable[AreaPlan]) -> BranchPlan:
        """Add the working committee of the district and the committees of STREETS below it."""
        root = self._add(
            self.district, f"{self.district.name}离退休干部工委", BranchKind.WORKING_COMMITTEE
        )
        for street in streets:
            name = f"{street.name}离退休党委"
            self.committees[street.code] = self._add(
                street, name, BranchKind.PARTY_COMMITTEE, parent=root.code
            ).code
        return root

    def _place(self, area: AreaPlan, name: str, **more: Any) -> dict[str, Any]:
        street = area.code if area.level == AreaLevel.STREET else area.parent
        room = decks.pick(self.chance, wording.topics()["places"])
        return {
            "area": area,
            "name": name,
            "parent": self.committees[street],
            "place": f"{area.name}{room}",
            **more,
        }

    def _add(
        self, area: AreaPlan, name: str, kind: str = BranchKind.BRANCH, **more: Any
    ) -> BranchPlan:
        code = f"{self.district.code[:6]}{len(self.plan.branches) + 1:04d}"
        if more.get("members") or more.get("guests"):
            more.setdefault("theme_day", self.chance.choice(THEME_DAYS))
        branch = BranchPlan(code, name, kind, area.code, **more)
        self.plan.branches.append(branch)
        return branch

    def _founded(self, first: int, last: int) -> dt.date:
        return decks.day_between(self.chance, dt.date(first, 3, 1), dt.date(last, 6, 30))


class Organisations(Founding):
    """Draws every organisation of the district of a recipe."""

    def __init__(self, plan: Plan, recipe: Recipe) -> None:
        super().__init__(plan, recipe)
        self.recipe = recipe

    def draw(self) -> None:
        """Add all organisations to the plan, parents before children."""
        self._draw_units(self.found_committees(self.streets))
        self._draw_local()
        self._draw_ties()
        self._draw_enterprise()

    def _draw_units(self, root: BranchPlan) -> None:
        names = wording.places()["units"].split()[: self.recipe.units]
        sizes = self._unit_sizes(len(names))
        first_small = len(names) - 1 - self.recipe.small_units
        first = len(self.plan.branches)
        alliances = wording.places()["alliances"].split()[: self.recipe.alliances]
        terms = self._terms()
        for index, (name, size) in enumerate(zip(names, sizes, strict=True)):
            self._add(
                self.district,
                f"区{name}离退休党支部",
                parent=root.code,
                unit=f"{self.district.name}{name}",
                place=f"区{name}老干部活动室",
                members=size,
                is_small=index >= first_small,
                serving=SERVING if index == MIXED_UNIT else 0,
                founded=self._founded(1988, 2016),
                term_ends=next(terms, None),
                **self._alliance(index - first_small, alliances, first),
            )

    def _alliance(self, small: int, alliances: list[str], first: int) -> dict[str, str]:
        """Return in which of ALLIANCES the SMALL one (its turn) is, led by one of the units from FIRST.

        The last unit, which cannot be a branch of its own, is in none; nor are larger ones.
        """
        if not 0 <= small < self.recipe.small_units:
            return {}
        turn = small % len(alliances)
        leads = [branch.code for branch in self.plan.branches[first:] if not branch.is_small]
        return {"alliance": alliances[turn], "led_by": leads[-1 - turn]}

    def _terms(self) -> Iterator[dt.date]:
        """Yield when the terms of the first units' secretaries end: soon, then some time ago."""
        for number in range(self.recipe.ending):
            yield self.recipe.day + dt.timedelta(days=35 * (number + 1))
        for number in range(self.recipe.overdue):
            yield self.recipe.day - dt.timedelta(days=45 * (number + 1))

    def _unit_sizes(self, units: int) -> list[int]:
        planted = [self.recipe.crowded] if self.recipe.crowded else []
        small = [self.chance.randint(4, 7) for _ in range(self.recipe.small_units)]
        total = self.recipe.unit_members - sum(planted) - sum(small) - SMALLEST
        usual = decks.sizes(self.chance, total, units - len(planted) - len(small) - 1, 0.25)
        return [*planted, *usual, *small, SMALLEST]

    def _draw_local(self) -> None:
        places = list(self._local_places())
        total = self.recipe.cadres - self.recipe.unit_members - self.recipe.secretary_branch
        sizes = decks.sizes(self.chance, total, len(places) - 1)
        for place, size in zip(places, [self.recipe.secretary_branch, *sizes], strict=True):
            is_first = not self.plan.secretary_branch
            branch = self._add(
                **place,
                members=size,
                founded=self._founded(2008, 2022),
                theme_day=SECRETARY_DAY if is_first else self.chance.choice(THEME_DAYS),
            )
            self.plan.secretary_branch = self.plan.secretary_branch or branch.code
        self._draw_groups()

    def _local_places(self) -> Iterator[dict[str, Any]]:
        """Yield what is needed for each street, community and association branch."""
        associations = wording.places()["associations"][: max(1, self.recipe.local_branches // 8)]
        rest = self.recipe.local_branches - len(associations)
        of_streets = self.streets[: rest // 4]
        for community in self._communities()[: rest - len(of_streets)]:
            name = f"{community.name}离退休党支部"
            yield self._place(community, name, setting=BranchSetting.DOORSTEP)
        for street in of_streets:
            yield self._place(street, f"{street.name}机关离退休党支部")
        for (name, setting), street in zip(associations, self.streets, strict=False):
            yield self._place(street, f"{name}党支部", setting=setting)

    def _communities(self) -> list[AreaPlan]:
        by_street = [self.plan.below(street.code) for street in self.streets]
        return [areas[turn] for turn in BRANCH_TURNS for areas in by_street if turn < len(areas)]

    def _draw_groups(self) -> None:
        branches = {branch.area: branch for branch in self.plan.of(BranchKind.BRANCH)}
        for street in self.streets[: self.recipe.local_groups]:
            first, *others = self.plan.below(street.code)
            area = others[GROUP_TURN - 1]
            name = f"{area.name}离退休党小组"
            self._add(
                area,
                name,
                BranchKind.PARTY_GROUP,
                parent=branches[first.code].code,
                founded=self._founded(2015, 2023),
            )

    def _draw_ties(self) -> None:
        for tie, count in self.recipe.ties.items():
            for number, place in enumerate(wording.places()["ties"][tie].split()[:count]):
                street = self.streets[(number * 3 + len(tie)) % len(self.streets)]
                name = f"{place}{Tie(tie).label}临时党支部"
                self._add(
                    **self._place(self.chance.choice(self.plan.below(street.code)), name),
                    kind=BranchKind.TEMP_BRANCH,
                    tie=tie,
                    guests=self.chance.randint(*self.recipe.guests),
                    founded=self.recipe.day - dt.timedelta(days=self.chance.randint(60, 400)),
                )

    def _draw_enterprise(self) -> None:
        communities = self.plan.at(AreaLevel.COMMUNITY)
        count = self.recipe.enterprise_branches
        sizes = iter(
            decks.sizes(self.chance, self.recipe.enterprise_members, len(communities) * count, 0.25)
        )
        for community in communities:
            for number in range(count):
                ordinal = f"第{'一二三四'[number]}" if count > 1 else ""
                self._add(
                    **self._place(community, f"{community.name}企业退休{ordinal}党支部"),
                    kind=ENTERPRISE_BRANCH,
                    members=next(sizes),
                    founded=self._founded(2021, 2024),
                )


def draw(plan: Plan, recipe: Recipe) -> None:
    """Add the organisations that RECIPE describes to PLAN."""
    Organisations(plan, recipe).draw()
