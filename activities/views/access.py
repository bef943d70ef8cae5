"""Who opens the pages of a branch, and what every one of them knows of it."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from activities.enums import HOLDS_THEME_DAYS
from activities.querysets import theme_day_settings
from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.access import signed_in
from core.models import User
from core.prepared import Prepared

# The verb; the rows follow from the branch: somebody else's is 404, seen but not yours is 403.
may_record = permission_required("activities.record_activity", raise_exception=True)


def keeps(user: User, pk: int, **also: Any) -> "QuerySet[Branch]":
    """Return the branch PK, if it is the USER's to keep, with ALSO asked in the same query."""
    rows = Branch.objects.editable_by(user).filter(pk=pk).order_by()
    return rows.select_related("kind", "area").annotate(**also, **theme_day_settings())


KEPT = Prepared(keeps)


def own_branch(
    request: HttpRequest, pk: int, asked: Prepared = KEPT, *values: Any, **also: Any
) -> Branch:
    """Return the branch whose party life the user keeps; committees and groups have none.

    ASKED is ``keeps`` with what a page always wants to know beside it (of VALUES), ALSO what it
    wants this time.
    """
    user = signed_in(request)
    long_way = asked.ask(user, pk, *values).annotate(**also) if also else None
    found = asked.rows(user, pk, *values) if long_way is None else list(long_way)
    if not found:
        get_editable_or_404(Branch, user, pk=pk)
        raise Http404("没有找到这条记录。")
    branch: Branch = found[0]
    if branch.kind.settings.get("counts_as") not in HOLDS_THEME_DAYS:
        raise PermissionDenied(f"{branch.kind.name}不单独登记主题党日，由党支部一起登记。")
    return branch
