"""Signing in with two factors, by hand: a telephone, a sheet of paper, a wrong code."""

import itertools
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from core import actions
from core.actions import second_factor
from core.models import Authenticator, User
from tests.browser import rules, second_steps
from tests.browser.visits import Reader, Visit
from tests.core.second_steps import Telephone, shown_codes, shown_key
from tests.core.signing_in import PASSWORD


@pytest.fixture(autouse=True)
def _office(request: pytest.FixtureRequest, live_server: Any) -> None:
    second_steps.asked_for_the_first_time(request)


def password(page: Page, address: str = "/runs/") -> None:
    """Come to ADDRESS, be led to sign in, and give the password."""
    page.goto(address)
    page.fill("[name=username]", "bureau")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def set_up(page: Page) -> tuple[Telephone, list[str]]:
    """Sign in for the first time and set a telephone up; return it and the paper's codes."""
    password(page)
    telephone = Telephone(shown_key(page.content()))
    page.fill("[name=code]", telephone.code())
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("设好了，请留好备用码")
    return telephone, shown_codes(page.content())


def test_the_whole_way(page: Page, bureau_staff: User, sysadmin: User) -> None:
    telephone, codes = set_up(page)
    page.get_by_role("link", name="留好了，继续").click()
    assert page.url.endswith("/runs/")

    page.get_by_role("button", name="退出登录").click()
    password(page)
    expect(page.get_by_label("验证码")).to_be_focused()
    page.fill("[name=code]", telephone.wrong_code())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="还没有登录上")).to_be_visible()
    assert page.get_by_label("验证码").input_value() == ""
    Authenticator.objects.update(throttling_failure_timestamp=timezone.now())
    Authenticator.objects.update(throttling_failure_count=9)
    page.fill("[name=code]", telephone.code(1))
    page.keyboard.press("Enter")
    expect(page.locator(".field .error")).to_contain_text("分钟再填")

    Authenticator.objects.update(throttling_failure_count=0)
    page.fill("[name=code]", f"{codes[0][:5]} {codes[0][5:]}")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("还剩9个")
    assert page.url.endswith("/runs/")

    actions.remove_second_factor(by=sysadmin, user=bureau_staff, reason="手机丢了")
    page.reload()
    assert "/signin/" in page.url


def test_the_paper_follows_the_rules(
    reader: Reader, bureau_staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = itertools.cycle(f"{number:010d}" for number in range(10))
    monkeypatch.setattr(second_factor, "random_number_token", lambda _: next(codes))

    def reach(page: Page) -> None:
        Authenticator.objects.all().delete()
        set_up(page)

    assert rules.faults_of(Visit(reader, [], "", reach)) == ""


def test_a_refused_code_follows_the_rules(reader: Reader, request: pytest.FixtureRequest) -> None:
    second_steps.asked(request)

    def reach(page: Page) -> None:
        Authenticator.objects.update(throttling_failure_count=0)
        password(page)
        page.fill("[name=code]", "12345")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="还没有登录上")).to_be_visible()

    assert rules.faults_of(Visit(reader, [], "", reach)) == ""
