"""Who asks for a roster's pages: may he import, and what does the address of a step show him."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from branches.scoping import get_visible_or_404
from core.access import signed_in
from core.models import User
from members.models import RosterBatch
from members.roster.turns import VERB


class Pages(Protocol):
    """What has the steps: ``members.roster.steps.RosterPages``."""

    def batches(self, user: User) -> "QuerySet[RosterBatch]":
        """Return the batches that may have a page here."""

    def page_of(self, batch: RosterBatch) -> str:
        """Return the address of a batch's page."""


def importer(request: HttpRequest) -> User:
    """Return who asks, if he may import."""
    user = signed_in(request)
    if not user.has_perm(VERB):
        raise PermissionDenied("您没有导入名册的权限。请联系上级老干部局。")
    return user


def only_sent(step: Callable[[Any, HttpRequest, int], HttpResponse]) -> Any:
    """Take what is sent to STEP; who opens its address is led to the batch's page.

    A refused form stands at that address, so it is opened again from the bar or the history.
    """

    @wraps(step)
    def take(pages: Pages, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method == "POST":
            return step(pages, request, pk)
        user = importer(request)
        return redirect(pages.page_of(get_visible_or_404(pages.batches(user), user, pk=pk)))

    return take
