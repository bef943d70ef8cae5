"""One home, managing links, transfers: SYS-04 and SYS-05 by their acceptance examples."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from branches.actions import import_branches
from branches.branch_sheet import lines_of
from branches.enums import BranchKind
from branches.models import Area, Branch
from branches.refusal import FileRefused
from core.models import AuditEvent, RuleParameter, User
from members.actions import add_link, end_link, transfer_member, transfer_out
from members.enums import AffiliationKind
from members.models import Affiliation, Member
from tests.factories.branches import make_branch, reorganise
from tests.factories.members import make_member

TODAY = dt.date(2026, 11, 22)
HOME, COMMUNITY, ASSOCIATION, FUNCTIONAL = (
    AffiliationKind.HOME,
    AffiliationKind.COMMUNITY,
    AffiliationKind.ASSOCIATION,
    AffiliationKind.FUNCTIONAL,
)


@pytest.fixture
def places(community: Area) -> tuple[Branch, Branch, Branch]:
    """青心社区支部, 书画协会支部 and one more."""
    return (
        make_branch(community, "青心社区党支部"),
        make_branch(community, "书画协会党支部"),
        make_branch(community, "老科协党支部"),
    )


def test_sys05_the_third_activity_place_is_refused_under_1_plus_2_and_allowed_under_1_plus_n(
    bureau_staff: User, branch: Branch, places: tuple[Branch, Branch, Branch]
) -> None:
    member = make_member(branch, "张建国")
    add_link(by=bureau_staff, member=member, branch=places[0], kind=COMMUNITY)
    add_link(by=bureau_staff, member=member, branch=places[1], kind=ASSOCIATION)
    # Those that came with a roster have no first day, and count alike.
    Affiliation.objects.filter(member=member, branch=places[0]).update(started_on=None)
    with pytest.raises(ValidationError) as refusal:
        add_link(by=bureau_staff, member=member, branch=places[2], kind=ASSOCIATION)
    assert refusal.value.messages == [
        "本区实行1+2，已有2个活动组织（临时的、功能组不算）。要再登记，请先结束一个。"
    ]

    RuleParameter.objects.create(
        key="affiliation.max_links", name="活动组织数量上限", value="", value_type="int",
        area_code="9901", valid_from=dt.date(2026, 1, 1), source="区工委决定",
    )  # fmt: skip
    assert add_link(by=bureau_staff, member=member, branch=places[2], kind=ASSOCIATION).pk


def test_sys05_a_place_whose_last_day_is_to_come_makes_no_room(
    bureau_staff: User, branch: Branch, places: tuple[Branch, Branch, Branch]
) -> None:
    """Else three would stand at once until then; and a wrong year could not be put right."""
    member = make_member(branch, "张建国")
    links = [
        add_link(by=bureau_staff, member=member, branch=place, kind=COMMUNITY)
        for place in places[:2]
    ]
    with pytest.raises(ValidationError, match="最后一天还没到"):
        end_link(by=bureau_staff, affiliation=links[0], on=TODAY + dt.timedelta(days=1))
    with pytest.raises(ValidationError, match="本区实行1\\+2，已有2个活动组织"):
        add_link(by=bureau_staff, member=member, branch=places[2], kind=COMMUNITY)
    end_link(by=bureau_staff, affiliation=links[0])
    assert add_link(by=bureau_staff, member=member, branch=places[2], kind=COMMUNITY).pk


def test_sys05_the_policy_is_the_districts_own(
    branch: Branch, far_branch: Branch, places: tuple[Branch, Branch, Branch]
) -> None:
    RuleParameter.objects.create(
        key="affiliation.max_links", name="活动组织数量上限", value="1", value_type="int",
        area_code="9902", valid_from=dt.date(2026, 1, 1), source="区工委决定",
    )  # fmt: skip
    far, near = make_member(far_branch), make_member(branch)
    for place in places[:2]:
        add_link(by=None, member=near, branch=place, kind=COMMUNITY)
    add_link(by=None, member=far, branch=places[0], kind=COMMUNITY)
    with pytest.raises(ValidationError, match="本区实行1\\+1，已有1个活动组织"):
        add_link(by=None, member=far, branch=places[1], kind=COMMUNITY)


def test_functional_groups_do_not_use_up_the_policy(
    branch: Branch, places: tuple[Branch, Branch, Branch]
) -> None:
    member = make_member(branch)
    for place in places:
        add_link(by=None, member=member, branch=place, kind=FUNCTIONAL)
    assert add_link(by=None, member=member, branch=places[0], kind=COMMUNITY).pk


def test_sys04_exactly_one_home(branch: Branch, other_branch: Branch) -> None:
    member = make_member(branch)
    with pytest.raises(ValidationError, match="请办理组织关系转接"):
        add_link(by=None, member=member, branch=other_branch, kind=HOME)
    second = Affiliation(member=member, branch=other_branch, kind=HOME)
    with pytest.raises(ValidationError, match="已有隶属的党支部"):
        second.full_clean()
    with pytest.raises(ValidationError, match="这就是隶属的党支部"):
        add_link(by=None, member=member, branch=branch, kind=COMMUNITY)


def test_the_same_link_is_not_made_twice(branch: Branch, other_branch: Branch) -> None:
    member = make_member(branch)
    add_link(by=None, member=member, branch=other_branch, kind=COMMUNITY)
    with pytest.raises(ValidationError, match="已在这个组织"):
        add_link(by=None, member=member, branch=other_branch, kind=COMMUNITY)


def test_p20_both_ends_of_a_link_are_the_actors(
    bureau_staff: User, secretary: User, outsider: User, branch: Branch, other_branch: Branch, far_branch: Branch
) -> None:  # fmt: skip
    member = make_member(branch)
    with pytest.raises(Branch.DoesNotExist):
        add_link(by=bureau_staff, member=member, branch=far_branch, kind=COMMUNITY)
    with pytest.raises(Member.DoesNotExist):
        add_link(by=outsider, member=member, branch=far_branch, kind=COMMUNITY)
    with pytest.raises(Branch.DoesNotExist):
        add_link(by=secretary, member=member, branch=other_branch, kind=COMMUNITY)
    with pytest.raises(Member.DoesNotExist):
        add_link(by=secretary, member=make_member(other_branch), branch=branch, kind=COMMUNITY)
    assert Affiliation.objects.exclude(kind=HOME).count() == 0


def test_p21_a_link_that_ended_yesterday_opens_nothing(
    secretary: User, other_branch: Branch, branch: Branch
) -> None:
    guest = make_member(other_branch)
    link = add_link(
        by=None, member=guest, branch=branch, kind=COMMUNITY, started_on=dt.date(2026, 1, 1)
    )
    assert Member.objects.visible_to(secretary).filter(pk=guest.pk).exists()
    end_link(by=secretary, affiliation=link, on=dt.date(2026, 11, 21), reason="搬家")
    assert not Member.objects.visible_to(secretary).filter(pk=guest.pk).exists()
    with pytest.raises(ValidationError, match="已经结束"):
        end_link(by=None, affiliation=link)
    assert AuditEvent.objects.get(act="结束活动组织").after["end_reason"] == "搬家"


def test_the_home_does_not_just_end(branch: Branch) -> None:
    home = Affiliation.objects.get(member=make_member(branch))
    with pytest.raises(ValidationError, match="请办理组织关系转接"):
        end_link(by=None, affiliation=home)


def test_an_outsider_ends_no_link(outsider: User, branch: Branch, other_branch: Branch) -> None:
    link = add_link(by=None, member=make_member(branch), branch=other_branch, kind=COMMUNITY)
    with pytest.raises(Affiliation.DoesNotExist):
        end_link(by=outsider, affiliation=link)


def test_a_transfer_keeps_the_history_and_moves_the_copies(
    bureau_staff: User, branch: Branch, group: Branch, other_branch: Branch
) -> None:
    member = make_member(branch, group=group, home_since=dt.date(2016, 11, 1))
    add_link(by=None, member=member, branch=other_branch, kind=COMMUNITY)
    moved = transfer_member(
        by=bureau_staff, member=member, to=other_branch, on=TODAY, document="青组转〔2026〕8号"
    )
    assert (moved.branch, moved.group, moved.area_path) == (
        other_branch,
        None,
        other_branch.area_path,
    )
    ties = Affiliation.objects.filter(member=member).order_by("pk")
    assert [(tie.branch, tie.kind, tie.started_on, tie.ended_on) for tie in ties] == [
        (branch, HOME, dt.date(2016, 11, 1), dt.date(2026, 11, 21)),
        (other_branch, COMMUNITY, TODAY, TODAY),
        (other_branch, HOME, TODAY, None),
    ]
    assert ties.current(dt.date(2026, 11, 21)).get(kind=HOME).branch == branch
    assert ties.current(TODAY).get(kind=HOME).branch == other_branch
    assert AuditEvent.objects.get(act="转接组织关系").note == "青组转〔2026〕8号"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"on": dt.date(2026, 11, 23)}, "晚于今天"),
        ({"on": dt.date(2016, 11, 1)}, "晚于上一次转入"),
        ({"document": " "}, "介绍信编号"),
    ],
)
def test_a_transfer_is_dated_and_documented(
    branch: Branch, other_branch: Branch, changes: dict[str, Any], sentence: str
) -> None:
    member = make_member(branch)
    asked: dict[str, Any] = {"on": TODAY, "document": "8号"} | changes
    with pytest.raises(ValidationError, match=sentence):
        transfer_member(by=None, member=member, to=other_branch, **asked)
    with pytest.raises(ValidationError, match="已经隶属"):
        transfer_member(by=None, member=member, to=branch, on=TODAY, document="8号")


def test_who_returns_never_has_two_homes_on_one_day(branch: Branch, other_branch: Branch) -> None:
    member = make_member(branch)
    out = dt.date(2026, 9, 1)
    transfer_out(by=None, member=member, on=out, document="8号")
    with pytest.raises(ValidationError, match="到2026年8月31日为止还有隶属的党支部") as refusal:
        transfer_member(
            by=None, member=member, to=other_branch, on=dt.date(2026, 8, 31), document="9号"
        )
    assert list(refusal.value.message_dict) == ["on"]
    assert Affiliation.objects.current(dt.date(2026, 8, 31)).get(member=member).branch == branch
    transfer_member(by=None, member=member, to=other_branch, on=out, document="9号")
    assert Affiliation.objects.current(out).get(member=member).branch == other_branch


def test_p8_nobody_is_transferred_out_of_ones_scope(
    bureau_staff: User, secretary: User, outsider: User, branch: Branch, other_branch: Branch, far_branch: Branch
) -> None:  # fmt: skip
    member = make_member(branch)
    for actor, to in (
        (bureau_staff, far_branch),
        (secretary, other_branch),
        (outsider, far_branch),
    ):
        with pytest.raises((Branch.DoesNotExist, Member.DoesNotExist)):
            transfer_member(by=actor, member=member, to=to, on=TODAY, document="8号")
    assert Member.objects.get(pk=member.pk).branch == branch


def test_who_left_the_portal_is_off_the_register_and_can_return(
    bureau_staff: User, street_staff: User, branch: Branch, other_branch: Branch
) -> None:
    member = make_member(branch)
    link = add_link(by=None, member=member, branch=other_branch, kind=COMMUNITY)
    gone = transfer_out(
        by=bureau_staff, member=member, on=TODAY, document="8号", destination="云南昆明"
    )
    assert gone.branch is None
    assert not Member.objects.on_register().exists()
    assert Member.objects.editable_by(street_staff).get() == member
    link.refresh_from_db()
    assert (link.ended_on, link.end_reason) == (TODAY, "组织关系已转出")
    back = transfer_member(by=bureau_staff, member=member, to=branch, on=TODAY, document="9号")
    assert Member.objects.on_register().get() == back


def test_a_group_that_leaves_its_branch_leaves_its_members_there(
    bureau_staff: User, branch: Branch, group: Branch, other_branch: Branch
) -> None:
    member = make_member(branch, group=group)
    stays = make_member(branch, group=make_branch(branch.area, kind=BranchKind.PARTY_GROUP, parent=branch))  # fmt: skip
    reorganise(group, by=bureau_staff, parent=other_branch)
    moved = Member.objects.get(pk=member.pk)
    assert (moved.group, moved.branch, moved.version) == (None, branch, member.version + 1)
    assert Member.objects.get(pk=stays.pk).group == stays.group
    event = AuditEvent.objects.get(act="调整党小组")
    assert (event.by, event.note) == (bureau_staff, "1名党员的党小组要重新安排")


def test_a_group_that_becomes_a_branch_is_nobodys_group(branch: Branch, group: Branch) -> None:
    member = make_member(branch, group=group)
    reorganise(group, kind=BranchKind.JOINT_BRANCH, parent=None)
    assert Member.objects.get(pk=member.pk).group is None


def test_a_table_that_moves_a_group_does_the_same(
    bureau_staff: User, branch: Branch, group: Branch, other_branch: Branch
) -> None:
    member = make_member(branch, group=group)
    heads = ["组织代码", "组织名称", "组织类别", "所在区划代码", "上级组织代码"]
    cells = [group.code, group.name, "党小组", group.area.code, other_branch.code]
    import_branches(by=bureau_staff, lines=lines_of([(1, [*heads]), (2, [*cells])]))
    assert Member.objects.get(pk=member.pk).group is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (BranchKind.GENERAL_BRANCH, "党总支"),
        (BranchKind.TEMP_BRANCH, "临时党支部"),
        (BranchKind.FLOATING_BRANCH, "流动党员党支部"),
    ],
)
def test_sys04_a_home_does_not_become_what_is_nobodys_home(
    client_for: Callable[[User], Client],
    bureau_staff: User,
    branch: Branch,
    other_branch: Branch,
    kind: str,
    name: str,
) -> None:
    """Its people would be on no list, and their theme days nobody's."""
    member = make_member(branch)
    client, sentence = client_for(bureau_staff), f"还有 1 名党员隶属这里，{name}不接收组织关系"
    wanted = {
        "name": branch.name, "short_name": "", "kind": kind, "tie": "PLACE",
        "parent": "", "on": "2026年11月1日", "document": "改字1号",
    }  # fmt: skip
    address = reverse("admin:branch-rename", args=[branch.pk])
    assert sentence in client.post(address, wanted).content.decode()
    assert Branch.objects.get(pk=branch.pk).kind_id == BranchKind.BRANCH
    transfer_member(by=None, member=member, to=other_branch, on=TODAY, document="介字1")
    assert client.post(address, wanted).status_code == 302
    assert Branch.objects.get(pk=branch.pk).kind_id == kind


def test_whose_people_only_take_part_does_not_become_a_committee(
    branch: Branch, other_branch: Branch
) -> None:
    link = add_link(by=None, member=make_member(branch), branch=other_branch, kind=COMMUNITY)
    with pytest.raises(ValidationError, match="还有 1 名党员在这里参加活动，党委不直接管理党员"):
        reorganise(other_branch, kind=BranchKind.PARTY_COMMITTEE)
    assert reorganise(other_branch, kind=BranchKind.TEMP_BRANCH, tie="PLACE").pk
    end_link(by=None, affiliation=link)
    assert reorganise(other_branch, kind=BranchKind.PARTY_COMMITTEE).pk


def test_a_table_makes_no_home_into_what_is_nobodys_home(
    bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    make_member(branch)
    heads = ["组织代码", "组织名称", "组织类别", "所在区划代码"]
    rows: list[list[Any]] = [
        [heads[0], heads[1], heads[2], heads[3]],
        [other_branch.code, "柳岸党总支", "党总支", other_branch.area.code],
        [branch.code, "槐荫党总支", "党总支", branch.area.code],
    ]
    with pytest.raises(FileRefused) as refusal:
        import_branches(by=bureau_staff, lines=lines_of([*enumerate(rows, 1)]))
    (problem,) = refusal.value.problems
    assert (problem.row, problem.column) == (3, "组织类别")
    assert "还有 1 名党员隶属这里" in problem.message
    kinds = Branch.objects.filter(pk__in=[branch.pk, other_branch.pk]).values_list("kind", "name")
    assert {kind for kind, _ in kinds} == {BranchKind.BRANCH}
    assert "柳岸党总支" not in {name for _, name in kinds}
