"""Browser fixtures: a phone by default, nothing may leave the live server, signing in without typing."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from core.models import User
from tests.browser.office import OFFICE_SCREEN
from tests.browser.visits import Reader
from tests.harness import browser as harness

# Playwright's loop runs in the test's own thread, where Django would refuse to touch the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start Debian's Chromium; Playwright downloads nothing."""
    return browser_type_launch_args | harness.launch_arguments()


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any], live_server: Any) -> dict[str, Any]:
    """Open pages as a phone; `@pytest.mark.browser_context_args(viewport=DESKTOP)` and the like change it."""
    return browser_context_args | harness.context_arguments() | {"base_url": live_server.url}


@pytest.fixture(scope="session")
def reader(browser: Browser, live_server: Any) -> Reader:
    """Give the phone that makes the visits of this test process."""
    return Reader(browser, live_server.url)


@pytest.fixture
def context(
    request: pytest.FixtureRequest, reader: Reader, live_server: Any
) -> Iterator[BrowserContext]:
    """Watch the context: a request to anywhere but the live server fails the test.

    It is the reader's own, which forgets the test after it; a test that wants another kind has it made.
    """
    if request.node.get_closest_marker("browser_context_args"):
        context = request.getfixturevalue("new_context")()
        guard = harness.OriginGuard(live_server.url)
        guard.watch(context)
        yield context
    else:
        guard = reader.guard
        guard.strayed.clear()
        yield reader.context
        reader.forget()
    assert guard.strayed == []


@pytest.fixture
def session_cookie(live_server: Any) -> Callable[[User], dict[str, str]]:
    """Give a function that signs a user in, as if the form had been sent, and returns his cookie."""

    def signed_in(user: User) -> dict[str, str]:
        client = Client()
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        return {"name": cookie.key, "value": cookie.value, "url": live_server.url}

    return signed_in


@pytest.fixture
def sign_in(
    context: BrowserContext, session_cookie: Callable[[User], dict[str, str]]
) -> Callable[[User], None]:
    """Give a function that signs a user in to the test's own context."""
    return lambda user: context.add_cookies([session_cookie(user)])


@pytest.fixture
def complaints(context: BrowserContext) -> Iterator[list[str]]:
    """Collect what the browser complains of: scripts and styles that the policy refused, errors."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(message.text)

    context.on("console", hear)
    yield heard
    context.remove_listener("console", hear)


@pytest.fixture
def office(page: Page, superuser: User, sign_in: Callable[[User], None]) -> Page:
    """Sit at an office screen as the first administrator."""
    sign_in(superuser)
    page.set_viewport_size(OFFICE_SCREEN)
    return page
