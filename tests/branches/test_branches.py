"""Acts on Party organisations (SYS-02)."""

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from branches.actions import (
    Remains,
    create_branch,
    dissolve_branch,
    end_appointment,
    register_dissolution_obstacle,
    reorganise_branch,
    update_branch,
)
from branches.actions import branch as branch_actions
from branches.enums import BranchKind, Role, Tie
from branches.models import Appointment, Area, Branch, BranchChange
from core.models import AuditEvent, User
from tests.factories.branches import make_branch, make_post, reorganise


def test_a_branch_repeats_the_path_of_its_area(branch: Branch, group: Branch) -> None:
    assert branch.area_path == branch.area.path
    assert group.path == branch.path + "0000"
    assert (group.tree_id, group.depth) == (branch.tree_id, 1)


def test_the_parent_must_be_a_higher_kind(branch: Branch, community: Area) -> None:
    with pytest.raises(ValidationError) as refusal:
        create_branch(
            by=None, code="X1", name="某支部", kind=BranchKind.BRANCH, area=community, parent=branch
        )
    assert refusal.value.message_dict == {
        "parent": ["党支部的上级必须是更高一级的组织，不能是党支部，请另选上级。"]
    }


def test_a_temporary_branch_says_its_tie(community: Area, branch: Branch) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_branch(community, kind=BranchKind.TEMP_BRANCH)
    said = "临时党支部请选三缘：“地缘”（住得近）、“趣缘”（爱好相同）或“业缘”（原来同行）。"
    assert refusal.value.message_dict == {"tie": [said]}
    with pytest.raises(ValidationError, match="请选三缘"):
        reorganise(branch, kind=BranchKind.TEMP_BRANCH)
    changed = reorganise(branch, kind=BranchKind.TEMP_BRANCH, tie=Tie.INTEREST)
    assert (changed.kind_id, changed.tie) == (BranchKind.TEMP_BRANCH, Tie.INTEREST)


def test_a_kind_cannot_sink_to_that_of_its_children(branch: Branch, group: Branch) -> None:
    with pytest.raises(ValidationError, match="下面还有党小组"):
        reorganise(branch, kind=BranchKind.FUNCTIONAL_GROUP)


def test_a_group_moves_to_another_branch(
    branch: Branch, group: Branch, other_branch: Branch, bureau_staff: User
) -> None:
    reorganise(group, by=bureau_staff, parent=other_branch)
    assert group.path == other_branch.path + "0000"
    assert list(Branch.objects.get(pk=other_branch.pk).get_descendants()) == [group]
    assert Branch.objects.get(pk=branch.pk).is_leaf_node()


def test_reorganising_is_kept_with_its_date_and_document(
    branch: Branch, bureau_staff: User, community: Area
) -> None:
    committee = make_branch(community, "槐荫社区党委", kind=BranchKind.PARTY_COMMITTEE)
    day, document = dt.date(2026, 11, 1), "青老工委〔2026〕8号"
    wanted = {"name": "槐荫第一党支部", "parent": committee}
    for _ in range(2):  # sent twice
        reorganise_branch(by=bureau_staff, branch=branch, on=day, document=document, **wanted)
    change = BranchChange.objects.get(branch=branch)
    assert (change.on, change.document) == (day, document)
    assert str(change) == (
        "组织名称：槐荫社区离退休干部党支部 → 槐荫第一党支部；上级组织：无 → 槐荫社区党委"
    )
    assert AuditEvent.objects.filter(act="调整党组织", by=bureau_staff).count() == 1


def test_both_ends_of_a_move_are_within_reach(
    street_staff: User,
    bureau_staff: User,
    branch: Branch,
    group: Branch,
    other_branch: Branch,
    other_community: Area,
    far_community: Area,
) -> None:
    for wanted, sentence in (
        ({"parent": other_branch}, "这个上级组织不归您管理"),
        ({"area": other_community}, "这个区划不归您管理"),
    ):
        with pytest.raises(ValidationError, match=sentence):
            reorganise(group, by=street_staff, **wanted)
    with pytest.raises(ValidationError, match="这个区划不归您管理"):
        reorganise(branch, by=bureau_staff, area=far_community)
    reorganise(group, by=bureau_staff, parent=other_branch)
    with pytest.raises(ValidationError, match="原来的上级组织不归您管理"):
        reorganise(group, by=street_staff, parent=branch)
    with pytest.raises(PermissionDenied):
        reorganise(other_branch, by=street_staff, name="不归我管")


def test_what_takes_a_document_is_not_changed_without(branch: Branch) -> None:
    with pytest.raises(TypeError, match="kind"):
        update_branch(by=None, branch=branch, kind=BranchKind.JOINT_BRANCH)
    assert update_branch(by=None, branch=branch, unit="文化馆").unit == "文化馆"


def test_a_branch_moves_to_the_top_and_back(community: Area, branch: Branch) -> None:
    committee = make_branch(community, kind=BranchKind.PARTY_COMMITTEE)
    reorganise(branch, parent=committee)
    assert branch.path.startswith(committee.path)
    reorganise(branch, parent=None)
    assert len(branch.path) == 4
    assert branch.is_root_node()


def test_a_branch_cannot_move_into_its_own_group(branch: Branch, group: Branch) -> None:
    with pytest.raises(ValidationError):
        reorganise(branch, parent=group)


def test_relocating_changes_only_the_area(branch: Branch, other_community: Area) -> None:
    path = branch.path
    reorganise(branch, area=other_community)
    branch.refresh_from_db()
    assert (branch.area_path, branch.path) == (other_community.path, path)


def test_dissolving_ends_the_posts_and_closes_the_branch(
    branch: Branch, secretary: User, bureau_staff: User, community: Area
) -> None:
    dissolve_branch(
        by=bureau_staff, branch=branch, on=dt.date(2026, 11, 1), document="青老工委〔2026〕9号"
    )
    assert Branch.objects.current().count() == 0
    assert Appointment.objects.get(user=secretary).ended_on == dt.date(2026, 11, 1)
    assert AuditEvent.objects.get(act="撤销党组织").after["dissolved_on"] == "2026-11-01"
    with pytest.raises(ValidationError, match="已经撤销"):
        make_branch(community, kind=BranchKind.PARTY_GROUP, parent=branch)


def test_dissolving_ends_also_posts_with_a_later_end_or_beginning(
    branch: Branch, bureau_staff: User
) -> None:
    day = dt.date(2026, 11, 12)
    over, ended_since, with_a_term = (make_post(Role.COMMITTEE, branch) for _ in range(3))
    begun_since = make_post(Role.SECRETARY, branch, started_on=dt.date(2026, 11, 19))
    end_appointment(by=None, appointment=over, on=dt.date(2026, 3, 1))
    end_appointment(by=None, appointment=ended_since, on=dt.date(2026, 11, 20))
    end_appointment(by=None, appointment=with_a_term, on=dt.date(2029, 1, 1))
    dissolve_branch(by=bureau_staff, branch=branch, on=day, document="9号")
    ends = dict(Appointment.objects.values_list("pk", "ended_on"))
    assert [ends[post.pk] for post in (over, ended_since, with_a_term, begun_since)] == [
        dt.date(2026, 3, 1),
        day,
        day,
        dt.date(2026, 11, 19),
    ]
    for later in (22, 19):  # one was to begin on the 19th: it is in force on no day
        held = Appointment.objects.current(dt.date(2026, 11, later))
        assert not held.filter(branch=branch).exists()
    assert AuditEvent.objects.filter(act="免职", by=bureau_staff).count() == 3


@pytest.mark.parametrize(
    ("on", "document", "sentence"),
    [
        (dt.date(2026, 11, 1), " ", "请填写{}文件"),
        (dt.date(2010, 1, 1), "文", "{}日期不能早于成立日期"),
        (dt.date(2062, 1, 1), "文", "{}日期晚于今天"),
    ],
)
def test_dissolving_and_reorganising_need_a_date_and_a_document(
    branch: Branch, on: dt.date, document: str, sentence: str
) -> None:
    dated: dict[str, Any] = {"by": None, "branch": branch, "on": on, "document": document}
    with pytest.raises(ValidationError, match=sentence.format("撤销")):
        dissolve_branch(**dated)
    with pytest.raises(ValidationError, match=sentence.format("调整")):
        reorganise_branch(**dated, name="新名称")
    assert BranchChange.objects.count() == 0


def test_a_branch_with_groups_is_not_dissolved(branch: Branch, group: Branch) -> None:
    with pytest.raises(ValidationError, match="下面还有 1 个党组织"):
        dissolve_branch(by=None, branch=branch, on=dt.date(2026, 11, 1), document="文")


def test_higher_rooms_may_object(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(branch_actions, "_obstacles", [])
    register_dissolution_obstacle(lambda branch, on: [Remains(f"还有 2 名党员到 {on.year} 年。")])
    with pytest.raises(ValidationError, match="还有 2 名党员到 2026 年"):
        dissolve_branch(by=None, branch=branch, on=dt.date(2026, 11, 1), document="文")


def test_a_code_is_used_once(branch: Branch, community: Area) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_branch(community, code=branch.code)
    assert list(refusal.value.message_dict) == ["code"]


PHONE, ID = "139.1234.5678", "990101 19490101 0013"


def test_nobodys_number_is_kept_in_what_members_read_of_a_branch(community: Area) -> None:
    branch = create_branch(
        by=None,
        code="QL0300",
        name=f"新设党支部{PHONE}",
        kind=BranchKind.BRANCH,
        area=community,
        meeting_place=f"周老家 {PHONE}",
        unit="13912345678号院",
        approval_doc="青老工委〔2026〕3号",
    )
    kept = "新设党支部139.****.5678", "周老家 139.****.5678", "139****5678号院"
    assert (branch.name, branch.meeting_place, branch.unit) == kept
    update_branch(by=None, branch=branch, meeting_place=f"{ID}家，２０２６年起")
    reorganise_branch(
        by=None, branch=branch, on=timezone.localdate(), document="文件", short_name=f"新{PHONE}"
    )
    branch.refresh_from_db()
    assert branch.meeting_place == "990*** ******** 0013家，２０２６年起"
    assert branch.short_name == "新139.****.5678"
    kept_for_good = str([*AuditEvent.objects.values_list("before", "after", "object_label")])
    assert PHONE not in kept_for_good
    assert ID not in kept_for_good
