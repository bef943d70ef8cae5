"""以某人身份查看: an administrator sees an account's pages as its owner does, and changes nothing.

django-hijack lets the session change hands and notes in it who views (``hijack_history``). Beside
that the session keeps what the administrator's own one held, until it comes back, and when the view
ends at the latest. Each request reads both accounts anew (``ImpersonationMiddleware``): a view ends
with what it stands on. Off unless the setting IMPERSONATION says so (security §3, P26).
"""

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, load_backend
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from core import rules, second_factor
from core.models import User
from core.parameters import Parameters
from core.prepared import Prepared

VERB = "core.change_user"
MINUTES = "impersonation.minutes"
# So that none is idle before it is over.
MOST_MINUTES = settings.STAFF_IDLE_SECONDS // 60
END = "impersonation-end"
# What is sent all the same: it ends the view, alone or with the session, or enlarges the letters.
_SENT = {END, "sign-out", "text-size"}
_HISTORY = "hijack_history"
_KEPT = "impersonation"
_NOTED = "_impersonation"
_CHANGES_HANDS = "_session_changes_hands"
_CLOSED = "closed_to_impersonation"
_SESSIONS = Session._meta.db_table
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "COPY")
View = TypeVar("View", bound=Callable[..., Any])


class OnlyViewing(PermissionDenied):
    """Refused because somebody else's pages are only looked at; the argument is the sentence to show."""


CHANGES_NOTHING = "您在看别人的页面，只能看，不能办，也不能改。这一步没有做，什么都没有改动。"
STAYS_CLOSED = (
    "完整号码、文件、照片、导出、密码，还有改党员资料、同意和撤回同意的页，"
    "以别人的身份查看时都不打开。"
)


@dataclass(frozen=True)
class Impersonation:
    """Whose pages ADMINISTRATOR views, and until when; ``stands`` tells whether he still may."""

    administrator: User
    user: User
    ends: dt.datetime
    stands: bool

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return dt.datetime.now(dt.UTC) >= self.ends


def may_impersonate(*, hijacker: User, hijacked: User) -> bool:
    """Say whether HIJACKER may view the pages of HIJACKED (django-hijack's ``HIJACK_PERMISSION_CHECK``)."""
    return (
        bool(settings.IMPERSONATION)
        and hijacker.has_perm(VERB)
        and _may_be_viewed(hijacker, hijacked, keeps_accounts=hijacked.has_perm(VERB))
    )


def of(request: HttpRequest) -> Impersonation | None:
    """Return whose pages this request views for whom; None for who looks at his own."""
    found: Impersonation | None = request.__dict__.get(_NOTED)
    return found


def note(request: HttpRequest, found: Impersonation) -> None:
    """Let REQUEST be answered as to the account that is viewed."""
    request.__dict__[_NOTED] = found
    request.user = found.user


def forget(request: HttpRequest) -> None:
    """Answer REQUEST as to nobody else: the view is over."""
    request.__dict__.pop(_NOTED, None)


def is_on(request: HttpRequest) -> bool:
    """Say whether the session is one that views somebody else's pages."""
    return bool(request.session.get(_HISTORY))


def recall(request: HttpRequest) -> Impersonation | None:
    """Return what the session says, with both accounts as they are now; None when one is gone.

    One query for both, which takes the place of that for the session's user.
    """
    session, kept = request.session, request.session[_KEPT]
    accounts = _accounts(session[BACKEND_SESSION_KEY], session[_HISTORY][-1], session[SESSION_KEY])
    if accounts is None:
        return None
    administrator, user = accounts
    stands = (
        settings.IMPERSONATION
        and time.time() - session["seen"] <= settings.STAFF_IDLE_SECONDS
        and administrator.keeps_accounts
        and _has_hash(kept["own"], administrator)
        and not second_factor.is_void_for(kept["own"], administrator)
        and _has_hash(session, user)
        and _may_be_viewed(administrator, user, keeps_accounts=user.keeps_accounts)
    )
    ends = dt.datetime.fromtimestamp(kept["ends"], dt.UTC)
    return Impersonation(administrator, user, ends, bool(stands))


def own_session(request: HttpRequest) -> dict[str, Any]:
    """Return what the administrator's own session holds, and let it change hands in this request."""
    request.__dict__[_CHANGES_HANDS] = True
    session = request.session
    if not is_on(request):
        return dict(session.items())
    own: dict[str, Any] = session[_KEPT]["own"]
    return own | {"seen": session["seen"]}


def is_changing_hands(request: HttpRequest) -> bool:
    """Say whether this very request begins or ends a view: nobody signs in by it."""
    return _CHANGES_HANDS in request.__dict__


def begin(request: HttpRequest, own: dict[str, Any]) -> None:
    """Keep the administrator's OWN session in the one that is now another's, and set its end."""
    now = int(time.time())
    minutes = Parameters(MINUTES).number(MINUTES)
    ends = min(now + minutes * 60, own["began"] + settings.STAFF_SESSION_SECONDS)
    kept = {"own": own, "ends": ends}
    request.session.update({"seen": now, "began": own["began"], _KEPT: kept})


def give_back(request: HttpRequest, own: dict[str, Any]) -> None:
    """Fill the session that is the administrator's again with what his OWN one held."""
    request.session.update(own)
    request.session.pop(_HISTORY)


def closed(view: View) -> View:
    """Mark VIEW as the owner's alone: it stays closed to who views his pages."""
    setattr(view, _CLOSED, True)
    return view


def is_closed(view: Any) -> bool:
    """Say whether a view function, or the class behind it, is marked."""
    return bool(
        getattr(view, _CLOSED, False) or getattr(getattr(view, "view_class", None), _CLOSED, False)
    )


def is_let_through(request: HttpRequest) -> bool:
    """Say whether REQUEST ends the view, or changes nothing but the letters of this browser."""
    match = request.resolver_match
    return match is not None and match.view_name in _SENT


class ReadOnly:
    """Lets the database take nothing while somebody else's pages are viewed, but the session itself.

    A wrapper of ``connection.execute_wrapper``: whatever a page would write, unasked, in the name
    of its owner is refused with the whole page.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        if (
            sql.lstrip().upper().startswith(_WRITES)
            and _SESSIONS not in sql
            and not is_let_through(self.request)
        ):
            raise OnlyViewing(CHANGES_NOTHING)
        return execute(sql, params, many, context)


def _accounts(backend: str, *keys: str) -> list[Any] | None:
    """Return the users with KEYS, each with his authenticator and whether he keeps accounts."""
    rows = _question(backend).rows(tuple(map(int, keys)))
    found = {str(row.pk): row for row in rows}
    return [found[key] for key in keys] if found.keys() == set(keys) else None


@cache
def _question(backend: str) -> Prepared:
    return Prepared(partial(_users, backend))


def _users(backend: str, keys: tuple[int, ...]) -> "QuerySet[User]":
    posts: Any = load_backend(backend)
    keepers = posts.with_perm(VERB)
    rows = User.objects.annotate(
        authenticator_pk=F("authenticator"),  # type: ignore[no-redef]  # the property asks for who has no session
        keeps_accounts=Exists(keepers.filter(pk=OuterRef("pk"))),
    )
    return rows.filter(pk__in=keys).order_by()


def _may_be_viewed(by: User, user: User, *, keeps_accounts: bool) -> bool:
    return rules.may_be_impersonated(
        is_oneself=by == user,
        is_active=user.is_active,
        keeps_accounts=keeps_accounts,
        is_auditor=user.is_auditor,
    )


def _has_hash(session: Any, user: User) -> bool:
    return constant_time_compare(session[HASH_SESSION_KEY], user.get_session_auth_hash())
