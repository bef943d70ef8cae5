"""The demonstration district on paper: it is the recipe, to the last member, and nobody real."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property

import pytest

from activities.enums import TOOK_PART, ActivityState
from branches.enums import AreaLevel, BranchKind
from members.enums import AffiliationKind, PersonKind
from members.parameters import check_parameters
from members.rules import derived, id_number
from members.rules.checks import check_member
from portal.demo import organisations, territory
from portal.demo.decks import chance
from portal.demo.links import Link, Links
from portal.demo.months import Fellow, Held, Year
from portal.demo.names import Names, blocked
from portal.demo.organisations import ENTERPRISE_BRANCH
from portal.demo.people import People, Person
from portal.demo.plan import Plan
from portal.demo.recipe import Recipe, recipe
from portal.demo.register import is_frail
from tests.cast import TODAY


@dataclass
class Paper:
    """A district that nobody has written yet."""

    recipe: Recipe

    @cached_property
    def plan(self) -> Plan:
        plan = Plan(areas=list(territory.areas(self.recipe)))
        organisations.draw(plan, self.recipe)
        return plan

    @cached_property
    def people(self) -> list[Person]:
        return list(People(self.plan, self.recipe).draw())

    @cached_property
    def links(self) -> list[list[Link]]:
        return list(Links(self.plan, self.recipe).of(self.people))

    @cached_property
    def year(self) -> list[Held]:
        pairs = zip(self.people, self.links, strict=True)
        fellows = [
            Fellow(
                pk,
                person.values["name"],
                person.values["birth_date"].year,
                is_frail(person.values),
                links,
            )
            for pk, (person, links) in enumerate(pairs)
        ]
        return list(Year(self.plan, self.recipe, fellows).draw())

    def share(self, **wanted: object) -> float:
        """Return the per cent of the members who have these values."""
        found = sum(
            all(person.values.get(name) == value for name, value in wanted.items())
            for person in self.people
        )
        return 100 * found / len(self.people)


@pytest.fixture(scope="module")
def district() -> Paper:
    """The district of size M."""
    return Paper(recipe("M", TODAY))


def test_the_territory_has_five_levels(district: Paper) -> None:
    levels = Counter(area.level for area in district.plan.areas)

    assert levels == {
        AreaLevel.DISTRICT: 1,
        AreaLevel.STREET: 16,
        AreaLevel.COMMUNITY: 59,
        AreaLevel.GROUP: 118,
        AreaLevel.GRID: 236,
    }
    assert {area.code[:6] for area in district.plan.areas} == {"990101"}
    assert len({area.code for area in district.plan.areas}) == 430


def test_there_are_98_units_and_the_homes_of_the_enterprise_retirees(district: Paper) -> None:
    kinds = Counter(branch.kind for branch in district.plan.branches)

    assert kinds[BranchKind.BRANCH] == 36 + 35
    assert kinds[BranchKind.PARTY_GROUP] == 12
    assert kinds[BranchKind.TEMP_BRANCH] == 15
    assert kinds[ENTERPRISE_BRANCH] == 118
    ties = Counter(branch.tie for branch in district.plan.of(BranchKind.TEMP_BRANCH))
    assert ties == {"PLACE": 6, "INTEREST": 5, "TRADE": 4}


def test_what_the_recipe_plants_is_there(district: Paper) -> None:
    sizes = sorted(branch.members for branch in district.plan.branches if branch.members)

    assert sizes[-1] == 63
    assert sizes[-2] <= 50
    assert sizes[0] == 2
    assert sum(branch.is_small for branch in district.plan.branches) == 17


def test_four_alliances_of_small_branches_meet_with_a_larger_one(district: Paper) -> None:
    """Domain §5.4, as far as there are branches: units without one are in no tree."""
    allied = [branch for branch in district.plan.branches if branch.alliance]
    leads = {branch.alliance: branch.led_by for branch in allied}
    members = {
        (person.branch.code, link.branch, link.document)
        for person, links in zip(district.people, district.links, strict=True)
        for link in links
        if link.kind == AffiliationKind.ALLIANCE
    }

    assert Counter(branch.alliance for branch in allied) == dict.fromkeys(
        ("同心圆", "晚晴林", "潮声", "青砖"), 4
    )
    assert all(branch.is_small for branch in allied)
    assert len(set(leads.values())) == 4
    assert members == {
        (branch.code, leads[branch.alliance], f"“{branch.alliance}”党建联盟") for branch in allied
    }


def test_four_terms_end_within_half_a_year_and_two_have_ended(district: Paper) -> None:
    ends = [branch.term_ends for branch in district.plan.branches if branch.term_ends]

    assert sum(TODAY < day <= TODAY + timedelta(days=182) for day in ends) == 4
    assert sum(day < TODAY for day in ends) == 2
    crowded = next(branch for branch in district.plan.branches if branch.members == 63)
    assert crowded.term_ends == TODAY + timedelta(days=35)


def test_ages_genders_and_kinds_are_those_of_the_recipe(district: Paper) -> None:
    decades = Counter((2026 - one.values["birth_date"].year) // 10 for one in district.people)
    kinds = Counter(one.values["person_kind"] for one in district.people)
    veterans = [one for one in district.people if one.values["person_kind"] == PersonKind.VETERAN]

    assert len(district.people) == 6_401
    assert decades == {5: 4, 6: 2_685, 7: 2_112, 8: 1_280, 9: 320}
    assert round(district.share(gender="1")) == 58
    assert kinds[PersonKind.ENTERPRISE] == 4_481
    assert kinds[PersonKind.OTHER] == 4
    assert len(veterans) == 28
    assert max(one.values["birth_date"].year for one in veterans) <= 1932


def test_ethnicities_and_care_come_near_the_recipe(district: Paper) -> None:
    groups = {one.values.get("ethnicity") for one in district.people} - {None}

    assert district.share(ethnicity="01") == pytest.approx(96, abs=1)
    assert len(groups) == 13
    assert district.share(medal50=True) == pytest.approx(31, abs=1.5)
    assert district.share(self_care="B") == pytest.approx(12, abs=1)
    assert district.share(self_care="C") == pytest.approx(5, abs=1)
    assert district.share(empty_nest="1") == pytest.approx(22, abs=1.5)
    assert district.share(empty_nest="2") == pytest.approx(9, abs=1)
    assert district.share(needs_home_study=True) == pytest.approx(14, abs=1.5)


@pytest.mark.django_db
def test_nobody_breaks_a_rule_of_the_register(district: Paper) -> None:
    parameters = replace(check_parameters(), demo=True)
    found = [
        problem
        for one in district.people
        for problem in check_member(
            derived.fill(one.values, today=TODAY, parameters=parameters),
            today=TODAY,
            parameters=parameters,
        )
    ]

    assert found == []


def test_numbers_and_telephones_belong_to_nobody(district: Paper) -> None:
    numbers = [one.values["id_number"] for one in district.people]
    phones = [
        one.values[name]
        for one in district.people
        for name in ("phone", "emergency_phone")
        if name in one.values
    ]

    assert len(set(numbers)) == 6_401
    assert {number[:6] for number in numbers} == {"990101"}
    assert {id_number.read(number, today=TODAY).code for number in numbers} == {None}
    assert len(set(phones)) == len(phones)
    assert {phone[:3] for phone in phones} == {"161"}


def test_no_name_is_that_of_a_known_person(district: Paper) -> None:
    names = {one.values["name"] for one in district.people}
    words = " ".join(branch.name for branch in district.plan.branches)

    assert names & blocked() == set()
    assert {"朱文章", "周正祥", "张桂梅", "李建国", "王军霞"} <= blocked()
    assert not any(word in words for word in ("老薛", "老许"))


def test_a_blocked_name_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    free = Names(chance(1, "names")).draw(1950, "1")
    monkeypatch.setattr("portal.demo.names.blocked", lambda: frozenset({free}))

    assert Names(chance(1, "names")).draw(1950, "1") != free


def test_the_same_day_and_seed_give_the_same_district() -> None:
    first, second = Paper(recipe("S", TODAY)), Paper(recipe("S", TODAY))

    assert first.people == second.people
    assert first.links == second.links
    assert first.year == second.year


def test_everybody_has_one_home_and_at_most_two_links_that_count(district: Paper) -> None:
    homes = {sum(link.is_home and not link.ended_on for link in links) for links in district.links}
    counted = {
        AffiliationKind.COMMUNITY,
        AffiliationKind.ASSOCIATION,
        AffiliationKind.ALLIANCE,
    }
    most = max(sum(link.kind in counted for link in links) for links in district.links)

    assert homes == {1}
    assert most == 2


def test_small_branches_have_fewer_than_five_regulars(district: Paper) -> None:
    small = [branch.code for branch in district.plan.branches if branch.is_small]
    usual = [b.code for b in district.plan.of(BranchKind.BRANCH) if b.unit and not b.is_small]

    assert max(regulars(district, code) for code in small) < 5
    assert min(regulars(district, code) for code in usual) >= 5


def regulars(district: Paper, code: str) -> int:
    """Return who took part in at least half of the last six months' theme days (SYS-10)."""
    held = [
        one
        for one in district.year
        if one.branch.code == code and one.period >= "2026-06" and one.marks
    ]
    came = Counter(pk for one in held for pk, mark in one.marks.items() if mark.state in TOOK_PART)
    home = {
        pk
        for pk, links in enumerate(district.links)
        if any(link.is_home and link.branch == code and not link.ended_on for link in links)
    }
    return sum(times * 2 >= len(held) for pk, times in came.items() if pk in home)


def test_the_year_runs_to_today_and_the_next_month_is_planned(district: Paper) -> None:
    held = {one.period for one in district.year if one.state != ActivityState.PLANNED}
    planned = {one.period for one in district.year if one.state == ActivityState.PLANNED}
    mine = [one for one in district.year if one.branch.code == district.plan.secretary_branch]

    assert held == {f"2026-{month:02d}" for month in range(1, 12)}
    assert planned == {"2026-11", "2026-12"}
    assert max(one.date for one in district.year if one.marks) <= TODAY
    # The branch whose secretary signs in has this month's theme day left to log.
    assert [one.period for one in mine if one.state != ActivityState.PLANNED] == [
        f"2026-{month:02d}" for month in range(1, 11)
    ]


def test_most_come_and_some_branches_leave_a_month_out(district: Paper) -> None:
    marks = Counter(mark.state for one in district.year for mark in one.marks.values())
    rate = sum(marks[state] for state in TOOK_PART) / marks.total()
    months = Counter(one.branch.code for one in district.year if one.marks)

    assert 0.75 < rate < 0.9
    assert {months[code] for code in months} >= {9, 10, 11}
    assert 0.05 < sum(count < 10 for count in months.values()) / len(months) < 0.35
