"""What each tie rests on is told to the office and to the member himself: its paper, or the list that brought it."""

import csv
import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path

from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core.models import User
from members.actions import add_link, end_link, transfer_member
from members.models import Affiliation, Member
from tests.factories.members import make_link_batch
from tests.harness.commands import told
from tests.members.roster.conftest import number

Signed = Callable[[User], Client]


def shown(client: Client, member: Member) -> list[str]:
    """Return the column 依据 of the record, the newest tie first."""
    page = client.get(reverse("admin:members_member_change", args=[member.pk])).content.decode()
    return re.findall(r'data-word="依据">([^<]*)</td>', page)


def test_who_came_with_a_roster_belongs_by_that_roster(
    client_for: Signed,
    bureau_staff: User,
    outsider: User,
    branch: Branch,
    other_branch: Branch,
    tmp_path: Path,
) -> None:
    path = tmp_path / "困难党员.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        heading = ["姓名", "公民身份号码", "支部代码", "活动组织"]
        line = ["张建国", number(1), branch.code, other_branch.code]
        csv.writer(file).writerows([heading, line])
    told("import_roster", path, bureau_staff)
    member = Member.objects.get()
    client = client_for(bureau_staff)
    by_roster = "党员名册，2026年11月22日导入"
    assert shown(client, member) == [by_roster, by_roster]
    day = dt.date(2026, 11, 20)
    end_link(by=None, affiliation=Affiliation.objects.get(kind="COMMUNITY"), reason="搬家")
    transfer_member(by=None, member=member, to=other_branch, on=day, document="介字1号")
    assert shown(client, member) == ["介字1号", f"{by_roster}；搬家", f"{by_roster}；介字1号"]
    address = reverse("admin:members_member_change", args=[member.pk])
    assert client_for(outsider).get(address).status_code == 404


def test_a_sheet_is_named_a_paper_goes_before_it_and_the_member_reads_the_same(
    client_for: Signed,
    bureau_staff: User,
    member: User,
    branch: Branch,
    other_branch: Branch,
) -> None:
    person = Member.objects.get(user=member)
    make_link_batch(other_branch, person, by=bureau_staff)
    content = json.loads(
        client_for(member).post(reverse("members:own-data"), {"format": "json"}).content
    )
    assert [row["依据"] for row in content["组织关系"]] == [
        "",
        "活动组织登记表，2026年11月22日登记",
    ]
    add_link(by=None, member=person, branch=other_branch, kind="ASSOCIATION", document="会议纪要3")
    assert shown(client_for(bureau_staff), person)[0] == "会议纪要3"
