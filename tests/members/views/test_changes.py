"""Who changed one's record: told on 我的资料 and in the file, by column, never what stood there (§6.12)."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.actions import withdraw_appointment
from branches.enums import Role
from branches.models import Area, Branch
from core.models import User
from members.actions import add_link, end_link, transfer_member, update_member, withdraw_consent
from members.changes import changes_of
from members.enums import Consent
from members.models import Affiliation, Member
from tests.factories.branches import make_post
from tests.factories.members import make_member
from tests.members.roster.conftest import number, write_csv  # noqa: F401 -- a fixture
from tests.members.roster.steps import checked, undone, written

Signed = Callable[[User], Client]
PROFILE = reverse("members:profile")


@pytest.fixture
def person(member: User) -> Member:
    return Member.objects.get(user=member)


def change(by: User, person: Member, **values: Any) -> Member:
    person.refresh_from_db()
    return update_member(by=by, member=person, version=person.version, **values)


def told(client: Client) -> list[tuple[str, str]]:
    """Return what was done and by whom, line by line, as the page shows it."""
    return [
        (each.what + (f"：{each.columns}" if each.columns else ""), f"{each.who}，{each.post}")
        for each in client.get(PROFILE).context["changes"]
    ]


def test_a_member_reads_who_changed_what_and_never_what_it_was(
    client_for: Signed, member: User, secretary: User, bureau_staff: User, person: Member
) -> None:
    change(secretary, person, phone="16199990000", former_post="司务长")
    change(bureau_staff, person, health_agreed_on=dt.date(2026, 1, 1), health="4")
    withdraw_consent(by=member, member=person, which=Consent.HEALTH)
    page = client_for(member).get(PROFILE).content.decode()
    place = "槐荫社区离退休干部党支部 支部书记"
    assert told(client_for(member))[:3] == [
        ("撤回同意：同意登记健康信息、健康状况", "您自己，"),
        ("修改党员资料：同意登记健康信息、健康状况", "顾明远，青澜区 局工作人员"),
        ("修改党员资料：原职务、联系电话", f"陆德贤，{place}"),
    ]
    assert (
        f'<p class="what">修改党员资料：原职务、联系电话</p><p class="sub">陆德贤，{place}</p>'
        in page
    )
    changed = page[page.index('id="changed"') : page.index('id="seen"')]
    assert "司务长" not in changed
    assert "重病" not in changed


def test_who_views_his_page_learns_nothing_of_his_health(
    bureau_staff: User, person: Member
) -> None:
    change(bureau_staff, person, health_agreed_on=dt.date(2026, 1, 1), health="4", major="机械")
    shown = changes_of(person, [], leave_out=Member.private_fields)
    assert shown[0].columns == "专业"


def test_a_roster_is_one_line_also_when_it_is_taken_back(
    client_for: Signed,
    member: User,
    bureau_staff: User,
    branch: Branch,
    write_csv: Any,  # noqa: F811
) -> None:
    Member.objects.filter(user=member).update(user=None)
    make_member(branch, "张建国", id_number=number(1), user=member)
    heading = ("姓名", "公民身份号码", "支部代码", "原职务", "专业")
    path = write_csv([["张建国", number(1), "QL0001", "司务长", "机械"]], heading=heading)
    batch = checked(bureau_staff, path)
    written(bureau_staff, batch, "fill")
    client = client_for(member)
    line = ("导入党员名册：专业、原职务", "顾明远，青澜区 局工作人员")
    assert told(client)[0] == line
    undone(bureau_staff, batch)
    assert told(client)[:2] == [("撤回名册导入：专业、原职务", line[1]), line]


def test_ties_and_transfers_are_told(
    client_for: Signed, member: User, bureau_staff: User, person: Member, other_branch: Branch
) -> None:
    link = add_link(by=bureau_staff, member=person, branch=other_branch, kind="ASSOCIATION")
    end_link(by=bureau_staff, affiliation=link)
    transfer_member(
        by=bureau_staff, member=person, to=other_branch, on=timezone.localdate(), document="转字1号"
    )
    shown = [what for what, _ in told(client_for(member))[:3]]
    assert shown == ["转接组织关系：所在党支部", "结束活动组织", "登记活动组织"]


def test_the_post_is_the_one_held_then_and_twelve_months_are_told(
    client_for: Signed, member: User, secretary: User, person: Member
) -> None:
    with time_machine.travel(dt.datetime(2024, 5, 1, 2, tzinfo=dt.UTC)):
        change(secretary, person, major="机械")
    change(secretary, person, major="数学")
    secretary.appointments.update(ended_on=timezone.localdate())
    with time_machine.travel(timezone.now() + dt.timedelta(days=30)):
        shown = told(client_for(member))
    place = "槐荫社区离退休干部党支部 支部书记"
    assert [line for line in shown if "专业" in line[0]] == [
        ("修改党员资料：专业", f"陆德贤，{place}")
    ]


def test_a_post_withdrawn_as_a_mistake_is_told_of_what_was_done_in_it_and_of_nothing_later(
    client_for: Signed, member: User, secretary: User, district: Area, person: Member
) -> None:
    change(secretary, person, major="机械")
    make_post(Role.BUREAU, district, secretary, started_on=timezone.localdate())
    mistaken = secretary.appointments.get(branch__isnull=False)
    withdraw_appointment(by=None, appointment=mistaken, reason="选错了人")
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        change(User.objects.get(pk=secretary.pk), person, former_post="司务长")
        shown = dict(told(client_for(member)))
    office, branch_post = "青澜区 局工作人员", "槐荫社区离退休干部党支部 支部书记"
    assert shown["修改党员资料：原职务"] == f"陆德贤，{office}"
    assert shown["修改党员资料：专业"] == f"陆德贤，{branch_post}、{office}"


def test_older_ones_are_folded_and_all_are_in_the_file(
    client_for: Signed, member: User, secretary: User, person: Member
) -> None:
    for turn in range(6):
        change(secretary, person, major=f"专业{turn}")
    client = client_for(member)
    page = client.get(PROFILE).content.decode()
    assert page.index("<summary>更早的2次</summary>") < page.index("登记党员")
    answer = client.post(reverse("members:own-data"), {"format": "json"})
    rows = answer.json()["谁改过我的资料"]
    assert len(rows) == 7
    assert rows[0]["改了哪几项"] == "专业"
    assert rows[0]["职务"] == "槐荫社区离退休干部党支部 支部书记"


def test_who_changed_it_costs_the_same_for_one_and_for_three(
    client_for: Signed,
    member: User,
    secretary: User,
    bureau_staff: User,
    person: Member,
    django_assert_num_queries: Any,
) -> None:
    change(secretary, person, major="机械")
    for _ in range(2):
        ties = list(Affiliation.objects.filter(member=person))
        with django_assert_num_queries(4):
            changes_of(person, ties)
        change(bureau_staff, person, major="数学")
        change(secretary, person, major="物理")
