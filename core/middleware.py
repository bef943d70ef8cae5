"""What happens around every request: address, clocks, sign-in, first password, no copies kept."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from core import drafts, signin
from core.audit import client_ip
from core.models import User

Answer = Callable[[HttpRequest], HttpResponseBase]
TOUCH_SECONDS = 60
FOUND = 302
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Pages that a user with a first password may open before he has chosen his own.
_BEFORE_OWN_PASSWORD = {"password", "sign-out", "text-size"}


class PlainAddressMiddleware:
    """Refuses questions with a NUL: no page means one, and PostgreSQL cannot be asked for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 400 at once."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("NUL in the address")
        return self.get_response(request)


class ClientAddressMiddleware:
    """Tells the audit trail where a request comes from."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Set the address for the length of the request."""
        token = client_ip.set(signin.client_address(request))
        try:
            return self.get_response(request)
        finally:
            client_ip.reset(token)


def begin_session(request: HttpRequest, user: User, **_: Any) -> None:
    """Start the clocks of a session (on ``user_logged_in``); an office post's ends with the browser."""
    request.session["seen"] = request.session["began"] = int(time.time())
    drafts.look_for(request, user)
    if user.has_office_post:
        request.session.set_expiry(0)


class SessionClockMiddleware:
    """Ends sessions: after a pause, and at the latest after a while; office posts sooner (security §6)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sign out who is over time; note the visit at most once a minute. Copies are not kept."""
        # Without the cookie there is no session to ask for, and no query.
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and isinstance(request.user, User):
            self._wind(request, request.user)
        response = self.get_response(request)
        if has_session and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response

    def _wind(self, request: HttpRequest, user: User) -> None:
        now = int(time.time())
        session = request.session
        # A session without clocks is older than they are.
        seen, began = session.get("seen", 0), session.get("began", 0)
        if user.has_office_post:
            idle, longest = settings.STAFF_IDLE_SECONDS, settings.STAFF_SESSION_SECONDS
        else:
            idle, longest = settings.MEMBER_IDLE_SECONDS, settings.MEMBER_SESSION_SECONDS
        if now - seen > idle or now - began > longest:
            auth.logout(request)
        elif now - seen >= TOUCH_SECONDS:
            session["seen"] = now


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends strangers to sign in, and keeps the form they were sending."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Ask for a sign-in, and for a password of his own, before the view runs."""
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is not None:
            return refusal
        name = request.resolver_match.url_name if request.resolver_match else None
        if getattr(request.user, "must_change_password", False) and not (
            name in _BEFORE_OWN_PASSWORD or not getattr(view_func, "login_required", True)
        ):
            return redirect("password")
        return None

    def handle_no_permission(  # type: ignore[override]  # programs get no redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Lead to the sign-in page and from there back; programs get 401."""
        wants_page = request.accepts("text/html") and "HX-Request" not in request.headers
        if not wants_page:
            return JsonResponse({"error": "请先登录。"}, status=401)
        if request.method in SAFE:
            return redirect_to_login(request.get_full_path())
        if drafts.survives(view_func) and drafts.keep(request):
            # The sign-in page then says that nothing was lost.
            sign_in = f"{resolve_url(settings.LOGIN_URL)}?kept=1"
            return redirect_to_login(drafts.page_of(request), sign_in)
        return redirect_to_login(came_from(request))


class SentFormMiddleware:
    """Forgets a kept form once it has been sent well."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Discard after a redirect, which is how every accepted form ends."""
        response = self.get_response(request)
        match = request.resolver_match
        if (
            request.method == "POST"
            and response.status_code == FOUND
            and match is not None
            and drafts.survives(match.func)
            and request.user.is_authenticated
            and not drafts.just_kept(request)
        ):
            drafts.discard(request)
        return response


def came_from(request: HttpRequest) -> str:
    """Return the page of ours on which a request was made, or the front page."""
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        referrer, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return "/"
    parts = urlsplit(referrer)
    return parts.path + (f"?{parts.query}" if parts.query else "")
