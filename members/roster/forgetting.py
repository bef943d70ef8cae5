"""What the record of before a roster still holds of a consent that was taken back goes in time (domain §6.2)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils import timezone

from core import bulk
from core.crypto import UnreadableText
from members.enums import ChunkKind
from members.models import Member, RosterChange, RosterChunk
from members.roster.changing import packed_json, unpacked
from members.rules.consents import HELD_BY

HISTORY_DAYS = "consent.history_days"
# By member: the columns that go, each with the day on which its consent was taken back.
_Due = Mapping[int, Mapping[str, dt.date]]


def without_withdrawn(
    *, after: dt.date, until: dt.date, beat: Callable[[], None]
) -> Iterator[tuple[int, str]]:
    """Yield which chunks hold what came with a consent withdrawn AFTER a day UNTIL another; what stays of each.

    For the caller to write, one by one: reading keeps nobody waiting. BEAT is called for each chunk
    read. Nobody could put back what goes: who took back his consent has another version than the
    roster left.
    """
    for batch, due in _changed_by_rosters(after, until).items():
        written = RosterChunk.objects.filter(batch=batch, kind=ChunkKind.WRITE, changed__gt=0)
        for key in list(written.values_list("pk", flat=True)):
            beat()
            chunk = RosterChunk.objects.only("changes", "at").get(pk=key)
            if isinstance(chunk.changes, UnreadableText):  # of no use to anybody without its key
                continue
            rows = unpacked(chunk.changes)
            stays = [_without(row, due, timezone.localdate(chunk.at)) for row in rows]
            if stays != rows:
                yield key, packed_json(stays)


def _changed_by_rosters(after: dt.date, until: dt.date) -> dict[int, _Due]:
    """Return by roster whom it changed in columns of a consent that was withdrawn in that time."""
    found: dict[int, dict[int, dict[str, dt.date]]] = defaultdict(lambda: defaultdict(dict))
    for held in HELD_BY.values():
        in_time = {f"{held.withdrawn}__gt": after, f"{held.withdrawn}__lte": until}
        days: dict[int, Any] = dict(
            Member.objects.filter(**in_time).values_list("pk", held.withdrawn)
        )
        for keys in bulk.parts(list(days)):
            rows = RosterChange.objects.filter(member_id__in=keys)
            for batch, member, fields in rows.values_list("batch_id", "member_id", "fields"):
                if not set(held.brought).isdisjoint(fields.split(",")):
                    found[batch][member] |= dict.fromkeys(held.brought, days[member])
    return dict(found)


def _without(row: list[Any], due: _Due, day: dt.date) -> list[Any]:
    """Return ROW of a chunk written on a DAY without what is DUE; what he agreed to anew stays."""
    pk, before, version = row
    gone = due.get(pk, {})
    stays = {name: value for name, value in before.items() if name not in gone or day > gone[name]}
    return [pk, stays, version]
