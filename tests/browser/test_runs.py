"""A background run under somebody's eyes: what changes stands where it stood, and a link leads on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from core.models import BackgroundRun, User
from members.models import RosterBatch
from tests.browser import imports
from tests.browser.visits import later
from tests.harness.browser import axe_violations

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def run(request: pytest.FixtureRequest) -> BackgroundRun:
    """The check of a secretary's roster, which waits."""
    batch = RosterBatch.objects.get(**imports.checking(request))
    assert batch.check_run is not None
    return batch.check_run


@pytest.fixture
def opened(
    run: BackgroundRun, page: Page, secretary: User, superuser: User, sign_in: Any, live_server: Any
) -> Callable[[str], Page]:
    """Give a function that opens the run's page as one of the three frames shows it."""
    batch = RosterBatch.objects.get()
    frames = {
        "its own": (secretary, reverse("run", args=[run.pk])),
        "the branch's": (secretary, reverse("members:batch", args=[batch.pk])),
        "the office's": (superuser, reverse("admin:members_rosterbatch_change", args=[batch.pk])),
    }

    def show(frame: str) -> Page:
        user, address = frames[frame]
        page.add_init_script(later())
        sign_in(user)
        page.goto(address)
        return page

    return show


def let_time_pass(page: Page, **fields: Any) -> None:
    """Change the run as its work would, and let the page ask for it."""
    BackgroundRun.objects.update(**fields)
    page.evaluate("elderLater()")


@pytest.mark.parametrize("frame", ["its own", "the branch's", "the office's"])
def test_it_tells_how_far_it_is_where_it_stands_and_offers_the_result(
    frame: str, opened: Callable[[str], Page]
) -> None:
    page = opened(frame)
    address = page.url
    tally, look = page.locator("[data-tally]"), page.locator("[role=status] [data-look]")
    expect(tally).to_have_text("排着队")
    expect(look).to_have_text("看看进度")
    stop = page.get_by_role("button", name="停下来")
    places = [(look.bounding_box(), stop.bounding_box())]
    page.evaluate("window.opened = true")
    for fields, told in (
        ({"state": "RUNNING"}, "已经开始"),
        ({"done": 3, "total": 6}, "3 / 6"),
        ({"state": "DONE", "done": 6}, "做完了"),
    ):
        let_time_pass(page, **fields)
        expect(tally).to_have_text(told)
        places.append((look.bounding_box(), stop.bounding_box()))
    expect(look).to_have_text("做完了，看结果")
    assert page.evaluate("window.opened"), "the page opened itself again"
    tops = [[round(box["y"]) for box in boxes if box] for boxes in places]
    assert tops == tops[:1] * 4, "something moved under the thumb"
    assert page.locator("progress").evaluate("bar => [bar.value, bar.max]") == [6, 6]
    assert axe_violations(page) == []
    BackgroundRun.objects.update(state="FAILED", error="文件打不开，请换一个。")
    look.click()
    expect(page.get_by_text("文件打不开，请换一个。")).to_be_visible()
    assert page.url == address


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_scripts_one_looks_again(opened: Callable[[str], Page], run: BackgroundRun) -> None:
    page = opened("its own")
    expect(page.locator("[data-tally]")).to_have_text("排着队")
    BackgroundRun.objects.update(state="RUNNING", done=3, total=6)
    page.get_by_role("link", name="看看进度").click()
    expect(page.locator("[data-tally]")).to_have_text("3 / 6")
