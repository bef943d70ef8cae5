"""What every page asks of its request."""

from typing import cast

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from core.models import User


def signed_in(request: HttpRequest) -> User:
    """Return the user of a view behind LoginRequiredMiddleware."""
    return cast("User", request.user)


def own_page(request: HttpRequest, address: str) -> str:
    """Return ADDRESS where it is one of ours, else the front page's."""
    is_ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # A bare word would be taken for the name of a page.
    is_whole = address.startswith(("/", f"{request.scheme}://"))
    return address if is_ours and is_whole else "/"
