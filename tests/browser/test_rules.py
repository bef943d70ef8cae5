"""The thirty rules on every page."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Page, Response

from core.models import User
from tests.browser import rules
from tests.browser.pages import NOT_PAGES, PAGES, SCENES, Case, Scene
from tests.browser.steps import STEPS, Step
from tests.browser.visits import Reader, Visit


def views_of(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Callable[..., Any]]]:
    """Walk the addresses outside the admin: (name, view); one without a name fails by its route."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield prefix + (entry.name or str(entry.pattern)), entry.callback
        elif entry.namespace != "admin":
            yield from views_of(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)


def test_every_page_of_the_portal_is_looked_at() -> None:
    known = {case.name for case in PAGES} | set(NOT_PAGES)
    assert sorted({name for name, _ in views_of(get_resolver())} ^ known) == []


@pytest.mark.parametrize("case", PAGES, ids=str)
def test_the_page_follows_the_rules(
    case: Case,
    request: pytest.FixtureRequest,
    reader: Reader,
    live_server: Any,
    session_cookie: Callable[[User], dict[str, str]],
) -> None:
    path = reverse(case.name, kwargs=case.make(request)) + case.query
    cookies = [session_cookie(request.getfixturevalue(case.role))] if case.role else []
    visit = Visit(reader, cookies, path)
    assert rules.faults_of(visit) == ""


def noted(reach: Callable[[Page], None], seen: list[int]) -> Callable[[Page], None]:
    """Return REACH with every status on the way put into SEEN."""

    def note(answer: Response) -> None:
        if answer.request.is_navigation_request():
            seen.append(answer.status)

    def watched(page: Page) -> None:
        page.on("response", note)
        reach(page)
        page.remove_listener("response", note)

    return watched


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.title)
def test_the_scene_follows_the_rules(
    scene: Scene, reader: Reader, live_server: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.browser.gallery.urls"
    seen: list[int] = []
    visit = Visit(reader, [], "", noted(scene.reach, seen))
    assert rules.faults_of(visit) == ""
    assert seen[-1] == scene.status


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_the_answer_follows_the_rules(
    step: Step,
    request: pytest.FixtureRequest,
    reader: Reader,
    live_server: Any,
    session_cookie: Callable[[User], dict[str, str]],
) -> None:
    seen: list[int] = []
    way = noted(step.way(request), seen)
    visit = Visit(reader, [session_cookie(request.getfixturevalue(step.role))], "", way)
    assert rules.faults_of(visit) == ""
    assert seen[-1] == step.status


def test_the_help_telephone_is_in_the_same_place_on_every_page(
    reader: Reader, live_server: Any, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.browser.gallery.urls"
    places = set()
    found = {"/signin/": 200, "/gallery/me/": 200, "/gallery/log/": 200, "/nowhere/": 404}
    for path, status in found.items():
        with Visit(reader, [], path, status=status).open() as page:
            places.add(tuple(page.evaluate("elderRules.place()")))
    assert len(places) == 1


def test_read_aloud_is_offered_where_there_is_a_chinese_voice(page: Page, live_server: Any) -> None:
    page.add_init_script(
        "speechSynthesis.getVoices = () => [{lang: 'en-US'}, {lang: 'zh-CN', name: '普通话'}]"
    )
    page.goto("/signin/")
    assert page.get_by_role("button", name="读给我听").is_visible()


def test_the_largest_size_is_there_on_the_next_page(page: Page, live_server: Any) -> None:
    page.goto("/signin/")
    page.get_by_role("button", name="特大", exact=True).click()
    page.goto("/nowhere/")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 30


def test_high_contrast_stays(page: Page, live_server: Any) -> None:
    page.goto("/signin/")
    page.get_by_role("button", name="换成黑白分明").click()
    assert page.locator("html").get_attribute("data-contrast") == "high"
    page.get_by_role("button", name="换回普通颜色").click()
    assert page.locator("html").get_attribute("data-contrast") == ""
