"""Whose links a written roster began: what was asked for them is settled, their homes are told (SYS-04)."""

from collections import Counter
from typing import NamedTuple

from django.db.models import Count

from members.actions.telling import homes_of
from members.enums import LINK_KINDS, ChunkKind
from members.models import Affiliation, RosterBatch
from members.roster.changing import unpacked


class Linked(NamedTuple):
    """The members (keys) who were registered before, and how many are at home in each branch (its key).

    For those who came with the roster nobody can have asked before.
    """

    known: set[int]
    homes: Counter[int]


def linked_by(batch: RosterBatch) -> Linked:
    """Return to whom BATCH gave links so far; nothing is asked of the register where it gave none."""
    known: set[int] = set()
    chunks = batch.chunks.filter(kind=ChunkKind.ACTS, undone_by__isnull=True)
    for changes in chunks.values_list("changes", flat=True).iterator(chunk_size=20):
        known.update(deed["member"] for deed in unpacked(changes) if not deed["moved"])
    homes = homes_of(known)
    if batch.chunks.filter(links__gt=0).exists():
        begun = Affiliation.objects.filter(
            roster_batch=batch, kind__in=LINK_KINDS, withdrawn_on__isnull=True
        ).order_by()
        before = begun.exclude(member__roster_batch=batch)
        known.update(before.values_list("member", flat=True).iterator())
        at_home = begun.filter(member__branch__isnull=False).values_list("member__branch")
        homes.update(dict(at_home.annotate(number=Count("member", distinct=True))))
    return Linked(known, homes)
