"""What theme days mean to the lower rooms: a branch was there as long as it met."""

import datetime as dt
from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse

from activities.models import Activity
from branches.actions import Remains
from branches.models import Branch


def what_was_held_since(branch: Branch, day: dt.date) -> Iterator[Remains]:
    """Name what keeps BRANCH from having ended on DAY: what it held afterwards is on record (SYS-02)."""
    if later := Activity.objects.held().filter(branch=branch, date__gt=day).count():
        listed = urlencode({"branch": branch.pk})
        yield Remains(
            f"那天以后还登记过 {later} 次活动，请核对撤销日期。",
            f"{reverse('admin:activities_activity_changelist')}?{listed}",
        )
