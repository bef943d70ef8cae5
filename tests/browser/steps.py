"""Pages that only answer what somebody did on another: how he gets there, and who he is.

Each is reached twice, with scripts and without, and must then say the same: what a step changes,
it puts back itself.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from activities.models import Activity
from branches.models import Branch
from members.actions import account
from members.models import Member
from tests.browser import party_life, register
from tests.browser.pages import Request
from tests.core.signing_in import PASSWORD
from tests.factories.activities import record
from tests.factories.members import make_member


@dataclass(frozen=True)
class Step:
    """A page as the answer to ROLE's step from the page NAME, whose rows MAKE puts there.

    TAKE does the step on the opened page; BEFORE puts back what it changed the time before.
    """

    title: str
    name: str
    role: str
    make: Callable[[Request], dict[str, Any]]
    take: Callable[[Page, Request], None]
    status: int = 200
    before: Callable[[Request], None] = lambda request: None

    def way(self, request: Request) -> Callable[[Page], None]:
        """Make the rows, and return the way to the answer."""
        address = reverse(self.name, kwargs=self.make(request))

        def reach(page: Page) -> None:
            self.before(request)
            page.goto(address)
            self.take(page, request)

        return reach


def submit(page: Page) -> None:
    """Press the one red button."""
    page.locator("main form").last.evaluate("form => { form.noValidate = true; }")
    with page.expect_navigation():
        page.locator("main .btn-main").click()


def filled(**values: str) -> Callable[[Page, Request], None]:
    """Return what fills VALUES in by their names and sends the form."""

    def take(page: Page, request: Request) -> None:
        for name, value in values.items():
            page.locator(f"main [name={name}]").first.fill(value)
        submit(page)

    return take


def doubted(**values: str) -> Callable[[Page, Request], None]:
    """Return the same for VALUES of which one is to be looked at again."""

    def take(page: Page, request: Request) -> None:
        filled(**values)(page, request)
        assert page.get_by_role("heading", name="请核对").is_visible()

    return take


def opened(page: Page, request: Request) -> None:
    """Have two values shown in full."""
    for value in ("phone", "address"):
        page.locator(f"main [value={value}]").check(force=True)
    filled(reason="办手续")(page, request)


def an_early_joiner(request: Request) -> dict[str, Any]:
    """A member of B1 who may have joined before he was eighteen."""
    born = dt.date(1949, 5, 3)
    return {"pk": make_member(request.getfixturevalue("branch"), "张建国", birth_date=born).pk}


def a_card(request: Request) -> dict[str, Any]:
    """A member with an account, whose first password is always the same."""
    same = SimpleNamespace(choice=lambda digits: digits[7])
    request.getfixturevalue("monkeypatch").setattr(account, "secrets", same)
    key = register.a_member(request)
    account.open_account(by=request.getfixturevalue("secretary"), member=Member.objects.get(**key))
    return key


def pressed(page: Page, request: Request) -> None:
    """Send the form as it is."""
    submit(page)


def signed_in_again(page: Page, request: Request) -> None:
    """Fill in and tick somebody off; the session ends before it is sent; sign in again."""
    page.locator("main [name=topic]").fill("学党章")
    page.locator(".person > label").nth(1).click()
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    submit(page)
    user = request.getfixturevalue("secretary")
    filled(username=user.username, password=PASSWORD)(page, request)


def recorded(request: Request, topic: str) -> None:
    """Record the month as the street does, whoever recorded it before."""
    branch = Branch.objects.get(pk=request.getfixturevalue("branch").pk)
    roster = list(Member.objects.filter(branch=branch).order_by("pk"))
    month = str(party_life.this_month())
    before = Activity.objects.filter(branch=branch, period=month).first()
    record(
        request.getfixturevalue("street_staff"),
        branch,
        roster[2:],
        day=party_life.this_month().first,
        period=month,
        topic=topic,
        version=before.version if before else 0,
        excused=roster[:1],
        absent=roster[1:2],
    )


def crossed(page: Page, request: Request) -> None:
    """Change the record after somebody else did."""
    recorded(request, "参观纪念馆，重温入党誓词")
    page.locator(".person > label").nth(3).click()
    filled(topic="学习党的二十届四中全会精神，讨论下半年的安排")(page, request)


STEPS = (
    Step("values in full", "members:reveal", "secretary", register.a_member, opened),
    Step("first card", "members:account", "secretary", a_card, pressed),
    Step(
        "a member in doubt",
        "members:add",
        "secretary",
        register.a_roster,
        doubted(
            name="周玉兰",
            id_number="11010519491231002X",
            join_date="1966年7月",
            full_date="1967年7月",
        ),
    ),
    Step(
        "a change in doubt",
        "members:edit",
        "secretary",
        an_early_joiner,
        doubted(join_date="1966年7月", full_date="1967年7月"),
    ),
    Step(
        "the log refused",
        "activities:theme-day",
        "secretary",
        party_life.a_campaign_month,
        filled(topic=""),
    ),
    Step(
        "the log after signing in again",
        "activities:theme-day",
        "secretary",
        party_life.a_campaign_month,
        signed_in_again,
    ),
    Step(
        "two records into one",
        "activities:theme-day",
        "secretary",
        party_life.a_month,
        crossed,
        409,
        before=lambda request: recorded(request, "学党章"),
    ),
)
