"""Logging a theme day: filled in beforehand, saved once, lost never, closed in time."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client

from activities.actions.archive import archive_activities
from activities.models import Activity, Attendance
from branches.models import Branch
from core.models import RuleParameter, User
from members.models import Member
from tests.activities.conftest import shanghai
from tests.activities.log_page import NOVEMBER, SignIn, filled, plain, text, without
from tests.factories.activities import fix_theme_day, record


def test_the_log_page_is_filled_in_before_anybody_touches_it(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    fix_theme_day(branch, 18)
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    form = page.context["form"]
    assert form["day"].value() == "2026-11-18"
    assert [(tile.name, tile.here, tile.reason) for tile in form.tiles] == [
        ("陈建国", True, ""),
        ("黄长江", False, "HOME"),
        ("周秀英", True, ""),
    ]
    assert "11月18日 星期三" in text(page)
    assert "交错了不要紧，11月30日前都可以改。" in plain(text(page))


def test_on_the_last_day_nobody_reads_that_he_is_late(
    clock: time_machine.Traveller,
    secretary: User,
    client_for: SignIn,
    branch: Branch,
    roster: list[Member],
) -> None:
    clock.move_to(shanghai(2026, 11, 30, 9))
    client, address = client_for(secretary), f"/branch/{branch.pk}/"
    assert "还没登记，今天以内登记好就行。" in plain(text(client.get(address)))
    assert "交错了不要紧，今天以内都可以改。" in plain(text(client.get(address + NOVEMBER)))
    record(secretary, branch, roster)
    saved = client.get(f"{address}{NOVEMBER}saved/")
    assert "交错了不要紧，今天以内都可以改。" in plain(text(saved))


def test_who_cannot_manage_by_himself_is_never_absent(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    """R-BR-26, SYS-18: 自理能力 C says it without a tick, as far as the member agreed to its being kept."""
    agreed = {"self_care": "C", "health_agreed_on": dt.date(2026, 1, 1)}
    Member.objects.filter(pk=roster[0].pk).update(**agreed)
    Member.objects.filter(pk=roster[1].pk).update(self_care="C")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    tiles = {tile.name: tile.reason for tile in page.context["form"].tiles}
    assert tiles == {"陈建国": "HOME", "周秀英": "", "黄长江": "HOME"}
    activity = record(secretary, branch, [], absent=roster)
    states = dict(activity.attendances.values_list("member__name", "state"))
    assert states == {"陈建国": "HOME", "周秀英": "ABSENT", "黄长江": "HOME"}


def test_a_branch_without_a_day_of_its_own_uses_the_areas(
    client: Client, branch: Branch, other_branch: Branch, roster: list[Member]
) -> None:
    for area_code, day in (("", "12"), (branch.area.code[:9], "16"), ("9902", "20")):
        RuleParameter.objects.create(
            key="theme.day",
            name="主题党日统一固定日",
            value=day,
            value_type="int",
            area_code=area_code,
            valid_from=dt.date(2026, 1, 1),
            source="试点通知",
        )
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    assert client.get(address).context["form"]["day"].value() == "2026-11-16"
    fix_theme_day(branch, 18)
    assert client.get(address).context["form"]["day"].value() == "2026-11-18"


def test_a_month_in_which_the_branch_was_not_there(
    client_for: SignIn, bureau_staff: User, branch: Branch
) -> None:
    answer = client_for(bureau_staff).get(f"/branch/{branch.pk}/theme-day/2016-10/")
    assert answer.status_code == 403
    assert "2016年10月这个支部还没有成立，或者已经撤销" in text(answer)


def test_logging_saves_and_says_what(client: Client, branch: Branch, roster: list[Member]) -> None:
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = without(filled(page), roster[0]) | {f"w-{roster[0].pk}": "ONLINE"}
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert answer.status_code == 302
    assert answer["Location"] == f"/branch/{branch.pk}/{NOVEMBER}saved/"
    states = dict(Attendance.objects.values_list("member__name", "state"))
    assert states == {"陈建国": "ONLINE", "周秀英": "PRESENT", "黄长江": "HOME"}
    saved = text(client.get(answer["Location"]))
    assert "11月主题党日<wbr>已保存" in saved
    assert "学习全会精神" in saved
    assert "3人（100%）" in saved


def test_opening_it_again_shows_what_was_saved(
    client: Client, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    record(secretary, branch, roster[1:], excused=roster[:1], topic="学党章", place="文化站")
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    form = page.context["form"]
    assert form["topic"].value() == "学党章"
    assert form["where"].value() == "文化站"
    assert [tile.here for tile in form.tiles] == [False, True, True]
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", filled(page, topic="学习党章"))
    assert answer.status_code == 302
    assert Activity.objects.get().topic == "学习党章"


def test_nobody_is_asked_to_choose_from_one(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    """Without a place to offer, it is only typed."""
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    said = text(page)
    assert '<input type="hidden" name="where" id="id_where_0" value="other">' in said
    assert ("写一写地点" in said, ">写地点<" in said) == (True, False)
    typed = filled(page, topic="学党章", other_place="社区活动室")
    assert client.post(f"/branch/{branch.pk}/{NOVEMBER}", typed).status_code == 302
    assert Activity.objects.get().place == "社区活动室"


def test_the_place_of_last_month_is_offered(
    client: Client, street_staff: User, branch: Branch, roster: list[Member]
) -> None:
    record(street_staff, branch, roster, period="2026-10", place="南楼会议室")
    form = client.get(f"/branch/{branch.pk}/{NOVEMBER}").context["form"]
    assert form.fields["where"].choices == [("南楼会议室", "南楼会议室"), ("other", "换个地方")]
    assert form["where"].value() == "南楼会议室"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"topic": " \u200b "}, "请写一写这次学了什么、做了什么。"),
        ({"topic": "学" * 201}, "200"),
        ({"day": "other"}, "请选是哪一天开的。"),
        ({"day": "other", "other_day": "昨天"}, "日期"),
        ({"day": "2026-11-99"}, "这个日期看不懂，请重新选一天。"),
        ({"day": "2026-10-05"}, "请选2026年11月里的一天。"),
        ({"day": "2026-11-30"}, "这一天还没到。开过以后再登记。"),
        ({"other_place": " "}, "请写一写在哪里开的"),
        ({"other_place": "楼" * 101}, "100"),
        ({"here": ["999999"]}, "名单里有不在本支部的同志，这次没有保存。"),
        ({"here": ["abc"]}, "名单里有不在本支部的同志，这次没有保存。"),
        ({"here": [str(2**70)]}, "名单里有不在本支部的同志，这次没有保存。"),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_entered(
    client: Client, branch: Branch, roster: list[Member], changes: dict[str, Any], sentence: str
) -> None:
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = without(filled(page, place="文化站"), roster[0]) | changes
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert answer.status_code == 200
    assert sentence in text(answer)
    assert answer.context["form"].tiles[0].here is False
    assert Activity.objects.count() == 0


@pytest.mark.parametrize("state", ["BOGUS", "<script>alert(1)</script>", "present"])
def test_a_made_up_state_is_refused(
    client: Client, branch: Branch, roster: list[Member], state: str
) -> None:
    page = client.get(f"/branch/{branch.pk}/{NOVEMBER}")
    entry = without(filled(page), roster[0]) | {f"w-{roster[0].pk}": state}
    answer = client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry)
    assert answer.status_code == 200
    assert "有一位同志的到会情况看不懂" in text(answer)
    assert Activity.objects.count() == 0


def test_two_secretaries_at_once_lose_nothing(
    client_for: SignIn, secretary: User, street_staff: User, branch: Branch, roster: list[Member]
) -> None:
    """F17: the second sees both versions, put together field by field."""
    first, second = client_for(secretary), client_for(street_staff)
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    hers, his = filled(first.get(address)), filled(second.get(address))
    first.post(address, without(hers, roster[0]) | {"topic": "学党章"})
    answer = second.post(address, without(his, roster[1]) | {"topic": "学精神"})
    assert answer.status_code == 409
    page = answer.context["page"]
    assert [(each.label, each.is_conflict, each.mine.is_proposed) for each in page.questions] == [
        ("学了什么", True, True),
        ("陈建国", False, False),
        ("周秀英", False, True),
    ]
    assert "陆德贤同志已经交了一份" in text(answer)
    assert Activity.objects.get().topic == "学党章"
    merged = dict(page.hidden)
    for question in page.questions:
        side = question.mine if question.mine.is_proposed else question.theirs
        merged[question.name] = side.value
    assert second.post(address, merged).status_code == 302
    assert Activity.objects.get().topic == "学精神"
    assert dict(Attendance.objects.values_list("member__name", "state")) == {
        "陈建国": "EXCUSED",
        "周秀英": "EXCUSED",
        "黄长江": "HOME",
    }


def test_the_same_form_again_is_no_conflict(
    client: Client, branch: Branch, roster: list[Member]
) -> None:
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client.get(address))
    assert [client.post(address, entry).status_code for _ in range(3)] == [302, 302, 302]
    assert Activity.objects.get().version == 1


def test_a_session_that_ends_midway_loses_nothing(
    client_for: SignIn,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    roster: list[Member],
) -> None:
    """Elder rule 24: sign in again and the same form comes back filled."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    browser = client_for(secretary)
    page = browser.get(address)
    mark = re.search(r'name="form_owner" value="([^"]+)"', text(page))
    assert mark is not None
    entry = without(filled(page, topic="学党章", form_owner=mark[1]), roster[0])
    browser.logout()
    answer = browser.post(address, entry)
    assert answer["Location"] == f"/signin/?kept=1&next={address}"
    assert client_for(other_secretary).get(address).status_code == 404
    page = client_for(secretary).get(address)
    assert page.context["form"]["topic"].value() == "学党章"
    assert [tile.here for tile in page.context["form"].tiles] == [False, False, True]
    assert "您刚才填的都还在" in text(page)
    assert client_for(secretary).post(address, entry).status_code == 302
    assert Activity.objects.get().topic == "学党章"
    assert "您刚才填的都还在" not in text(client_for(secretary).get(address))


@pytest.mark.django_db(transaction=True)
def test_sixteen_presses_at_once_are_one_record(
    client_for: SignIn, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    """F16: one row, and every answer leads to the saved page."""
    address = f"/branch/{branch.pk}/{NOVEMBER}"
    entry = filled(client_for(secretary).get(address))
    browsers = [client_for(secretary) for _ in range(16)]

    def press(browser: Client) -> tuple[int, str]:
        try:
            answer = browser.post(address, entry)
            return answer.status_code, answer["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(press, browsers))
    assert answers == [(302, f"{address}saved/")] * 16
    assert Activity.objects.get().version == 1
    assert Attendance.objects.count() == 3


def test_after_the_deadline_the_page_is_locked_and_the_record_still_shown(
    client_for: SignIn,
    secretary: User,
    branch: Branch,
    roster: list[Member],
    clock: time_machine.Traveller,
) -> None:
    record(secretary, branch, roster)
    entry = filled(client_for(secretary).get(f"/branch/{branch.pk}/{NOVEMBER}"))
    clock.move_to(shanghai(2026, 12, 1, 0, 0, 1))
    client = client_for(secretary)
    for answer in (
        client.get(f"/branch/{branch.pk}/{NOVEMBER}"),
        client.post(f"/branch/{branch.pk}/{NOVEMBER}", entry | {"topic": "改一改"}),
    ):
        assert answer.status_code == 403
        assert "2026年11月的登记时间已经过了" in text(answer)
        assert "025-8888 6666" in text(answer)
    assert Activity.objects.get().topic == "学习全会精神"
    shown = client.get(f"/branch/{branch.pk}/{NOVEMBER}record/")
    assert shown.status_code == 200
    assert "学习全会精神" in text(shown)
    assert "改一改" not in text(shown)


def test_an_archived_record_is_shown_and_closed(
    client: Client, bureau_staff: User, secretary: User, branch: Branch, roster: list[Member]
) -> None:
    archive_activities(by=bureau_staff, activities=[record(secretary, branch, roster)])
    assert client.get(f"/branch/{branch.pk}/{NOVEMBER}").status_code == 403
    assert "已归档" in text(client.get(f"/branch/{branch.pk}/{NOVEMBER}record/"))
