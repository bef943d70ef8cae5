"""Sessions in the database, found by a question whose words are made once."""

import re
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import get_random_string

from core.prepared import Prepared


def _session(key: str) -> "QuerySet[Session]":
    return Session.objects.filter(session_key=key).order_by()


SESSION = Prepared(_session)
_KEY = re.compile("[a-z0-9]+").fullmatch


class SessionStore(db.SessionStore):
    """Django's own; it is asked for at every page."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Take no key for one that Django never makes: a cookie may hold anything, NUL too."""
        is_whole: bool = super()._validate_session_key(key)  # type: ignore[misc]  # not in the stubs
        return is_whole and _KEY(key or "") is not None

    def _get_new_session_key(self) -> str:
        """Return a key that nobody has: 165 random bits, and a new session refuses a known one anyway."""
        return get_random_string(32, VALID_KEY_CHARS)

    def delete(self, session_key: str | None = None) -> None:
        """Forget a session, its own by default; one query."""
        if key := session_key or self.session_key:
            Session.objects.filter(session_key=key).delete()

    def _get_session_from_db(self) -> Any:
        found = SESSION.rows(self.session_key)
        if found and found[0].expire_date > timezone.now():
            return found[0]
        return super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
