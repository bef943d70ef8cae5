"""Why somebody was away: the branch may put a word beside 请假 and 缺席 (SYS-18, Attendance.reason)."""

import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from activities.actions.excuse import excuse_member
from activities.actions.reasons import give_reasons
from activities.models import Activity, Attendance
from branches.models import Branch
from core.models import AuditEvent, Code, User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.activities.log_page import NOVEMBER, SignIn, filled, plain, text
from tests.factories.activities import fix_theme_day, record


@pytest.fixture
def held(secretary: User, branch: Branch, roster: list[Member]) -> Activity:
    """November of B1: 陈建国 excused, 周秀英 absent, 黄长江 taught at home."""
    return record(secretary, branch, [], excused=roster[:1], absent=roster[1:2], home=roster[2:])


@pytest.fixture
def page(held: Activity) -> str:
    """Where the reasons are written."""
    return f"/branch/{held.branch_id}/{NOVEMBER}reasons/"


def reason_of(member: Member) -> str:
    return Attendance.objects.get(member=member).reason


def test_a_common_reason_and_one_in_words(client: Client, roster: list[Member], page: str) -> None:
    shown = text(client.get(page))
    for word in ("住院", "行动不便", "外出", "家中有事", "别的原因", "不用写病情"):
        assert word in shown
    assert f'name="w-{roster[2].pk}"' not in shown
    entry = {
        f"w-{roster[0].pk}": "住院",
        f"w-{roster[1].pk}": "other",
        f"other-{roster[1].pk}": " 接孙子，电话13812345678 ",
    }
    answer = client.post(page, entry, follow=True)
    assert answer.request["PATH_INFO"].endswith("/record/")
    assert "原因已经记下。" in text(answer)
    assert "请假（住院）" in plain(text(answer))
    assert reason_of(roster[1]) == "接孙子，电话138****5678"
    event = AuditEvent.objects.get(act="写请假原因")
    assert "住院" not in str(event.after)
    again = client.get(page).context["form"]
    assert again[f"w-{roster[0].pk}"].value() == "住院"
    assert again[f"other-{roster[1].pk}"].value() == "接孙子，电话138****5678"


def test_the_doors_stand_where_somebody_was_away(
    client: Client, secretary: User, branch: Branch, roster: list[Member], page: str
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    for shown in ("saved/", "record/"):
        assert f'href="{page}"' in text(client.get(f"{address}{shown}"))
    client.post(address, filled(client.get(address), here=[str(each.pk) for each in roster]))
    for shown in ("saved/", "record/"):
        assert f'href="{page}"' not in text(client.get(f"{address}{shown}"))
    assert "没有要写原因的同志。" in text(client.get(page))


def test_changing_the_record_keeps_the_reasons(
    client: Client, secretary: User, held: Activity, roster: list[Member]
) -> None:
    words = {roster[0].pk: "外出", roster[1].pk: "家中有事"}
    assert give_reasons(by=secretary, activity=held, reasons=words) == 2
    address = f"/branch/{held.branch_id}/{NOVEMBER}"
    assert client.post(address, filled(client.get(address), topic="学党章")).status_code == 302
    assert [reason_of(each) for each in roster[:2]] == ["外出", "家中有事"]
    assert give_reasons(by=secretary, activity=held, reasons=words) == 0


def test_the_member_sees_it_and_who_wrote_it(
    client_for: SignIn, secretary: User, member: User, branch: Branch
) -> None:
    me = Member.objects.get(user=member)
    held = record(secretary, branch, [], excused=[me])
    give_reasons(by=secretary, activity=held, reasons={me.pk: "住院"})
    shown = plain(text(client_for(member).get("/me/record/")))
    assert "住院，由陆德贤书记代填" in shown
    assert "我请假，住院" in plain(text(client_for(member).get(f"/me/activity/{held.pk}/")))


def test_what_he_said_himself_stays_his(
    client: Client, secretary: User, member: User, branch: Branch
) -> None:
    me = Member.objects.get(user=member)
    fix_theme_day(branch, 22)
    excuse_member(by=member, member=me, period="2026-11", reason="看女儿")
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(address, filled(client.get(address)))
    held = Activity.objects.get()
    assert client.get(f"{address}reasons/").context["form"].people == []
    assert give_reasons(by=secretary, activity=held, reasons={me.pk: "外出"}) == 0
    assert reason_of(me) == "看女儿"


def test_to_write_one_is_to_write_it(client: Client, roster: list[Member], page: str) -> None:
    answer = client.post(page, {f"w-{roster[0].pk}": "other"})
    assert answer.status_code == 200
    assert "请写一写原因，或者选“不写”。" in text(answer)


def sent(page: Any, **changes: str) -> dict[str, str]:
    """Return what a browser would send of the reasons' page as it came, with CHANGES."""
    form = page.context["form"]
    entry = {name: form[name].value() for name in form.fields}
    hidden = re.findall(r'type="hidden" name="(seen-\d+)" value="(.*?)"', text(page))
    return entry | dict(hidden) | changes


def test_two_who_write_at_once_keep_what_both_wrote(
    client_for: SignIn,
    secretary: User,
    bureau_staff: User,
    roster: list[Member],
    page: str,
) -> None:
    """Of one page each: what the second leaves alone is not what he saw, but what stands (F17)."""
    first, second = client_for(secretary), client_for(bureau_staff)
    stale = second.get(page)
    why = [f"w-{person.pk}" for person in roster]
    first.post(page, sent(first.get(page), **{why[0]: "住院"}))
    answer = second.post(page, sent(stale, **{why[1]: "外出"}), follow=True)
    assert "原因已经记下。" in text(answer)
    assert [reason_of(each) for each in roster[:2]] == ["住院", "外出"]


def test_who_wrote_the_same_ones_later_is_shown_the_first_words(
    client_for: SignIn,
    secretary: User,
    bureau_staff: User,
    roster: list[Member],
    page: str,
) -> None:
    first, second = client_for(secretary), client_for(bureau_staff)
    stale, why = second.get(page), f"w-{roster[0].pk}"
    first.post(page, sent(first.get(page), **{why: "住院"}))
    answer = second.post(page, sent(stale, **{why: "外出"}))
    assert "陈建国的原因，刚才有人写成了“住院”。要改成您选的，再按一次“保存”" in text(answer)
    assert reason_of(roster[0]) == "住院"
    assert second.post(page, sent(answer)).status_code == 302
    assert reason_of(roster[0]) == "外出"


def test_what_was_written_while_it_was_saved_is_not_lost(
    secretary: User, held: Activity, roster: list[Member]
) -> None:
    """Between the reading of the page's rows and the writing of them."""
    seen, chosen = {roster[0].pk: ""}, {roster[0].pk: "外出"}
    give_reasons(by=secretary, activity=held, reasons={roster[0].pk: "住院"}, seen=seen)
    with pytest.raises(ValidationError, match="陈建国的原因刚才有人改过"):
        give_reasons(by=secretary, activity=held, reasons=chosen, seen=seen)
    assert reason_of(roster[0]) == "住院"


def test_a_reason_cannot_say_that_he_was_elsewhere(
    secretary: User, held: Activity, roster: list[Member]
) -> None:
    with pytest.raises(ValidationError, match="在别的支部参加"):
        give_reasons(by=secretary, activity=held, reasons={roster[0].pk: "异地参加"})


def test_not_once_the_record_is_locked_and_not_by_others(
    client_for: SignIn,
    clock: time_machine.Traveller,
    secretary: User,
    other_secretary: User,
    outsider: User,
    held: Activity,
    roster: list[Member],
    page: str,
) -> None:
    reasons = {roster[0].pk: "外出"}
    for user in (other_secretary, outsider):
        with pytest.raises(PermissionDenied):
            give_reasons(by=user, activity=held, reasons=reasons)
    clock.move_to(shanghai(2026, 12, 2, 10))
    with pytest.raises(PermissionDenied, match="登记时间已经过了"):
        give_reasons(by=secretary, activity=held, reasons=reasons)
    assert client_for(secretary).get(page).status_code == 403
    assert reason_of(roster[0]) == ""


def test_the_bureau_keeps_the_list(client: Client, roster: list[Member], page: str) -> None:
    Code.objects.create(table="absence_reason", code="7", name="参加社区活动", position=1)
    assert "参加社区活动" in text(client.get(page))


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_no_more_for_more_people(
    client: Client,
    secretary: User,
    branch: Branch,
    roster: list[Member],
    count: int,
    django_assert_num_queries: Any,
) -> None:
    Member.objects.update(needs_home_study=False)
    record(secretary, branch, roster[count:], absent=roster[:count])
    address = f"/branch/{branch.pk}/{NOVEMBER}reasons/"
    client.get(address)  # starts the session's clock
    with django_assert_num_queries(10):
        client.get(address)
