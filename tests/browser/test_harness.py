"""The browser itself: Chromium starts, pages reach it, nothing leaves the machine."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page

from tests.browser.visits import Reader, Visit
from tests.harness import browser


def test_page_of_the_live_server_is_seen_as_a_phone_in_chinese(
    page: Page, live_server: Any
) -> None:
    page.goto("/admin/login/")

    assert page.viewport_size == {"width": 390, "height": 844}
    assert page.evaluate("navigator.language") == "zh-CN"
    assert page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone") == "Asia/Shanghai"
    assert page.evaluate("document.fonts.check('16px sans-serif', '银辉')") is True


def test_request_to_another_host_is_refused_and_noted(new_context: Any, live_server: Any) -> None:
    context: BrowserContext = new_context()
    guard = browser.OriginGuard(live_server.url)
    guard.watch(context)
    page = context.new_page()

    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("http://outside.example/x")

    assert guard.strayed == ["http://outside.example/x"]


def test_axe_finds_an_unlabelled_input(page: Page) -> None:
    page.set_content("<html lang=zh><title>页</title><main><h1>页</h1><input></main>")

    assert [line.split(" ")[0] for line in browser.axe_violations(page)] == ["label"]


@pytest.mark.parametrize(
    "grey", ["#ddd", "#888", "#707070", "#bbb;font-size:40px", "#888;font-size:40px"]
)
def test_axe_finds_every_grey_that_is_too_light(page: Page, grey: str) -> None:
    """What falls short of AA, and what falls short of AAA alone, in small letters and in large ones."""
    said = "<html lang=zh><title>页</title><main><h1>页</h1><p style='color:{}'>这里写着几个字"
    page.set_content(said.format("#555"))
    assert browser.axe_violations(page) == []
    page.set_content(said.format(grey))
    assert len(browser.axe_violations(page)) == 1


SEEN = "[!document.querySelector('[data-reveal]').hidden, document.querySelector('.brand img').naturalWidth > 0]"


def test_a_visit_without_scripts_and_images_has_none_and_the_next_has_both(
    reader: Reader, live_server: Any
) -> None:
    visit = Visit(reader, [], "/signin/")
    with visit.open() as page:
        assert page.evaluate(SEEN) == [True, True]
    with visit.open(scripts=False, images=False) as page:
        assert page.evaluate(SEEN) == [False, False]
    with visit.open() as page:
        assert page.evaluate(SEEN) == [True, True]


def test_a_page_that_was_left_asks_the_server_nothing(reader: Reader, live_server: Any) -> None:
    asked: list[str] = []
    with Visit(reader, [], "/signin/").open() as page:
        with page.expect_request("**/healthz/?later"):
            page.evaluate("setInterval(() => fetch('/healthz/?later'), 20)")
        page.on("request", lambda request: asked.append(request.url))
        page.wait_for_timeout(100)
        assert asked != []
    asked.clear()
    page.wait_for_timeout(300)
    assert asked == []


def test_nothing_of_a_visit_is_left_to_the_next(reader: Reader, live_server: Any) -> None:
    kept = "[document.cookie.includes('who=me'), localStorage.getItem('what')]"
    cookie = {"name": "who", "value": "me", "url": live_server.url}
    with Visit(reader, [cookie], "/signin/").open() as page:
        page.evaluate("localStorage.setItem('what', 'mine')")
        assert page.evaluate(kept) == [True, "mine"]
    with Visit(reader, [], "/signin/").open() as page:
        assert page.evaluate(kept) == [False, None]
