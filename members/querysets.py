"""Many-row questions about members and affiliations."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.enums import Verb
from core.fields import prefix_range
from core.querysets import ScopedQuerySet
from core.scope import Reach

if TYPE_CHECKING:
    from core.models import User


class MemberQuerySet(ScopedQuerySet):
    """Members: by territory, by home branch, by managing link to one's branch, and oneself."""

    area_path_lookup = "area_path"
    branch_path_lookup = "branch__path"
    owner_lookup = "user"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add members whom a managing link ties to the user's branches: seen, not changed."""
        condition = super().condition_for(reach, user, verb)
        if verb == Verb.VIEW and reach.branch_paths:
            affiliations: Any = self.model._meta.get_field("affiliations").related_model
            linked = Q()
            for path in reach.branch_paths:
                linked |= prefix_range("branch__path", path)
            current = affiliations._default_manager.current().filter(linked)
            condition |= Q(pk__in=current.values("member"))
        return condition

    def on_register(self) -> Self:
        """Members who are on a branch's register today: not deceased, not left."""
        return self.filter(deceased_on__isnull=True, branch__isnull=False)

    def within_area(self, path: str) -> Self:
        """Members whose home branch hangs on the area with PATH or below it."""
        return self.filter(prefix_range("area_path", path))


class AffiliationQuerySet(ScopedQuerySet):
    """Affiliations: seen with the branch they point at or with the member's home."""

    area_path_lookup = "branch__area_path"
    branch_path_lookup = "branch__path"
    owner_lookup = "member__user"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add the affiliations of the members one's own branches are home to."""
        condition = super().condition_for(reach, user, verb)
        for path in reach.area_paths:
            condition |= prefix_range("member__area_path", path)
        for path in reach.branch_paths:
            condition |= prefix_range("member__branch__path", path)
        return condition

    def current(self, day: dt.date | None = None) -> Self:
        """Affiliations in force on DAY (today by default); the last day still counts."""
        day = day or timezone.localdate()
        return self.filter(
            Q(started_on__isnull=True) | Q(started_on__lte=day),
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
        )


MemberManager = models.Manager.from_queryset(MemberQuerySet, "MemberManager")
AffiliationManager = models.Manager.from_queryset(AffiliationQuerySet, "AffiliationManager")
