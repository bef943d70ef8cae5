"""Addresses of the admin pages of territory, organisations and posts."""

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from core.models import User

Signed = Callable[[User], Client]


def address(noun: str, action: str, *args: Any) -> str:
    """Return the page of ACTION for NOUN."""
    return reverse(f"admin:branches_{noun}_{action}", args=args)
