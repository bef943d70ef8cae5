"""Branch names of a roster that were not found: each once, with how many rows, and near names.

Near names are of the user's own branches, so one out of scope never appears (security §5a 61, 62).
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from branches.models import Branch
from core import text
from core.long_numbers import has_long_number
from core.models import User
from members.models import RosterBatch
from members.roster.columns import Layout
from members.roster.lookups import Places
from members.roster.validation import Judged

MOST = 300  # names kept and asked about
_LONGEST = 100


@dataclass(frozen=True)
class Stranger:
    """A name that was not found: as typed, in how many rows, and the branches with near names."""

    name: str
    rows: int
    near: list[Branch]


class Strangers:
    """Finds the names in the rows of one file that are nobody's."""

    def __init__(self, layout: Layout) -> None:
        self._places: dict[str, int] = {
            name: layout.fields.index(name)
            for name in ("branch", "branch_code")
            if name in layout.fields
        }

    def named_in(self, rows: Iterable[Judged]) -> Iterator[str]:
        """Yield the unknown name of each of ROWS that has one; somebody's number is no name."""
        for judged in rows:
            for found in judged.problems:
                if found.code == "BRANCH_UNKNOWN":
                    named = text.clean(str(judged.cells[self._places[found.field]]))
                    if len(named) <= _LONGEST and not has_long_number(named):
                        yield named


def keep_strangers(names: Counter[str], places: Places) -> str:
    """Return what ``RosterBatch.strangers`` keeps, sealed there: a column may be the wrong one."""
    listed: list[Any] = [[name, rows, places.near(name)] for name, rows in names.most_common(MOST)]
    return json.dumps(listed, ensure_ascii=False) if listed else ""


def strangers_of(batch: RosterBatch, user: User) -> list[Stranger]:
    """Return the unknown names of BATCH, the most frequent first, with near branches of USER's.

    All at once: one left without an answer keeps its place, and nobody would get past it.
    """
    kept = json.loads(batch.strangers or "[]")
    wanted = {pk for _, _, near in kept for pk in near}
    mine = Branch.objects.editable_by(user).current().in_bulk(wanted) if wanted else {}
    return [
        Stranger(name, rows, [mine[pk] for pk in near if pk in mine]) for name, rows, near in kept
    ]
