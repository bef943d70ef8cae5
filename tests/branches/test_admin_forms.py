"""What a form of the office says before anything is sent: what must be filled, what fits, what remains."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from branches.enums import BranchKind
from branches.models import Area, Branch
from core.models import User
from tests.factories.branches import make_area, make_branch

Signed = Callable[[User], Client]
ADD = reverse("admin:branches_branch_add")


def marked(page: str) -> list[str]:
    """Return the labels that say 必填, without their colons."""
    labels = re.findall(r"<label[^>]*>([^<]*) <span class=\"must\">必填</span></label>", page)
    return [label.rstrip(":：") for label in labels]


def test_every_form_says_what_must_be_filled(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    dissolve = reverse("admin:branch-dissolve", args=[branch.pk])
    expected = {
        ADD: [
            *("组织代码", "组织名称", "组织类别", "设置形式", "所在区划"),
            *("成立日期", "批准文件"),
        ],
        reverse("admin:branches_appointment_add"): ["登录名或手机号", "角色", "任职日期"],
        reverse("admin:branches_area_add"): ["区划代码", "名称", "上级区划"],
        dissolve: ["撤销日期", "撤销文件"],
        reverse("admin:members_member_add"): ["姓名", "公民身份号码", "所在党支部", "党籍状态"],
        reverse("admin:affiliation-sheet"): ["表格文件"],
    }
    assert {address: marked(client.get(address).content.decode()) for address in expected} == (
        expected
    )


@pytest.mark.parametrize("noun", ["branch", "area"])
def test_a_code_is_said_to_be_for_life(client_for: Signed, bureau_staff: User, noun: str) -> None:
    page = client_for(bureau_staff).get(reverse(f"admin:branches_{noun}_add")).content.decode()
    assert "保存以后不能改" in page


@pytest.mark.parametrize("noun", ["branch", "area"])
def test_what_is_only_read_says_nothing_of_filling_in(
    client_for: Signed, bureau_staff: User, branch: Branch, noun: str
) -> None:
    row = branch if noun == "branch" else branch.area
    page = client_for(bureau_staff).get(reverse(f"admin:branches_{noun}_change", args=[row.pk]))
    for hint in ("保存以后不能改", "只列级别比它高的组织", "临时党组织才选"):
        assert hint not in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "superiors"),
    [
        (BranchKind.BRANCH, ["党委", "党总支"]),
        (BranchKind.GENERAL_BRANCH, ["党委"]),
        (BranchKind.PARTY_GROUP, ["党委", "党总支", "党支部"]),
        (BranchKind.WORKING_COMMITTEE, []),
        ("", ["党委", "党总支", "党支部"]),
    ],
)
def test_only_a_higher_kind_is_offered_as_superior(
    client_for: Signed, bureau_staff: User, community: Area, kind: str, superiors: list[str]
) -> None:
    committee = make_branch(community, "党委", kind=BranchKind.PARTY_COMMITTEE)
    general = make_branch(community, "党总支", kind=BranchKind.GENERAL_BRANCH, parent=committee)
    lowest = make_branch(community, "党支部", parent=general)
    make_branch(community, "党小组", kind=BranchKind.PARTY_GROUP, parent=lowest)
    asked = {"app_label": "branches", "model_name": "branch", "field_name": "parent", "kind": kind}
    answer = client_for(bureau_staff).get("/admin/autocomplete/", asked).json()
    assert [each["text"].split("（")[0] for each in answer["results"]] == superiors


def test_nothing_is_offered_below_a_grid(
    client_for: Signed, bureau_staff: User, community: Area
) -> None:
    make_area(make_area(community, "第一小组"), "第一网格")
    asked = {"app_label": "branches", "model_name": "area", "field_name": "parent", "term": "第一"}
    answer = client_for(bureau_staff).get("/admin/autocomplete/", asked).json()
    assert [each["text"].split("（")[0] for each in answer["results"]] == ["第一小组"]


def test_dissolving_says_who_is_still_there_and_offers_no_button_until_they_are_gone(
    client_for: Signed, bureau_staff: User, branch: Branch, group: Branch, other_branch: Branch
) -> None:
    from tests.factories.members import make_member  # noqa: PLC0415 -- the higher room's factory

    client = client_for(bureau_staff)
    guest = make_member(other_branch)
    guest.affiliations.create(branch=branch, kind="COMMUNITY", started_on="2026-01-01")
    for _ in range(2):
        make_member(branch)
    page: Any = client.get(reverse("admin:branch-dissolve", args=[branch.pk]))
    said = dict(page.context["obstacles"])
    assert [words.split("，")[0] for words in said] == [
        "下面还有 1 个党组织",
        "还有 2 名党员隶属这里",
        "还有 1 名党员在这里参加活动",
    ]
    below, people, ties = said.values()
    assert [*client.get(below).context["cl"].result_list] == [group]
    assert f'<a href="{people}">' in page.content.decode()
    assert {row.branch for row in client.get(people).context["cl"].result_list} == {branch}
    assert [row.member for row in client.get(ties).context["cl"].result_list] == [guest]
    assert "请先办好下面的事" in page.content.decode()
    assert "确认撤销" not in page.content.decode()


def test_an_empty_branch_is_said_to_be_free(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    page = client_for(bureau_staff).get(reverse("admin:branch-dissolve", args=[branch.pk]))
    assert "可以撤销" in page.content.decode()
    assert "确认撤销" in page.content.decode()


def test_the_three_ties_are_chosen_by_what_they_mean(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    """In the same words on every form, as in the faults of a table."""
    client = client_for(bureau_staff)
    for address in (ADD, reverse("admin:branch-rename", args=[branch.pk])):
        page = client.get(address).content.decode()
        offered = re.findall(r'<option value="(?:PLACE|INTEREST|TRADE)">([^<]+)</option>', page)
        assert offered == ["地缘（住得近）", "趣缘（爱好相同）", "业缘（原来同行）"]


def test_a_chosen_superior_is_shown_by_its_bare_name(
    client_for: Signed, bureau_staff: User, community: Area, branch: Branch, group: Branch
) -> None:
    """The select holds one name, not a tree: dashes for the levels above would be noise."""
    client = client_for(bureau_staff)
    page = client.get(reverse("admin:branches_area_change", args=[community.pk])).content.decode()
    assert f"selected>{community.parent}</option>" in page

    refused = client.post(ADD, {"parent": branch.pk, "kind": BranchKind.PARTY_GROUP})
    assert f"selected>{branch}</option>" in refused.content.decode()


@pytest.mark.parametrize("junk", ["x", "\x00", "-1", "1.5", "9" * 30])
def test_what_is_no_row_is_refused_beside_its_searched_select(
    client_for: Signed, bureau_staff: User, member: User, branch: Branch, junk: str
) -> None:
    client = client_for(bureau_staff)
    person = branch.members.get(user=member)
    for page, names in (
        (reverse("admin:branches_area_add"), ["parent"]),
        (ADD, ["area"]),
        (reverse("admin:branch-relocate", args=[branch.pk]), ["area"]),
        (reverse("admin:branches_appointment_add"), ["area", "branch"]),
        (reverse("admin:members_member_add"), ["branch", "community", "grid"]),
        (reverse("admin:member-link", args=[person.pk]), ["branch"]),
    ):
        answer = client.post(page, dict.fromkeys(names, junk))
        form = (
            answer.context["form"] if "form" in answer.context else answer.context["adminform"].form
        )
        assert (answer.status_code, set(names) - set(form.errors)) == (200, set()), page
