"""The ends of the calendar, odd addresses, months too far off, forms sent by machines."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from activities.actions.excuse import excuse_member
from activities.actions.theme_day import plan_activity
from activities.forms.theme_day import read_contents
from activities.models import Activity, SignInSheet
from activities.rules.period import Period
from branches.enums import Role
from branches.models import Area, Branch
from core.models import AuditEvent, RuleParameter, User
from members.models import Member
from tests.factories.activities import fix_theme_day, record
from tests.factories.branches import make_branch, make_post

SignIn = Callable[[User], Client]


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize(("year", "shown", "left_out"), [(2000, 2001, 1999), (2099, 2098, 2100)])
def test_the_first_and_the_last_year_have_one_arrow(
    client_for: SignIn, secretary: User, branch: Branch, year: int, shown: int, left_out: int
) -> None:
    page = client_for(secretary).get(f"/branch/{branch.pk}/year/{year}/")
    assert page.status_code == 200
    assert f"{shown}年" in text(page)
    assert f"{left_out}年" not in text(page)


@pytest.mark.parametrize(
    ("month", "shown", "left_out"),
    [("2000-01", "2000-02", "1999-12"), ("2099-12", "2099-11", "2100-01")],
)
def test_the_first_and_the_last_month_have_one_arrow(
    client_for: SignIn, member: User, month: str, shown: str, left_out: str
) -> None:
    page = client_for(member).get(f"/me/calendar/{month}/")
    assert page.status_code == 200
    assert f"/me/calendar/{shown}/" in text(page)
    assert f"/me/calendar/{left_out}/" not in text(page)


def test_a_sheet_with_nobody_on_it_is_refused_in_words(
    client_for: SignIn, secretary: User, branch: Branch, community: Area, roster: list[Member]
) -> None:
    empty = make_branch(community, "新建离退休干部党支部")
    newcomer = client_for(make_post(Role.SECRETARY, empty).user)
    answers = [
        newcomer.post(f"/branch/{empty.pk}/theme-day/2026-11/sheet/"),
        client_for(secretary).post(f"/branch/{branch.pk}/theme-day/2000-01/sheet/"),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert "名册里还没有党员，做不了签到表。" in text(answer)
    assert SignInSheet.objects.count() == 0


@pytest.mark.parametrize("depth", [9_000, 200_000])
def test_a_form_of_brackets_is_no_fault_of_ours(
    client_for: SignIn, secretary: User, branch: Branch, roster: list[Member], depth: int
) -> None:
    record(secretary, branch, roster)
    entry = {
        "day": "2026-11-05",
        "topic": "学党章",
        "where": "活动室",
        "version": "0",
        "base": "[" * depth,
        "here": [str(person.pk) for person in roster],
    }
    answer = client_for(secretary).post(f"/branch/{branch.pk}/theme-day/2026-11/", entry)
    assert answer.status_code == (409 if depth < 20_000 else 200)
    assert read_contents("[" * depth) is None


@pytest.mark.parametrize("month", ["2000-01", "2026-10", "2027-03", "2099-12"])
def test_only_this_month_and_the_next_three_are_planned(
    client_for: SignIn, secretary: User, branch: Branch, month: str
) -> None:
    with pytest.raises(ValidationError, match="现在可以安排2026年11月到2027年2月的主题党日。"):
        plan_activity(by=secretary, branch=branch, period=month, date=Period.parse(month).first)
    entry = {"date": f"{month}-05", "starts_at": "", "topic": "学党章", "place": "活动室"}
    answer = client_for(secretary).post(f"/branch/{branch.pk}/theme-day/{month}/plan/", entry)
    assert answer.status_code == 200
    assert "现在可以安排2026年11月到2027年2月的主题党日。" in text(answer)
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("month", ["2027-03", "2099-12"])
def test_leave_is_asked_for_the_next_months_only(
    client_for: SignIn, member: User, branch: Branch, month: str
) -> None:
    fix_theme_day(branch, 15)
    client = client_for(member)
    assert client.get(f"/me/excuse/{month}/").status_code == 404
    assert client.post(f"/me/excuse/{month}/", {"reason": ""}).status_code == 404
    with pytest.raises(ValidationError, match="这个月还早"):
        excuse_member(by=member, member=Member.objects.get(user=member), period=month)
    assert Activity.objects.count() == 0
    assert client.get("/me/excuse/2027-02/").status_code == 200


def test_how_many_months_ahead_is_the_bureaus_to_say(
    client_for: SignIn, secretary: User, member: User, branch: Branch
) -> None:
    fix_theme_day(branch, 15)
    RuleParameter.objects.filter(key="theme.months_ahead").update(value="1")
    assert client_for(member).get("/me/excuse/2026-12/").status_code == 200
    assert client_for(member).get("/me/excuse/2027-01/").status_code == 404
    month = Period(2027, 1)
    with pytest.raises(ValidationError, match="现在可以安排2026年11月到2026年12月的主题党日。"):
        plan_activity(by=secretary, branch=branch, period=str(month), date=month.first)


@pytest.mark.parametrize("digits", ["２０２６-11", "20２６-11", "202٦-11"])
def test_a_page_has_one_address(
    client_for: SignIn, secretary: User, branch: Branch, digits: str
) -> None:
    assert client_for(secretary).get(f"/branch/{branch.pk}/theme-day/{digits}/").status_code == 404
    with pytest.raises(ValueError, match="11"):
        Period.parse(digits)


@pytest.mark.parametrize("year", ["20９9", "２０26"])
def test_a_year_has_one_address(client_for: SignIn, member: User, year: str) -> None:
    assert client_for(member).get(f"/me/record/{year}/").status_code == 404


def test_the_trail_says_that_a_reason_was_given_not_which(member: User, branch: Branch) -> None:
    fix_theme_day(branch, 25)
    person = Member.objects.get(user=member)
    excuse_member(by=member, member=person, period="2026-11", reason="心脏搭桥手术")
    event = AuditEvent.objects.get(act="请假")
    assert event.after == {"reason": "已说明"}
    assert "心脏" not in f"{event.before}{event.after}{event.note}{event.object_label}"
