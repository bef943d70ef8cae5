"""Somebody else's pages, viewed as an administrator views them: by the button of the account's page."""

from typing import Any

from django.test import Client
from django.urls import reverse

from core.models import User

REASON = "来电说页面上什么都没有"
END = "/impersonation/end/"


def address_of(user: User) -> str:
    """Return where the view of USER's pages begins."""
    return reverse("admin:account-impersonate", args=[user.pk])


def begin(client: Client, user: User, reason: str = REASON) -> Any:
    """Send the form of USER's page."""
    return client.post(address_of(user), {"reason": reason})


def viewing(administrator: User, user: User, **options: Any) -> Client:
    """Return a browser in which ADMINISTRATOR views the pages of USER."""
    client = Client(**options)
    client.force_login(administrator, backend="branches.backends.PostBackend")
    answer = begin(client, user)
    assert answer.status_code == 302, answer.content.decode()
    return client
