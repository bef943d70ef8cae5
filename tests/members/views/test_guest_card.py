"""What the secretary of a branch where a member only takes part is shown of him (domain §6.3)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import User
from members.actions import add_link
from members.models import Member
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db

Signed = Callable[[User], Client]


def card(client: Client, member: Member) -> str:
    answer = client.get(reverse("members:card", args=[member.pk]))
    return answer.content.decode().replace("<wbr>", "")


@pytest.fixture
def guest(branch: Branch, other_branch: Branch) -> Member:
    """At home in the other branch, and taking part in this one."""
    member = make_member(
        other_branch,
        "赵桂兰",
        birth_date=dt.date(1948, 3, 12),
        birth_date_archive=dt.date(1948, 3, 12),
        building="锦绣花园12号楼",
    )
    add_link(by=None, member=member, branch=branch, kind="COMMUNITY")
    return member


def test_outside_his_branch_the_birthday_is_a_month_and_a_day(
    client_for: Signed, secretary: User, other_secretary: User, guest: Member
) -> None:
    shown = card(client_for(secretary), guest)
    assert "<dt>生日</dt><dd>3月12日</dd>" in shown
    assert "1948" not in shown
    assert "<dt>出生日期</dt><dd>1948年3月12日</dd>" in card(client_for(other_secretary), guest)
    Member.objects.filter(pk=guest.pk).update(month_only="birth_date")
    assert "<dt>生日</dt><dd>3月</dd>" in card(client_for(secretary), guest)


def test_the_building_is_masked_as_the_address_is(
    client_for: Signed, secretary: User, other_secretary: User, guest: Member
) -> None:
    for user in (secretary, other_secretary):
        shown = card(client_for(user), guest)
        assert "<dt>楼栋</dt><dd>锦绣花园12**</dd>" in shown
        assert "锦绣花园12号楼" not in shown
