"""Many-row questions about territory, branches and appointments."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from mptt.managers import TreeManager
from mptt.querysets import TreeQuerySet

from core.enums import Verb
from core.fields import prefix_range
from core.querysets import ScopedQuerySet
from core.scope import Reach

if TYPE_CHECKING:
    from core.models import User


class AreaQuerySet(TreeQuerySet, ScopedQuerySet):
    """Areas: the subtree of each office post."""

    area_path_lookup = "path"

    def within(self, path: str) -> Self:
        """The area with PATH and everything below it."""
        return self.filter(prefix_range("path", path))


class BranchQuerySet(TreeQuerySet, ScopedQuerySet):
    """Branches: by territory for office posts, by branch tree for branch posts, and one's own."""

    area_path_lookup = "area_path"
    branch_path_lookup = "path"
    own_branch_lookup = "pk"

    def within_area(self, path: str) -> Self:
        """Branches that hang on the area with PATH or below it."""
        return self.filter(prefix_range("area_path", path))

    def within(self, path: str) -> Self:
        """The branch with PATH and its subordinate units."""
        return self.filter(prefix_range("path", path))

    def current(self, day: dt.date | None = None) -> Self:
        """Branches that exist on DAY (today by default)."""
        day = day or timezone.localdate()
        return self.filter(
            Q(founded_on__isnull=True) | Q(founded_on__lte=day),
            Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day),
        )


class AppointmentQuerySet(ScopedQuerySet):
    """Appointments: those of the branches and areas one's office post covers."""

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """An appointment lies where its area or its branch lies."""
        condition = Q()
        for path in reach.area_paths:
            condition |= prefix_range("area__path", path) | prefix_range("branch__area_path", path)
        return condition

    def current(self, day: dt.date | None = None) -> Self:
        """Appointments in force on DAY (today by default); the last day still counts."""
        day = day or timezone.localdate()
        return self.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
            started_on__lte=day,
        )


AreaManager = TreeManager.from_queryset(AreaQuerySet, "AreaManager")
BranchManager = TreeManager.from_queryset(BranchQuerySet, "BranchManager")
AppointmentManager = models.Manager.from_queryset(AppointmentQuerySet, "AppointmentManager")
