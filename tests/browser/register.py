"""Rows behind the pages of the register."""

import datetime as dt
import json
from typing import Any

import pytest
from django.urls import reverse

from core.actions import reveal
from core.models import FormDraft
from members.actions import add_link, ask_office, confirm_link, decline_link
from members.models import LinkProposal, Member
from tests.factories.members import make_member, make_proposal

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
        contact_agreed_on=dt.date(2026, 1, 1),
        emergency_name="李秀英",
        emergency_phone="16100008888",
        health="3",
        health_agreed_on=dt.date(2026, 1, 1),
        talent_agreed_on=dt.date(2026, 1, 1),
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


def _asked(request: Request) -> LinkProposal:
    request.getfixturevalue("secretary")
    guest = make_member(request.getfixturevalue("other_branch"), "欧阳淑珍", gender="2")
    return make_proposal(
        guest,
        request.getfixturevalue("branch"),
        by=request.getfixturevalue("other_secretary"),
    )


def a_proposal(request: Request) -> dict[str, Any]:
    """B2 asks B1 to receive a member of its own."""
    return {"pk": _asked(request).pk}


def a_declined_proposal(request: Request) -> dict[str, Any]:
    """B1 has declined it."""
    proposal, by = _asked(request), request.getfixturevalue("secretary")
    decline_link(by=by, proposal=proposal, reason="活动室太小，这学期坐不下了")
    return {"pk": proposal.pk}


def a_confirmed_proposal(request: Request) -> dict[str, Any]:
    """B1 has confirmed it."""
    proposal, by = _asked(request), request.getfixturevalue("secretary")
    return {"pk": confirm_link(by=by, proposal=proposal).pk}


def some_proposals(request: Request) -> dict[str, Any]:
    """One waits for B1, one that B1 sent waits for B2."""
    _asked(request)
    branch = request.getfixturevalue("branch")
    by = request.getfixturevalue("secretary")
    make_proposal(make_member(branch, "张建国"), request.getfixturevalue("other_branch"), by=by)
    return {"pk": branch.pk}


def a_proposed(request: Request) -> dict[str, Any]:
    """A member of B1 whom B2 is asked to receive."""
    branch, by = request.getfixturevalue("branch"), request.getfixturevalue("secretary")
    member = make_member(branch, "张建国")
    make_proposal(member, request.getfixturevalue("other_branch"), by=by)
    return {"pk": member.pk}


def _sent(request: Request, role: str, page: str, fields: list[tuple[str, list[str]]]) -> None:
    """What ROLE sent last, as the page after it reads it."""
    FormDraft.objects.create(
        owner=request.getfixturevalue(role), path=f"sent:{page}", body=json.dumps(fields)
    )


def _saved(request: Request, names: list[str]) -> dict[str, Any]:
    key = a_member(request)
    _sent(request, "secretary", reverse("members:saved", kwargs=key), [("columns", names)])
    return key


def a_change(request: Request) -> dict[str, Any]:
    """A member of B1 whose record was just changed."""
    return _saved(request, ["phone", "address", "emergency_name", "former_unit"])


def an_added(request: Request) -> dict[str, Any]:
    """A member of B1 who was just registered."""
    return _saved(request, ["name", "id_number", "gender", "birth_date", "join_date", "phone"])


def an_asking(request: Request) -> dict[str, Any]:
    """What was just asked of the street for a member of B1."""
    key = a_member(request)
    said = {"kind": ["MOVE"], "on": ["2026年11月1日"], "text": ["转到南湖街道柳岸社区党支部"]}
    _sent(request, "secretary", reverse("members:asked", kwargs=key), list(said.items()))
    return key


def a_correction(request: Request) -> dict[str, Any]:
    """What a member just said of his own record."""
    said = {"kind": ["CHANGE"], "text": ["入党日期应是一九七九年七月，住址也搬了。"]}
    _sent(request, "member", reverse("members:correction-sent"), list(said.items()))
    return {}


def an_office(request: Request) -> dict[str, Any]:
    """A member of B1, and a street whose office can be asked."""
    request.getfixturevalue("street_staff")
    return a_member(request)


def a_keeper(request: Request) -> dict[str, Any]:
    """A secretary who can be told what is wrong in a record."""
    request.getfixturevalue("secretary")
    return {}


def my_consent(request: Request) -> dict[str, Any]:
    """The member's consent to what is registered of his health."""
    agreed = {"health_agreed_on": dt.date(2026, 1, 1), "health": "3", "empty_nest": "1"}
    Member.objects.filter(user=request.getfixturevalue("member")).update(**agreed)
    return {"which": "health"}


def my_no_consent(request: Request) -> dict[str, Any]:
    """A consent that the member has taken back."""
    return {"which": "health"}


def my_record(request: Request) -> dict[str, Any]:
    """The member's own record, opened once by the secretary."""
    my_consent(request)
    member = Member.objects.get(user=request.getfixturevalue("member"))
    secretary = request.getfixturevalue("secretary")
    reveal(by=secretary, instance=member, field="phone", reason="核对转接手续")
    return {}
