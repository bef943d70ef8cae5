"""What the record of before a roster still holds of a consent that was taken back goes in time (domain §6.2)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from core import bulk
from members.enums import ChunkKind
from members.models import Member, RosterChange, RosterChunk
from members.roster.changing import packed_json, unpacked
from members.rules.consents import HELD_BY, Held

HISTORY_DAYS = "consent.history_days"
_NIGHTS = 60  # that the sweep may miss


def forget_withdrawn(*, today: dt.date, days: int) -> int:
    """Take what was kept by consents that were withdrawn DAYS ago out of the record of before; return of how many chunks.

    Nobody could put it back: who took back his consent has another version than the roster left.
    """
    last = today - dt.timedelta(days=days)
    window = (last - dt.timedelta(days=_NIGHTS), last)
    return sum(
        _forget(chunk, members, held)
        for held in HELD_BY.values()
        for batch, members in _changed_by_rosters(held, window).items()
        for chunk in _chunks(batch)
    )


def _changed_by_rosters(held: Held, window: tuple[dt.date, dt.date]) -> dict[int, set[int]]:
    """Return by roster whose columns kept by the consent HELD it changed, of who withdrew it in WINDOW."""
    found: dict[int, set[int]] = defaultdict(set)
    withdrew = Member.objects.filter(**{f"{held.withdrawn}__range": window})
    for keys in bulk.parts(list(withdrew.values_list("pk", flat=True))):
        rows = RosterChange.objects.filter(member_id__in=keys)
        for batch, member, fields in rows.values_list("batch_id", "member_id", "fields"):
            if not set(held.kept).isdisjoint(fields.split(",")):
                found[batch].add(member)
    return found


def _chunks(batch: int) -> Iterable[RosterChunk]:
    written = RosterChunk.objects.filter(batch=batch, kind=ChunkKind.WRITE, changed__gt=0)
    return written.only("changes").iterator(chunk_size=20)


def _forget(chunk: RosterChunk, members: Collection[int], held: Held) -> bool:
    rows = unpacked(chunk.changes)
    kept = [
        [pk, {name: value for name, value in before.items() if name not in held.brought}, version]
        if pk in members
        else [pk, before, version]
        for pk, before, version in rows
    ]
    if kept == rows:
        return False
    chunk.changes = packed_json(kept)
    chunk.save(update_fields=["changes"])
    return True
