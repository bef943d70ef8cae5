"""Two people changed the same record: what each of them meant, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass

Contents = Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """A field on which the two versions differ; ``take_mine`` is the proposal.

    A conflict is a field that both changed, each to something else.
    """

    key: str
    mine: str
    theirs: str
    take_mine: bool
    is_conflict: bool


def merge(base: Contents | None, mine: Contents, theirs: Contents) -> list[Difference]:
    """Compare MINE (as submitted) with THEIRS (as stored), both grown out of BASE.

    Who left a field alone gives way to who changed it. Without a base every difference is a
    conflict, and what only THEIRS has is kept. Fields keep the order of MINE, then of THEIRS; a
    missing field reads as empty.
    """
    differences = []
    for key in dict.fromkeys([*mine, *theirs]):
        ours, other = mine.get(key, ""), theirs.get(key, "")
        if ours == other:
            continue
        was = None if base is None else base.get(key, "")
        take_mine = bool(ours) if was is None else was != ours
        is_conflict = was not in (ours, other)
        differences.append(
            Difference(key, ours, other, take_mine=take_mine, is_conflict=is_conflict)
        )
    return differences
