"""Every form of the portal when it is used: refused, saved, changed, left until the session ends."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import get_resolver, reverse
from playwright.sync_api import Page

from core.models import User
from tests.browser import party_life, register, rules
from tests.browser.pages import Request, nothing
from tests.browser.test_rules import views_of

PASSWORD = "银辉-测试-2026"


@dataclass(frozen=True)
class FormCase:
    """One form: who uses it, what he types, and what of it is refused.

    TYPED is what is filled in; WRONG what is filled in on top of it to be refused; HIDDEN names
    what no page shows again (passwords), SEALED what is shown with its middle hidden once saved.
    TICKED are the values of the buttons and boxes that are pressed.
    """

    name: str
    role: str
    make: Callable[[Request], dict[str, Any]]
    typed: Mapping[str, str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    ticked: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    def kept(self, *, refused: bool = False, saved: bool = False) -> dict[str, str]:
        """Return what must still be in the form."""
        filled = {**self.typed, **(self.wrong if refused else {})}
        gone = (*self.hidden, *(self.sealed if saved else ()))
        return {name: value for name, value in filled.items() if name not in gone}


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
CANCEL = FormCase(
    "activities:theme-day-cancel", "secretary", party_life.a_plan, {"reason": "活动室在修"}
)
EXCUSE = FormCase("activities:excuse", "member", party_life.next_leave, {"reason": "住院"})
EXCUSE_FOR = FormCase(
    "activities:excuse-for",
    "secretary",
    party_life.a_plan,
    {"reason": "住院"},
    {"reason": "去医院"},
)
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
ADD = FormCase(
    "members:add",
    "secretary",
    register.a_roster,
    {
        "name": "周玉兰",
        "id_number": "11010519491231002X",
        "join_date": "1979年7月",
        "full_date": "1980年7月",
    },
    {"join_date": "说不清"},
    sealed=("name", "id_number"),  # 改资料 leaves both to the office
)
EDIT = FormCase(
    "members:edit",
    "secretary",
    register.a_member,
    {"former_unit": "青澜区民政局", "address": "南湖街道柳岸社区1号楼", "building": "1号楼"},
    {"join_date": "说不清"},
    sealed=("address", "building"),
)
ASK = FormCase(
    "members:ask-office",
    "secretary",
    register.an_office,
    {"on": "2026年11月1日", "text": "转到南湖街道柳岸社区党支部"},
    {"text": ""},
    ticked=("MOVE",),
)
PROPOSE = FormCase(
    "members:propose",
    "secretary",
    register.a_member,
    {"branch": "柳岸社区离退休干部党支部", "started_on": "2026年11月1日"},
    {"branch": "没有的党支部"},
    ticked=("COMMUNITY",),
)
DECLINE = FormCase(
    "members:proposal-decline",
    "secretary",
    register.a_proposal,
    {"reason": "活动室坐不下"},
    {"reason": ""},
)
CORRECTION = FormCase(
    "members:correction", "member", register.a_keeper, {"text": "入党日期不对"}, {"text": ""}
)
REVEAL = FormCase(
    "members:reveal", "secretary", register.a_member, {"reason": "办手续"}, {"reason": ""}
)
EXPORT = FormCase(
    "members:roster-export", "secretary", register.a_roster, {"purpose": "换届"}, {"purpose": ""}
)

REFUSED = (
    *(THEME_DAY, PLAN, NUMBERS, EXCUSE_FOR, NEW_PASSWORD, SIGN_IN),
    *(ADD, EDIT, ASK, PROPOSE, DECLINE, CORRECTION, REVEAL, EXPORT),
)
SAVED = (THEME_DAY, PLAN, ADD, EDIT, ASK, CORRECTION)
SURVIVING = (
    *(THEME_DAY, PLAN, CANCEL, NUMBERS, EXCUSE, EXCUSE_FOR),
    *(ADD, EDIT, ASK, PROPOSE, DECLINE, CORRECTION, REVEAL, EXPORT),
)

# Forms that no rule of these is asked of, or not all of them, and why.
NOT_SAVED = {
    "activities:numbers": "leads to the record of the day, which is its page",
    "activities:theme-day-cancel": "its own page then says so, and plans the month anew",
    "activities:excuse": "its own page then says that he is excused, and takes it back",
    "activities:excuse-for": "its own page then says for whom, and takes it back",
    "password": "shows nothing of what was saved; a page of its own says that it was",
    "sign-in": "saves nothing",
    "members:propose": "its own page then says what was asked, and takes it back",
    "members:proposal-decline": "its own page then says so; the other side asks anew",
    "members:reveal": "saves nothing; it shows",
    "members:roster-export": "sends a file",
}
NOT_SURVIVING = {
    "password": "passwords are not kept",
    "sign-in": "there is no session yet",
}
ONE_BUTTON = "one button, nothing to fill in"
SECOND_STEP = "a code is good once and never kept: tests/browser/test_second_factor.py"
EXCUSED = {
    "activities:photo-remove": ONE_BUTTON,
    "activities:reasons": "its fields bear the keys of members: tests/activities/views/test_reasons.py",
    "impersonation-end": ONE_BUTTON,
    "activities:sheets": ONE_BUTTON,
    "members:account": ONE_BUTTON,
    "members:agree": ONE_BUTTON,
    "members:consent": ONE_BUTTON,
    "members:own-data": ONE_BUTTON,
    "members:proposal": ONE_BUTTON,
    "members:proposal-withdraw": ONE_BUTTON,
    "notice-open": ONE_BUTTON,
    "notices-read": ONE_BUTTON,
    "run-cancel": ONE_BUTTON,
    "run-retry": ONE_BUTTON,
    "second-factor": SECOND_STEP,
    "second-factor-set-up": SECOND_STEP,
    "sign-out": ONE_BUTTON,
    "text-size": "three buttons",
    "members:roster": "a search; its answer shows what was looked for",
}
# What is chosen on a roster is kept in its batch from page to page: tests/members/roster.
OF_ROSTERS = ("members:import", "members:batch")


def _takes_a_form(callback: Any) -> bool:
    """Say whether a view answers to POST, by its class or by the list its decorator was given."""
    if view_class := getattr(callback, "view_class", None):
        return hasattr(view_class, "post")
    while callback is not None:
        for cell in getattr(callback, "__closure__", None) or ():
            if isinstance(cell.cell_contents, list) and "POST" in cell.cell_contents:
                return True
        callback = getattr(callback, "__wrapped__", None)
    return False


def test_every_form_is_used_here_or_excused_by_name() -> None:
    names = {
        name
        for name, callback in views_of(get_resolver())
        if _takes_a_form(callback) and not name.startswith(OF_ROSTERS)
    }
    tried = {case.name for case in (*REFUSED, *SURVIVING)}
    assert sorted(names ^ (tried | EXCUSED.keys())) == []
    assert sorted(tried ^ ({case.name for case in SAVED} | NOT_SAVED.keys())) == []
    assert sorted(tried ^ ({case.name for case in SURVIVING} | NOT_SURVIVING.keys())) == []


@dataclass
class Sitting:
    """Somebody at a form."""

    page: Page
    case: FormCase

    def fill(self, values: Mapping[str, str]) -> None:
        """Fill in VALUES by the names of their inputs."""
        for name, value in values.items():
            field = self.page.locator(f"main [name={name}]").first
            if field.evaluate("field => field.tagName === 'SELECT'"):
                field.select_option(value)
            else:
                field.fill(value)

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
        for value in case.ticked:
            page.locator(f"main [type=radio][value='{value}']").check(force=True)
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
    assert rules.rule_23_it_can_be_changed(sitting.page, case.kept(saved=True)) == []


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
