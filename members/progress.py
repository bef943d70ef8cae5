"""How far a whole-batch transfer is: placed of handed over, by community, counted from its transfers."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q
from django.utils import timezone

from members.enums import TransferState
from members.models import TransferBatch
from members.rules.transfer import placement_words, reconciling_words

_COUNTS = {
    "listed": Count("pk", filter=~Q(state=TransferState.RETURNED)),
    "received": Count("pk", filter=Q(state=TransferState.RECEIVED)),
    "on_the_way": Count("pk", filter=Q(state=TransferState.IN_TRANSIT)),
    "returned": Count("pk", filter=Q(state=TransferState.RETURNED)),
}


@dataclass(frozen=True)
class Placement:
    """The figures of a batch. MISSING: handed over, and on no list yet."""

    handed_over: int
    listed: int
    received: int
    on_the_way: int
    returned: int
    overdue: int

    @property
    def words(self) -> str:
        """安置 4,470/4,481(99.75%)."""
        return placement_words(self.received, self.handed_over)

    @property
    def missing(self) -> int:
        """How many names the list lacks."""
        return self.handed_over - self.listed

    @property
    def reconciling(self) -> str:
        """How the list stands to the number handed over."""
        return reconciling_words(self.listed, self.handed_over)


@dataclass(frozen=True)
class Community:
    """The figures of one community where members of a batch go."""

    name: str
    code: str
    listed: int
    received: int
    on_the_way: int
    returned: int

    @property
    def words(self) -> str:
        """安置 12/13(92.30%)."""
        return placement_words(self.received, self.listed)


def placement(batch: TransferBatch) -> Placement:
    """Return the figures of BATCH; one query."""
    late = Q(state=TransferState.IN_TRANSIT, due_on__lt=timezone.localdate())
    counts = batch.transfers.aggregate(**_COUNTS, overdue=Count("pk", filter=late))
    return Placement(handed_over=batch.handed_over, **counts)


def by_community(batch: TransferBatch) -> list[Community]:
    """Return the figures of BATCH by the territory of the receiving branches; one query."""
    areas = batch.transfers.order_by("to_branch__area__path").values(
        name=F("to_branch__area__name"), code=F("to_branch__area__code")
    )
    rows: Any = areas.annotate(**_COUNTS)
    return [Community(**row) for row in rows]
