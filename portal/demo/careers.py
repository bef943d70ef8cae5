"""Work and Party years of one member: dates that follow from each other (domain §2.4, §3.3)."""

import datetime as dt
import random
from typing import Any

from members.enums import Gender, PersonKind
from portal.demo import decks, wording
from portal.demo.plan import BranchPlan

VETERAN_WORK = (dt.date(1947, 1, 1), dt.date(1949, 9, 30))
NO_PROBATION = (dt.date(1969, 4, 1), dt.date(1977, 8, 31))
MEDAL_YEARS, FIRST_MEDAL = 50, 2021
# Chance of having joined in time for 光荣在党50年, by the decade of age: about 31 % of all.
EARLY = {6: 0.0, 7: 0.3, 8: 0.8, 9: 0.93}
_EDUCATION = {
    "cadre": {"21": 30, "31": 34, "41": 14, "61": 14, "71": 8},
    "enterprise": {"21": 4, "31": 12, "41": 18, "61": 30, "71": 28, "80": 8},
}
_RANK = {"31": 3, "32": 7, "41": 22, "42": 20, "50": 30, "70": 18}


def draw(
    chance: random.Random, person: dict[str, Any], home: BranchPlan, day: dt.date
) -> dict[str, Any]:
    """Return work, retirement, education and Party dates of PERSON (birth, gender, kind) on DAY.

    Kind 其他 is still in service (SYS-03: a branch that mixes both).
    """
    birth, kind = person["birth_date"], person["person_kind"]
    retired = None if kind == PersonKind.OTHER else _retired(person, day)
    if kind == PersonKind.VETERAN:
        started = decks.day_between(chance, *VETERAN_WORK)
    else:
        first = decks.years_after(birth, 17)
        started = decks.day_between(chance, first, decks.years_after(birth, 24))
    joined = _joined(chance, birth, retired or day, day)
    return {
        "work_start": started,
        "retire_date": retired,
        **_party(joined, day),
        **_position(chance, kind, home),
    }


def _retired(person: dict[str, Any], day: dt.date) -> dt.date:
    """Return the first of the month after the retirement age: men 60, women 55, women workers 50."""
    age = 60
    if person["gender"] == Gender.FEMALE:
        age = 50 if person["person_kind"] == PersonKind.ENTERPRISE else 55
    month = decks.next_month(decks.years_after(person["birth_date"], age))
    return min(month, day.replace(day=1))


def _joined(chance: random.Random, birth: dt.date, retired: dt.date, day: dt.date) -> dt.date:
    adult = decks.years_after(birth, 18)
    in_time = dt.date(day.year - MEDAL_YEARS, 7, 1)
    decade = min(9, max(6, (day.year - birth.year) // 10))
    if chance.random() < EARLY[decade]:
        # A candidate year must pass before, unless it fell into the years without one.
        latest = min(in_time, decks.years_after(birth, 38))
        return decks.day_between(chance, adult, latest)
    first = max(decks.years_after(birth, 20), in_time + dt.timedelta(days=1))
    return decks.day_between(chance, first, min(retired, decks.years_after(first, 26)))


def _party(joined: dt.date, day: dt.date) -> dict[str, Any]:
    no_probation = NO_PROBATION[0] <= joined <= NO_PROBATION[1]
    full = joined if no_probation else decks.years_after(joined, 1)
    year = full.year + MEDAL_YEARS + ((full.month, full.day) > (7, 1))
    has_medal = year <= day.year
    return {
        "join_date": joined,
        "full_date": full,
        "medal50": has_medal,
        "medal50_year": max(FIRST_MEDAL, year) if has_medal else None,
    }


def _position(chance: random.Random, kind: str, home: BranchPlan) -> dict[str, Any]:
    group = "enterprise" if kind == PersonKind.ENTERPRISE else "cadre"
    education = _EDUCATION[group]
    position = {
        "education": chance.choices(list(education), list(education.values()))[0],
        "former_post": decks.pick(chance, wording.places()["posts"][group]),
    }
    if group == "enterprise":
        return position | {"former_unit": decks.pick(chance, wording.places()["enterprises"])}
    district = wording.places()["district"][1]
    unit = home.unit or f"{district}{decks.pick(chance, wording.places()['units'])}"
    rank = chance.choices(list(_RANK), list(_RANK.values()))[0]
    return position | {"former_unit": unit, "rank": rank}
