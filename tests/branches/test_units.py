"""Organisations counted as units: 区直支部, 街道社区支部和党小组, 三缘型临时党组织 (SYS-02)."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape

import pytest
import time_machine
from django.test import Client

from branches.enums import BranchKind, Tie, UnitColumn
from branches.models import Area, Branch
from core.models import User
from tests.factories.branches import make_branch


@pytest.fixture
def units(district: Area, community: Area, branch: Branch, group: Branch) -> None:
    """One unit branch, one community branch with a group, one temporary branch; what counts not."""
    root = make_branch(district, "工委", code="R", kind=BranchKind.WORKING_COMMITTEE)
    unit = make_branch(district, "区教育局离退休党支部", code="U", parent=root)
    make_branch(district, "第一党小组", code="U-1", kind=BranchKind.PARTY_GROUP, parent=unit)
    make_branch(
        community, "滨河广场", code="T", kind=BranchKind.TEMP_BRANCH, tie=Tie.INTEREST, parent=root
    )
    make_branch(community, "企业退休", code="E", kind="branch.enterprise_branch", parent=root)
    make_branch(community, "宣讲组", code="F", kind=BranchKind.FUNCTIONAL_GROUP, parent=branch)
    gone = make_branch(community, "已撤销", code="G", founded_on=dt.date(2010, 1, 1))
    Branch.objects.filter(pk=gone.pk).update(dissolved_on=dt.date(2020, 1, 1))


@pytest.mark.usefixtures("units")
def test_units_are_counted_by_kind_and_place() -> None:
    assert Branch.objects.unit_counts() == {
        UnitColumn.DISTRICT: 1,
        UnitColumn.LOCAL: 2,
        UnitColumn.TEMPORARY: 1,
    }
    assert Branch.objects.units().count() == 4
    assert [str(one) for one in Branch.objects.units(UnitColumn.DISTRICT)] == [
        "区教育局离退休党支部"
    ]


@pytest.mark.usefixtures("units")
def test_everybody_counts_what_he_sees(bureau_staff: User, outsider: User) -> None:
    assert sum(Branch.objects.visible_to(bureau_staff).unit_counts().values()) == 4
    assert sum(Branch.objects.visible_to(outsider).unit_counts().values()) == 1


def test_the_front_page_compares_this_year_and_last_and_leads_to_the_new_units(
    client_for: Callable[[User], Client], bureau_staff: User, district: Area, community: Area
) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 22, 2, tzinfo=dt.UTC)):
        root = make_branch(district, "工委", kind=BranchKind.WORKING_COMMITTEE)
        for code, day in (
            ("N1", dt.date(2026, 1, 1)),
            ("N2", dt.date(2026, 3, 5)),
            ("N3", dt.date(2025, 12, 31)),
            ("N4", dt.date(2024, 12, 31)),
        ):
            make_branch(community, code, code=code, parent=root, founded_on=day)
        Branch.objects.filter(code="N2").update(dissolved_on=dt.date(2026, 9, 1))
        Branch.objects.filter(pk=root.pk).update(
            founded_on=dt.date(2026, 1, 1)
        )  # counts as no unit
        client = client_for(bureau_staff)
        page = client.get("/admin/").text
        found = re.findall(r'<a href="([^"]*founded=[^"]*)">(\S+) <b>(\d+)</b>', page)
        assert [(word, number) for _, word, number in found] == [
            ("本年新增", "2"),
            ("去年新增", "1"),
        ]
        lists = [client.get(unescape(address)).context["cl"].result_list for address, _, _ in found]
        assert [sorted(row.code for row in rows) for rows in lists] == [["N1", "N2"], ["N3"]]
        odd = client.get("/admin/branches/branch/", {"founded": "x", "state": "all"})
        assert list(odd.context["cl"].result_list) == []
