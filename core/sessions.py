"""Sessions in the database, found by a question whose words are made once."""

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from core.prepared import Prepared


def _session(key: str) -> "QuerySet[Session]":
    return Session.objects.filter(session_key=key).order_by()


SESSION = Prepared(_session)


class SessionStore(db.SessionStore):
    """Django's own; it is asked for at every page."""

    def _get_session_from_db(self) -> Any:
        found = SESSION.rows(self.session_key)
        if found and found[0].expire_date > timezone.now():
            return found[0]
        return super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
