"""Organisations renamed, moved, relocated and dissolved in the admin."""

import datetime as dt
from typing import Any

from django.test import Client
from django.urls import reverse

from branches.actions import import_branches
from branches.branch_sheet import lines_of
from branches.enums import BranchKind, Tie
from branches.models import Area, Branch
from core.models import Kind, User
from tests.branches.addresses import Signed, address
from tests.factories.branches import make_branch


def test_dissolved_branches_are_a_filter_away(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    done = client.post(
        reverse("admin:branch-dissolve", args=[branch.pk]),
        {"on": "2026年11月1日", "document": "青老工委〔2026〕9号"},
        follow=True,
    )
    assert "已撤销，原来的任职同时结束" in done.content.decode()
    assert Branch.objects.get().dissolved_on == dt.date(2026, 11, 1)
    assert not list(client.get(address("branch", "changelist")).context["cl"].result_list)
    for state in ("ended", "all"):
        listed = client.get(address("branch", "changelist"), {"state": state}).context["cl"]
        assert list(listed.result_list) == [branch]
    assert reverse("admin:branch-dissolve", args=[branch.pk]) not in done.content.decode()
    assert 'name="name"' not in done.content.decode()


def test_dissolving_is_refused_beside_the_field(
    client_for: Signed, bureau_staff: User, branch: Branch, group: Branch, outsider: User
) -> None:
    page = reverse("admin:branch-dissolve", args=[branch.pk])
    client = client_for(bureau_staff)
    assert client.post(page, {"on": "无", "document": ""}).context["form"].errors == {
        "on": ["请写到哪一天，如 2026年3月1日。"],
        "document": ["这一项还没有填，请填一下。"],
    }
    refused = client.post(page, {"on": "2010-01-01", "document": "文"})
    assert refused.context["form"].errors == {"on": ["撤销日期不能早于成立日期。"]}
    below = client.post(page, {"on": "2026-11-01", "document": "文"})
    assert "下面还有 1 个党组织" in below.content.decode()
    assert client_for(outsider).get(page).status_code == 404


def act_on(client: Client, act: str, branch: Branch, **given: Any) -> Any:
    """Fill in and send an act's page, as it comes up but for GIVEN."""
    page = reverse(f"admin:branch-{act}", args=[branch.pk])
    form = client.get(page).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: getattr(value, "pk", value) for name, value in shown.items() if value is not None}
    return client.post(page, sent | {"document": "青老工委〔2026〕8号"} | given, follow=True)


def test_a_branch_is_renamed_moved_and_relocated(
    client_for: Signed,
    bureau_staff: User,
    branch: Branch,
    group: Branch,
    other_branch: Branch,
    other_community: Area,
) -> None:
    client = client_for(bureau_staff)
    act_on(client, "rename", group, name="槐荫第二党小组")
    act_on(client, "move", group, parent=other_branch.pk)
    moved = act_on(client, "relocate", group, area=other_community.pk, on="2026-11-02")
    assert "“槐荫第二党小组”已调整" in moved.content.decode()
    risen = act_on(
        client, "rename", group, kind=BranchKind.JOINT_BRANCH, parent="", on="2026-11-03"
    )
    group.refresh_from_db()
    assert (group.name, group.kind_id, group.parent, group.area_path, group.depth) == (
        *("槐荫第二党小组", BranchKind.JOINT_BRANCH, None),
        *(other_community.path, 0),
    )
    shown = risen.content.decode()
    for words in (
        "组织名称：槐荫社区第一党小组 → 槐荫第二党小组",
        "上级组织：槐荫社区离退休干部党支部 → 柳岸社区离退休干部党支部",
        "所在区划：槐荫社区 → 柳岸社区",
        "组织类别：党小组 → 联合党支部",
    ):
        assert words in shown


def test_what_a_reorganisation_lacks_is_said(
    client_for: Signed,
    bureau_staff: User,
    street_staff: User,
    outsider: User,
    branch: Branch,
    group: Branch,
    other_branch: Branch,
    far_branch: Branch,
) -> None:
    client = client_for(bureau_staff)
    same = act_on(client, "rename", branch)
    assert same.context["form"].non_field_errors() == ["没有改动：填的和现在登记的一样。"]
    assert act_on(client, "move", group, parent=other_branch.pk, document=" ").context[
        "form"
    ].errors == {"document": ["这一项还没有填，请填一下。"]}
    for who, wrong in ((bureau_staff, far_branch), (street_staff, other_branch)):
        refused = act_on(client_for(who), "move", group, parent=wrong.pk)
        assert list(refused.context["form"].errors) == ["parent"]
    below = act_on(client, "rename", branch, kind=BranchKind.FUNCTIONAL_GROUP)
    assert "下面还有党小组" in below.content.decode()
    for act in ("rename", "move", "relocate"):
        page = reverse(f"admin:branch-{act}", args=[branch.pk])
        assert client_for(outsider).get(page).status_code == 404
    branch.refresh_from_db()
    assert (branch.name, group.parent) == ("槐荫社区离退休干部党支部", branch)


def test_a_superior_out_of_reach_stays(
    client_for: Signed, street_staff: User, district: Area, community: Area
) -> None:
    committee = make_branch(district, "区直工委", kind=BranchKind.WORKING_COMMITTEE)
    below = make_branch(community, parent=committee)
    client = client_for(street_staff)
    page = client.get(reverse("admin:branch-rename", args=[below.pk])).content.decode()
    assert 'name="parent"' not in page
    act_on(client, "rename", below, name="槐荫第一党支部")
    below.refresh_from_db()
    assert (below.name, below.parent) == ("槐荫第一党支部", committee)


def test_a_temporary_branch_without_its_tie_is_kept_up_and_told_where_to_choose(
    client_for: Signed, bureau_staff: User, community: Area, other_community: Area
) -> None:
    """A table without the column 三缘 founds such ones: nothing else waits for the tie."""
    heads = ("组织代码", "组织名称", "组织类别", "所在区划代码")
    row = ("L1", "滨河临时党支部", "临时党支部", community.code)
    import_branches(by=bureau_staff, lines=lines_of([(1, [*heads]), (2, [*row])]))
    branch, client = Branch.objects.get(code="L1"), client_for(bureau_staff)
    change = address("branch", "change", branch.pk)
    saved = client.post(change, {"setting": "UNIT", "unit": "文化馆"}, follow=True)
    assert "临时党支部还没有选三缘，请点“改名或改类别”选：“地缘”" in saved.content.decode()
    act_on(client, "relocate", branch, area=other_community.pk)
    branch.refresh_from_db()
    assert (branch.unit, branch.area) == ("文化馆", other_community)
    refused = act_on(client, "rename", branch, name="新名临时党支部")
    assert list(refused.context["form"].errors) == ["tie"]
    act_on(client, "rename", branch, tie=Tie.PLACE)
    saved = client.post(change, {"setting": "UNIT", "unit": "图书馆"}, follow=True)
    assert "还没有选三缘" not in saved.content.decode()


def test_a_kind_whose_rank_was_changed_does_not_keep_a_branch_from_being_kept_up(
    client_for: Signed, bureau_staff: User, branch: Branch, group: Branch
) -> None:
    Kind.objects.filter(key=BranchKind.PARTY_GROUP).update(settings={"rank": 1})
    for each in (branch, group):
        page = address("branch", "change", each.pk)
        client_for(bureau_staff).post(page, {"setting": "UNIT", "unit": "文化馆"})
        each.refresh_from_db()
        assert each.unit == "文化馆"
