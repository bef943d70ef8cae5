"""议程 and 费用 of a theme day: planned, recorded, merged, printed, taken out (SYS-18)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from activities.actions.theme_day import plan_activity
from activities.models import Activity
from activities.rules.record import MOST_AGENDA, cost_text
from branches.models import Branch
from core.models import AuditEvent, Kind, User
from members.models import Member
from tests.activities.log_page import NOVEMBER, SignIn, filled, require_refused_in_view, text
from tests.factories.activities import record

STEPS = "重温入党誓词\n学习全会精神\n通报下月安排"


def test_the_agenda_goes_from_the_plan_into_the_record(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    page = text(client.get(f"{address}plan/"))
    assert '<details class="fold"><summary>写议程<span class="may">（可以不填）</span>' in page
    typed = {"date": "2026-11-26", "topic": "学党章", "agenda": STEPS.replace("\n", "\r\n\r\n")}
    answer = client.post(f"{address}plan/", typed)
    assert Activity.objects.get().agenda == STEPS
    facts = "<dt>议程</dt><dd>重温入党誓词；学习全会精神；通报下月安排</dd>"
    assert facts in text(client.get(answer["Location"]))
    assert '<details class="fold" open><summary>写议程' in text(client.get(f"{address}plan/"))
    form = client.get(address).context["form"]
    assert form["agenda"].value() == STEPS
    assert form.opens_more


def test_both_stand_on_the_record_and_stay(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(address, filled(client.get(address), agenda=STEPS, cost="1,280.5元"))
    stored = Activity.objects.get()
    assert (stored.agenda, stored.cost) == (STEPS, Decimal("1280.50"))
    shown = text(client.get(f"{address}record/"))
    steps = "<li>重温入党誓词</li><li>学习全会精神</li><li>通报下月安排</li>"
    assert f'<ol class="steps">{steps}</ol>' in shown
    assert "<dt>费用</dt><dd>1,280.50元</dd>" in shown
    assert "<dt>费用</dt><dd>1,280.50元</dd>" in text(client.get(f"{address}saved/"))
    again = client.get(address)
    assert again.context["form"]["cost"].value() == "1,280.50"
    assert client.post(address, filled(again)).status_code == 302
    stored.refresh_from_db()
    assert (stored.version, stored.cost) == (2, Decimal("1280.50"))
    event = AuditEvent.objects.get(act="登记主题党日")
    assert event.after["cost"] == "1280.50"


def test_the_trail_says_that_the_agenda_changed_and_never_what_it_says(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    """It may name people, and the trail cannot be erased."""
    steps = "看望住院的陈建国同志"
    plan_activity(
        by=secretary, branch=branch, period="2026-11", date=dt.date(2026, 11, 20), agenda=steps
    )
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(address, filled(client.get(address), agenda=f"{steps}\n学党章"))
    for act in ("安排主题党日", "登记主题党日"):
        event = AuditEvent.objects.get(act=act)
        assert event.after["agenda"]
        assert "陈建国" not in f"{event.before}{event.after}"


def test_the_member_reads_the_agenda_and_not_the_cost(
    client_for: SignIn, secretary: User, member: User, branch: Branch
) -> None:
    person = Member.objects.get(user=member)
    held = record(secretary, branch, [person], agenda=STEPS, cost=Decimal(1280))
    shown = text(client_for(member).get(f"/me/activity/{held.pk}/"))
    assert "<li>重温入党誓词</li>" in shown
    assert "费用" not in shown


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", None),
        ("0", "0"),
        ("１２００", "1200"),
        ("￥ 1,200.00", "1200"),
        ("0.50元", "0.5"),
        ("1280.", "1280"),
        ("12,345.00", "12345"),
        ("¥ 99 元", "99"),
    ],
)
def test_money_as_people_write_it(
    client: Client, branch: Branch, roster: list[Member], typed: str, kept: str | None
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    client.post(address, filled(client.get(address), cost=typed))
    assert Activity.objects.get().cost == (kept and Decimal(kept))


def test_nothing_spent_reads_as_nothing() -> None:
    assert cost_text(Decimal("-0.00")) == "0"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cost": "一千二"}, "请写成数字，比如 1280 或 1280.50"),
        ({"cost": "-5"}, "不能是负数"),
        ({"cost": "-0"}, "不能是负数"),
        ({"cost": "1e3"}, "请写成数字"),
        ({"cost": "1_000"}, "请写成数字"),
        ({"cost": "1.2.3"}, "请写成数字"),
        ({"cost": "元"}, "请写成数字"),
        ({"cost": "￥"}, "请写成数字"),
        ({"cost": ","}, "请写成数字"),
        ({"cost": "12,5"}, "请写成数字"),
        ({"cost": "1,2345"}, "请写成数字"),
        ({"cost": "12 34"}, "请写成数字"),
        ({"host": "王\0"}, "里面有看不见的字符，请删去后重新输入。"),
        ({"cost": "NaN"}, "请写成数字"),
        ({"cost": "1000000"}, "不能超过一百万元"),
        ({"cost": "1.005"}, "请写成数字"),
        (
            {"agenda": "学" * (MOST_AGENDA + 1)},
            f"最多写{MOST_AGENDA}字，现在有{MOST_AGENDA + 1}字。",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_view(
    client: Client, branch: Branch, roster: list[Member], changes: dict[str, Any], sentence: str
) -> None:
    require_refused_in_view(client, f"/branch/{branch.pk}/{NOVEMBER}", sentence, **changes)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topic": "学" * 201}, "最多写200个字，现在有201个字。请写短一点。"),
        ({"version": "x"}, "<li>请刷新这一页，再填一次。</li>"),
        ({"base": "x" * 20_001}, "<li>这一页的内容太长"),
    ],
)
def test_what_is_too_long_or_of_no_field_in_view_is_said_in_plain_words(
    client: Client, branch: Branch, roster: list[Member], changes: dict[str, Any], sentence: str
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    answer = client.post(address, filled(client.get(address), **changes))
    assert sentence in text(answer)


def test_the_act_and_the_database_refuse_money_below_nothing(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    with pytest.raises(ValidationError, match="费用不能是负数"):
        record(secretary, branch, roster, cost=Decimal(-1))


def test_a_kind_may_ask_for_them_and_nothing_spent_is_an_answer(
    secretary: User, branch: Branch, roster: list[Member]
) -> None:
    kind = Kind.objects.get(key="activity.theme_day")
    kind.settings |= {"required": ["date", "topic", "cost"]}
    kind.full_clean()
    kind.save()
    with pytest.raises(ValidationError, match="没有花钱就写0"):
        record(secretary, branch, roster)
    assert record(secretary, branch, roster, cost=Decimal(0)).cost == 0


def test_who_writes_second_is_asked_about_the_sum(
    client_for: SignIn, secretary: User, street_staff: User, branch: Branch, roster: list[Member]
) -> None:
    first, second = client_for(secretary), client_for(street_staff)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    hers, his = filled(first.get(address)), filled(second.get(address))
    first.post(address, hers | {"cost": "300", "agenda": STEPS})
    page = second.post(address, his | {"cost": "320"}).context["page"]
    asked = [(each.label, each.mine.words, each.theirs.words) for each in page.questions]
    assert asked == [("议程", "没有写", STEPS), ("费用", "320元", "300元")]


def test_they_stand_in_the_admin(
    client_for: SignIn, bureau_staff: User, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    held = record(secretary, branch, roster, agenda=STEPS, cost=Decimal("1280.50"))
    address = reverse("admin:activities_activity_change", args=[held.pk])
    shown = text(client_for(bureau_staff).get(address))
    assert "1,280.50元" in shown
    assert "通报下月安排" in shown
