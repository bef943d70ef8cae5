"""How the rules look at a page: a tab that forgets each visit, the visit, the view."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, ViewportSize

from tests.harness.browser import DESKTOP, PHONE, OriginGuard, context_arguments

_PICTURES = ["*.svg*", "*.png*", "*.jpg*", "*.webp*", "*/photo/*/small/*"]


@dataclass(frozen=True)
class View:
    """A way of looking at a loaded page: the window's width and height, and the text size."""

    name: str
    window: ViewportSize
    text_size: str = ""


PHONE_VIEW = View("390", PHONE)
MIDDLE_VIEW = View("390 大字", PHONE, "l")
LARGE_VIEW = View("390 特大", PHONE, "xl")
NARROW_VIEW = View("320", {"width": 320, "height": 700})
DESKTOP_VIEW = View("1280", DESKTOP)


def look(page: Page, view: View) -> None:
    """Look at PAGE as VIEW says; that the size is the server's own doing is rule 3."""
    page.set_viewport_size(view.window)
    page.evaluate("size => { document.documentElement.dataset.size = size; }", view.text_size)


class Reader:
    """A phone whose one tab makes every visit: a window of its own for each would cost more than the visit.

    Tests that go their own ways open tabs of their own beside it.
    """

    def __init__(self, browser: Browser, origin: str) -> None:
        self.origin = origin
        self.context = browser.new_context(**context_arguments(), base_url=origin)
        self.guard = OriginGuard(origin)
        self.guard.watch(self.context)
        self.page = self.context.new_page()
        self.page.add_init_script(later())
        # By the browser itself: a route of Playwright's would switch the cache off.
        self._session = self.context.new_cdp_session(self.page)
        self._session.send("Network.enable")

    def sit_down(self, cookies: list[Any]) -> Page:
        """Give the empty tab to who holds COOKIES."""
        self.guard.strayed.clear()
        self.page.set_viewport_size(PHONE)
        self.context.add_cookies(cookies)
        return self.page

    def allow(self, *, scripts: bool = True, images: bool = True) -> None:
        """Let SCRIPTS run and IMAGES be shown from now on, or not."""
        self._session.send("Network.setBlockedURLs", {"urls": [] if images else _PICTURES})
        self._session.send("Emulation.setScriptExecutionDisabled", {"value": not scripts})

    def forget(self) -> None:
        """Forget everything of whoever sat here: his cookies, what his pages stored, his tabs.

        His last page stays until the next one comes, for that costs nothing; no script of it runs any
        more, so it asks the server nothing.
        """
        self.allow(scripts=False, images=False)
        for page in self.context.pages:
            if page is not self.page:
                page.close()
        self.context.clear_cookies()
        everything = {"origin": self.origin, "storageTypes": "all"}
        self._session.send("Storage.clearDataForOrigin", everything)


@dataclass(frozen=True)
class Visit:
    """Somebody at an address: his cookies, how he gets there, and what the server is to answer."""

    reader: Reader
    cookies: list[Any]
    path: str
    reach: Callable[[Page], None] | None = None
    status: int = 200

    @contextmanager
    def open(self, *, scripts: bool = True, images: bool = True) -> Iterator[Page]:
        """Open the page with nothing left of an earlier visit; nothing may leave the server (rule 18)."""
        try:
            page = self.reader.sit_down(self.cookies)
            self.reader.allow(scripts=scripts, images=images)
            if self.reach is None:
                self._arrive(lambda: page.goto(self.path))
            else:
                self.reach(page)
            page.evaluate(script())
            yield page
            assert self.reader.guard.strayed == []
        finally:
            self.reader.forget()

    def come_back(self, choose: Callable[[], object]) -> None:
        """From the page without scripts and images come to the one with both: by CHOOSE, which leads back.

        Where no address leads to the page, its way is gone anew by somebody who has nothing left.
        """
        page = self.reader.page
        if self.reach is None:
            self.reader.allow()
            with page.expect_navigation() as back:
                choose()
            self._arrive(lambda: back.value)
        else:
            self.reader.forget()
            self.reader.sit_down(self.cookies)
            self.reader.allow()
            self.reach(page)
        page.evaluate(script())

    def _arrive(self, come: Callable[[], Response | None]) -> None:
        answer = come()
        assert answer is not None
        assert answer.status == self.status, f"{self.path} answered {answer.status}"
        assert "refresh" not in answer.headers, f"{self.path} opens itself again"
        assert answer.url == self.reader.origin + self.path, f"{self.path} leads to {answer.url}"


@cache
def script() -> str:
    """Return what is asked inside the page."""
    return Path(__file__).with_name("rules.js").read_text(encoding="utf-8")


@cache
def later() -> str:
    """Return what must be there before a page's own scripts, so that its timers can be let off."""
    return Path(__file__).with_name("later.js").read_text(encoding="utf-8")
