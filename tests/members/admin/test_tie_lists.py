"""组织关系 and 组织关系转接: people are found, a street can be picked, and rows cost no queries."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Area, Branch
from core.admin.search import show
from core.models import User
from members.actions import add_link
from members.enums import AffiliationKind
from members.models import Affiliation, Member
from tests.factories.members import make_member, make_transfer_batch

pytestmark = pytest.mark.django_db
TIES = reverse("admin:members_affiliation_changelist")
TRANSFERS = reverse("admin:members_transfer_changelist")
MOST = 12
Signed = Callable[[User], Client]


def names(client: Client, address: str, **asked: str) -> list[str]:
    """The members of the rows listed, in order."""
    response = client.get(address, asked)
    assert response.status_code == 200
    return [row.member.name for row in response.context["cl"].result_list]


def queries(client: Client, address: str) -> int:
    """How many queries the page makes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_ties_are_found_by_member_and_by_street_within_ones_reach(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch,
    far_branch: Branch, street: Area,
) -> None:  # fmt: skip
    zhang = make_member(branch, "张建国", phone="16100000001")
    make_member(other_branch, "李秀英", gender="2")
    make_member(far_branch, "张建国")
    client = client_for(bureau_staff)
    one = queries(client, TIES)
    assert names(client, TIES, q="zjg") == ["张建国"]
    assert names(client, TIES, q="16100000001") == ["张建国"]
    assert names(client, TIES, area=street.code) == ["张建国"]
    assert "南湖街道" in client.get(TIES).text

    add_link(by=bureau_staff, member=zhang, branch=other_branch, kind=AffiliationKind.COMMUNITY)
    assert one == queries(client, TIES) <= MOST
    sent = client.post(reverse("admin:affiliation-search"), {"q": "张建国", "current": "yes"})
    kept = dict(part.split("=") for part in sent["Location"].split("?")[1].split("&"))
    assert "张建国" not in sent["Location"]
    assert (show(kept["q"].replace("%7E", "~")), kept["current"]) == ("张建国", "yes")


def test_a_tie_that_was_a_mistake_is_called_so_wherever_ties_are_listed(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, member: User
) -> None:
    person = Member.objects.get(user=member)
    tie = add_link(by=bureau_staff, member=person, branch=other_branch, kind="COMMUNITY")
    day = dt.date(2026, 11, 20)
    Affiliation.objects.filter(pk=tie.pk).update(
        started_on=day, ended_on=day, withdrawn_on=day, end_reason="名册已撤回"
    )
    office = client_for(bureau_staff)
    for address in (TIES, reverse("admin:members_member_change", args=[person.pk])):
        shown = office.get(address).text
        assert "已撤回</td>" in shown
        assert "2026年11月20日</td><td>名册已撤回" not in shown
    assert "登记错了，已撤回" in client_for(member).get(reverse("members:profile")).text


def test_transfers_are_found_by_member_and_by_street(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, street: Area
) -> None:
    make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国"])
    client = client_for(bureau_staff)
    one = queries(client, TRANSFERS)
    assert names(client, TRANSFERS, q="zhangjianguo") == ["张建国"]
    assert names(client, TRANSFERS, q="李四海") == []
    assert names(client, TRANSFERS, area=street.code) == []
    assert names(client, TRANSFERS, area=other_branch.area.code) == ["张建国"]

    make_transfer_batch(branch, other_branch, by=bureau_staff, names=["李四海"])
    assert one == queries(client, TRANSFERS) <= MOST
