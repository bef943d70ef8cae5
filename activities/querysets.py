"""Many-row questions about activities and attendance."""

from typing import Self

from django.db import models
from django.db.models import Q

from activities.enums import TOOK_PART, ActivityState
from core.querysets import ScopedQuerySet


class ActivityQuerySet(ScopedQuerySet):
    """Activities: by the branch that holds them; members see those of their own branches."""

    area_path_lookup = "branch__area_path"
    branch_path_lookup = "branch__path"
    own_branch_lookup = "branch"

    def held(self) -> Self:
        """Activities that took place and are on record."""
        return self.filter(state__in=[ActivityState.RECORDED, ActivityState.ARCHIVED])


class AttendanceQuerySet(ScopedQuerySet):
    """Attendance: with the activity's branch or with the member's home at the time; one's own."""

    area_path_lookup = "activity__branch__area_path"
    branch_path_lookup = "activity__branch__path"
    owner_lookup = "member__user"

    def took_part(self) -> Self:
        """到会, 线上 and 送学."""
        return self.filter(state__in=TOOK_PART)

    def elsewhere(self) -> Self:
        """异地参加: taken part in another branch than the home branch of the day."""
        return self.took_part().filter(~Q(activity__branch=models.F("home_branch")))


ActivityManager = models.Manager.from_queryset(ActivityQuerySet, "ActivityManager")
AttendanceManager = models.Manager.from_queryset(AttendanceQuerySet, "AttendanceManager")
