"""Who is signing in, from where, and how often: keys without names (security §3, §6).

django-axes counts wrong passwords by account and address; an allowance counts them by account
alone. Neither ever sees a telephone: both know an account by its number, and a name that is no
account by a keyed digest.
"""

import ipaddress
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_credentials
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from core import crypto, impersonation, text
from core.models import Allowance, BackgroundRun, User
from core.runs import Progress, nightly

_NOTED = "_account_keys"
_FORGOTTEN = timedelta(days=1)
_ALLOWANCES = Allowance._meta.db_table
_COUNT_ONE = (
    f"INSERT INTO {_ALLOWANCES} (key, day, used) VALUES (%s, %s, 1) ON CONFLICT (key, day)"  # noqa: S608 -- our own name
    f" DO UPDATE SET used = {_ALLOWANCES}.used + 1 WHERE {_ALLOWANCES}.used < %s RETURNING used"
)


class AttemptsHandler(AxesDatabaseHandler):
    """Counts wrong passwords as django-axes does; who only views another's pages forgives him none."""

    def user_logged_in(self, sender: Any, request: HttpRequest, user: User, **options: Any) -> None:
        """Forget the wrong passwords of who signs in; one query where he typed none.

        Those of others are forgotten when the next one types a wrong password, and at night.
        """
        if not impersonation.is_changing_hands(request):
            name = user.get_username()
            _noted(request)[text.login_name(name)] = f"u:{user.pk}"
            self.reset_user_attempts(request, get_credentials(name))


def client_address(request: HttpRequest) -> str | None:
    """Return the visitor's address; behind a proxy, the one that the proxy wrote."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        given = request.META.get("HTTP_X_FORWARDED_FOR", given).rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(given))
    except ValueError:
        return None


def account_key(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str | None:
    """Return the key of the account that is being signed in to: ``u:17``, or ``x:digest`` if none.

    Called by axes several times a request: each name is looked up once.
    """
    typed = (credentials or {}).get("username") or request.POST.get("username")
    if not typed:
        return None
    name = text.login_name(typed)
    noted = _noted(request)
    if name not in noted:
        noted[name] = _key_of(name)
    return noted[name]


def user_of(key: str | None) -> User | None:
    """Return the user that an account key stands for."""
    kind, _, number = (key or "").partition(":")
    return User.objects.filter(pk=number).first() if kind == "u" else None


def take_try(key: str, *, most: int | None = None) -> bool:
    """Count one try of today; False when the day's MOST (of sign-in by default) are used up.

    One statement, the first of the day as well: none slips through, and lists can afford it.
    """
    most = settings.SIGN_IN_TRIES_A_DAY if most is None else most
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_ONE, [key, timezone.localdate().isoformat(), most])
        return cursor.fetchone() is not None


def give_back_try(key: str) -> None:
    """Take one try back: the password was right."""
    Allowance.objects.filter(key=key, day=timezone.localdate(), used__gt=0).update(
        used=F("used") - 1
    )


@nightly("nightly.sweep_sign_in", name="清理过期的登录记录")
def sweep_sign_in(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Forget ended sessions and the wrong passwords of past days; the trail keeps what counts."""
    today = timezone.localdate()
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - _FORGOTTEN).delete()
    gone, _ = Allowance.objects.filter(day__lt=today).delete()
    return {"allowances": gone}


def _noted(request: HttpRequest) -> dict[str, str]:
    """Return the keys that are known of the names typed in REQUEST."""
    noted: dict[str, str] = request.__dict__.setdefault(_NOTED, {})
    return noted


def _key_of(name: str) -> str:
    try:
        return f"u:{User.objects.get_by_natural_key(name).pk}"
    except User.DoesNotExist:
        return f"x:{crypto.blind_index(name, 'signin.name')}"
