"""Who opens the pages of a branch."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from activities.enums import HOLDS_THEME_DAYS
from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.views.access import signed_in

# The verb; the rows follow from the branch: somebody else's is 404, seen but not yours is 403.
may_record = permission_required("activities.record_activity", raise_exception=True)


def own_branch(request: HttpRequest, pk: int) -> Branch:
    """Return the branch whose party life the user keeps; committees and groups have none."""
    user = signed_in(request)
    branch = get_editable_or_404(Branch.objects.select_related("kind", "area"), user, pk=pk)
    if branch.kind.settings.get("counts_as") not in HOLDS_THEME_DAYS:
        raise PermissionDenied(f"{branch.kind.name}不单独登记主题党日，由党支部一起登记。")
    return branch
