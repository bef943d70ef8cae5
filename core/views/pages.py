"""Pages that belong to no room: how large the text is, and what is said when something is wrong."""

import sys
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from core import audit, drafts, impersonation, signin
from core.access import own_page
from core.context_processors import CONTRAST_COOKIE, CONTRASTS, TEXT_SIZE_COOKIE, TEXT_SIZES
from core.refusals import refuse
from core.trouble import is_disk_full, is_keyless, is_passing

ONE_YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def set_text_size(request: HttpRequest) -> HttpResponse:
    """Remember the text size or the contrast chosen and go back to the page it was chosen on."""
    response = redirect(own_page(request, request.POST.get("next", "")))
    for cookie, field, known in (
        (TEXT_SIZE_COOKIE, "size", TEXT_SIZES),
        (CONTRAST_COOKIE, "contrast", CONTRASTS),
    ):
        chosen = request.POST.get(field)
        if chosen in known:
            response.set_cookie(
                cookie, chosen, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure()
            )
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that what came in could not be read, or was too large to be."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "errors/413.html", status=413)
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why this cannot be done now; the reason is the sentence the refusal carries."""
    if isinstance(exception, impersonation.OnlyViewing):
        reason = {"reason": str(exception)}
        return render(request, "errors/403_viewing.html", reason, status=403)
    return refuse(request, "errors/403.html", 403, str(exception))


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that the page was left open too long; a form that can be kept comes back filled instead."""
    match = request.resolver_match
    if match is not None and drafts.survives(match.func) and drafts.keep(request):
        if request.user.is_authenticated:
            messages.warning(request, "页面放得久了，这次没有交上去。填好的内容还在，请再交一次。")
        return redirect(drafts.page_of(request))
    if match is not None and match.url_name == "sign-in" and request.user.is_authenticated:
        return redirect("/")  # signed in meanwhile in another window
    return render(request, "errors/403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page, or none of yours: the two look alike."""
    return refuse(request, "errors/404.html", 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say sorry, and what it was when it was no fault in the program: a full disk, a lost
    database, a lost key file.

    The page reads neither the database nor the session. Called while the exception is being handled.
    """
    trouble = sys.exc_info()[1]
    if is_disk_full(trouble):
        return render(request, "errors/507.html", status=507)
    if is_keyless(trouble):
        return render(request, "errors/503_keys.html", status=503)
    if is_passing(trouble):
        return render(request, "errors/503.html", status=503)
    return render(request, "errors/500.html", status=500)


def locked_out(
    request: HttpRequest, response: HttpResponse | None = None, credentials: Any = None
) -> HttpResponse:
    """Say how long to wait after too many wrong passwords, and put the beginning on record."""
    if getattr(request, "axes_failures_since_start", 0) == settings.AXES_FAILURE_LIMIT:
        user = signin.user_of(signin.account_key(request, credentials))
        audit.record(by=None, act="登录锁定", instance=user, label="" if user else "没有这个账号")
    minutes = round(settings.AXES_COOLOFF_TIME.total_seconds() / 60)
    context = {"wait_minutes": minutes, "tomorrow": getattr(request, "tries_used_up", False)}
    return render(request, "errors/locked.html", context, status=429)
