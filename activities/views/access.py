"""Who opens the pages of a branch, and what every one of them knows of it."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import Subquery
from django.http import HttpRequest

from activities.enums import HOLDS_THEME_DAYS, ActivityKind
from activities.rules.record import extra_days
from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.access import signed_in
from core.models import Kind

# The verb; the rows follow from the branch: somebody else's is 404, seen but not yours is 403.
may_record = permission_required("activities.record_activity", raise_exception=True)
_SETTINGS = "theme_day_settings"


def own_branch(request: HttpRequest, pk: int, **also: Any) -> Branch:
    """Return the branch whose party life the user keeps; committees and groups have none.

    ALSO is asked in the same query and stays with the branch.
    """
    kind = Kind.objects.filter(key=ActivityKind.THEME_DAY)
    also[_SETTINGS] = Subquery(kind.values("settings")[:1])
    branch = get_editable_or_404(
        Branch.objects.select_related("kind", "area").annotate(**also), signed_in(request), pk=pk
    )
    if branch.kind.settings.get("counts_as") not in HOLDS_THEME_DAYS:
        raise PermissionDenied(f"{branch.kind.name}不单独登记主题党日，由党支部一起登记。")
    return branch


def days_open(branch: Branch) -> int:
    """Return how many days after its month's end BRANCH (of ``own_branch``) may change a record."""
    return extra_days(vars(branch)[_SETTINGS])
