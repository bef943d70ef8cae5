"""The record in the admin: what refuses, what is ticked, what is kept when two clerks meet."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Area, Branch
from core.models import AuditEvent, User
from members.actions import add_link
from members.models import Affiliation, Member
from members.rules.id_number import check_digit
from tests.factories.branches import make_branch
from tests.factories.members import make_id_number, make_member

ADD = reverse("admin:members_member_add")
Signed = Callable[[User], Client]
BLANK_RECORD = {"party_status": "NORMAL"}


def change(member: Member) -> str:
    return reverse("admin:members_member_change", args=[member.pk])


def record(member: Member, **changes: Any) -> dict[str, Any]:
    """What the form would send for MEMBER as stored, with CHANGES."""
    kept = {
        name: getattr(member, name)
        for name in ("name", "gender", "ethnicity", "member_kind", "person_kind", "party_status")
    }
    days = {
        name: getattr(member, name).isoformat()
        for name in ("birth_date", "join_date", "full_date")
        if getattr(member, name)
    }
    around = {"version": member.version, "community": member.community_id or ""}
    return kept | days | around | changes


def sentences(response: Any) -> str:
    """Every error of the form, in one text."""
    return str(response.context["errors"])


def test_nobody_is_registered_without_a_branch(client_for: Signed, bureau_staff: User) -> None:
    sent = BLANK_RECORD | {"name": "张建国", "id_number": make_id_number()}
    response = client_for(bureau_staff).post(ADD, sent)
    assert response.context["adminform"].form.errors.keys() == {"branch"}
    assert not Member.objects.exists()


def test_a_clerk_registers_a_member(client_for: Signed, bureau_staff: User, branch: Branch) -> None:
    sent = BLANK_RECORD | {
        "branch": branch.pk,
        "home_since": "2016年11月1日",
        "name": "张　建国",
        "id_number": "11010519491231002x",
        "join_date": "1980.07",
        "phone": "161-1234-5678",
    }
    response = client_for(bureau_staff).post(ADD, sent)
    assert response.status_code == 302, sentences(response)
    member = Member.objects.get()
    assert (member.name, member.gender, member.birth_date) == ("张建国", "2", dt.date(1949, 12, 31))
    assert (member.join_date, member.month_only) == (dt.date(1980, 7, 1), "join_date")
    assert (member.phone, member.area_path) == ("16112345678", branch.area_path)
    home = Affiliation.objects.get(member=member)
    assert (home.kind, home.started_on) == ("HOME", dt.date(2016, 11, 1))
    assert AuditEvent.objects.get(act="登记党员").by == bureau_staff


def test_errors_stand_beside_their_fields_and_nothing_is_written(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    sent = BLANK_RECORD | {
        "branch": far_branch.pk,
        "name": "张",
        "id_number": "110105194912310029",
        "join_date": "52/3/8",
        "retire_date": "2027-01-01",
    }
    response = client_for(bureau_staff).post(ADD, sent)
    form = response.context["adminform"].form
    assert {name: list(messages) for name, messages in form.errors.items()} == {
        "branch": ["这一项选得不对，请重新选一个。"],
        "name": ["姓名应为2到20个字。请与身份证写得一样。"],
        "id_number": ["证件号码的校验位不对，有数字抄错了。请对照身份证逐位核对。"],
        "join_date": ["年份只有两位，分不清哪个世纪。请写四位年份，如 1952年3月8日。"],
        "retire_date": ["日期晚于今天。请核对年份。"],
    }
    assert not Member.objects.exists()


@pytest.mark.parametrize("year", ["21", "0", "30000"])
def test_a_year_of_the_medal_that_is_none_is_told(
    client_for: Signed, bureau_staff: User, branch: Branch, year: str
) -> None:
    person = make_member(branch, "张建国")
    sent = record(person, medal50="on", medal50_year=year)
    answer = client_for(bureau_staff).post(change(person), sent)
    errors = answer.context["adminform"].form.errors
    assert errors == {"medal50_year": ["纪念章年份请写四位数字，如 2021。"]}


def test_a_number_held_elsewhere_is_refused_without_saying_where(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    there = make_member(far_branch, "王志强")
    sent = BLANK_RECORD | {"branch": branch.pk, "name": "王志强", "id_number": there.id_number}
    sent["confirmed"] = ["id_number:ID_AREA"]
    response = client_for(bureau_staff).post(ADD, sent)
    assert "已存在于其他组织，请联系上级老干部局" in sentences(response)
    assert far_branch.name not in response.content.decode()
    assert change(there) not in response.text


def test_a_number_in_ones_own_reach_leads_to_its_holder(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    """Domain §3.3 item 15."""
    holder = make_member(other_branch, "王志强")
    sent = BLANK_RECORD | {"branch": branch.pk, "name": "王志强", "id_number": holder.id_number}
    sent["confirmed"] = ["id_number:ID_AREA"]
    response = client_for(bureau_staff).post(ADD, sent)
    assert "已经登记过" in sentences(response)
    assert f'这个号码登记的是<a href="{change(holder)}">王志强</a>' in response.text


def test_gender_against_the_number_refuses(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    number = make_id_number(male=True)
    sent = BLANK_RECORD | {
        "branch": branch.pk,
        "name": "张建国",
        "id_number": number,
        "gender": "2",
    }
    response = client_for(bureau_staff).post(ADD, sent)
    assert response.context["adminform"].form.errors.keys() == {"gender"}


def test_what_is_only_doubtful_is_ticked_and_given_a_reason(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    number = make_id_number(dt.date(1932, 5, 1))
    sent = BLANK_RECORD | {
        "branch": branch.pk, "name": "张建国", "id_number": number, "join_date": "1949-03-01",
    }  # fmt: skip
    first = client.post(ADD, sent)
    ticks = [key for key, _ in first.context["adminform"].form.fields["confirmed"].choices]
    assert ticks == ["id_number:ID_AREA", "join_date:JOIN_YOUNG"]
    assert "入党时不满18周岁" in first.content.decode()
    assert not Member.objects.exists()
    second = client.post(ADD, sent | {"confirmed": ticks})
    assert "请写一句原因" in sentences(second)
    third = client.post(ADD, sent | {"confirmed": ticks, "reason": "战争年代入党"})
    assert third.status_code == 302
    assert AuditEvent.objects.get(act="登记党员").note == "战争年代入党"


@pytest.mark.parametrize(
    ("number", "ticks"),
    [
        ("32010319500101001", []),  # 白下区, until 2012
        ("32010019500101001", []),
        ("32990119500101001", ["id_number:ID_AREA"]),
    ],
)
def test_a_number_of_no_area_is_ticked(
    client_for: Signed, bureau_staff: User, branch: Branch, number: str, ticks: list[str]
) -> None:
    client = client_for(bureau_staff)
    sent = BLANK_RECORD | {
        "branch": branch.pk, "name": "张建国", "id_number": number + check_digit(number), "phone": "1",
    }  # fmt: skip
    asked = client.post(ADD, sent).context["adminform"].form.fields["confirmed"].choices
    assert [key for key, _ in asked] == [*ticks, "phone:PHONE_FORM"]
    told = "".join(sentence for _, sentence in asked)
    assert ("的前六位查不到是哪个地区。请对照身份证再看一遍；没有抄错就打勾。" in told) == bool(
        ticks
    )
    done = client.post(ADD, sent | {"confirmed": [*ticks, "phone:PHONE_FORM"]})
    assert done.status_code == 302


def test_old_doubts_are_shown_but_not_asked_again(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch, phone="12345")
    client = client_for(bureau_staff)
    assert "电话号码不像手机号" in client.get(change(member)).content.decode()
    response = client.post(change(member), record(member, former_unit="青澜区教育局"))
    assert response.status_code == 302
    assert Member.objects.get().former_unit == "青澜区教育局"


def test_sealed_values_are_not_on_the_page_and_stay_when_left_alone(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch, phone="16112345678", address="槐荫社区3号楼")
    client = client_for(bureau_staff)
    page = client.get(change(member)).content.decode()
    for secret in (member.id_number, "16112345678", "槐荫社区3号楼"):
        assert secret not in page
    client.post(change(member), record(member, phone="", address="无", phone2="025-88886666"))
    stored = Member.objects.get()
    assert (stored.phone, stored.address, stored.phone2) == ("16112345678", "", "025-88886666")
    assert stored.id_number == member.id_number


def test_months_stay_months(client_for: Signed, bureau_staff: User, branch: Branch) -> None:
    member = make_member(branch, join_date=dt.date(1980, 7, 1), month_only="join_date")
    client = client_for(bureau_staff)
    assert 'value="1980年7月"' in client.get(change(member)).content.decode()
    client.post(change(member), record(member, join_date="1980-07", remark="新备注"))
    assert Member.objects.get().month_only == "join_date"
    client.post(change(member), record(Member.objects.get(), join_date="1980-07-01"))
    assert Member.objects.get().month_only == ""


def test_the_second_of_two_clerks_sees_what_differs_and_loses_nothing(
    client_for: Signed, bureau_staff: User, street_staff: User, branch: Branch
) -> None:
    member = make_member(branch)
    opened = record(member)
    client_for(street_staff).post(change(member), opened | {"former_unit": "区教育局"})
    client = client_for(bureau_staff)
    response = client.post(change(member), opened | {"former_unit": "区卫生局"})
    page = response.content.decode()
    assert "沈秋白在" in page
    assert "原工作单位（现在登记：区教育局）" in page
    assert 'value="区卫生局"' in page
    assert Member.objects.get().former_unit == "区教育局"
    again = {"former_unit": "区卫生局", "version": response.context["adminform"].form["version"].value()}  # fmt: skip
    assert client.post(change(member), opened | again).status_code == 302
    assert Member.objects.get().former_unit == "区卫生局"


def test_nobody_elses_record(
    client_for: Signed, outsider: User, sysadmin: User, auditor: User, branch: Branch
) -> None:
    member = make_member(branch)
    far = client_for(outsider)
    assert far.get(change(member)).status_code == 404
    assert far.post(change(member), record(member, name="张三丰")).status_code == 404
    assert far.get(reverse("admin:members_member_change", args=[2**40])).status_code == 404
    assert client_for(sysadmin).get(change(member)).status_code == 403
    assert client_for(auditor).get(change(member)).status_code == 403
    assert Member.objects.get().name == member.name


def test_p9_what_is_not_on_the_form_is_not_written(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch, community: Any
) -> None:
    member = make_member(branch)
    sent = record(member, branch=far_branch.pk, user=bureau_staff.pk, area_path="X", deceased_on="2026-01-01")  # fmt: skip
    assert client_for(bureau_staff).post(change(member), sent).status_code == 302
    stored = Member.objects.get()
    assert (stored.branch, stored.user, stored.deceased_on) == (branch, None, None)
    assert stored.area_path == branch.area_path


def test_groups_and_homes_are_those_that_can_be(
    client_for: Signed, bureau_staff: User, branch: Branch, group: Branch, other_branch: Branch, community: Any
) -> None:  # fmt: skip
    member = make_member(branch)
    client = client_for(bureau_staff)
    groups = client.get(change(member)).context["adminform"].form.fields["group"].queryset
    assert list(groups) == [group]
    committee = make_branch(community, kind="branch.party_committee")
    sent = BLANK_RECORD | {"branch": committee.pk, "name": "张建国", "id_number": make_id_number()}
    assert "不接收组织关系" in sentences(client.post(ADD, sent))


def test_nothing_is_deleted(client_for: Signed, superuser: User, branch: Branch) -> None:
    member = make_member(branch)
    address = reverse("admin:members_member_delete", args=[member.pk])
    assert client_for(superuser).post(address, {"post": "yes"}).status_code == 403
    assert Member.objects.exists()


def test_the_history_of_ties_is_on_the_record(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    page = client_for(bureau_staff).get(change(make_member(branch))).content.decode()
    assert "历次组织关系" in page
    assert "2016-11-01" in page or "2016年11月1日" in page
    assert branch.name in page


@pytest.mark.parametrize("odd", ["0", "-1", "1 or 1=1", "%00", str(2**70)])
def test_x8_odd_ids_are_not_found(client_for: Signed, bureau_staff: User, odd: str) -> None:
    response = client_for(bureau_staff).get(f"/admin/members/member/{odd}/change/")
    assert response.status_code == 404


def test_several_codes_are_typed_as_words(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch)
    client = client_for(bureau_staff)
    typed = {"skills": "书法、门球、太极拳", "talent_agreed_on": "2026-01-01", "degree": "学士"}
    client.post(change(member), record(member, **typed))
    stored = Member.objects.get()
    assert (stored.skills, stored.degree) == ("08,02,太极拳", "4")
    assert 'value="书法、球类、太极拳"' in client.get(change(member)).content.decode()


def test_the_pages_of_a_record_are_light(
    client_for: Signed, bureau_staff: User, branch: Branch, group: Branch, other_branch: Branch
) -> None:
    client = client_for(bureau_staff)
    person = make_member(branch, group=group)
    client.get(change(person))  # kinds of rows are looked up once a process
    for number, kind in enumerate(("COMMUNITY", "ASSOCIATION"), 1):
        add_link(by=None, member=person, branch=other_branch, kind=kind)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(change(person))
        assert (len(captured), number) == (12, number)
        assert len(page.content) < 60_000
    shown = page.content.decode()
    assert f'<option value="{person.community_id}" selected' in shown
    assert reverse("admin:branches_branch_change", args=[branch.pk]) in shown
    assert len(client.get(ADD).content) < 60_000


def test_another_community_typed_beside_a_mistake_stays_chosen(
    client_for: Signed, bureau_staff: User, branch: Branch, other_community: Area
) -> None:
    person = make_member(branch)
    sent = record(person, community=other_community.pk, join_date="52/3/8")
    shown = client_for(bureau_staff).post(change(person), sent).content.decode()
    assert f'<option value="{other_community.pk}" selected' in shown
    assert other_community.name in shown
