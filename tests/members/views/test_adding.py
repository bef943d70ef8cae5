"""Taking somebody onto the branch's roster (P7)."""

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
from tests.cast import TODAY
from tests.factories.branches import make_branch
from tests.factories.members import make_member

Signed = Callable[[User], Client]


def add_page(branch: Branch) -> str:
    return reverse("members:add", args=[branch.pk])


def somebody(community: Area, **changes: Any) -> dict[str, Any]:
    """What a careful secretary types."""
    return {
        "name": "张　建国",
        "id_number": "11010519491231002x",
        "ethnicity": "01",
        "person_kind": "B",
        "member_kind": "FULL",
        "join_date": "1980年7月",
        "full_date": "1981年7月",
        "retire_date": "2010年1月",
        "former_unit": "县第一中学",
        "address": "槐荫里3号楼",
        "home_since": "2016年11月1日",
        "phone": "161-1234-5678",
        "community": community.pk,
    } | changes


def test_p7_a_secretary_adds_a_member_to_his_branch(
    client_for: Signed, secretary: User, branch: Branch, community: Area
) -> None:
    client = client_for(secretary)
    assert add_page(branch) in client.get(reverse("members:roster", args=[branch.pk])).content.decode()  # fmt: skip
    done = client.post(add_page(branch), somebody(community), follow=True)
    shown = done.content.decode()
    for words in (
        "张建国<wbr>已加入名册",
        "1949年12月31日",
        "110***********002X",
        "<dt>性别</dt><dd>女</dd>",
        "<dt>入党日期</dt><dd>1980年7月</dd>",
        "<dt>联系电话</dt><dd>161****5678</dd>",
        "资料已经齐了",
        "改一改",
    ):
        assert words in shown
    assert "11010519491231002" not in shown
    member = Member.objects.get()
    assert (member.name, member.gender, member.birth_date) == ("张建国", "2", dt.date(1949, 12, 31))
    assert (member.branch, member.area_path, member.missing_fields) == (branch, branch.area_path, "")  # fmt: skip
    assert (member.phone, member.month_only) == (
        "16112345678",
        "full_date,join_date,retire_date",
    )
    home = Affiliation.objects.get(member=member)
    assert (home.kind, home.branch, home.started_on) == ("HOME", branch, dt.date(2016, 11, 1))
    assert AuditEvent.objects.get(act="登记党员").by == secretary


@pytest.mark.parametrize(
    ("id_type", "id_number", "kept"),
    [
        ("2", "E1234 5678", "E12345678"),
        ("8", "军字第12345号", "军字第12345号"),
        ("9", "", ""),
    ],
)
def test_who_has_another_document_or_none_is_registered_as_by_the_office(
    client_for: Signed, secretary: User, branch: Branch, community: Area,
    id_type: str, id_number: str, kept: str,
) -> None:  # fmt: skip
    told = {"gender": "1", "birth_date": "1950年1月2日"}
    typed = somebody(community, id_type=id_type, id_number=id_number, **told)
    done = client_for(secretary).post(add_page(branch), typed, follow=True)
    assert "张建国<wbr>已加入名册" in done.text
    member = Member.objects.get()
    assert (member.id_type, member.id_number, member.gender) == (id_type, kept, "1")
    assert (member.birth_date, member.missing_fields) == (dt.date(1950, 1, 2), "")


@pytest.mark.parametrize(
    ("id_type", "id_number", "refused"),
    [
        ("", "", ["请填公民身份号码。用别的证件的，或者确实没有号码的，在下面选证件类型。"]),
        ("", "E12345678", ["这像是护照或通行证号码。请填公民身份号码；确实用这种证件的，在下面选证件类型。"]),
        ("2", "11010519491231002X", ["号码不像所填证件类型的号码。请对照证件，核对号码和证件类型。"]),
        ("9", "E12345678", ["证件类型填的是“无证号”，却有号码。请核对其中一项。"]),
    ],
)  # fmt: skip
def test_what_is_asked_of_another_document_is_unfolded_where_it_is_wanted(
    client_for: Signed, secretary: User, branch: Branch, community: Area,
    id_type: str, id_number: str, refused: list[str],
) -> None:  # fmt: skip
    client, folded = client_for(secretary), '<details class="fold"><summary>不是身份证'
    assert folded in client.get(add_page(branch)).text
    wrong = somebody(community, id_number="110105194912310029")
    assert folded in client.post(add_page(branch), wrong).text
    answer = client.post(
        add_page(branch), somebody(community, id_type=id_type, id_number=id_number)
    )
    assert answer.context["form"].errors["id_number"] == refused
    assert '<details class="fold" open><summary>不是身份证' in answer.text
    assert not Member.objects.exists()


def test_of_a_document_that_does_not_say_them_birth_and_gender_are_asked(
    client_for: Signed, secretary: User, branch: Branch, community: Area
) -> None:
    typed = somebody(community, id_type="9", id_number="")
    answer = client_for(secretary).post(add_page(branch), typed)
    assert answer.context["form"].errors.keys() == {"gender", "birth_date"}
    assert "请填写出生日期。" in answer.text
    assert 'class="may"' not in answer.text.partition("id_birth_date")[2].partition("</label>")[0]


@pytest.mark.parametrize(
    ("registered", "typed"),
    [
        ({"id_type": "9", "id_number": ""}, {"id_type": "9", "id_number": ""}),
        ({"id_type": "9", "id_number": ""}, {"id_number": "11010519491231002X"}),
        ({}, {"id_type": "9", "id_number": ""}),
    ],
)
def test_where_no_two_numbers_tell_it_is_asked_whether_he_is_the_same(
    client_for: Signed, secretary: User, branch: Branch, community: Area,
    registered: dict[str, str], typed: dict[str, str],
) -> None:  # fmt: skip
    make_member(branch, "张建国", birth_date=dt.date(1949, 12, 1), gender="2", **registered)
    sent = somebody(community, gender="2", birth_date="1949年12月31日", **typed)
    client = client_for(secretary)
    asked = client.post(add_page(branch), sent).text
    assert "本支部已有同名、同年月出生的同志：1949年生" in asked
    assert "是不是同一位？" in asked
    assert Member.objects.count() == 1
    ticked = sent | {"confirmed": ["name:NAME_SAKE_ALIKE"]}
    assert client.post(add_page(branch), ticked).status_code == 302
    assert Member.objects.count() == 2


def test_who_is_told_apart_by_number_month_or_branch_is_not_asked_about(
    client_for: Signed, secretary: User, branch: Branch, other_branch: Branch, community: Area
) -> None:
    none = {"id_type": "9", "id_number": "", "gender": "2"}
    born = dt.date(1949, 12, 1)
    make_member(branch, "张建国", birth_date=born, id_number="110105194912310046")
    make_member(branch, "张建国", birth_date=dt.date(1949, 11, 30), **none)
    make_member(other_branch, "张建国", birth_date=born, **none)
    assert client_for(secretary).post(add_page(branch), somebody(community)).status_code == 302


def test_p7_only_to_his_own_branch(
    client_for: Signed, secretary: User, other_secretary: User, outsider: User, member: User,
    group_leader: User, bureau_staff: User, sysadmin: User, branch: Branch, community: Area,
) -> None:  # fmt: skip
    people = (secretary, other_secretary, outsider, member, group_leader, bureau_staff, sysadmin)
    before = Member.objects.count()
    answers = {
        user.username: [
            client_for(user).get(add_page(branch)).status_code,
            client_for(user).post(add_page(branch), {"name": "张"}).status_code,
        ]
        for user in people
    }
    assert answers == {
        "secretary": [200, 200], "secretary2": [404, 404], "outsider": [404, 404],
        "member": [403, 403], "leader": [403, 403], "bureau": [200, 200], "sysadmin": [403, 403],
    }  # fmt: skip
    sent = somebody(community, branch=branch.pk)
    assert client_for(other_secretary).post(add_page(branch), sent).status_code == 404
    assert Member.objects.count() == before


def test_p9_what_is_not_on_the_page_is_ignored(
    client_for: Signed, secretary: User, branch: Branch, other_branch: Branch, community: Area
) -> None:
    sent = somebody(
        community, branch=other_branch.pk, area_path="", remark="旧备注", version=9, user=1
    )
    assert client_for(secretary).post(add_page(branch), sent).status_code == 302
    stored = Member.objects.get()
    assert (stored.branch, stored.remark, stored.version, stored.user) == (branch, "", 1, None)


def test_refusals_stand_beside_their_fields_and_keep_what_was_typed(
    client_for: Signed, secretary: User, branch: Branch, community: Area, far_branch: Branch
) -> None:
    client = client_for(secretary)
    sent = somebody(community, name="张", id_number="110105194912310029", join_date="52/3/8")
    refused = client.post(add_page(branch), sent)
    assert {name: list(found) for name, found in refused.context["form"].errors.items()} == {
        "name": ["姓名应为2到20个字。请与身份证写得一样。"],
        "id_number": ["证件号码的校验位不对，有数字抄错了。请对照身份证逐位核对。"],
        "join_date": ["年份只有两位，分不清哪个世纪。请写四位年份，如 1952年3月8日。"],
    }
    assert 'value="161-1234-5678"' in refused.content.decode()
    there = make_member(far_branch, "王志强")
    elsewhere = somebody(community, id_number=there.id_number, confirmed=["id_number:ID_AREA"])
    held = client.post(add_page(branch), elsewhere)
    assert "已存在于其他组织" in held.content.decode()
    assert far_branch.name not in held.content.decode().replace("<wbr>", "")
    assert not Member.objects.filter(branch=branch).exists()


def test_doubts_are_ticked_and_what_is_missing_can_wait(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    client = client_for(secretary)
    sent = {"name": "张建国", "id_number": "11010519491231002X", "phone": "12345"}
    doubted = client.post(add_page(branch), sent)
    assert "电话号码不像手机号" in doubted.content.decode()
    assert not Member.objects.exists()
    ticked = sent | {"confirmed": ["phone:PHONE_FORM"]}
    shown = client.post(add_page(branch), ticked, follow=True).content.decode()
    assert "还缺民族、党员类别、入党日期、人员类别、居住社区" in shown
    twice = {"confirmed": ["phone:PHONE_FORM", "phone:PHONE_HELD"]}
    again = client.post(add_page(branch), sent | twice)
    assert "已经登记过" in again.content.decode()
    card = reverse("members:card", args=[Member.objects.get().pk])
    assert f'href="{card}">打开这位同志的资料' in again.content.decode()


def test_a_number_of_no_area_is_ticked(
    client_for: Signed, secretary: User, branch: Branch, community: Area
) -> None:
    client, first17 = client_for(secretary), "32990119500101001"
    sent = somebody(community, id_number=first17 + check_digit(first17))
    doubted = client.post(add_page(branch), sent).text
    assert "没有抄错就打勾" in doubted
    assert not Member.objects.exists()
    ticked = client.post(add_page(branch), sent | {"confirmed": ["id_number:ID_AREA"]})
    assert ticked.status_code == 302


def test_a_guest_s_number_is_known_and_leads_to_nobody(
    client_for: Signed, other_secretary: User, branch: Branch, other_branch: Branch
) -> None:
    """She sees that he comes, masked; a number found out by trying must not give her his name."""
    guest = make_member(branch, "王志强")
    add_link(by=None, member=guest, branch=other_branch, kind="COMMUNITY")
    sent = {"name": "张建国", "id_number": guest.id_number, "confirmed": ["id_number:ID_AREA"]}
    shown = client_for(other_secretary).post(add_page(other_branch), sent).text
    assert "已经登记过" in shown
    assert "王志强" not in shown
    assert reverse("members:card", args=[guest.pk]) not in shown


def test_a_telephone_that_somebody_in_sight_has_is_ticked(
    client_for: Signed, secretary: User, branch: Branch, far_branch: Branch, community: Area
) -> None:
    client = client_for(secretary)
    make_member(far_branch, "钱德贤", phone="16112345678")
    assert client.post(add_page(branch), somebody(community)).status_code == 302
    wife = make_member(branch, "李秀英", gender="2")
    edit = reverse("members:edit", args=[wife.pk])
    sent = {
        "version": wife.version, "member_kind": "FULL", "person_kind": "B",
        "join_date": "1980-07-01", "full_date": "1981-07-01", "phone": "161 1234 5678",
    }  # fmt: skip
    doubted = client.post(edit, sent).content.decode()
    assert "联系电话：张建国同志也登记了这个电话。夫妻、家人合用就打勾；不是，请核对。" in doubted
    assert "请核对</legend>" in doubted  # and not “可以不填”
    assert "钱德贤" not in doubted
    assert client.post(edit, sent | {"confirmed": ["phone:PHONE_HELD"]}).status_code == 302
    wife.refresh_from_db()
    assert wife.phone == "16112345678"
    other = sent | {"version": wife.version, "phone": "", "former_unit": "区教育局"}
    assert client.post(edit, other).status_code == 302


def test_a_guests_telephone_cannot_be_guessed(
    client_for: Signed, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    guest = make_member(other_branch, "钱德贤", phone="16112345678")
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY", started_on=TODAY)
    mine = make_member(branch, "李秀英", gender="2")
    sent = {
        "version": mine.version, "member_kind": "FULL", "person_kind": "B",
        "join_date": "1980-07-01", "full_date": "1981-07-01", "phone": "16112345678",
    }  # fmt: skip
    assert Member.objects.visible_to(secretary).filter(pk=guest.pk).exists()
    answer = client_for(secretary).post(reverse("members:edit", args=[mine.pk]), sent)
    assert answer.status_code == 302


def test_groups_are_the_branchs_own(
    client_for: Signed, secretary: User, branch: Branch, group: Branch, other_branch: Branch,
    other_community: Area, community: Area,
) -> None:  # fmt: skip
    far = make_branch(
        other_community, "柳岸第一党小组", kind="branch.party_group", parent=other_branch
    )
    client = client_for(secretary)
    assert group.name in client.get(add_page(branch)).content.decode()
    assert client.post(add_page(branch), somebody(community, group=far.pk)).status_code == 200
    assert client.post(add_page(branch), somebody(community, group=group.pk)).status_code == 302
    assert Member.objects.get().group == group


def test_a_branch_that_takes_nobody_in_says_so(
    client_for: Signed, secretary: User, branch: Branch
) -> None:
    Branch.objects.filter(pk=branch.pk).update(dissolved_on=TODAY)
    answer = client_for(secretary).get(add_page(branch))
    assert answer.status_code == 403
    assert "已经撤销" in answer.content.decode()
    assert (
        add_page(branch)
        not in client_for(secretary)
        .get(reverse("members:roster", args=[branch.pk]))
        .content.decode()
    )


@pytest.mark.usefixtures("group")
def test_the_page_is_light(client_for: Signed, secretary: User, branch: Branch) -> None:
    client = client_for(secretary)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(add_page(branch))
    assert len(captured) <= 12
    assert len(page.content) < 30_000
