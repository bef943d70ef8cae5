"""What an importer's checks looked at of late: a file that is cut in pieces is still one try."""

import base64
import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from core.crypto import UnreadableText
from core.parameters import Parameters
from members.models import RosterBatch, RosterTried
from members.roster.guesses import Alike

HOURS = "roster.alike_hours"
_MOST = 200_000  # numbers of other files that are counted with a new one, the latest first


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

    def before(self, hours: int) -> Alike:
        """Return what the other files of the last HOURS have; a number that came again is no new try."""
        others, seen = Alike(), set[int]()
        rows = RosterTried.objects.filter(batch__by=self._batch.by_id, at__gte=_since(hours))
        for each in rows.exclude(batch=self._batch).order_by("-at").iterator():
            if len(others) >= _MOST:
                break
            if isinstance(each.numbers, UnreadableText):
                continue
            other = Alike.unpacked(base64.b64decode(each.numbers))
            if other.columns == self._met.columns:
                self._same = each.pk
                continue
            seen = seen or set(self._met.numbers)
            others.join(other, seen)
        return others

    def keep(self) -> None:
        """Keep what the batch has, for the importer's next files."""
        now = timezone.now()
        if self._same and RosterTried.objects.filter(pk=self._same).update(at=now):
            return
        numbers = base64.b64encode(self._met.packed()).decode()
        RosterTried.objects.update_or_create(
            batch=self._batch, defaults={"numbers": numbers, "at": now}
        )


def tried_long_ago() -> "QuerySet[RosterTried]":
    """Return what no check counts any more."""
    return RosterTried.objects.filter(at__lt=_since(hours_back()))


def _since(hours: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=hours)
