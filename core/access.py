"""What every page asks of its request."""

from typing import cast

from django.http import HttpRequest

from core.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the user of a view behind LoginRequiredMiddleware."""
    return cast("User", request.user)
