"""Who opens the pages of a branch."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest

from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.views.access import signed_in

# The verb; the rows follow from the branch: somebody else's is 404, seen but not yours is 403.
may_record = permission_required("activities.record_activity", raise_exception=True)


def own_branch(request: HttpRequest, pk: int) -> Branch:
    """Return the branch whose party life the user keeps."""
    return get_editable_or_404(Branch, signed_in(request), pk=pk)
