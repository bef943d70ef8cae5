"""Reading notices. What one has looked at is nobody else's business: it leaves no line in the trail."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from core.models import Notice, User


@transaction.atomic
def read_notice(*, by: User, notice: Notice) -> Notice:
    """Mark NOTICE as read by the user it is for; the first time counts."""
    _read(by, pk=notice.pk)
    notice.refresh_from_db()
    return notice


@transaction.atomic
def read_notices(*, by: User, up_to: int) -> int:
    """Mark as read what BY has up to the notice UP_TO (key), the last he was shown; return how many."""
    return _read(by, pk__lte=up_to)


def see_page(*pages: str, by: User, until: dt.datetime | None = None) -> int:
    """Mark as read what led BY to the page he is looking at, by its addresses; return how many.

    UNTIL a moment, where the page is no longer what later notices lead to.

    Ask ``leading_to`` first: looking at a page again is to write nothing.
    """
    return (
        Notice.objects.editable_by(by)
        .leading_to(*pages, until=until)
        .update(read_at=timezone.now())
    )


def _read(by: User, **which: int) -> int:
    rows = Notice.objects.editable_by(by).unread().filter(**which)
    return rows.update(read_at=timezone.now())
