"""The tree of organisations as a list: each number leads down, or to the members behind it (SYS-02)."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.enums import BranchKind
from branches.models import Area, Branch
from core.models import Kind, User
from tests.factories.branches import make_branch, reorganise
from tests.factories.members import make_member

Signed = Callable[[User], Client]
BRANCHES = reverse("admin:branches_branch_changelist")


@pytest.fixture
def committee(district: Area, branch: Branch, other_branch: Branch, group: Branch) -> Branch:
    """工委 of D1 above B1 (with G1) and B2."""
    top = make_branch(district, "区离退休干部工委", kind=BranchKind.WORKING_COMMITTEE)
    for below in (branch, other_branch):
        reorganise(below, parent=top)
    for place, in_group in ((branch, group), (branch, None), (other_branch, None)):
        make_member(place, group=in_group)
    top.refresh_from_db()
    return top


def cells(client: Client, **asked: str) -> dict[str, list[str]]:
    """Return the addresses of the numbers in each line, with the number before them."""
    page = client.get(BRANCHES, asked).text
    lines = re.findall(r"<tr><th.*?</tr>|<tr>.*?</tr>", page, re.DOTALL)
    found = {}
    for line in lines:
        named = re.search(r"field-indented_name.*?>　*([^<]+)</a>", line)
        if named:
            numbers = re.findall(
                r'<a href="([^"]*\?(?:parent|within|branch|group)=\d+)">(\d+)', line
            )
            found[named[1].strip()] = [f"{number} {address}" for address, number in numbers]
    return found


def test_each_line_counts_what_is_below_it_and_leads_there(
    client_for: Signed, bureau_staff: User, committee: Branch, branch: Branch,
    other_branch: Branch, group: Branch,
) -> None:  # fmt: skip
    client = client_for(bureau_staff)
    people = reverse("admin:members_member_changelist")
    lines = cells(client)
    assert lines == {
        committee.name: [f"2 ?parent={committee.pk}", f"3 {people}?within={committee.pk}"],
        branch.name: [f"1 ?parent={branch.pk}", f"2 {people}?within={branch.pk}"],
        group.name: [f"1 {people}?group={group.pk}"],
        other_branch.name: [f"1 {people}?branch={other_branch.pk}"],
    }
    for numbers in lines.values():
        for each in numbers:
            number, address = each.split()
            listed = client.get(BRANCHES + address if address.startswith("?") else address)
            assert listed.context["cl"].result_count == int(number), each
    assert [*cells(client, parent=str(committee.pk))] == [branch.name, other_branch.name]


def test_a_street_counts_its_own_only(
    client_for: Signed, street_staff: User, outsider: User, committee: Branch, branch: Branch,
    other_branch: Branch,
) -> None:  # fmt: skip
    """A branch below ours that lies elsewhere, and its people, are not ours to count."""
    group = Kind.objects.get(key=BranchKind.PARTY_GROUP)
    group.settings["may_be_home"] = True
    group.save()
    reorganise(other_branch, kind=BranchKind.PARTY_GROUP, parent=branch)
    people = reverse("admin:members_member_changelist")
    client = client_for(street_staff)
    assert cells(client)[branch.name] == [
        f"1 ?parent={branch.pk}",
        f"2 {people}?within={branch.pk}",
    ]
    assert client.get(people, {"within": str(branch.pk)}).context["cl"].result_count == 2
    assert client.get(people, {"within": str(committee.pk)}).context["cl"].result_count == 0
    assert not {committee.name, branch.name} & cells(client_for(outsider)).keys()


def test_the_list_costs_the_same_with_more_rows(
    client_for: Signed, bureau_staff: User, committee: Branch, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    with CaptureQueriesContext(connection) as few:
        client.get(BRANCHES)
    for number in range(3):
        make_member(make_branch(branch.area, f"又一支部{number}", parent=committee))
    with CaptureQueriesContext(connection) as more:
        client.get(BRANCHES)
    assert len(few) == len(more) <= 12
    counts = [each["sql"] for each in more if each["sql"].startswith("SELECT COUNT")]
    assert counts
    assert not any("members_member" in sql for sql in counts)  # nothing of rows not shown
