"""The line of organisations and areas above a branch, as words for who belongs there (security P19).

Whoever sees a branch may know whom it is under; the rows themselves stay closed to him, and what
stands beside them is never read.
"""

from dataclasses import dataclass

from django.db.models import Value

from branches.models import Area, Branch
from branches.paths import line_of


@dataclass(frozen=True)
class Chain:
    """Names from the top down: the areas to where the branch hangs, the organisations to itself."""

    areas: tuple[str, ...]
    branches: tuple[str, ...]


def chain_of(branch: Branch) -> Chain:
    """Return the chain of BRANCH, which the caller has made sure the reader may see; one query."""
    areas, line = (
        rows.filter(path__in=line_of(path)).annotate(place=Value(place)).order_by()
        for place, rows, path in (
            (0, Area.objects.all(), branch.area_path),
            (1, Branch.objects.all(), branch.path),
        )
    )
    columns = ("place", "path", "name")
    found = areas.values_list(*columns).union(line.values_list(*columns), all=True)
    names: tuple[list[str], list[str]] = ([], [])
    for place, _, name in sorted(found):
        names[place].append(name)
    return Chain(tuple(names[0]), tuple(names[1]))
