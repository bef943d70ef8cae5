"""代为请假: the secretary puts in leave that somebody asked by telephone (elder_ux §5)."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.test import Client

from activities.actions.excuse import excuse_member, withdraw_excuse
from activities.actions.theme_day import plan_activity
from activities.models import Attendance
from branches.models import Branch
from core.models import AuditEvent, Notice, User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.activities.log_page import SignIn, plain, text
from tests.factories.activities import fix_theme_day, make_roster, record
from tests.factories.members import make_member

REFUSED = "这次主题党日已经开过，不能再请假。"


@pytest.fixture
def me(member: User) -> Member:
    """周玉兰 of B1, who has an account."""
    return member.member


@pytest.fixture
def page(secretary: User, branch: Branch, me: Member) -> str:
    """The page of December's theme day, which is announced."""
    plan_activity(by=secretary, branch=branch, period="2026-12", date=dt.date(2026, 12, 3))
    return f"/branch/{branch.pk}/theme-day/2026-12/excuse/"


def words(response: Any) -> str:
    return plain(text(response))


def excused() -> list[tuple[str, str, str]]:
    """Name and reason of who is on leave, and who put it in."""
    rows = Attendance.objects.select_related("member", "by").order_by("pk")
    return [(row.member.name, row.reason, str(row.by)) for row in rows]


def test_leave_is_put_in_for_who_has_no_account(client: Client, branch: Branch, page: str) -> None:
    caller = make_roster(branch, 1)[0]
    plan = client.get(page.replace("excuse", "plan"))
    assert f'href="{page}"' in text(plan)
    before = client.get(page)
    assert caller.name in words(before)
    assert "已请假" not in words(before)
    answer = client.post(page, {"person": str(caller.pk), "reason": "去医院"}, follow=True)
    assert f"已替{caller.name}同志请假。" in words(answer)
    assert "已请假1人" in words(answer)
    assert str(caller.pk) not in dict(answer.context["form"].fields["person"].choices)
    assert excused() == [(caller.name, "去医院", "陆德贤")]
    event = AuditEvent.objects.get(act="请假")
    assert "去医院" not in str(vars(event))
    answer = client.post(page, {"withdraw": str(caller.pk)}, follow=True)
    assert "已请假" not in words(answer)
    assert excused() == []
    assert AuditEvent.objects.filter(act="取消请假").count() == 1


def test_the_member_sees_who_put_it_in_and_takes_it_back(
    client: Client,
    client_for: SignIn,
    member: User,
    me: Member,
    page: str,
    django_assert_max_num_queries: Any,
) -> None:
    client.post(page, {"person": str(me.pk), "reason": ""})
    browser = client_for(member)
    browser.get("/me/")  # starts the session's clock
    with django_assert_max_num_queries(12):
        browser.get("/me/")
    for address in ("/me/", "/me/excuse/2026-12/"):
        assert "由陆德贤书记代填" in words(browser.get(address))
    browser.post("/me/excuse/2026-12/", {"withdraw": "1"})
    assert excused() == []
    assert "代填" not in words(browser.get("/me/"))
    browser.post("/me/excuse/2026-12/", {"reason": ""})
    assert "代填" not in words(browser.get("/me/"))


def test_sent_twice_is_once_and_his_own_words_stand(
    client: Client, member: User, me: Member, page: str
) -> None:
    excuse_member(by=member, member=me, period="2026-12", reason="住院")
    for _ in range(2):
        answer = client.post(page, {"person": str(me.pk), "reason": ""}, follow=True)
        assert "已请假1人" in words(answer)
    assert excused() == [("周玉兰", "住院", str(member))]
    for _ in range(2):
        assert client.post(page, {"withdraw": str(me.pk)}, follow=True).status_code == 200
    assert excused() == []


def test_whose_own_leave_is_taken_back_is_told(
    client: Client, client_for: SignIn, member: User, me: Member, page: str
) -> None:
    excuse_member(by=member, member=me, period="2026-12")
    for _ in range(2):
        client.post(page, {"withdraw": str(me.pk)})
    told = Notice.objects.get(user=member)
    assert told.text.startswith("陆德贤同志取消了您12月主题党日的请假。")
    assert told.text in words(client_for(member).get("/notices/"))
    assert told.url == "/me/"


def test_what_the_secretary_put_in_he_takes_back_without_a_word(
    client: Client, member: User, me: Member, page: str
) -> None:
    client.post(page, {"person": str(me.pk), "reason": ""})
    client.post(page, {"withdraw": str(me.pk)})
    excuse_member(by=member, member=me, period="2026-12")
    withdraw_excuse(by=member, member=me, period="2026-12")
    assert not Notice.objects.filter(user=member).exists()


def test_the_home_page_leads_to_it_while_leave_can_be_asked_this_month(
    client: Client, branch: Branch, me: Member, clock: time_machine.Traveller
) -> None:
    home, door = f"/branch/{branch.pk}/", f"/branch/{branch.pk}/theme-day/2026-11/excuse/"
    assert door not in client.get(home).content.decode()
    fix_theme_day(branch, 25)
    assert door in client.get(home).content.decode()
    assert client.get(door).status_code == 200
    clock.move_to(shanghai(2026, 11, 26, 10))
    assert door not in client.get(home).content.decode()


def test_nobody_is_chosen(client: Client, page: str) -> None:
    answer = client.post(page, {"reason": "去医院"})
    assert "请选一位同志。" in words(answer)
    assert answer.context["form"]["reason"].value() == "去医院"


def test_only_of_ones_own_branch(
    client: Client, other_branch: Branch, client_for: SignIn, outsider: User, page: str
) -> None:
    stranger = make_member(other_branch, "黄长江")
    answer = client.post(page, {"person": str(stranger.pk)})
    assert "请从名单里选一位同志。" in words(answer)
    client.post(page, {"withdraw": str(stranger.pk)})
    assert excused() == []
    assert client_for(outsider).get(page).status_code == 404
    assert client_for(outsider).post(page, {"withdraw": str(stranger.pk)}).status_code == 404


def test_not_once_the_day_is_on_record_or_over(
    client: Client, secretary: User, branch: Branch, me: Member
) -> None:
    page = f"/branch/{branch.pk}/theme-day/2026-11/"
    fix_theme_day(branch, 5)
    for _ in ("over", "on record"):
        for answer in (
            client.get(f"{page}excuse/"),
            client.post(f"{page}excuse/", {"person": str(me.pk)}),
            client.post(f"{page}excuse/", {"withdraw": str(me.pk)}),
        ):
            assert answer.status_code == 403
            assert REFUSED in words(answer)
        assert "代为请假" not in words(client.get(f"{page}plan/"))
        if not Attendance.objects.exists():
            record(secretary, branch, [me])
    assert Attendance.objects.get().state == "PRESENT"


@pytest.mark.parametrize(
    ("month", "reason"), [("2026-12", "还没有定下日期"), ("2027-03", "这个月还早")]
)
def test_not_before_there_is_a_day(client: Client, branch: Branch, month: str, reason: str) -> None:
    answer = client.get(f"/branch/{branch.pk}/theme-day/{month}/excuse/")
    assert answer.status_code == 403
    assert reason in words(answer)


def test_the_fixed_day_is_announced_by_it(client: Client, branch: Branch, me: Member) -> None:
    fix_theme_day(branch, 15)
    page = f"/branch/{branch.pk}/theme-day/2026-12/"
    assert "代为请假" in words(client.get(f"{page}plan/"))
    client.post(f"{page}excuse/", {"person": str(me.pk)})
    assert "已请假1人：周玉兰" in words(client.get(f"{page}plan/"))


@pytest.mark.parametrize("count", [1, 12])
def test_it_asks_no_more_for_a_large_branch(
    client: Client,
    secretary: User,
    branch: Branch,
    page: str,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    for person in make_roster(branch, count):
        excuse_member(by=secretary, member=person, period="2026-12")
    client.get(page)  # starts the session's clock
    with django_assert_num_queries(10):
        client.get(page)
