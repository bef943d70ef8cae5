"""What is left of a roster goes with its file: one term for both, set by the bureau.

The register, the trail, the figures and what was before (``RosterChunk``) stay; of a consent taken
back what was before goes too.
"""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.models import BackgroundRun
from core.parameters import Parameters
from core.runs import Progress, nightly
from members.enums import RosterState
from members.models import RosterBatch, RosterChunk, RosterRow
from members.roster.decisions import NO_WORDS, NOTHING_KEPT
from members.roster.forgetting import HISTORY_DAYS, without_withdrawn
from members.roster.tried import tried_long_ago

SWEEP = "nightly.sweep_rosters"
_UNTIL = "forgotten_until"
# Of a roster that was taken back nobody may stay on record who does not belong there (domain §6.11).
_WITHOUT_USE = (RosterState.REFUSED, RosterState.DISCARDED, RosterState.UNDONE)
_FORGOTTEN = (RosterState.UPLOADED, RosterState.CHECKING, RosterState.READY)


@nightly(SWEEP, name="清理名册的核对记录")
def sweep_rosters(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Give up rosters that nobody confirmed in time, then remove the judged rows that are over.

    With them go the file's first rows and the names that were not found, where no page blanked them.
    What was before of a consent that was taken back goes some days later.
    What the numbers of a file are alike by goes as soon as no other file is counted with it.

    A roster that is being written keeps its rows, however old it is: it must be finished.
    """
    with progress.chunk():
        forgotten = _outdated().filter(state__in=_FORGOTTEN)
        given_up = forgotten.update(
            state=RosterState.DISCARDED, finished_at=timezone.now(), **NOTHING_KEPT
        )
        _over().exclude(**NO_WORDS).update(**NO_WORDS)
        tried_long_ago().delete()
    _forget_withdrawn(progress)
    with_rows = _over().filter(Exists(RosterRow.objects.filter(batch_id=OuterRef("pk"))))
    emptied = list(with_rows.values_list("pk", flat=True))
    for key in emptied:
        with progress.chunk():
            RosterRow.objects.filter(batch_id=key).delete()
    return {"given_up": given_up, "emptied": len(emptied)}


def _forget_withdrawn(progress: Progress) -> None:
    """Forget of those who took back a consent long enough ago, and since the last sweep did.

    Whatever nights were missed and whatever days the bureau sets, nobody is left out between two
    sweeps. Until when it was done is kept as the run's checkpoint.
    """
    days = Parameters(HISTORY_DAYS).number(HISTORY_DAYS)
    until = timezone.localdate() - dt.timedelta(days=days)
    after = _forgotten_until()
    for key, stays in without_withdrawn(after=after, until=until, beat=progress.beat):
        with progress.chunk():
            RosterChunk.objects.filter(pk=key).update(changes=stays)
    with progress.chunk(checkpoint={_UNTIL: max(after, until).isoformat()}):
        pass  # the mark alone


def _forgotten_until() -> dt.date:
    """Return the day until which an earlier sweep came; where none did, one before all."""
    sweeps = BackgroundRun.objects.filter(kind=SWEEP, checkpoint__has_key=_UNTIL)
    checkpoint = sweeps.order_by("-pk").values_list("checkpoint", flat=True).first()
    return dt.date.fromisoformat(checkpoint[_UNTIL]) if checkpoint else dt.date.min


def _outdated() -> "QuerySet[RosterBatch]":
    """Return the batches whose file was due to be deleted, or is gone."""
    return RosterBatch.objects.filter(Q(file__isnull=True) | Q(file__expires_at__lt=timezone.now()))


def _over() -> "QuerySet[RosterBatch]":
    """Return the batches whose rows nobody can use any more: refused, given up, taken back, too old."""
    over = RosterBatch.objects.filter(state__in=_WITHOUT_USE)
    done = RosterBatch.objects.filter(state=RosterState.DONE)
    return over | done.filter(pk__in=_outdated().values("pk"))
