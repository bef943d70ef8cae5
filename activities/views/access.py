"""Who opens the pages of a branch, and what every one of them knows of it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Subquery
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from activities.enums import HOLDS_THEME_DAYS, ActivityKind
from activities.rules.record import extra_days
from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.models import Kind
from core.views.access import signed_in

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
RECORD = "activities.record_activity"
_SETTINGS = "theme_day_settings"


def may_record(view: View) -> View:
    """Ask the verb; the rows follow from the branch: somebody else's is 404, only seen is 403.

    Verbs come with posts alone, so those of the posts are asked for (one query), not one's own.
    """

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if RECORD not in signed_in(request).get_group_permissions():
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return asking  # type: ignore[return-value]  # the same arguments, the same answer


def own_branch(request: HttpRequest, pk: int) -> Branch:
    """Return the branch whose party life the user keeps; committees and groups have none."""
    kind = Kind.objects.filter(key=ActivityKind.THEME_DAY)
    also = {_SETTINGS: Subquery(kind.values("settings")[:1])}
    branch = get_editable_or_404(
        Branch.objects.select_related("kind", "area").annotate(**also), signed_in(request), pk=pk
    )
    if branch.kind.settings.get("counts_as") not in HOLDS_THEME_DAYS:
        raise PermissionDenied(f"{branch.kind.name}不单独登记主题党日，由党支部一起登记。")
    return branch


def days_open(branch: Branch) -> int:
    """Return how many days after its month's end BRANCH (of ``own_branch``) may change a record."""
    return extra_days(vars(branch)[_SETTINGS])
