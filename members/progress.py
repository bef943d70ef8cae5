"""How far a whole-batch transfer is: placed of handed over, by community, counted from its transfers."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from core.dates import words
from core.models import User
from members.enums import TransferState
from members.models import Transfer, TransferBatch
from members.rules.transfer import placement_words, reconciling_words

_COUNTS = {
    "listed": Count("pk", filter=~Q(state__in=TransferState.unlisted())),
    "received": Count("pk", filter=Q(state=TransferState.RECEIVED)),
    "on_the_way": Count("pk", filter=Q(state=TransferState.IN_TRANSIT)),
    "returned": Count("pk", filter=Q(state=TransferState.RETURNED)),
}


@dataclass(frozen=True)
class Placement:
    """The figures of a batch; SENT_BACK are those returned and not listed again."""

    handed_over: int
    listed: int
    received: int
    on_the_way: int
    returned: int
    overdue: int
    sent_back: int
    slips: int
    first_slip: dt.date | None
    last_slip: dt.date | None

    @property
    def receipts(self) -> str:
        """回执已寄回2人（2026年9月20日至2026年10月2日）; empty where none went back."""
        if self.first_slip is None or self.last_slip is None:
            return ""
        days = dict.fromkeys([words(self.first_slip), words(self.last_slip)])
        return f"回执已寄回{self.slips:,}人（{'至'.join(days)}）。"

    @property
    def words(self) -> str:
        """安置 4,470/4,481（99.75%）."""
        return placement_words(self.received, self.handed_over)

    @property
    def reconciling(self) -> str:
        """How the list stands to the number handed over."""
        return reconciling_words(self.listed, self.handed_over, sent_back=self.sent_back)


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
        """安置 12/13（92.31%）."""
        return placement_words(self.received, self.listed)


def placement(batch: TransferBatch, user: User) -> Placement:
    """Return the figures of BATCH as far as USER may see its people; one query."""
    transfers = Transfer.objects.visible_to(user).filter(batch=batch)
    late = Q(state=TransferState.IN_TRANSIT, due_on__lt=timezone.localdate())
    gone = Count("member", distinct=True, filter=Q(is_sent_back=True))
    counts = transfers.with_sent_back().aggregate(
        **_COUNTS,
        overdue=Count("pk", filter=late),
        sent_back=gone,
        slips=Count("receipt_on"),
        first_slip=Min("receipt_on"),
        last_slip=Max("receipt_on"),
    )
    return Placement(handed_over=batch.handed_over, **counts)


def by_community(batch: TransferBatch, user: User) -> list[Community]:
    """Return those figures by the territory of the receiving branches; one query."""
    transfers = Transfer.objects.visible_to(user).filter(batch=batch)
    areas = transfers.order_by("to_branch__area__path").values(
        name=F("to_branch__area__name"), code=F("to_branch__area__code")
    )
    rows: Any = areas.annotate(**_COUNTS)
    return [Community(**row) for row in rows]
