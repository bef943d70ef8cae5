"""What the register says against a post: a probationary member holds none of the Party's (domain §3.3)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from branches.actions import appoint
from branches.enums import Role
from branches.models import Appointment, Branch
from core.models import User
from members.actions import update_member
from members.models import Member
from tests.factories.branches import make_user
from tests.factories.members import make_member

ADD = reverse("admin:branches_appointment_add")


@pytest.fixture
def newcomer(branch: Branch) -> Member:
    """A probationary member of the branch, with an account."""
    user = make_user("13900001111")
    return make_member(branch, user=user, member_kind="PROBATIONARY", full_date=None)


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.COMMITTEE])
def test_a_probationary_member_is_given_no_party_post(
    client_for: Callable[[User], Client],
    bureau_staff: User,
    branch: Branch,
    newcomer: Member,
    role: Role,
) -> None:
    client = client_for(bureau_staff)
    sent = {
        "login": "13900001111",
        "role": role,
        "branch": branch.pk,
        "started_on": "2026-11-01",
        "document": "",
    }
    refused = client.post(ADD, sent)
    (said,) = refused.context["adminform"].form.errors["role"]
    assert said.startswith("这位同志登记为预备党员，不能担任党内职务。请等转正以后再任；")
    with pytest.raises(ValidationError, match="预备党员"):
        appoint(by=None, user=newcomer.user, role=role, branch=branch)
    assert not Appointment.objects.filter(user=newcomer.user).exists()
    # Nothing keeps him from being written on, and he may be appointed once he is a full member.
    full = {"member_kind": "FULL", "full_date": dt.date(1981, 7, 1)}
    update_member(by=bureau_staff, member=newcomer, version=newcomer.version, **full)
    assert client.post(ADD, sent).status_code == 302


def test_a_station_is_no_party_post(bureau_staff: User, branch: Branch, newcomer: Member) -> None:
    appoint(by=bureau_staff, user=newcomer.user, role=Role.STATION_HEAD, branch=branch)
    update_member(by=bureau_staff, member=newcomer, version=newcomer.version, major="汉语言文学")
    assert Member.objects.get(pk=newcomer.pk).major == "汉语言文学"


def test_who_does_not_see_the_member_is_not_told_what_he_is(
    sysadmin: User, branch: Branch, newcomer: Member
) -> None:
    with pytest.raises(ValidationError) as refusal:
        appoint(by=sysadmin, user=newcomer.user, role=Role.SECRETARY, branch=branch)
    assert refusal.value.message_dict == {
        "role": ["这位同志现在不能担任党内职务，请向他所在的党支部核对。"]
    }
