"""A browser that comes without a session, as most do."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client

from core.models import User


class Visitor(Client):
    """Django's client, which signs in as a visitor without a cookie does.

    Django's own makes and keeps an empty session first, only to throw it away for the signed-in one.
    """

    def _login(self, user: User, backend: str | None = None) -> None:
        if settings.SESSION_COOKIE_NAME in self.cookies:
            super()._login(user, backend)  # type: ignore[misc]  # not in the stubs
            return
        request: Any = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, user, backend)
        request.session.save()
        self._set_login_cookies(request)  # type: ignore[attr-defined]  # not in the stubs
