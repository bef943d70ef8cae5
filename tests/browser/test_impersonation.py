"""以某人身份查看, by hand: the form of the account, the banner on every page, the way back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, Page, ViewportSize, expect

from core.models import User
from tests.browser import party_life, register, rules
from tests.browser.visits import Reader, Visit
from tests.harness.browser import DESKTOP, PHONE, axe_violations
from tests.impersonating import REASON, viewing


@pytest.fixture(autouse=True)
def _on(settings: Any, live_server: Any) -> None:
    settings.IMPERSONATION = True


def cookie_of(administrator: User, user: User, address: str) -> dict[str, str]:
    """Return the cookie of a session in which ADMINISTRATOR views the pages of USER."""
    cookie = viewing(administrator, user).cookies[configured.SESSION_COOKIE_NAME]
    return {"name": cookie.key, "value": cookie.value, "url": address}


def test_the_whole_way(
    page: Page, sysadmin: User, member: User, sign_in: Callable[[User], None]
) -> None:
    sign_in(sysadmin)
    page.goto(reverse("admin:core_user_change", args=[member.pk]))
    page.get_by_role("textbox", name="原因").fill(REASON)
    page.get_by_role("button", name="以他的身份查看").click()
    banner = page.get_by_role("complementary", name="以某人身份查看")
    expect(banner).to_contain_text("您在以周玉兰的身份查看。")
    assert page.url.endswith("/me/")

    page.goto("/me/profile/")
    page.get_by_role("button", name="导出表格").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("只能看，不能办")
    page.get_by_role("link", name="回周玉兰的首页").click()
    expect(banner).to_be_visible()

    banner.get_by_role("button", name="结束查看").click()
    expect(page.locator(".messagelist")).to_contain_text("已结束查看周玉兰的页面。")
    expect(banner).to_have_count(0)


@pytest.mark.parametrize(
    ("role", "make", "name", "status"),
    [
        ("member", party_life.a_life, "activities:me", 200),
        ("member", register.my_record, "members:profile", 200),
        ("secretary", party_life.a_branch, "activities:branch-home", 200),
        ("member", lambda _: {}, "password", 403),  # the page that says so
    ],
)
def test_the_pages_follow_the_rules_with_the_banner(
    request: pytest.FixtureRequest,
    reader: Reader,
    live_server: Any,
    sysadmin: User,
    role: str,
    make: Callable[[pytest.FixtureRequest], dict[str, Any]],
    name: str,
    status: int,
) -> None:
    path = reverse(name, kwargs=make(request))
    cookie = cookie_of(sysadmin, request.getfixturevalue(role), live_server.url)
    visit = Visit(reader, [cookie], path, status=status)
    assert rules.faults_of(visit) == ""


@pytest.mark.parametrize("window", [PHONE, DESKTOP], ids=["390", "1280"])
def test_the_banner_stands_on_the_pages_of_the_office(
    page: Page, live_server: Any, sysadmin: User, bureau_staff: User, window: ViewportSize
) -> None:
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error":
            heard.append(message.text)

    page.on("console", hear)
    page.context.add_cookies([cookie_of(sysadmin, bureau_staff, live_server.url)])  # type: ignore[list-item]  # a plain dict
    page.set_viewport_size(window)
    for address in (reverse("admin:index"), reverse("admin:members_member_changelist")):
        page.goto(address)
        expect(page.get_by_role("button", name="结束查看")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
        assert axe_violations(page) == []
    assert heard == []
