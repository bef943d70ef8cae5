"""Viewing somebody else's pages: that it began and ended is on record, and who did it (security P26)."""

from django.core.exceptions import PermissionDenied, ValidationError

from core import audit, impersonation, rules
from core.models import User


def begin_impersonation(*, by: User, user: User, reason: str) -> None:
    """Put on record that BY views the pages of USER from now on, and why.

    PermissionDenied: not his to view. ValidationError: no reason given.
    """
    if not impersonation.may_impersonate(hijacker=by, hijacked=user):
        raise PermissionDenied
    if not rules.says_why(reason):
        raise ValidationError({"reason": "请写明为什么要看，例如“来电说页面上什么都没有”。"})
    audit.record(by=by, act=audit.VIEWED_AS, instance=user, note=reason.strip())


def end_impersonation(*, by: User, user: User, note: str = "") -> None:
    """Put on record that BY views the pages of USER no more; NOTE tells how it ended, if not by himself."""
    audit.record(by=by, act="结束以某人身份查看", instance=user, note=note)
