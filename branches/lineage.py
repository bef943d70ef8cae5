"""The line of organisations and areas above a branch, as words for who belongs there (security P19).

Whoever sees a branch may know whom it is under; the rows themselves stay closed to him, and what
stands beside them is never read.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet, Value

from branches.models import Area, Branch
from branches.paths import line_of
from core.prepared import Prepared


@dataclass(frozen=True)
class Chain:
    """Names from the top down: the areas to where the branch hangs, the organisations to itself."""

    areas: tuple[str, ...]
    branches: tuple[str, ...]


def _names(line: tuple[str, ...], organisations: tuple[str, ...]) -> "QuerySet[Any, Any]":
    areas, branches = (
        rows.filter(path__in=paths).annotate(place=Value(place)).order_by()
        for place, rows, paths in (
            (0, Area.objects.all(), line),
            (1, Branch.objects.all(), organisations),
        )
    )
    columns = ("place", "path", "name")
    return areas.values_list(*columns).union(branches.values_list(*columns), all=True)


NAMES = Prepared(_names)


def chain_of(branch: Branch) -> Chain:
    """Return the chain of BRANCH, which the caller has made sure the reader may see; one query."""
    names: tuple[list[str], list[str]] = ([], [])
    found = NAMES.rows(tuple(line_of(branch.area_path)), tuple(line_of(branch.path)))
    for place, _, name in sorted(found):
        names[place].append(name)
    return Chain(tuple(names[0]), tuple(names[1]))
