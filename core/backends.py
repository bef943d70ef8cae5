"""The day's tries of an account, whatever address they come from (security §3)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core import signin


class AllowanceBackend:
    """Stands between axes and the password check: counts the try before the password is looked at."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, **credentials: Any
    ) -> None:
        """Never sign anybody in; stop when today's tries are used up, known account or not."""
        if request is None or not username:
            return
        key = signin.account_key(request, {"username": username})
        if key is None or signin.take_try(key):
            return
        request.axes_locked_out = True  # type: ignore[attr-defined]  # axes shows its page for it
        request.tries_used_up = True  # type: ignore[attr-defined]  # read by views.locked_out
        raise PermissionDenied
