"""What happens around every request: address, clocks, sign-in, second factor, first password, views of others, no copies kept."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.http import HttpRequest, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.cache import add_never_cache_headers

from core import actions, drafts, impersonation, second_factor, signin
from core.access import own_page
from core.audit import client_ip
from core.models import User
from core.uploads import has_too_large

Answer = Callable[[HttpRequest], HttpResponseBase]
TOUCH_SECONDS = 60
OK, FOUND, TOO_LARGE = 200, 302, 413
SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}
# Pages that a user with a first password may open before he has chosen his own.
_BEFORE_OWN_PASSWORD = {"second-factor", "password", "sign-out", "text-size"}
# Pages that a user may open before the second step; who has no authenticator also those of his password.
_SECOND_STEP = {"second-factor", "second-factor-set-up", "sign-out", "text-size"}
_OF_THE_PASSWORD = {"password", "password-done"}
# Pages that nobody opens in somebody else's name.
_OWNERS_ALONE = {
    *("second-factor", "second-factor-set-up", "password", "password-done"),
    *("admin:password_change", "admin:password_change_done"),
}


class PlainAddressMiddleware:
    """Refuses questions with a NUL: no page means one, and PostgreSQL cannot be asked for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 400 at once."""
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise SuspiciousOperation("NUL in the address")
        return self.get_response(request)


class TooLargeMiddleware:
    """Says 413 with the page that says why: the form of a file above the limit (security §5a 84)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Change the number of an answer that is a page."""
        response = self.get_response(request)
        if has_too_large(request) and response.status_code == OK:
            response.status_code = TOO_LARGE
        return response


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
    if impersonation.is_changing_hands(request):
        return  # nobody signs in, and the clocks run on
    request.session["seen"] = request.session["began"] = int(time.time())
    second_factor.begin(request)
    drafts.look_for(request, user)
    if user.has_office_post:
        request.session.set_expiry(0)


class ImpersonationMiddleware:
    """Answers as to the account whose pages are viewed, as long as all holds that the view stands on (P26).

    After ``AuthenticationMiddleware``, whose user it puts aside before he is asked for.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Read both accounts anew; who may view no longer is signed out."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and impersonation.is_on(request):
            found = impersonation.recall(request)
            if found is not None and found.stands:
                impersonation.note(request, found)
            else:
                self._end(request, found)
        return self.get_response(request)

    def _end(self, request: HttpRequest, found: impersonation.Impersonation | None) -> None:
        if found is not None:
            actions.end_impersonation(
                by=found.administrator, user=found.user, note="长时间没有操作，或者账号有变化"
            )
        auth.logout(request)


class ReadOnlyMiddleware:
    """Keeps who views somebody else's pages from changing, opening or taking anything (P26).

    After all that may lead elsewhere: what is refused bears the headers of any page.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Let the database take nothing, and no file leave."""
        if impersonation.of(request) is None:
            return self.get_response(request)
        with connection.execute_wrapper(impersonation.ReadOnly(request)):
            response = self.get_response(request)
        if response.has_header("Content-Disposition"):
            raise impersonation.OnlyViewing(impersonation.STAYS_CLOSED)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Refuse what is sent and what is the owner's alone; lead back who is over time."""
        found = impersonation.of(request)
        if found is None or impersonation.is_let_through(request):
            return None
        if found.is_over:
            return redirect(impersonation.END)
        if request.method not in SAFE:
            raise impersonation.OnlyViewing(impersonation.CHANGES_NOTHING)
        name = request.resolver_match.view_name if request.resolver_match else None
        if name in _OWNERS_ALONE or impersonation.is_closed(view_func):
            raise impersonation.OnlyViewing(impersonation.STAYS_CLOSED)
        return None


class SessionClockMiddleware:
    """Ends sessions: after a pause, and at the latest after a while; office posts sooner (security §6).

    Also one whose second factor was taken away.
    """

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
        if now - seen > idle or now - began > longest or second_factor.is_void(request):
            auth.logout(request)
        elif now - seen >= TOUCH_SECONDS:
            session["seen"] = now


class SecondFactorMiddleware:
    """Leads who owes the second step of signing in there and nowhere else (security §2.2, P25).

    Before ``SignInRequiredMiddleware``: who has an authenticator shows it before he changes a first
    password, and who has none chooses his own password first.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the view does; the view itself is asked about below."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Ask for the second step before the view runs; programs get 403."""
        user = request.user
        is_open = not getattr(view_func, "login_required", True) or impersonation.of(request)
        if is_open or not isinstance(user, User) or not second_factor.is_due(request):
            return None
        name = request.resolver_match.view_name if request.resolver_match else None
        if name in _SECOND_STEP:
            return None
        if user.authenticator_pk is not None:
            return self._lead(request, view_func, "second-factor")
        if user.must_change_password or name in _OF_THE_PASSWORD:
            return None
        return self._lead(request, view_func, "second-factor-set-up")

    def _lead(
        self, request: HttpRequest, view_func: Callable[..., Any], page: str
    ) -> HttpResponseBase:
        if not wants_page(request):
            return JsonResponse({"error": "请先完成第二步验证。"}, status=403)
        return lead_to(request, view_func, resolve_url(page))


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
            name in _BEFORE_OWN_PASSWORD
            or not getattr(view_func, "login_required", True)
            or impersonation.of(request)
        ):
            return redirect("password")
        return None

    def handle_no_permission(  # type: ignore[override]  # programs get no redirect
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponseBase:
        """Lead to the sign-in page and from there back; programs get 401."""
        if not wants_page(request):
            return JsonResponse({"error": "请先登录。"}, status=401)
        return lead_to(request, view_func, resolve_url(settings.LOGIN_URL))


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


def wants_page(request: HttpRequest) -> bool:
    """Say whether a person asks, who can be led to another page."""
    return request.accepts("text/html") and "HX-Request" not in request.headers


def lead_to(request: HttpRequest, view_func: Callable[..., Any], page: str) -> HttpResponseRedirect:
    """Lead to PAGE and from there back; a form that can be kept is, and PAGE says so."""
    if request.method in SAFE:
        return redirect_to_login(request.get_full_path(), page)
    if drafts.survives(view_func) and drafts.keep(request):
        return redirect_to_login(drafts.page_of(request), f"{page}?kept=1")
    return redirect_to_login(came_from(request), page)


def came_from(request: HttpRequest) -> str:
    """Return the page of ours on which a request was made, or the front page."""
    parts = urlsplit(own_page(request, request.headers.get("Referer", "")))
    return parts.path + (f"?{parts.query}" if parts.query else "")
