"""Where each role comes to after signing in."""

from collections.abc import Callable

import pytest
from django.test import Client

from branches.enums import Role
from branches.models import Branch
from core.models import User
from tests.factories.branches import make_post, make_user
from tests.factories.members import make_member

SignIn = Callable[[User], Client]


@pytest.mark.parametrize("role", ["bureau_staff", "street_staff", "sysadmin", "auditor"])
def test_offices_go_to_the_workbench(
    request: pytest.FixtureRequest, client_for: SignIn, role: str
) -> None:
    user = request.getfixturevalue(role)
    assert client_for(user).get("/")["Location"] == "/admin/"


def test_a_secretary_goes_to_the_branch(
    client_for: SignIn, secretary: User, branch: Branch, group: Branch
) -> None:
    assert client_for(secretary).get("/")["Location"] == f"/branch/{branch.pk}/"


def test_a_member_goes_to_his_own_page(client_for: SignIn, member: User) -> None:
    assert client_for(member).get("/")["Location"] == "/me/"


def test_who_is_both_chooses(client_for: SignIn, secretary: User, branch: Branch) -> None:
    make_member(branch, "陆德贤", user=secretary)
    page = client_for(secretary).get("/")
    assert [door.name for door in page.context["doors"]] == [branch.label, "我自己的"]


def test_several_branches_are_a_choice(
    client_for: SignIn, secretary: User, branch: Branch, other_branch: Branch
) -> None:
    make_post(Role.SECRETARY, other_branch, secretary)
    page = client_for(secretary).get("/")
    assert {door.name for door in page.context["doors"]} == {branch.label, other_branch.label}


def test_a_group_leader_has_no_branch_page_of_his_own(
    client_for: SignIn, group_leader: User
) -> None:
    page = client_for(group_leader).get("/")
    assert page.context["doors"] == []
    assert "您的职务已经登记好了" in page.content.decode()
    assert "没有职务" not in page.content.decode()


def test_a_station_head_is_told_the_truth(client_for: SignIn, branch: Branch) -> None:
    page = client_for(make_post(Role.STATION_HEAD, branch).user).get("/").content.decode()
    assert "站长" in page
    assert "没有职务" not in page
    assert "还没有连到党支部" not in page


def test_a_new_account_is_told_whom_to_ask(client_for: SignIn, db: None) -> None:
    page = client_for(make_user()).get("/")
    assert page.status_code == 200
    assert "请打下面的电话" in page.content.decode()
