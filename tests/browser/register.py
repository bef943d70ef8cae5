"""Rows behind the pages of the register."""

import datetime as dt
from typing import Any

import pytest

from core.actions import reveal
from members.actions import add_link, ask_office
from members.models import Member
from tests.factories.members import make_member

Request = pytest.FixtureRequest


def a_roster(request: Request) -> dict[str, Any]:
    """B1 with two members at home in a group, one of them incomplete, and a guest."""
    branch = request.getfixturevalue("branch")
    group = request.getfixturevalue("group")
    make_member(branch, "张建国", group=group)
    make_member(branch, "买买提·吐尔逊", ethnicity="", join_date=None, full_date=None, phone="")
    guest = make_member(request.getfixturevalue("other_branch"), "欧阳淑珍", gender="2")
    add_link(by=None, member=guest, branch=branch, kind="COMMUNITY")
    return {"pk": branch.pk}


def a_member(request: Request) -> dict[str, Any]:
    """A member of B1 with a full record that lacks a little."""
    member = make_member(
        request.getfixturevalue("branch"),
        "张建国",
        group=request.getfixturevalue("group"),
        ethnicity="",
        former_unit="青澜区教育局",
        address="东城街道槐荫社区3号楼2单元501",
        emergency_name="李秀英",
        emergency_phone="16100008888",
        health="3",
        health_agreed_on=dt.date(2026, 1, 1),
        skills="书法、门球",
    )
    branch = request.getfixturevalue("other_branch")
    add_link(by=None, member=member, branch=branch, kind="ASSOCIATION")
    return {"pk": member.pk}


def a_request(request: Request) -> dict[str, Any]:
    """A member of B1 for whom the secretary has asked the street for a transfer."""
    key = a_member(request)
    request.getfixturevalue("street_staff")
    ask_office(
        by=request.getfixturevalue("secretary"),
        member=Member.objects.get(**key),
        kind="MOVE",
        on=dt.date(2026, 11, 1),
        text="转到南湖街道柳岸社区",
    )
    return key


def a_guest(request: Request) -> dict[str, Any]:
    """A member of B2 who comes to B1."""
    guest = make_member(request.getfixturevalue("other_branch"), "欧阳淑珍", gender="2")
    add_link(by=None, member=guest, branch=request.getfixturevalue("branch"), kind="COMMUNITY")
    return {"pk": guest.pk}


def my_record(request: Request) -> dict[str, Any]:
    """The member's own record, opened once by the secretary."""
    member = Member.objects.get(user=request.getfixturevalue("member"))
    secretary = request.getfixturevalue("secretary")
    reveal(by=secretary, instance=member, field="phone", reason="核对转接手续")
    return {}
