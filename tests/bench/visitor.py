"""Looking at pages as a signed-in user: what a page asks of the database and sends to the reader."""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve

from core.models import User

HOST = "127.0.0.1"


def prepare() -> None:
    """Collect the static files that pages name, and keep the log quiet; once in a measurement."""
    logging.disable(logging.ERROR)
    call_command("collectstatic", interactive=False, verbosity=0)


def signed_in(user: User) -> Client:
    """Return a browser of USER."""
    client = Client(SERVER_NAME=HOST, raise_request_exception=False)
    client.force_login(user, backend="branches.backends.PostBackend")
    return client


@dataclass(frozen=True)
class Seen:
    """One page: its address's name, queries, bytes of text, bytes of styles and scripts as sent.

    ``found_on`` is the page whose link led here.
    """

    address: str
    found_on: str
    view: str
    status: int
    queries: int
    text: int
    dress: int
    links: frozenset[str]

    @property
    def size(self) -> int:
        """All bytes but photos."""
        return self.text + self.dress


def look(client: Client, address: str, found_on: str = "") -> Seen:
    """Open ADDRESS, linked from FOUND_ON, and follow nothing."""
    with CaptureQueriesContext(connection) as asked:
        response: Any = client.get(address)
    page = _Page()
    if "Location" in response:
        page.links.add(response["Location"])
    elif response.get("Content-Type", "").startswith("text/html"):
        page.feed(response.content.decode())
    return Seen(
        address=address,
        found_on=found_on,
        view=view_of(address),
        status=response.status_code,
        queries=len(asked),
        text=0 if response.streaming else len(response.content),
        dress=sum(map(_sent, page.files)),
        links=frozenset(filter(None, (_own(address, link) for link in page.links))),
    )


def view_of(address: str) -> str:
    """Return the name of what answers at ADDRESS."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return "?"


class _Page(HTMLParser):
    """Collects where a page leads and what it loads."""

    def __init__(self) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.files: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and "download" not in given:
            self.links.add(given.get("href") or "")
        if tag == "script" or (tag == "link" and given.get("rel") == "stylesheet"):
            self.files.add(given.get("src") or given.get("href") or "")


def _own(base: str, link: str) -> str:
    """Return LINK as an address of this portal, without its fragment; empty for any other."""
    target = urlsplit(urljoin(f"http://{HOST}{base}", urldefrag(link).url))
    if not link or target.hostname != HOST:
        return ""
    return f"{target.path}?{target.query}" if target.query else target.path


@lru_cache(maxsize=1000)
def _sent(address: str) -> int:
    """Return the bytes of a static file as they are sent: compressed where that was worth it."""
    if not address.startswith(settings.STATIC_URL):
        return 0
    name = re.sub(r"\?.*", "", address.removeprefix(settings.STATIC_URL))
    file = Path(settings.STATIC_ROOT) / name
    small = file.with_name(f"{file.name}.gz")
    return (small if small.exists() else file).stat().st_size
