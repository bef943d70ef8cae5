"""Archiving: a record that has been reported is closed, and can be opened again (归档 → 上报)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F

from activities.enums import ActivityState
from activities.models import Activity
from branches import paths
from core import audit

if TYPE_CHECKING:
    from core.models import User


@transaction.atomic
def archive_activities(*, by: "User", activities: Iterable[Activity]) -> int:
    """Archive those of ACTIVITIES that are on record; return how many."""
    return _move(by, activities, ActivityState.RECORDED, ActivityState.ARCHIVED, "归档活动")


@transaction.atomic
def reopen_activities(*, by: "User", activities: Iterable[Activity]) -> int:
    """Open archived ACTIVITIES again for correction; return how many."""
    return _move(by, activities, ActivityState.ARCHIVED, ActivityState.RECORDED, "取消归档")


def _move(
    by: "User",
    activities: Iterable[Activity],
    old: ActivityState,
    new: ActivityState,
    act: str,
) -> int:
    wanted = {activity.pk for activity in activities}
    rows = Activity.objects.filter(pk__in=wanted).editable_by(by)
    if rows.count() != len(wanted):
        raise PermissionDenied("选中的活动里有不归您管理的，这次没有改动。")
    found = list(
        rows.filter(state=old)
        .select_for_update(of=("self",))
        .values_list("pk", "branch__area_path")
        .order_by("pk")
    )
    moving = [pk for pk, _ in found]
    Activity.objects.filter(pk__in=moving).update(state=new, version=F("version") + 1)
    if moving:
        audit.record(
            by=by,
            act=act,
            before={"状态": old.label},
            after={"状态": new.label, "活动编号": moving},
            # One row for the batch: it belongs to the smallest area that holds all branches.
            area_path=paths.common(path for _, path in found),
            label=f"{len(moving)}项活动",
        )
    return len(moving)
