"""Branches whose people are tied by a link, not by 隶属: whom they expect (SYS-04, SYS-09)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from activities.actions.sheet import print_sheet
from activities.models import Attendance
from activities.rules.attendance import count_once, tally
from branches.enums import BranchKind, Role, Tie
from branches.models import Area, Branch
from core.models import Kind, User
from members.actions import transfer_member
from members.enums import AffiliationKind
from members.models import Member
from tests.factories.activities import make_link, record
from tests.factories.branches import make_branch, make_post
from tests.factories.members import make_member


@pytest.fixture
def gathered(community: Area, branch: Branch, other_branch: Branch) -> tuple[Branch, list[Member]]:
    """A temporary branch with four people from two branches, one of them frail."""
    temporary = make_branch(
        community, "滨河广场趣缘临时党支部", kind=BranchKind.TEMP_BRANCH, tie=Tie.INTEREST
    )
    people = [
        make_member(branch, "陈建国"),
        make_member(branch, "周秀英", needs_home_study=True),
        make_member(other_branch, "张桂兰"),
        make_member(other_branch, "孙文斌"),
    ]
    for person in people:
        make_link(person, temporary, AffiliationKind.TEMPORARY)
    return temporary, people


def test_a_temporary_branch_expects_whom_it_has_gathered(
    street_staff: User, branch: Branch, gathered: tuple[Branch, list[Member]]
) -> None:
    """应到 = its linked members less the excused (SYS-09)."""
    temporary, (chen, zhou, zhang, sun) = gathered
    visitor = make_member(branch, "黄长江")
    make_link(visitor, temporary, AffiliationKind.ASSOCIATION)
    with pytest.raises(ValidationError, match="孙文斌"):
        record(street_staff, temporary, [chen, zhang], home=[zhou])
    activity = record(street_staff, temporary, [chen, visitor], absent=[zhou, zhang], excused=[sun])
    rows = list(activity.attendances.all())
    counts = tally(
        (row.state for row in rows if row.is_due),
        guests=(row.state for row in rows if not row.is_due),
    )
    assert (counts.roster, counts.expected, counts.took_part) == (4, 3, 2)
    assert (counts.home_study, counts.absent, counts.guests) == (1, 1, 1)


def test_taking_part_in_a_temporary_branch_shows_at_home_and_counts_once(
    client_for: Callable[..., Client],
    street_staff: User,
    secretary: User,
    other_secretary: User,
    branch: Branch,
    other_branch: Branch,
    gathered: tuple[Branch, list[Member]],
) -> None:
    temporary, (chen, zhou, zhang, sun) = gathered
    record(street_staff, temporary, [chen], home=[zhou], excused=[zhang], absent=[sun])
    record(secretary, branch, [chen, zhou])
    elsewhere = Attendance.objects.visible_to(secretary).elsewhere().filter(home_branch=branch)
    assert [row.member for row in elsewhere.order_by("pk")] == [chen, zhou]
    rows = chen.attendances.values_list("activity__period", "activity")
    assert (len(rows), count_once(rows)) == (2, 1)
    # Who was due there and did not come took part nowhere.
    assert not Attendance.objects.visible_to(other_secretary).elsewhere().exists()
    form = client_for(other_secretary).get(f"/branch/{other_branch.pk}/theme-day/2026-11/")
    assert [(tile.here, tile.note) for tile in form.context["form"].tiles] == [(True, "")] * 2


def test_the_sheet_of_a_temporary_branch_lists_whom_it_expects(
    street_staff: User, gathered: tuple[Branch, list[Member]]
) -> None:
    temporary, people = gathered
    sheet = print_sheet(by=street_staff, branch=temporary, period="2026-11")
    assert set(sheet.member_ids) == {person.pk for person in people}


def test_whom_a_kind_expects_is_data(
    street_staff: User, gathered: tuple[Branch, list[Member]]
) -> None:
    temporary, (chen, zhou, zhang, sun) = gathered
    Kind.objects.filter(key=temporary.kind_id).update(settings={"counts_as": "temporary"})
    activity = record(street_staff, Branch.objects.get(pk=temporary.pk), [chen, zhou, zhang, sun])
    assert set(activity.attendances.values_list("is_due", flat=True)) == {False}


def test_its_secretary_sees_them_ticked_and_counted(
    client_for: Callable[..., Client], gathered: tuple[Branch, list[Member]]
) -> None:
    temporary, (chen, *_) = gathered
    client = client_for(make_post(Role.SECRETARY, temporary).user)
    address = f"/branch/{temporary.pk}/theme-day/2026-11/"
    form = client.get(address).context["form"]
    assert [(tile.name, tile.here, tile.reason) for tile in form.tiles] == [
        ("陈建国", True, ""),
        ("孙文斌", True, ""),
        ("张桂兰", True, ""),
        ("周秀英", False, "HOME"),
    ]
    assert form.guests == []
    entry = {
        "day": "2026-11-22",
        "topic": "广场合唱排练",
        "where": "other",
        "other_place": "滨河广场",
        "version": 0,
        "here": [tile.key for tile in form.tiles if tile.here and tile.key != str(chen.pk)],
    } | {f"w-{tile.key}": tile.reason or "EXCUSED" for tile in form.tiles}
    assert client.post(address, entry).status_code == 302
    shown = client.get(f"{address}record/").content.decode()
    assert "名单4人，请假1人不计，应到3人" in shown
    assert "3人（100%）" in shown
    year = client.get(f"/branch/{temporary.pk}/year/2026/").content.decode()
    assert "名单4人，请假1人不计，应到3人，参加3人" in year


def test_whom_it_expects_is_counted_in_the_office_too(
    client_for: Callable[..., Client],
    street_staff: User,
    outsider: User,
    gathered: tuple[Branch, list[Member]],
) -> None:
    temporary, people = gathered
    activity = record(street_staff, temporary, people[:3], absent=people[3:])
    address = f"/admin/activities/activity/{activity.pk}/change/"
    page = client_for(street_staff).get(address).content.decode()
    assert "应到4人，参加3人（75%）" in page
    assert client_for(outsider).get(address).status_code == 404


def test_a_group_is_nobodys_home_its_people_are_listed_with_the_branch(
    secretary: User, branch: Branch, group: Branch
) -> None:
    """Groups hold no theme days of their own: whoever belonged to one would be on no list."""
    with pytest.raises(ValidationError, match="不接收组织关系"):
        make_member(group, "陈建国")
    with pytest.raises(ValidationError, match="不接收组织关系"):
        transfer_member(
            by=None,
            member=make_member(branch, "周秀英"),
            to=group,
            on=dt.date(2026, 11, 20),
            document="介绍信2026-11号",
        )
    grouped = make_member(branch, "张桂兰", group=group)
    sheet = print_sheet(by=secretary, branch=branch, period="2026-11")
    assert grouped.pk in sheet.member_ids
