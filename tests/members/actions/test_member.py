"""Registering and changing members."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from branches.actions import dissolve_branch, move_area
from branches.enums import BranchKind
from branches.models import Area, Branch
from core import audit
from core.models import AuditEvent, User
from members.actions import Conflict, add_link, register_member, update_member
from members.enums import AffiliationKind
from members.forms import MemberForm
from members.models import Affiliation, Member
from tests.factories.branches import make_branch
from tests.factories.members import make_id_number, make_member


def test_a_member_has_one_home_and_what_follows_from_the_number(
    bureau_staff: User, branch: Branch
) -> None:
    member = register_member(
        by=bureau_staff,
        branch=branch,
        name="单　玉兰",
        id_number="11010519491231002x",
        note="新转入",
    )
    saved = Member.objects.get(pk=member.pk)
    assert (saved.name_initials, saved.name_pinyin, saved.given_name) == (
        "syl",
        "shanyulan",
        "玉兰",
    )
    assert (saved.gender, saved.birth_date) == ("2", dt.date(1949, 12, 31))
    assert saved.id_number == "11010519491231002X"
    assert saved.area_path == branch.area.path
    assert saved.missing_fields == (
        "ethnicity,member_kind,join_date,person_kind,community,phone,"
        "retire_date,former_unit,address"
    )
    home = Affiliation.objects.get(member=saved)
    assert (home.branch, home.kind, home.ended_on) == (branch, AffiliationKind.HOME, None)
    event = AuditEvent.objects.get(act="登记党员")
    assert (event.by, event.note, event.area_path) == (bureau_staff, "新转入", branch.area_path)
    assert "11010519491231002X" not in str(event.after)


def test_errors_refuse_by_field_and_write_nothing(bureau_staff: User, branch: Branch) -> None:
    with pytest.raises(ValidationError) as refusal:
        register_member(
            by=bureau_staff,
            branch=branch,
            name="张",
            id_number="110105194912310029",
            join_date=dt.date(2030, 1, 1),
        )
    assert refusal.value.message_dict.keys() == {"name", "id_number", "join_date"}
    assert not Member.objects.exists()
    assert not Affiliation.objects.exists()


def test_the_same_number_is_not_registered_twice(
    bureau_staff: User, outsider: User, branch: Branch, far_branch: Branch
) -> None:
    number = make_member(branch).id_number
    with pytest.raises(ValidationError, match="已经登记过"):
        register_member(by=bureau_staff, branch=branch, name="张建国", id_number=number)
    with pytest.raises(ValidationError, match="已存在于其他组织，请联系上级老干部局"):
        register_member(by=outsider, branch=far_branch, name="张建国", id_number=number)


def test_members_are_registered_within_ones_scope(
    outsider: User, secretary: User, group_leader: User, member: User, branch: Branch, other_branch: Branch
) -> None:  # fmt: skip
    number = make_id_number()
    for stranger in (outsider, member):
        with pytest.raises((Branch.DoesNotExist, PermissionDenied)):
            register_member(by=stranger, branch=branch, name="张建国", id_number=number)
    with pytest.raises(Branch.DoesNotExist):
        register_member(by=secretary, branch=other_branch, name="张建国", id_number=number)
    with pytest.raises(Branch.DoesNotExist):
        register_member(by=group_leader, branch=branch, name="张建国", id_number=number)
    assert register_member(by=secretary, branch=branch, name="张建国", id_number=number).pk


def test_a_committee_or_a_dissolved_branch_is_no_home(
    bureau_staff: User, community: Area, branch: Branch
) -> None:
    committee = make_branch(community, kind=BranchKind.PARTY_COMMITTEE)
    with pytest.raises(ValidationError, match="不接收组织关系"):
        register_member(
            by=bureau_staff, branch=committee, name="张建国", id_number=make_id_number()
        )
    dissolve_branch(by=None, branch=branch, on=dt.date(2026, 11, 1), document="撤字1号")
    with pytest.raises(ValidationError, match="已经撤销"):
        register_member(by=bureau_staff, branch=branch, name="张建国", id_number=make_id_number())


def test_a_change_is_recorded_without_secrets(secretary: User, branch: Branch) -> None:
    member = make_member(branch, "张建国", phone="16100000001")
    changed = update_member(
        by=secretary,
        member=member,
        version=1,
        name="张建军",
        phone="16100000002",
        health="6",
        health_agreed_on=dt.date(2026, 1, 1),
        remark="\u202e肺癌\u200b晚期\n需要照顾 ",
        building="3\u202e号楼",
    )
    assert (changed.version, changed.name_initials) == (2, "zjj")
    event = AuditEvent.objects.get(act="修改党员资料")
    assert (event.before["name"], event.after["name"]) == ("张建国", "张建军")
    assert "phone" in event.after
    assert "1610000000" not in f"{event.before}{event.after}"
    # What the trail can never forget tells nothing of illness or need.
    assert (event.after["health"], event.after["remark"]) == (audit.CHANGED, audit.CHANGED)
    assert (changed.remark, changed.building) == ("肺癌晚期\n需要照顾", "3号楼")


def test_saving_without_a_change_leaves_no_trace(secretary: User, branch: Branch) -> None:
    member = make_member(branch, "张建国")
    assert update_member(by=secretary, member=member, version=1, name="张建国").version == 1
    assert not AuditEvent.objects.filter(act="修改党员资料").exists()


def test_the_second_of_two_clerks_meets_the_first_ones_record(
    secretary: User, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国")
    update_member(by=secretary, member=member, version=1, former_unit="青澜区教育局")
    with pytest.raises(Conflict) as conflict:
        update_member(by=bureau_staff, member=member, version=1, former_unit="青澜区卫生局")
    assert conflict.value.current.former_unit == "青澜区教育局"


def test_a_linked_member_is_seen_but_not_changed(
    secretary: User, other_branch: Branch, branch: Branch, outsider: User
) -> None:
    guest = make_member(other_branch)
    with pytest.raises(Member.DoesNotExist):
        update_member(by=secretary, member=guest, version=1, remark="新备注")
    add_link(by=None, member=guest, branch=branch, kind=AffiliationKind.COMMUNITY)
    with pytest.raises(PermissionDenied):
        update_member(by=secretary, member=guest, version=1, remark="新备注")
    with pytest.raises(Member.DoesNotExist):
        update_member(by=outsider, member=guest, version=1, remark="新备注")


def test_home_and_account_are_not_ordinary_columns(branch: Branch, other_branch: Branch) -> None:
    member = make_member(branch)
    changes: dict[str, Any] = {"branch": other_branch, "user": None, "version": 9}
    for name, value in changes.items():
        with pytest.raises(TypeError):
            update_member(by=None, member=member, version=1, **{name: value})


def test_only_a_standing_party_group_of_the_branch_is_a_group(
    branch: Branch, group: Branch, bureau_staff: User
) -> None:
    member = make_member(branch)
    below = make_branch(branch.area, kind=BranchKind.FUNCTIONAL_GROUP, parent=branch)
    gone = make_branch(branch.area, kind=BranchKind.PARTY_GROUP, parent=branch)
    dissolve_branch(by=None, branch=gone, on=dt.date(2026, 11, 1), document="9号")
    form = MemberForm(instance=member, user=bureau_staff)
    offered: Any = form.fields["group"]
    assert list(offered.queryset) == [group]
    for wrong in (branch, below, gone):
        with pytest.raises(ValidationError, match="不属于所在党支部"):
            update_member(by=None, member=member, version=1, group=wrong)
    assert Member.objects.get().group is None


def test_a_group_with_members_is_not_dissolved(branch: Branch, group: Branch) -> None:
    member = make_member(branch, group=group)
    with pytest.raises(ValidationError, match="还有 1 名党员编在这个党小组"):
        dissolve_branch(by=None, branch=group, on=dt.date(2026, 11, 1), document="9号")
    update_member(by=None, member=member, version=1, group=None)
    dissolve_branch(by=None, branch=group, on=dt.date(2026, 11, 1), document="9号")


def test_the_group_belongs_to_the_home_branch(
    branch: Branch, group: Branch, other_branch: Branch
) -> None:
    member = make_member(branch)
    assert update_member(by=None, member=member, version=1, group=group).group == group
    with pytest.raises(ValidationError, match="不属于所在党支部"):
        make_member(other_branch, group=group)


def test_a_new_telephone_goes_on_signing_in(branch: Branch, member: User) -> None:
    User.objects.filter(pk=member.pk).update(phone="")
    person = Member.objects.get(user=member)
    member.phone = person.phone
    member.save()
    update_member(by=None, member=person, version=1, phone="16199999999")
    assert User.objects.get_by_natural_key("16199999999") == member


def test_the_account_of_an_office_is_not_led_to_another_telephone(
    branch: Branch, street_staff: User
) -> None:
    person = make_member(branch, user=street_staff)
    street_staff.phone = person.phone
    street_staff.save()
    update_member(by=None, member=person, version=1, phone="16199999999")
    assert User.objects.get(pk=street_staff.pk).phone == street_staff.phone


def test_moving_a_community_moves_its_members(
    branch: Branch, community: Area, other_street: Area
) -> None:
    member = make_member(branch)
    move_area(by=None, area=community, parent=other_street)
    moved = Member.objects.get(pk=member.pk)
    assert moved.area_path == Area.objects.get(pk=community.pk).path
    assert moved.area_path.startswith(other_street.path)


def test_a_branch_with_members_is_not_dissolved(branch: Branch, other_branch: Branch) -> None:
    make_member(branch)
    add_link(by=None, member=make_member(other_branch), branch=branch, kind="COMMUNITY")
    with pytest.raises(ValidationError) as refusal:
        dissolve_branch(by=None, branch=branch, on=dt.date(2026, 11, 1), document="撤字1号")
    assert refusal.value.messages == [
        "还有 1 名党员隶属这里，请先转接组织关系。",
        "还有 1 名党员在这里参加活动，请先结束活动组织关系。",
    ]
