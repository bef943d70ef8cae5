"""The member list of the admin: whose rows, how found, what is shown, how many queries."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import Area, Branch
from core import paging
from core.admin.search import hide, show
from core.models import RuleParameter, User
from members.actions import mark_deceased
from members.actions.asking import count_search
from members.models import Member
from tests.cast import TODAY
from tests.factories.members import make_member

LIST = reverse("admin:members_member_changelist")
Signed = Callable[[User], Client]


def names(client: Client, **asked: str) -> list[str]:
    """The names listed, in order."""
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return [member.name for member in response.context["cl"].result_list]


def test_each_office_lists_its_own(
    client_for: Signed, bureau_staff: User, street_staff: User, outsider: User, superuser: User,
    branch: Branch, other_branch: Branch, far_branch: Branch,
) -> None:  # fmt: skip
    (
        make_member(branch, "张建国"),
        make_member(other_branch, "李秀英"),
        make_member(far_branch, "王志强"),
    )
    assert names(client_for(bureau_staff)) == ["张建国", "李秀英"]
    assert names(client_for(street_staff)) == ["张建国"]
    assert names(client_for(outsider)) == ["王志强"]
    assert names(client_for(superuser)) == ["张建国", "李秀英", "王志强"]


@pytest.mark.parametrize("who", ["sysadmin", "auditor"])
def test_p1_who_looks_after_the_system_sees_no_member(
    client_for: Signed, who: str, request: pytest.FixtureRequest
) -> None:
    assert client_for(request.getfixturevalue(who)).get(LIST).status_code == 403


@pytest.mark.parametrize("who", ["secretary", "member", "group_leader"])
def test_p25_the_admin_is_not_for_branches(
    client_for: Signed, who: str, request: pytest.FixtureRequest
) -> None:
    response = client_for(request.getfixturevalue(who)).get(LIST)
    assert response.status_code == 404


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("张建国", ["张建国"]),
        ("张", ["张建国", "张美兰"]),
        ("建国", ["张建国", "单建国"]),
        ("zjg", ["张建国"]),
        ("ZhangJian", ["张建国"]),
        ("shanjianguo", ["单建国"]),
        ("16100000001", ["张建国"]),
        ("161-0000-0001", ["张建国"]),
        ("1610000", []),
        ("<script>", []),
        ("国", []),
        ("%", []),
    ],
)
def test_search_by_name_given_name_pinyin_initials_and_telephone(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch, typed: str, found: list[str]
) -> None:  # fmt: skip
    make_member(branch, "张建国", phone="16100000001")
    make_member(branch, "张美兰", gender="2")
    make_member(branch, "单建国")
    make_member(far_branch, "张建国", phone="16100000001")
    assert names(client_for(bureau_staff), q=typed) == found


def test_search_by_whole_id_number_and_member_number(
    client_for: Signed, bureau_staff: User, outsider: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国")
    bureau = client_for(bureau_staff)
    assert names(bureau, q=member.id_number) == ["张建国"]
    assert names(bureau, q=member.id_number.lower()) == ["张建国"]
    assert names(bureau, q=member.id_number[:17]) == []
    assert names(bureau, q=member.number) == ["张建国"]
    assert names(client_for(outsider), q=member.id_number) == []
    assert names(client_for(outsider), q=member.number) == []


def test_too_many_whole_numbers_in_an_hour_are_looked_up_by_name(
    client_for: Signed, bureau_staff: User, branch: Branch, time_machine: Any
) -> None:
    time_machine.move_to("2026-11-20 10:58+08:00", tick=False)
    RuleParameter.objects.filter(key="number.searched_most_an_hour").update(value="21")
    member = make_member(branch, "张建国")
    bureau = client_for(bureau_staff)
    queries = []
    for typed in ("张建国", member.id_number):
        with CaptureQueriesContext(connection) as captured:
            assert names(bureau, q=typed) == ["张建国"]
        queries.append(len(captured))
    assert queries[1] <= queries[0] + 1 <= 12
    for _ in range(19):
        assert count_search(by=bureau_staff, typed=member.phone)
    assert names(bureau, q=member.phone) == ["张建国"]
    page = bureau.get(LIST, {"q": member.id_number})
    assert "按完整号码查找的次数用完了，请过一会儿再查，或者按姓名查找。" in page.text
    assert list(page.context["cl"].result_list) == []
    assert names(bureau, q="张建国") == ["张建国"]
    time_machine.move_to("2026-11-20 11:00+08:00", tick=False)
    assert names(bureau, q=member.id_number) == ["张建国"]


def test_what_is_searched_stands_in_no_address(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    member = make_member(branch, "张建国")
    client = client_for(bureau_staff)
    response = client.post(reverse("admin:member-search"), {"q": member.id_number, "member_kind__exact": "FULL"})  # fmt: skip
    assert response.status_code == 302
    assert member.id_number not in response["Location"]
    page = client.get(response["Location"])
    assert [each.name for each in page.context["cl"].result_list] == ["张建国"]
    assert f'value="{member.id_number}"' in page.content.decode()
    assert f"q={member.id_number}" not in page.content.decode()
    assert show(hide("张建国")) == "张建国"
    assert show("~nonsense") == ""
    assert client.get(reverse("admin:member-search")).status_code == 405


def test_sealed_columns_are_masked(client_for: Signed, bureau_staff: User, branch: Branch) -> None:
    member = make_member(branch, "张建国", phone="16112345678")
    page = client_for(bureau_staff).get(LIST).content.decode()
    assert member.id_number not in page
    assert "16112345678" not in page
    assert "161****5678" in page
    assert f"{member.id_number[:3]}***********{member.id_number[-4:]}" in page


def test_filters(
    client_for: Signed, bureau_staff: User, branch: Branch, other_branch: Branch, far_branch: Branch,
    street: Area, community: Area, far_street: Area,
) -> None:  # fmt: skip
    make_member(branch, "张建国", ethnicity="")
    make_member(other_branch, "李秀英", person_kind="C", member_kind="PROBATIONARY", full_date=None)
    gone = make_member(branch, "王志强")
    mark_deceased(by=None, member=gone, on=TODAY)
    bureau = client_for(bureau_staff)
    assert names(bureau) == ["张建国", "李秀英"]
    assert names(bureau, area=street.code) == ["张建国"]
    assert names(bureau, area=community.code) == ["张建国"]
    assert names(bureau, area=far_street.code) == []
    assert names(bureau, branch=str(other_branch.pk)) == ["李秀英"]
    assert names(bureau, branch=str(far_branch.pk)) == []
    assert names(bureau, branch="x") == []
    assert names(bureau, branch="9" * 30) == []
    assert names(bureau, person_kind__exact="C") == ["李秀英"]
    assert names(bureau, member_kind__exact="PROBATIONARY") == ["李秀英"]
    assert names(bureau, missing="any") == ["张建国"]
    assert names(bureau, missing="none") == ["李秀英"]
    assert names(bureau, missing="ethnicity") == ["张建国"]
    assert names(bureau, register="deceased") == ["王志强"]
    assert names(bureau, register="all") == ["张建国", "王志强", "李秀英"]


@pytest.mark.parametrize(
    "asked", ["health", "id_number_index", "remark__contains", "user__username"]
)
def test_x9_nothing_hidden_can_be_asked(client_for: Signed, bureau_staff: User, asked: str) -> None:
    assert client_for(bureau_staff).get(LIST, {asked: "1"}).status_code == 400


def test_the_area_filter_offers_streets_then_communities(
    client_for: Signed, bureau_staff: User, branch: Branch, street: Area, community: Area,
    other_branch: Branch, far_branch: Branch,
) -> None:  # fmt: skip
    client = client_for(bureau_staff)
    page = client.get(LIST).content.decode()
    assert "东城街道" in page
    assert "南湖街道" in page
    assert "槐荫社区</" not in page
    assert "北岭街道" not in page
    assert "　槐荫社区" in client.get(LIST, {"area": street.code}).content.decode()


def list_queries(client: Client) -> tuple[int, int]:
    """How many queries the list itself makes, and the whole page with session, account and posts."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(LIST).status_code == 200
    sources = ('FROM "members_member"', 'FROM "branches_area"', 'FROM "branches_branch"')
    asked = [each["sql"] for each in captured if '"members_affiliation" tie' not in each["sql"]]
    own = [each for each in asked if any(name in each for name in sources)]  # who asks is no list
    return len(own), len(captured)


def test_three_queries_for_the_list_whatever_the_number_of_rows(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    make_member(branch)
    one = list_queries(client)
    make_member(branch), make_member(branch)
    assert one == list_queries(client) == (3, 8)


def test_the_list_leads_to_the_end_of_a_register_too_long_to_count(
    client_for: Signed, bureau_staff: User, branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "COUNT_LIMIT", 51)
    people = [make_member(branch, f"张{chr(0x4E00 + order)}") for order in range(53)]
    client = client_for(bureau_staff)

    first = client.get(LIST, {"register": "all"}).content.decode()

    assert '<a href="?register=all&amp;p=3" class="end">末页</a>' in first
    last = client.get(LIST, {"p": "3"}).content.decode()
    assert people[-1].name in last
    assert people[0].name not in last
    assert '<span class="this-page">末页</span>' in last


@pytest.mark.parametrize(("kind", "index"), [("A", "veteran"), ("D", "resigned"), ("E", "other")])
def test_a_rare_kind_is_found_without_walking_the_register(
    branch: Branch, kind: str, index: str
) -> None:
    for number in range(60):
        make_member(branch, "张建国", person_kind=kind if number == 30 else "B")
    rare = Member.objects.within_area(branch.area_path).filter(person_kind=kind)
    assert f"member_{index}" in way_to(rare)
    assert rare.count() == 1


def test_who_is_in_a_party_group_is_found_without_walking_the_register(
    branch: Branch, group: Branch
) -> None:
    for number in range(60):
        make_member(branch, "张建国", group=group if number == 30 else None)
    grouped = Member.objects.within_area(branch.area_path).filter(group=group)
    assert "member_group" in way_to(grouped)
    assert grouped.count() == 1


def way_to(members: Any) -> str:
    """Return how the database comes to MEMBERS, few of a register that it knows."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # reads a small table whole, unless it may not
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("ANALYZE members_member")
    return members.order_by().values("pk").explain()
