"""Telling people of one name apart, and asking whether two are one (domain §3.3, item 14)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from core.display import masked
from members.rules.problems import Problem, problem

HINTED = 3  # in a sentence
BIRTHS = ("birth_date", "birth_date_archive")
TOLD_BY = (*BIRTHS, "id_number")
_TAIL = 4


class Person(NamedTuple):
    """One of a list: his key, and what is known of him."""

    key: int
    name: str
    born: dt.date | None
    number: str


def told_apart(people: Iterable[Person]) -> dict[int, str]:
    """Return by key what tells those of PEOPLE apart who bear one name; nothing of all others.

    The year of birth, 1948年生, that a sheet which goes from hand to hand may say; where two share
    it the month too; where that does not help (it may be one person twice) the tail of the number.
    """
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        by_name[person.name].append(person)
    marks: dict[int, str] = {}
    for group in by_name.values():
        if len(group) > 1:
            marks |= {each.key: mark for each, mark in zip(group, _marks(group), strict=True)}
    return marks


def with_mark(name: str, mark: str) -> str:
    """Return 张建国（1948年生）; without a mark the name alone."""
    return f"{name}（{mark}）" if mark else name


def birth_year(born: dt.date | None) -> str:
    """Return 1948年生; empty when it is not known."""
    return f"{born.year}年生" if born else ""


def number_tail(number: str) -> str:
    """Return 尾号0017: of a number the four digits that a masked one shows anyhow (domain §6.3)."""
    return f"尾号{masked(number, 'id')[-_TAIL:]}" if number else ""


def _birth_month(born: dt.date | None) -> str:
    return f"{born.year}年{born.month}月生" if born else ""


def _marks(group: list[Person]) -> list[str]:
    marks: list[str] = []
    for marks in (
        [birth_year(each.born) for each in group],
        [_birth_month(each.born) for each in group],
        [number_tail(each.number) for each in group],
    ):
        if all(marks) and len(set(marks)) == len(marks):
            break
    return marks


def alike(values: Mapping[str, Any], namesakes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those of NAMESAKES, of branch and name of VALUES, who are of the birth month as well."""
    months = _months(values)
    return [member for member in namesakes if not months.isdisjoint(_months(member))]


def _months(values: Mapping[str, Any]) -> set[str]:
    """Return the birth months by each birth date that VALUES have."""
    return {f"{day:%Y-%m}" for name in BIRTHS if (day := values.get(name))}


def same_name(values: Mapping[str, Any], namesakes: Sequence[dict[str, Any]]) -> Problem:
    """Return what is said of NAMESAKES, of branch and name of VALUES: columns of ``TOLD_BY`` each.

    Whether he is one of them already is asked where two numbers do not tell; else it is a hint.
    """
    unsure = [
        each
        for each in alike(values, namesakes)
        if not (values.get("id_number") and each["id_number"])
    ]
    if unsure:
        return problem("NAME_SAKE_ALIKE", who=_told(unsure))
    return hint_of(namesakes)


def hint_of(namesakes: Sequence[Mapping[str, Any]]) -> Problem:
    """Return the hint that a branch has others of a name: NAMESAKES, columns of ``TOLD_BY`` each."""
    return problem("NAME_SAKE", who=_told(namesakes))


def _told(namesakes: Sequence[Mapping[str, Any]]) -> str:
    return "；".join(
        "，".join(filter(None, (birth_year(each["birth_date"]), number_tail(each["id_number"]))))
        or "出生日期没有登记"
        for each in namesakes[:HINTED]
    )
