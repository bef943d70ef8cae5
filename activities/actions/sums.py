"""Keeping the head counts of activities equal to their attendance."""

from typing import TYPE_CHECKING

from django.db import transaction

from activities import sums
from activities.models import Activity, Attendance
from activities.sums import Sums
from core import audit

if TYPE_CHECKING:
    from core.models import User


def keep_sums(activity: Activity) -> None:
    """Set the head counts of ACTIVITY, whose row the caller has locked, to what its rows add up to."""
    counted = sums.plain(Attendance.objects.filter(activity=activity)).get(activity.pk, Sums())
    Activity.objects.filter(pk=activity.pk).update(**counted._asdict())


def repair_sums(*, by: "User | None") -> int:
    """Set right the head counts that differ from their attendance; return how many did."""
    wrong = list(sums.differing())
    for pk in wrong:
        with transaction.atomic():
            keep_sums(Activity.objects.select_for_update(of=("self",)).get(pk=pk))
    if wrong:
        audit.record(by=by, act="改正到会合计", note=f"{len(wrong)} 项活动")
    return len(wrong)
