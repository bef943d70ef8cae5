"""A secretary's roster of her own branch: the office's pages in the elder frame (security P13)."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.drafts import survives_on, survives_sign_in
from core.impersonation import closed
from core.models import User
from members.models import RosterBatch
from members.roster.asking import importer
from members.roster.steps import RosterPages
from members.views.adding import home_or_refuse

_SHOWN = 10
_on_the_batch = survives_on("members:batch")
_shown_and_sent = require_http_methods(["GET", "HEAD", "POST"])


class BranchRosterPages(RosterPages):
    """The steps of one's own rosters."""

    def batches(self, user: User) -> "QuerySet[RosterBatch]":
        """Return one's own; somebody else's are not there."""
        return RosterBatch.objects.editable_by(user).filter(by=user)

    def page_of(self, batch: RosterBatch) -> str:
        """Return the address of a batch's page."""
        return reverse("members:batch", args=[batch.pk])

    def show(self, request: HttpRequest, sheet: str, context: dict[str, Any]) -> HttpResponse:
        """Draw one sheet among the elder pages."""
        return render(request, f"members/import/{sheet}.html", context)


_pages = BranchRosterPages()


@_shown_and_sent
@never_cache
@survives_sign_in
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a roster of the branch; rows that name no branch are its own."""
    user = importer(request)
    return _pages.upload(request, home_or_refuse(user, pk))


@require_safe
@never_cache
def batches(request: HttpRequest, pk: int) -> HttpResponse:
    """List the rosters that one has brought for the branch, the newest first."""
    user = importer(request)
    branch = get_editable_or_404(Branch, user, pk=pk)
    mine = _pages.batches(user).filter(branch=branch).order_by("-pk")[:_SHOWN]
    return render(request, "members/import/batches.html", {"branch": branch, "batches": mine})


@closed
@require_safe
def template(request: HttpRequest) -> HttpResponseBase:
    """Send the blank template."""
    return _pages.blank(request)


@require_safe
@never_cache
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the batch's state asks for."""
    return _pages.batch(request, pk)


@_shown_and_sent
@_on_the_batch
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the columns as chosen and start the check."""
    return _pages.choose(request, pk)


@_shown_and_sent
@_on_the_batch
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was decided about single rows."""
    return _pages.decide(request, pk)


@_shown_and_sent
@_on_the_batch
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what was ticked so far and show other rows."""
    return _pages.keep(request, pk)


@_shown_and_sent
@_on_the_batch
def heading(request: HttpRequest, pk: int) -> HttpResponse:
    """Read another sheet, or the heading where somebody says that it stands."""
    return _pages.heading(request, pk)


@_shown_and_sent
@_on_the_batch
def name_branches(request: HttpRequest, pk: int) -> HttpResponse:
    """Take which branches the unknown names mean, and check again."""
    return _pages.branches(request, pk)


@_shown_and_sent
@_on_the_batch
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Start the writing with the choice made on the preview."""
    return _pages.confirm(request, pk)


@_shown_and_sent
@never_cache
@_on_the_batch
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask first, then give the batch up before anything is written."""
    return _pages.discard(request, pk)


@_shown_and_sent
@never_cache
@survives_sign_in
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take the written roster back."""
    return _pages.undo(request, pk)


@_shown_and_sent
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a check or a writing that was stopped."""
    return _pages.again(request, pk)


@closed
@require_safe
@never_cache
def rejected(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send the rejected rows as a workbook."""
    return _pages.rejected(request, pk)
