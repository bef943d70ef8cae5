"""Every form of the portal when it is used: refused, saved, changed, left until the session ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from core.models import User
from tests.browser import party_life, rules
from tests.browser.pages import Request, nothing

PASSWORD = "银辉-测试-2026"


@dataclass(frozen=True)
class FormCase:
    """One form: who uses it, what he types, and what of it is refused.

    TYPED is what is filled in; WRONG what is filled in on top of it to be refused; HIDDEN names
    what no page shows again (passwords).
    """

    name: str
    role: str
    make: Callable[[Request], dict[str, Any]]
    typed: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    def kept(self, *, refused: bool = False) -> dict[str, str]:
        """Return what must still be in the form."""
        filled = {**self.typed, **(self.wrong if refused else {})}
        return {name: value for name, value in filled.items() if name not in self.hidden}


THEME_DAY = FormCase(
    "activities:theme-day", "secretary", party_life.a_month, {"topic": "学党章"}, {"topic": ""}
)
PLAN = FormCase(
    "activities:theme-day-plan",
    "secretary",
    party_life.a_plan,
    {"topic": "学《条例》", "place": "老年大学"},
    {"date": ""},
)
NUMBERS = FormCase(
    "activities:numbers", "secretary", party_life.a_sheet, {"numbers": "3"}, {"numbers": "3 99"}
)
EXCUSE = FormCase("activities:excuse", "member", party_life.next_leave, {"reason": "住院"})
SECRETS = ("old_password", "new_password1", "new_password2")
NEW_PASSWORD = FormCase(
    "password",
    "secretary",
    nothing,
    {
        "old_password": PASSWORD,
        "new_password1": "晚晴林里的老槐树",
        "new_password2": "晚晴林里的老槐树",
    },
    {"new_password2": "不一样的一句话"},
    SECRETS,
)
SIGN_IN = FormCase(
    "sign-in",
    "",
    nothing,
    {"username": "13900000000", "password": "not the password"},
    {"username": "13900000001"},
    ("password",),
)

REFUSED = (THEME_DAY, PLAN, NUMBERS, NEW_PASSWORD, SIGN_IN)
SAVED = (THEME_DAY, PLAN)
SURVIVING = (THEME_DAY, PLAN, NUMBERS, EXCUSE)


@dataclass
class Sitting:
    """Somebody at a form."""

    page: Page
    case: FormCase

    def fill(self, values: Mapping[str, str]) -> None:
        """Fill in VALUES by the names of their inputs."""
        for name, value in values.items():
            self.page.locator(f"main [name={name}]").first.fill(value)

    def submit(self) -> None:
        """Press the main button, whatever the browser itself would say."""
        self.page.locator("main form").first.evaluate("form => { form.noValidate = true; }")
        with self.page.expect_navigation():
            self.page.locator("main .btn-main").click()


@pytest.fixture
def sit(
    page: Page, request: Request, sign_in: Callable[[User], None]
) -> Callable[[FormCase], Sitting]:
    """Give a function that sits its user down at a form, filled in."""

    def sat(case: FormCase) -> Sitting:
        address = reverse(case.name, kwargs=case.make(request))
        if case.role:
            sign_in(request.getfixturevalue(case.role))
        page.goto(address)
        sitting = Sitting(page, case)
        sitting.fill(case.typed)
        return sitting

    return sat


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_a_refusal_says_what_to_do_and_keeps_what_was_typed(
    case: FormCase, sit: Callable[[FormCase], Sitting]
) -> None:
    sitting = sit(case)
    sitting.fill(case.wrong)
    sitting.submit()
    kept = case.kept(refused=True)
    assert rules.rule_21_a_refusal_is_told_beside_the_field(sitting.page, kept) == []


@pytest.mark.parametrize("case", SAVED, ids=str)
def test_what_was_saved_is_said_and_can_be_changed(
    case: FormCase, sit: Callable[[FormCase], Sitting]
) -> None:
    sitting = sit(case)
    sitting.submit()
    assert rules.rule_22_the_next_page_says_what_was_saved(sitting.page) == []
    assert rules.rule_23_it_can_be_changed(sitting.page, case.kept()) == []


@pytest.mark.parametrize("case", SURVIVING, ids=str)
def test_a_session_that_ends_loses_nothing(
    case: FormCase, sit: Callable[[FormCase], Sitting], request: Request
) -> None:
    sitting = sit(case)
    user: User = request.getfixturevalue(case.role)

    def sign_in_again() -> None:
        sitting.fill({"username": user.username, "password": PASSWORD})
        sitting.submit()

    faults = rules.rule_24_a_lost_session_loses_nothing(
        sitting.page, sitting.submit, sign_in_again, case.kept()
    )
    assert faults == []
