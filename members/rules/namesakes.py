"""Telling people of one name apart (domain §3.3, item 14)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from core.display import masked
from members.rules.problems import Problem, problem

HINTED = 3  # in a sentence
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


def hint_of(found: Sequence[tuple[dt.date | None, str]]) -> Problem:
    """Return the hint that a branch has others of a name; FOUND: the birth and number of each."""
    told = [
        "，".join(filter(None, (birth_year(born), number_tail(number))))
        for born, number in found[:HINTED]
    ]
    return problem("NAME_SAKE", who="；".join(told))
