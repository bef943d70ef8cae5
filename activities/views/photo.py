"""The photos of a record: shown to whom the record is visible, removed by whom it belongs to."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from activities.actions.photo import remove_photo
from activities.actions.theme_day import refusal
from activities.models import Photo
from activities.querysets import days_open
from activities.rules.period import Period
from activities.views.access import may_record, own_branch
from branches.scoping import get_visible_or_404
from core.access import signed_in
from core.impersonation import closed
from core.views.files import private_file


@closed
@require_safe
def photo(request: HttpRequest, pk: int, size: str) -> HttpResponseBase:
    """Send one photo, ``full`` or ``small``."""
    found = get_visible_or_404(
        Photo.objects.select_related("file", "small"), signed_in(request), pk=pk
    )
    try:
        return private_file(found.file if size == "full" else found.small)
    except FileNotFoundError as error:
        raise Http404 from error


@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int, month: Period, photo: int) -> HttpResponse:
    """Ask, then remove a photo."""
    branch, user = own_branch(request, pk), signed_in(request)
    found = get_visible_or_404(
        Photo.objects.select_related("activity", "file", "small"),
        user,
        pk=photo,
        activity__branch=branch,
        activity__period=str(month),
    )
    if reason := refusal(user, branch, month, found.activity, days_open(branch)):
        raise PermissionDenied(reason)
    if request.method == "POST":
        remove_photo(by=user, photo=found)
        return redirect("activities:theme-day-record", pk=pk, month=month)
    context = {"branch": branch, "month": month, "photo": found}
    return render(request, "activities/photo_remove.html", context)
