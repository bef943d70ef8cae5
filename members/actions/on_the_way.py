"""One transfer on the way comes to its end: received, or back with the branch that issued the letter (SYS-15)."""

import datetime as dt

from django.utils import timezone

from branches.models import Branch
from core import audit
from core.models import User
from members.enums import TransferState
from members.models import Member, Transfer

RECEIVED, RETURNED = "接收组织关系", "退回组织关系"
_SETTLED = ("state", "received_on", "returned_on", "reason", "settled_by", "from_group")


def settle(
    *,
    by: User | None,
    member: Member,
    why: str,
    on: dt.date | None = None,
    to: Branch | None = None,
    group: int | None = None,
) -> None:
    """End what is on the way for MEMBER, whom the caller holds: something else became of him.

    Who came home to the branch TO of his letter was received ON that day and left the Party GROUP
    (its key); otherwise the letter is sent back today, and WHY says what became of him.
    """
    waiting = Transfer.objects.on_the_way().filter(member=member)
    transfer = waiting.select_for_update(of=("self",)).first()
    if transfer is None:
        return
    transfer.member = member
    if to is not None and transfer.to_branch_id == to.pk:
        state = TransferState.RECEIVED
        _close(by, transfer, RECEIVED, state=state, received_on=on, from_group_id=group)
    else:
        send_back(by=by, transfer=transfer, on=timezone.localdate(), reason=why)


def send_back(*, by: User | None, transfer: Transfer, on: dt.date, reason: str) -> None:
    """Return TRANSFER, which the caller holds and has checked."""
    state = TransferState.RETURNED
    _close(by, transfer, RETURNED, state=state, returned_on=on, reason=reason)


def _close(by: User | None, transfer: Transfer, act: str, **values: object) -> None:
    before = audit.snapshot(transfer, _SETTLED)
    for name, value in values.items():
        setattr(transfer, name, value)
    transfer.settled_by = by
    transfer.save(update_fields=_SETTLED)
    audit.record(
        by=by,
        act=act,
        instance=transfer,
        before=before,
        after=audit.snapshot(transfer, _SETTLED),
        label=str(transfer.member),
        area_path=transfer.member.area_path,
    )
