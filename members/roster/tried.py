"""What an importer's checks looked at of late: a file that is cut in pieces is still one try."""

import base64
import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from core.crypto import UnreadableText
from core.models import User
from core.parameters import Parameters
from members.models import RosterBatch, RosterTried
from members.roster.guesses import Alike, Beside

HOURS = "roster.alike_hours"


def hours_back() -> int:
    """Return how many hours other files are counted."""
    return Parameters(HOURS).number(HOURS)


class Tried:
    """What was tried by the importer of BATCH beside MET, what it has itself.

    The same file once more, as mostly, costs no writing: what is kept of it counts from now on.
    """

    def __init__(self, batch: RosterBatch, met: Alike) -> None:
        self._batch = batch
        self._met = met
        self._same: int | None = None
        self._read: set[tuple[int, dt.datetime]] = set()

    def before(self, hours: int) -> Alike:
        """Return what the other files of the last HOURS have that is nearly one of ours.

        All of them, whatever their length: else a long file washes out what was tried before it. A
        number that came again is no new try.
        """
        beside: Beside | None = None
        self._read = set()
        if not self._met.numbers:
            return Alike()
        for each in self._others(hours).iterator(chunk_size=1):  # a long file has ten megabytes
            self._read.add((each.pk, each.at))
            if isinstance(each.numbers, UnreadableText):
                continue
            other = Alike.unpacked(base64.b64decode(each.numbers))
            if other.columns == self._met.columns:
                self._same = each.pk
                continue
            beside = beside or Beside(self._met)
            beside.join(other)
        return beside.found if beside else Alike()

    def others_came(self) -> bool:
        """Hold the importer's row, so that his checks end one by one; return whether one did meanwhile.

        Part of the caller's transaction, in which this batch is kept as well.
        """
        User.objects.select_for_update(no_key=True).get(pk=self._batch.by_id)
        now = self._others(hours_back()).values_list("pk", "at")
        return not self._read.issuperset(now)

    def keep(self) -> None:
        """Keep what the batch has, if anything, for the importer's next files."""
        if not self._met.numbers:
            return
        now = timezone.now()
        if self._same and RosterTried.objects.filter(pk=self._same).update(at=now):
            return
        numbers = base64.b64encode(self._met.packed()).decode()
        RosterTried.objects.update_or_create(
            batch=self._batch, defaults={"numbers": numbers, "at": now}
        )

    def _others(self, hours: int) -> "QuerySet[RosterTried]":
        rows = RosterTried.objects.filter(batch__by=self._batch.by_id, at__gte=_since(hours))
        return rows.exclude(batch=self._batch).order_by()


def tried_long_ago() -> "QuerySet[RosterTried]":
    """Return what no check counts any more."""
    return RosterTried.objects.filter(at__lt=_since(hours_back()))


def _since(hours: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=hours)
