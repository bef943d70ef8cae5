"""组织关系 and 组织关系转接: people are found, a street can be picked, and rows cost no queries."""

import datetime as dt
import re
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
from members.models import Affiliation, Member, Transfer
from members.standing import who_remains
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
    rows = response.context["cl"].result_list
    return [row.name if isinstance(row, Member) else row.member.name for row in rows]


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
        assert not re.search("2026年11月20日</td><td[^>]*>名册已撤回", shown)
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


def test_the_page_of_a_transfer_keeps_within_the_bar_whatever_became_of_it(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch
) -> None:
    """Also the pages of its acts, which name three rows."""
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff)
    one, client = batch.transfers.get(), client_for(bureau_staff)
    page = reverse("admin:members_transfer_change", args=[one.pk])
    receive = reverse("admin:transfer-receive", args=[one.pk])
    queries(client, page)  # the type of the row is asked for once in a process
    assert (queries(client, page), queries(client, receive)) == (10, 8)
    client.post(receive, {"on": "2026-08-02"})
    slip = reverse("admin:transfer-slip", args=[one.pk])
    assert (queries(client, page), queries(client, slip)) == (10, 7)
    assert slip in client.get(page).text


def test_only_the_receiving_office_is_led_to_receive(
    client_for: Signed, bureau_staff: User, street_staff: User, branch: Branch, other_branch: Branch
) -> None:
    make_transfer_batch(branch, other_branch, by=bureau_staff, names=["张建国"])
    receive = reverse("admin:transfer-receive", args=[Transfer.objects.get().pk])
    issuing, above = client_for(street_staff), client_for(bureau_staff)
    assert names(issuing, TRANSFERS) == names(above, TRANSFERS) == ["张建国"]
    assert receive not in issuing.get(TRANSFERS).text
    assert receive in above.get(TRANSFERS).text


def test_what_keeps_a_branch_from_being_dissolved_is_listed_and_nothing_else(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, group: Branch
) -> None:
    client, day = client_for(bureau_staff), dt.date(2026, 11, 22)
    home = make_member(branch, "王德志", group=group)
    make_member(branch, "赵国明")
    guest = make_member(other_branch, "李秀英")
    add_link(by=bureau_staff, member=guest, branch=branch, kind=AffiliationKind.COMMUNITY)
    make_transfer_batch(other_branch, branch, by=bureau_staff, names=["张建国"])
    make_transfer_batch(branch, other_branch, by=bureau_staff, names=["孙志高"])

    people, ties, coming = (each.address for each in who_remains(branch, day))
    assert sorted(names(client, people)) == ["孙志高", "王德志", "赵国明"]
    assert names(client, ties) == [guest.name]
    assert names(client, coming) == ["张建国"]
    (grouped,) = (each.address for each in who_remains(group, day))
    assert names(client, grouped) == [home.name]


def test_ties_are_narrowed_to_a_branch_that_need_not_be_the_home(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    page = client_for(bureau_staff).get(TIES, {"branch": branch.pk}).text
    assert "党组织" in page
    assert "所在党支部" not in page
