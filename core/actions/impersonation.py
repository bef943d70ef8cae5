"""Viewing somebody else's pages: that it began and ended is on record, and who did it (security P26)."""

from django.core.exceptions import ValidationError

from core import audit
from core.models import User

SHORTEST_REASON = 2


def begin_impersonation(*, by: User, user: User, reason: str) -> None:
    """Put on record that BY views the pages of USER from now on, and why.

    Whether he may is decided before (``core.impersonation``). ValidationError: no reason given.
    """
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ValidationError({"reason": "请写明为什么要看，例如“来电说页面上什么都没有”。"})
    audit.record(by=by, act=audit.VIEWED_AS, instance=user, note=reason)


def end_impersonation(*, by: User, user: User, note: str = "") -> None:
    """Put on record that BY views the pages of USER no more; NOTE tells how it ended, if not by himself."""
    audit.record(by=by, act="结束以某人身份查看", instance=user, note=note)
