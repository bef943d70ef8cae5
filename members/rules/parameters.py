"""The thresholds that the checks of members read; their values are rows of RuleParameter."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from core.readings import Reading

LAST_YEAR = 2999  # ages, days and years alike lie below
_NOT_THRESHOLDS = frozenset({"areas", "demo"})
# Rule parameters that are not the member's alone.
_KEYS = {"medal_party_years": "medal.party_years", "medal_cut_off": "medal.cut_off"}
_READINGS = {dt.date: Reading("day"), str: Reading("day_of_year")}


@dataclass(frozen=True)
class CheckParameters:
    """Thresholds of domain §3.3 and §2.4: each is the rule parameter ``member.<name>``, two ``medal.``.

    Ages are full years; ``areas`` are the six digits that numbers may begin with, None where that
    is not asked; ``demo`` allows numbers of the demonstration district.
    """

    join_age_usual: int
    join_age_min: int
    probation_min_days: int
    probation_max_days: int
    uneven_probation_before: dt.date
    uneven_probation_min_days: int
    uneven_probation_max_days: int
    no_probation_from: dt.date
    no_probation_until: dt.date
    retire_age_min: int
    retire_age_usual_until: int
    veteran_work_before: dt.date
    veteran_born_until: int
    phone_shared_max: int
    age_apart_max: int
    medal_party_years: int
    medal_cut_off: str
    areas: frozenset[str] | None = field(repr=False)
    demo: bool = False

    def probation_days(self, join: dt.date) -> tuple[int, int]:
        """Return how many days who joined on JOIN waited at least and at most (§3.3 6)."""
        if join < self.uneven_probation_before:
            return self.uneven_probation_min_days, self.uneven_probation_max_days
        return self.probation_min_days, self.probation_max_days

    def had_no_probation(self, join: dt.date) -> bool:
        """Return whether who joined on JOIN was a full member from that day on (§3.3 6)."""
        return self.no_probation_from <= join <= self.no_probation_until

    def medal_party_start(self, year: int) -> dt.date:
        """Return since when at the latest one has been a full member who gets 光荣在党50年 in YEAR (§2.4)."""
        since = max(dt.MINYEAR, year - self.medal_party_years)  # the parameter may be any number
        return dt.date.fromisoformat(f"{since:04}-{self.medal_cut_off}")

    @classmethod
    def keys(cls) -> dict[str, str]:
        """Return the rule parameter's key by the name it has here."""
        names = (field.name for field in fields(cls))
        names = (name for name in names if name not in _NOT_THRESHOLDS)
        return {name: _KEYS.get(name, f"member.{name}") for name in names}

    @classmethod
    def readings(cls) -> dict[str, Reading]:
        """Return what can be read of each rule parameter, by key."""
        types: dict[str, Any] = {field.name: field.type for field in fields(cls)}
        return {
            key: _READINGS.get(types[name], Reading("whole", 0, LAST_YEAR))
            for name, key in cls.keys().items()
        }

    @classmethod
    def from_values(
        cls, values: Mapping[str, Any], *, areas: frozenset[str] | None, demo: bool = False
    ) -> Self:
        """Build from rule parameter values by key; dates stand as ISO text."""
        types: dict[str, Any] = {field.name: field.type for field in fields(cls)}
        read: dict[str, Any] = {
            name: dt.date.fromisoformat(values[key])
            if types[name] is dt.date
            else types[name](values[key])
            for name, key in cls.keys().items()
        }
        return cls(**read, areas=areas, demo=demo)
