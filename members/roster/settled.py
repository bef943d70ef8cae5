"""How far members' versions went on by rosters that were taken back since: there and back again."""

from collections.abc import Callable
from functools import cached_property

from members.enums import ChunkKind
from members.models import RosterChunk
from members.roster.changing import unpacked

_THERE_AND_BACK = 2


class SettledSteps:
    """Asked only where a version is not what a roster left: then the chunks taken back are read once.

    A version goes on by one with every change, so the steps of those chunks explain the difference
    exactly when nobody else changed the record. BEAT is called for each of them.
    """

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat

    def of(self, member: int, *, after: int) -> int:
        """Return the steps of MEMBER's version by chunks that were written AFTER one (its key)."""
        return _THERE_AND_BACK * sum(
            member in changed for key, changed in self._changed if key > after
        )

    @cached_property
    def _changed(self) -> list[tuple[int, frozenset[int]]]:
        chunks = RosterChunk.objects.filter(undone_by__isnull=False, changed__gt=0).order_by()
        found = []
        rows = chunks.values_list("pk", "kind", "changes")
        for pk, kind, changes in rows.iterator(chunk_size=20):
            self._beat()
            found.append((pk, _changed_by(kind, changes)))
        return found


def _changed_by(kind: str, changes: str) -> frozenset[int]:
    if kind == ChunkKind.ACTS:
        return frozenset(deed["member"] for deed in unpacked(changes) if deed["moved"])
    return frozenset(pk for pk, before, _ in unpacked(changes) if before)
