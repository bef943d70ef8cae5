"""取消安排: a theme day that was announced falls away (SYS-18)."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from activities.actions.announce import tell_cancelled
from activities.actions.sums import keep_sums
from activities.enums import ActivityState
from activities.models import Activity
from activities.rules.record import no_cancel_because
from branches import trees
from branches.models import Branch
from core import audit
from core.long_numbers import kept_reason

if TYPE_CHECKING:
    from core.models import User

_AUDITED = ["state", "version"]


@transaction.atomic
def cancel_plan(*, by: "User", branch: Branch, period: str, reason: str = "") -> Activity:
    """Take back the plan for the theme day of BRANCH in PERIOD (``YYYY-MM``); twice is once.

    Leave asked from it goes with it, and who knows of it is told, with REASON. The month can be
    planned anew, and is owed as before. Raises PermissionDenied where there is no plan of the
    user's, ValidationError once the day is over or on record.
    """
    branch = trees.steady_branch(branch)
    rows = Activity.objects.editable_by(by).theme_days().filter(branch=branch, period=period)
    activity = rows.select_related("branch").select_for_update(of=("self",)).first()
    if activity is None:
        raise PermissionDenied("这次活动不归您安排。")
    if activity.state == ActivityState.CANCELLED:
        return activity
    today = timezone.localdate()
    if refused := no_cancel_because(activity.date, state=activity.state, today=today):
        raise ValidationError(refused)
    leave = activity.attendances.all()
    marks = dict(leave.values_list("member", "state"))
    excused = set(leave.filter(member__user__isnull=False).values_list("member__user", flat=True))
    before = audit.snapshot(activity, _AUDITED) | {"marks": marks}
    activity.state = ActivityState.CANCELLED
    activity.version += 1
    activity.full_clean()
    activity.save()
    leave.delete()
    keep_sums(activity)
    audit.record(
        by=by,
        act="取消主题党日的安排",
        instance=activity,
        before=before,
        # Not the reason: it may name people, and the trail cannot be erased.
        after=audit.snapshot(activity, _AUDITED) | {"marks": dict.fromkeys(marks, "")},
        area_path=activity.branch.area_path,
        label=f"{activity.branch} {activity.period}",
    )
    tell_cancelled(branch, activity, excused, kept_reason(reason))
    return activity
