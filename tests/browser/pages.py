"""Every HTML page of the portal outside the admin, and who looks at it.

Whoever adds a page adds a ``Case``; a test walks the resolver and fails for one that is missing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from core.models import BackgroundRun, Notice
from tests.browser import imports, party_life, register, second_steps

Request = pytest.FixtureRequest


def nothing(request: Request) -> dict[str, Any]:
    """Need no rows and no arguments."""
    return {}


@dataclass(frozen=True)
class Case:
    """One page as one role sees it.

    NAME is the address's name (with namespace); ROLE the fixture that gives the user, empty for a
    visitor; MAKE puts the rows there and returns the address's arguments; STATE tells two cases of
    one address apart; QUERY is what follows the question mark.
    """

    name: str
    role: str = ""
    make: Callable[[Request], dict[str, Any]] = nothing
    state: str = ""
    query: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.role, self.state)))


def a_run(**fields: Any) -> Callable[[Request], dict[str, Any]]:
    """Return what makes a background run of the bureau's with these fields."""

    def make(request: Request) -> dict[str, Any]:
        owner = request.getfixturevalue("bureau_staff")
        return {
            "pk": BackgroundRun.objects.create(
                by=owner, kind="导入党员名册", key="test:1", **fields
            ).pk
        }

    return make


def some_runs(request: Request) -> dict[str, Any]:
    """A run under way in the list of one's own."""
    a_run(state="RUNNING", done=3200, total=6401)(request)
    return {}


def told(request: Request) -> dict[str, Any]:
    """What a secretary was told: a member's own words, a page, a run; one looked at, one long."""
    secretary = request.getfixturevalue("secretary")
    for text, detail, url in (
        ("导入党员名册已经做完。", "", ""),
        ("买买提·吐尔逊同志说自己的资料有误，请核对", "", "/members/1/"),
        ("周玉兰同志说自己的资料有误，请核对", "入党日期应是一九七九年七月，住址也搬了。", "/me/"),
    ):
        Notice.objects.create(user=secretary, text=text, detail=detail, url=url)
    Notice.objects.filter(text__startswith="买").update(read_at=timezone.now())
    return {}


def much_told(request: Request) -> dict[str, Any]:
    """More than one page of it."""
    for _ in range(8):
        told(request)
    return {}


PAGES: tuple[Case, ...] = (
    Case("sign-in"),
    Case("second-factor", "bureau_staff", second_steps.asked),
    Case("second-factor-set-up", "bureau_staff", second_steps.asked_for_the_first_time),
    Case("password", "secretary"),
    Case("password", "bureau_staff", state="from the office", query="?next=/admin/"),
    Case("password-done", "secretary"),
    Case("run", "bureau_staff", a_run(state="RUNNING", done=3200, total=6401), "running"),
    Case("run", "bureau_staff", a_run(state="DONE", done=9, total=9), "done"),
    Case("run", "bureau_staff", a_run(state="FAILED", error="文件打不开，请换一个。"), "failed"),
    Case("run", "bureau_staff", a_run(state="CANCELLED"), "cancelled"),
    Case("run", "bureau_staff", a_run(state="QUEUED"), "queued"),
    Case("runs", "bureau_staff", some_runs, "some"),
    Case("runs", "member", state="none"),
    Case("notices", "secretary", told, "some"),
    Case("notices", "secretary", told, "new", "?show=unread"),
    Case("notices", "secretary", much_told, "pages"),
    Case("notices", "member", state="none"),
    Case("home", "secretary", party_life.two_posts),
    Case("home", "group_leader", state="no post"),
    Case("activities:branch-home", "secretary", party_life.a_branch, "due"),
    Case("activities:branch-home", "secretary", party_life.a_day_to_come, "today"),
    Case("activities:branch-home", "secretary", party_life.a_place, "done"),
    Case("activities:branch-year", "secretary", party_life.a_year),
    Case("activities:theme-day", "secretary", party_life.a_month, "new"),
    Case("activities:theme-day", "secretary", party_life.a_campaign_month, "campaign"),
    Case("activities:theme-day", "secretary", party_life.a_sheet, "from paper", "?sheet=1&away=3"),
    Case("activities:theme-day", "secretary", party_life.a_record, "again"),
    Case("activities:theme-day", "secretary", party_life.a_large_month, "63 people"),
    Case("activities:theme-day-saved", "secretary", party_life.a_record),
    Case("activities:theme-day-record", "secretary", party_life.a_record_with_photo),
    Case("activities:theme-day-record", "secretary", party_life.an_absence, "elsewhere"),
    Case("activities:theme-day-record", "secretary", party_life.a_namesake_away, "namesake"),
    Case("activities:reasons", "secretary", party_life.a_record),
    Case("activities:theme-day-plan", "secretary", party_life.a_plan),
    Case("activities:theme-day-planned", "secretary", party_life.a_plan),
    Case("activities:theme-day-cancel", "secretary", party_life.a_plan_with_leave, "ask"),
    Case("activities:theme-day-cancel", "secretary", party_life.a_cancelled_plan, "done"),
    Case("activities:branch-home", "secretary", party_life.a_cancelled_day, "cancelled"),
    Case("activities:excuse-for", "secretary", party_life.a_plan, "nobody yet"),
    Case("activities:excuse-for", "secretary", party_life.a_plan_with_leave, "somebody"),
    Case("activities:photo-remove", "secretary", party_life.a_photo),
    Case("activities:sheets", "secretary", party_life.a_sheet),
    Case("activities:sheet", "secretary", party_life.one_sheet),
    Case("activities:numbers", "secretary", party_life.a_sheet, "sheets"),
    Case("activities:numbers", "secretary", party_life.a_month, "no sheet"),
    Case("activities:me", "member", party_life.a_life, "a year"),
    Case("activities:me", "member", state="new"),
    Case("activities:my-record", "member", party_life.a_life),
    Case("activities:my-record-year", "member", party_life.my_year),
    Case("activities:my-activity", "member", party_life.my_photos),
    Case("activities:my-calendar", "member", party_life.a_life),
    Case("activities:my-calendar-month", "member", party_life.my_month),
    Case("activities:excuse", "member", party_life.next_leave, "ask"),
    Case("activities:excuse", "member", party_life.given_leave, "asked"),
    Case("members:roster", "secretary", register.a_roster, "at home"),
    Case("members:roster", "secretary", register.a_roster, "guests", "?show=guests"),
    Case("members:roster", "secretary", register.a_roster, "missing", "?show=missing"),
    Case("members:add", "secretary", register.a_roster),
    Case("members:roster-export", "secretary", register.a_roster),
    Case("members:saved", "secretary", register.an_added, "added", "?new=1"),
    Case("members:import", "secretary", imports.nothing_yet),
    Case("members:batches", "secretary", imports.nothing_yet, "none"),
    Case("members:batches", "secretary", imports.branch_after(imports.written), "some"),
    Case("members:batch", "secretary", imports.uploaded, "columns"),
    Case("members:batch", "secretary", imports.unread, "no heading"),
    Case("members:batch", "secretary", imports.doubted, "columns to tell", "?heading=1"),
    Case("members:batch", "secretary", imports.checking, "progress"),
    Case("members:batch", "secretary", imports.checked, "preview"),
    Case("members:batch", "secretary", imports.checked, "new rows", "?tab=new"),
    Case("members:batch", "secretary", imports.doubtful, "alike", "?tab=alike"),
    Case("members:batch", "secretary", imports.doubtful, "different", "?tab=different"),
    Case("members:batch", "secretary", imports.checked, "mended", "?tab=mended"),
    Case("members:batch", "secretary", imports.hinted, "hinted", "?tab=hinted"),
    Case("members:batch", "secretary", imports.written, "result"),
    Case("members:batch-undo", "secretary", imports.written),
    Case("members:batch-discard", "secretary", imports.checked),
    Case("members:batch", "secretary", imports.built_on, "built on"),
    Case("members:batch", "secretary", imports.undone, "undone"),
    Case("members:batch", "secretary", imports.refused, "refused"),
    Case("members:batch", "secretary", imports.discarded, "given up"),
    Case("members:card", "secretary", register.a_member, "own"),
    Case("members:card", "secretary", register.a_guest, "guest"),
    Case("members:edit", "secretary", register.a_member),
    Case("members:saved", "secretary", register.a_change),
    Case("members:card", "secretary", register.a_request, "asked"),
    Case("members:ask-office", "secretary", register.a_member),
    Case("members:asked", "secretary", register.an_asking),
    Case("members:card", "secretary", register.a_proposed, "proposed"),
    Case("members:propose", "secretary", register.a_member),
    Case("members:proposals", "secretary", register.some_proposals, "some"),
    Case("members:proposals", "secretary", party_life.a_branch, "none"),
    Case("members:proposal", "secretary", register.a_proposal, "to answer"),
    Case("members:proposal", "other_secretary", register.a_proposal, "asked"),
    Case("members:proposal", "other_secretary", register.a_declined_proposal, "declined"),
    Case("members:proposal", "secretary", register.a_confirmed_proposal, "confirmed"),
    Case("members:proposal-decline", "secretary", register.a_proposal),
    Case("members:proposal-withdraw", "other_secretary", register.a_proposal),
    Case("activities:branch-home", "secretary", register.some_proposals, "asked to receive"),
    Case("members:reveal", "secretary", register.a_member),
    Case("members:account", "secretary", register.a_member),
    Case("members:profile", "member", register.my_record),
    Case("members:consent", "member", register.my_consent, "to take back"),
    Case("members:consent", "member", register.my_no_consent, "taken back"),
    Case("members:agree", "member", register.my_no_consent, "to give"),
    Case("members:agree", "member", register.my_consent, "given"),
    Case("members:correction", "member"),
    Case("members:correction-sent", "member", register.a_correction),
)

# Addresses that answer with no page of their own, and why.
NOT_PAGES = {
    "text-size": "goes back to where one was",
    "sign-out": "answers to POST only; its page is among SCENES",
    "impersonation-end": "goes back to the administrator's page of the account",
    "healthz": "two words for a machine",
    "readyz": "a list for a machine",
    "file": "sends a file",
    "members:own-data": "sends a file",
    "members:import-template": "sends a file",
    "members:batch-rejected": "sends a file",
    "members:batch-columns": "takes a step; leads to the roster's page",
    "members:batch-decide": "takes a step; leads to the roster's page",
    "members:batch-keep": "takes a step; leads to the roster's page",
    "members:batch-heading": "takes a step; leads to the roster's page",
    "members:batch-branches": "takes a step; leads to the roster's page",
    "members:batch-confirm": "takes a step; leads to the roster's page",
    "members:batch-again": "takes a step; leads to the roster's page",
    "run-state": "figures for the script of the run's page",
    "activities:photo": "sends a photo",
    "activities:photo-small": "sends a photo",
    "activities:my-calendar-file": "a file for the telephone's calendar",
    "notice-open": "goes to the page the notice is about",
    "notices-read": "goes back to the list",
    "run-cancel": "goes back to the run",
    "run-retry": "goes back to the run",
}


@dataclass(frozen=True)
class Scene:
    """A page that no address of its own leads to: how somebody gets there."""

    title: str
    reach: Callable[[Page], None]
    status: int = 200


def _submit(page: Page) -> None:
    with page.expect_navigation():
        page.click("main button[type=submit]")


def _wrong_password(page: Page) -> None:
    page.fill("[name=username]", "13900000000")
    page.fill("[name=password]", "not the password")
    _submit(page)


def _refused_sign_in(page: Page) -> None:
    page.goto("/signin/")
    _wrong_password(page)


def _locked(page: Page) -> None:
    _refused_sign_in(page)
    while page.locator("[name=password]").count():
        _refused_sign_in(page)


def _too_old(page: Page) -> None:
    page.goto("/signin/")
    page.context.clear_cookies()
    _wrong_password(page)


def _refused_form(page: Page) -> None:
    page.goto("/gallery/log/")
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    _submit(page)


def goes_to(address: str) -> Callable[[Page], None]:
    """Return the way that just opens ADDRESS."""

    def reach(page: Page) -> None:
        page.goto(address)

    return reach


SCENES = (
    Scene("locked out", _locked, 429),
    Scene("left open too long", _too_old, 403),
    Scene("sign-in refused", _refused_sign_in),
    Scene("no such page", goes_to("/nowhere/"), 404),
    Scene("refused", goes_to("/gallery/refused/"), 403),
    *(
        Scene(f"broken {status}", goes_to(f"/gallery/broken/{status}/"), status)
        for status in (400, 500, 503, 507)
    ),
    Scene("broken without keys", goes_to("/gallery/broken/keys/"), 503),
    Scene("a form refused", _refused_form),
    Scene("gallery log of 63 people", goes_to("/gallery/log/?people=63")),
    *(
        Scene(f"gallery {name}", goes_to(f"/gallery/{name}/"))
        for name in ("log", "me", "home", "bits", "saved", "confirm")
    ),
)
