"""Addresses of the admin pages of territory, organisations and posts, and what is sent to them."""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from core.models import User

Signed = Callable[[User], Client]


def address(noun: str, action: str, *args: Any) -> str:
    """Return the page of ACTION for NOUN."""
    return reverse(f"admin:branches_{noun}_{action}", args=args)


def sent_from(page: Any, **changes: Any) -> dict[str, Any]:
    """Return what a browser sends for the PAGE of a row with CHANGES."""
    form = page.context["adminform"].form
    shown = {name: form[name].value() or "" for name in form.fields}
    hidden = re.findall(r'name="(initial-[a-z_]+)" value="([^"]*)"', page.text)
    return shown | dict(hidden) | changes
