"""Browser fixtures: a phone by default, nothing may leave the live server, signing in without typing."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext

from core.models import User
from tests.harness import browser

# Playwright's loop runs in the test's own thread, where Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start Debian's Chromium; Playwright downloads nothing."""
    return browser_type_launch_args | browser.launch_arguments()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """Open pages as a phone; `@pytest.mark.browser_context_args(viewport=DESKTOP)` and the like change it."""
    return browser_context_args | browser.context_arguments() | {"base_url": live_server.url}


@pytest.fixture
def context(context: BrowserContext, live_server: Any) -> Iterator[BrowserContext]:
    """Watch the context: a request to anywhere but the live server fails the test."""
    guard = browser.OriginGuard(live_server.url)
    guard.watch(context)
    yield context
    assert guard.strayed == []


@pytest.fixture
def sign_in(context: BrowserContext, live_server: Any) -> Callable[[User], None]:
    """Give a function that signs a user in, as if the form had been sent."""

    def signed_in(user: User) -> None:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])

    return signed_in
