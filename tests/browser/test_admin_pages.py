"""Every page of the admin that the table of addresses knows, in the browser: acts, grids, sums, rows."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from playwright.sync_api import APIResponse, Error, Page, Response

from core.models import User
from tests.access.table import ROLES
from tests.access.things import World
from tests.access.walking import Row, rows
from tests.browser import imports
from tests.browser.office import faults_of
from tests.cast import TODAY

# Looked at model by model, with rows of their own: tests/browser/test_admin.py.
OF_A_REGISTER = ("_changelist", "_add", "_import", "_export", "_history", "_delete")
ROOMS = ("core", "branches", "members", "activities")


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    """Set the clock to the cast's day, on which the things of the table were made."""
    morning = dt.datetime.combine(TODAY, dt.time(10), tzinfo=ZoneInfo("Asia/Shanghai"))
    with time_machine.travel(morning, tick=True):
        yield


def room_of(row: Row) -> str:
    """Return the room whose admin answers to ROW."""
    name = row.name.removeprefix("admin:").replace("-", "_")
    first = name.split("_")[0]
    known = {"branch": "branches", "appointment": "branches", "year": "activities"}
    known |= {"campaign": "activities", "account": "core", "app": "core", "index": "core"}
    return first if first in ROOMS else known.get(first, "members")


def is_looked_at(row: Row) -> bool:
    """Whether ROW is a page that the first administrator opens and no other test does."""
    opens = row.method == "GET" and row.answers[ROLES.index("superuser")] == 200
    return opens and row.name.startswith("admin:") and not row.name.endswith(OF_A_REGISTER)


def is_a_page(office: Page, address: str) -> bool:
    """Open ADDRESS and say whether it is a page; a file, which no tab shows, is asked for by itself."""
    try:
        answer: Response | APIResponse | None = office.goto(address)
        shown = True
    except Error:
        answer = office.request.get(address)
        shown = False
    assert answer is not None
    assert answer.status == 200, address
    is_html = answer.headers["content-type"].startswith("text/html")
    assert shown or not is_html, f"{address} did not open"
    return is_html


@pytest.mark.parametrize("room", ROOMS)
def test_the_pages_of_the_table_are_sound(
    room: str, request: pytest.FixtureRequest, office: Page, complaints: list[str]
) -> None:
    world, faults, seen = World(request), [], 0
    for row in filter(is_looked_at, rows()):
        if room_of(row) != room:
            continue
        address = row.address(world)
        if is_a_page(office, address):
            seen += 1
            faults += [f"{address}: {fault}" for fault in faults_of(office)]
    assert seen > 1
    assert "\n".join(faults + complaints) == ""


@pytest.mark.parametrize(
    ("name", "typed", "title"),
    [("member-reveal", "办手续", "完整信息"), ("member-account", "", "首次登录卡")],
)
def test_what_an_act_shows_once_is_sound(
    name: str,
    typed: str,
    title: str,
    request: pytest.FixtureRequest,
    office: Page,
    complaints: list[str],
) -> None:
    office.goto(reverse(f"admin:{name}", args=[World(request)["person"].pk]))
    if typed:
        office.locator("[name=which]").first.check()
        office.fill("[name=reason]", typed)
    with office.expect_navigation():
        office.click(".submit-row input.default")
    assert title in office.locator("#content").inner_text()
    assert "\n".join(faults_of(office) + complaints) == ""


@pytest.mark.parametrize(
    ("make", "step"), [(imports.written, "undo"), (imports.checked, "discard")]
)
def test_the_last_page_before_a_roster_is_given_up_is_sound(
    make: Callable[[pytest.FixtureRequest], dict[str, Any]],
    step: str,
    request: pytest.FixtureRequest,
    office: Page,
    superuser: User,
    complaints: list[str],
) -> None:
    answer = office.goto(reverse(f"admin:roster-{step}", kwargs=make(request)))
    assert answer is not None
    assert answer.status == 200
    assert "\n".join(faults_of(office) + complaints) == ""
