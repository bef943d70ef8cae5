"""The members of the district on paper: ages, names, numbers, Party dates, care (domain §5.5)."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from branches.enums import AreaLevel, BranchKind
from members.enums import Gender, MemberKind, PersonKind
from members.rules import id_number
from portal.demo import careers, decks, health, wording
from portal.demo.names import Names
from portal.demo.organisations import ENTERPRISE_BRANCH
from portal.demo.plan import AreaPlan, BranchPlan, Plan
from portal.demo.recipe import Frame

# Years of age at the end of the recipe's year, by band, in per cent.
AGES = {(60, 69): 42, (70, 79): 33, (80, 89): 20, (90, 99): 5}
# 离休: in the work before 1949-10-01, so born in 1932 at the latest. Others: still in service.
SPECIAL_AGES = {PersonKind.VETERAN: (94, 98), PersonKind.OTHER: (50, 54)}
GENDERS = {Gender.MALE: 58, Gender.FEMALE: 42}
ETHNICITIES = {"01": 96} | dict.fromkeys(("11", "03", "02", "06", "07", "08", "14", "15", "05", "04", "10", "12"), 4 / 12)  # fmt: skip
GROUP_SHARE = 0.4  # of a branch with a group, those who belong to the group
_SHARE_WITHOUT = {"phone": 0.012, "join_date": 0.008, "ethnicity": 0.006}


@dataclass(frozen=True)
class Person:
    """One member: VALUES by the field names of Member, places and organisations by code."""

    branch: BranchPlan
    group: str
    community: str
    grid: str
    values: dict[str, Any]


class Numbers:
    """Hands out ID numbers and telephones; none comes twice."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._orders: dict[dt.date, int] = {}
        self._phones = 0
        self._place = wording.places()["district"][0][:6]

    def id_number(self, birth: dt.date, gender: str) -> str:
        """Return a number of the area block 99, which belongs to nobody."""
        order = self._order(birth) * 2 - (1 if gender == Gender.MALE else 0)
        first17 = f"{self._place}{birth:%Y%m%d}{order:03d}"
        return first17 + id_number.check_digit(first17)

    def phone(self) -> str:
        """Return the next number of the prefix 161, which no operator has."""
        self._phones += 1
        return phone(self._phones)

    def _order(self, birth: dt.date) -> int:
        """Return the next order of a day; the first one is anywhere, as in a real register."""
        order = self._orders.get(birth, self._chance.randint(0, 300)) + 1
        # Twice a multiple of fifty ends in 00, which looks like a number that Excel has rounded.
        self._orders[birth] = order + (order % 50 == 0)
        return self._orders[birth]


class People:
    """Draws the members of one plan, branch by branch; NUMBERS go on where another plan's end."""

    def __init__(self, plan: Plan, recipe: Frame, numbers: Numbers | None = None) -> None:
        self.plan = plan
        self.recipe = recipe
        self.chance = decks.chance(recipe.seed, "people")
        self.names = Names(decks.chance(recipe.seed, "names"))
        self.communities = plan.at(AreaLevel.COMMUNITY)
        self.areas = {area.code: area for area in plan.areas}
        self.groups = {group.parent: group for group in plan.of(BranchKind.PARTY_GROUP)}
        self.numbers = numbers or Numbers(self.chance)
        self._grids_of: dict[str, list[AreaPlan]] = {}

    def draw(self) -> Iterator[Person]:
        """Yield every member, in the order of the branches."""
        homes = [branch for branch in self.plan.branches for _ in range(branch.members)]
        ages = decks.deck(self.chance, len(homes), AGES)
        genders = decks.deck(self.chance, len(homes), GENDERS)
        ethnicities = decks.deck(self.chance, len(homes), ETHNICITIES)
        special = self._special(homes)
        for kind in special.values():
            ages.remove((90, 99) if kind == PersonKind.VETERAN else (60, 69))
        for index, home in enumerate(homes):
            kind = special.get(index) or self._usual_kind(home)
            band = SPECIAL_AGES.get(kind) or ages.pop()
            born = self.recipe.day.year - self.chance.randint(*band)
            values = self._identity(born, genders.pop(), ethnicities.pop())
            yield self._person(home, values | {"person_kind": kind})

    def _special(self, homes: list[BranchPlan]) -> dict[int, PersonKind]:
        """Return which members are 离休, and which have not retired yet, by their place in HOMES."""
        district = self.plan.at(AreaLevel.DISTRICT)[0].code
        units = [i for i, home in enumerate(homes) if home.area == district and home.members > 8]
        veterans = self.chance.sample(units, self.recipe.veterans)
        mixed = [i for i in units if homes[i].serving and i not in veterans]
        serving = mixed[: homes[mixed[0]].serving] if mixed else []
        return dict.fromkeys(veterans, PersonKind.VETERAN) | dict.fromkeys(
            serving, PersonKind.OTHER
        )

    def _usual_kind(self, home: BranchPlan) -> PersonKind:
        if home.kind == ENTERPRISE_BRANCH:
            return PersonKind.ENTERPRISE
        return PersonKind.RESIGNED if self.chance.random() < 0.005 else PersonKind.RETIRED

    def _identity(self, born: int, gender: str, ethnicity: str) -> dict[str, Any]:
        # Who turns 60 this year has retired by now only if born early in the year.
        last = dt.date(born, 4 if born >= self.recipe.day.year - 60 else 12, 30)
        birth = decks.day_between(self.chance, dt.date(born, 1, 1), last)
        return {
            "name": self.names.draw(born, gender),
            "gender": gender,
            "ethnicity": ethnicity,
            "birth_date": birth,
            "id_number": self.numbers.id_number(birth, gender),
        }

    def _person(self, home: BranchPlan, values: dict[str, Any]) -> Person:
        group = self.groups.get(home.code)
        in_group = group is not None and self.chance.random() < GROUP_SHARE
        community = self._residence(group.area if group and in_group else home.area)
        grids = self._grids(community)
        grid = self.chance.choice(grids).code if grids else ""
        values |= careers.draw(self.chance, values, home, self.recipe.day)
        values |= health.draw(self.chance, values["birth_date"], self.recipe.day)
        values |= self._contact(values, community)
        values["member_kind"] = MemberKind.FULL
        self._leave_gaps(values)
        return Person(home, group.code if group and in_group else "", community.code, grid, values)

    def _residence(self, area_code: str) -> AreaPlan:
        area = self.areas[area_code]
        if area.level == AreaLevel.DISTRICT or self.chance.random() < 0.06:
            return self.chance.choice(self.communities)
        return (
            area
            if area.level == AreaLevel.COMMUNITY
            else self.chance.choice(self.plan.below(area.code))
        )

    def _grids(self, community: AreaPlan) -> list[AreaPlan]:
        """Return the grids of COMMUNITY; a territory need not be divided so far."""
        if community.code not in self._grids_of:
            groups = self.plan.below(community.code)
            grids = [grid for group in groups for grid in self.plan.below(group.code)]
            self._grids_of[community.code] = grids
        return self._grids_of[community.code]

    def _contact(self, values: dict[str, Any], community: AreaPlan) -> dict[str, Any]:
        throw, district = self.chance.randint, self.areas[community.code[:6] + "000000"].name
        street = self.areas[community.parent].name
        building = f"{throw(1, 28)}号楼{throw(1, 4)}单元"
        contact = {
            "phone": self.numbers.phone(),
            "building": building,
            "address": f"{district}{street}{community.name}{building}{throw(1, 6)}0{throw(1, 3)}",
        }
        if values["birth_date"].year <= self.recipe.day.year - 80:
            contact |= {
                "emergency_name": self.names.draw(values["birth_date"].year + 28, Gender.MALE),
                "emergency_phone": self.numbers.phone(),
                "emergency_relation": self.chance.choice(["儿子", "女儿", "女婿", "侄子"]),
                "contact_agreed_on": values["health_agreed_on"],
            }
        return contact

    def _leave_gaps(self, values: dict[str, Any]) -> None:
        """Leave out what real registers lack, so that the 待补资料 lists have something to show."""
        for name, share in _SHARE_WITHOUT.items():
            if self.chance.random() < share:
                values.pop(name, None)
        if "join_date" not in values:
            values.pop("full_date", None)


def phone(number: int) -> str:
    """Return the telephone with the running NUMBER: a walk through all eight-digit ones."""
    return f"161{(number * 61_803_399 + 12_345_678) % 100_000_000:08d}"
