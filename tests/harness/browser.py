"""Debian's Chromium under Playwright: how it starts, what it may reach, and the accessibility engine."""

import shutil
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page, Request, ViewportSize

from tests.harness import processes

# Quiet and offline: nothing is resolved but this machine, whatever a page or the browser itself asks for.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
    # A test's tab is short: to start a process for it, or to compile its scripts for speed, never pays.
    "--renderer-process-limit=1",
    "--in-process-gpu",
    "--js-flags=--no-opt,--no-maglev",
)
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
AXE_TAGS = (
    *("wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag21aaa", "wcag22aa"),
    "best-practice",
)
_AXE = Path(__file__).resolve().parents[1] / "browser" / "vendor" / "axe.min.js"
_LOAD_AXE = """() => {
    if (!("axe" in window) && "loadAxe" in window) loadAxe();
    return "axe" in window;
}"""
# Named tags also run the AAA rules, which are off by default; preloading would add style sheets.
# The contrast of AAA leaves to that of AA what falls short of both. Asked without that lower bound
# it finds all that either finds, and the texts of a page are measured once.
_RUN_AXE = """async (tags) => {
    const contrastRatio = {normal: {minThreshold: null}, large: {minThreshold: null}};
    const result = await axe.run(document, {
        runOnly: tags,
        preload: false,
        selectors: false,
        resultTypes: ["violations"],
        checks: {"color-contrast-enhanced": {options: {contrastRatio}}},
        rules: {"color-contrast": {enabled: false}},
    });
    return result.violations.flatMap(({id, impact, nodes}) =>
        nodes.map(({html}) => `${id} (${impact}): ${html.slice(0, 160)}`));
}"""


def launch_arguments() -> dict[str, Any]:
    """Return Playwright's launch arguments; a missing browser is an error that says what to install."""
    return {"executable_path": _chromium(), "args": list(FLAGS)}


def _chromium() -> str:
    # Debian's build without windows draws the same pages for half the processor time.
    return shutil.which("chromium-headless-shell") or processes.require("chromium", "chromium")


def context_arguments() -> dict[str, Any]:
    """Return the context of an ordinary phone in Jiangsu."""
    return {
        "viewport": PHONE,
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "has_touch": False,
    }


class OriginGuard:
    """Notes every request that leaves the live server, so that the test can fail on it."""

    def __init__(self, origin: str) -> None:
        self.origin = urlsplit(origin)[:2]
        self.strayed: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Watch every page of a context, those that open later included."""
        context.on("request", self._note)

    def _note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts[:2] != self.origin:
            self.strayed.append(request.url)


@cache
def _axe_source() -> str:
    """Return what puts axe within reach of a page, unread until it is asked for."""
    return f"globalThis.loadAxe = () => {{ {_AXE.read_text(encoding='utf-8')} }};"


def axe_violations(page: Page) -> list[str]:
    """Run axe (WCAG A, AA, AAA where it can tell, best practice) and return one line per violation."""
    if not page.evaluate(_LOAD_AXE):  # half a megabyte: handed over once a tab, not once a page
        page.add_init_script(_axe_source())
        page.evaluate(_axe_source())
        page.evaluate(_LOAD_AXE)
    return page.evaluate(_RUN_AXE, list(AXE_TAGS))
