"""Hints about where somebody lives (domain §3.3 10, 12): told beside a row, nothing hangs on them."""

import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from branches.models import Region
from core.models import AuditEvent
from members.actions import add_link
from members.enums import AffiliationKind
from members.models import Member
from members.roster.rejects import write_rejected
from members.roster.reporting import findings, summarise
from members.roster.validation import Judge
from tests.factories.branches import make_branch, make_district
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written
from tests.members.roster.test_decision_pages import page

pytestmark = pytest.mark.django_db
HEADING = (
    "姓名",
    "公民身份号码",
    "支部代码",
    "居住社区",
    "居住地址",
    "活动组织",
    "失去联系日期",
    "流动党员",
)
APART = "居住社区不在所在党支部的区划里，可以在居住地登记一个活动组织。"
AWAY = "居住地址写的是外地。如长期在外，请登记为流动党员。"
FAR = "广东省深圳市福田区莲花路1号"
FIELDS = ("community", "address", "links", "lost", "floating")


@pytest.fixture(autouse=True)
def city(db):
    Region.objects.create(code="990100000000", name="云江市", level=2)


@pytest.fixture
def roster(write_csv, bureau_staff, branch, other_branch):
    """Check a roster of B1's people, each with some of FIELDS."""

    def check(*people, **options):
        rows = [
            [name, number(order), "QL0001", *(facts.get(field, "") for field in FIELDS)]
            for order, (name, facts) in enumerate(people, 1)
        ]
        return checked(bureau_staff, write_csv(rows, heading=HEADING), **options)

    return check


def told(batch):
    return [(found.row, found.code) for found in findings(batch)]


def test_where_somebody_lives_is_told_beside_his_row_and_asks_for_nothing(
    client_for, bureau_staff, roster
):
    batch = roster(
        ("张建国", {"community": "柳岸社区"}),
        ("李秀英", {"community": "槐荫社区", "address": "云江市青澜区槐荫里3号"}),
        ("王志明", {"address": FAR}),
    )
    shown = page(office := client_for(bureau_staff), batch, "new").text
    assert [shown.count(said) for said in (APART, AWAY)] == [1, 1]
    apart = page(office, batch, "hinted")
    assert "不用打勾，也不影响写入" in apart.text
    assert [line.row for line in apart.context["lines"]] == [2, 4]
    assert apart.context["form"].doubts() == []
    assert (batch.counts["warned"], summarise(batch).rejected) == (0, 0)
    written(bureau_staff, batch)
    assert Member.objects.count() == 3
    assert "answers" not in AuditEvent.objects.get(act="导入党员名册").after


def test_a_secretary_sees_them_among_her_own_rows(
    client_for, write_csv, secretary, outsider, branch, other_community
):
    row = ["张建国", number(1), "QL0001", "柳岸社区", FAR, "", "", ""]
    batch = checked(secretary, write_csv([row], heading=HEADING))
    address = reverse("members:batch", args=[batch.pk])
    shown = client_for(secretary).get(address).text
    assert APART in shown
    assert AWAY in shown
    assert client_for(outsider).get(address).status_code == 404
    assert client_for(outsider).get(f"{address}?tab=hinted").status_code == 404


@pytest.mark.parametrize(
    "facts",
    [
        {"community": "柳岸社区", "links": "QL0002"},
        {"community": "槐荫社区", "address": "广东路5号农贸市场楼上"},
        {"address": "演示省云江市青澜区槐荫里3号"},
        {"address": FAR, "lost": "2020-01-01"},
        {"address": FAR, "floating": "是"},
    ],
)
def test_who_takes_part_there_or_is_known_to_be_away_has_none(roster, facts):
    assert told(roster(("张建国", facts))) == []


def test_a_link_elsewhere_is_no_link_where_he_lives(roster, other_street):
    make_branch(other_street, "南湖街道离退休干部党支部", code="QL0003")
    here = ("张建国", {"community": "柳岸社区", "links": "QL0003"})
    there = ("李秀英", {"community": "槐荫社区", "links": "QL0003"})
    assert told(roster(here, there)) == [], "the street's branch is around the community"
    make_branch(make_district(), "外区党支部", code="QL0004")
    gone = roster(("张建国", {"community": "柳岸社区", "links": "QL0004"}))
    assert (2, "COMMUNITY_ELSEWHERE") in told(gone)


def test_of_a_member_what_the_register_knows_counts(roster, branch, other_branch):
    """His links, and that he is away; asked once for all who would have a hint."""
    people = [
        ("张建国", {"community": "柳岸社区"}),
        ("李秀英", {"community": "柳岸社区"}),
        ("王志明", {"address": FAR}),
        ("赵大川", {"address": FAR}),
    ]
    members = [
        make_member(branch, name, id_number=number(order), gender="1" if order % 2 else "2")
        for order, (name, _) in enumerate(people, 1)
    ]
    add_link(by=None, member=members[0], branch=other_branch, kind=AffiliationKind.COMMUNITY)
    Member.objects.filter(pk=members[2].pk).update(floating=True)
    roster(people[1])  # what the user may do is asked once
    with CaptureQueriesContext(connection) as several:
        batch = roster(*people)
    hints = [(row, code) for row, code in told(batch) if code != "DIFFERS"]
    assert hints == [(3, "COMMUNITY_ELSEWHERE"), (5, "ADDRESS_ELSEWHERE")]
    with CaptureQueriesContext(connection) as two:
        roster(people[0], people[3])
    assert len(several) == len(two)


def test_a_row_with_a_hint_alone_is_known_at_a_glance_the_next_time(
    write_csv, bureau_staff, branch, other_community, monkeypatch
):
    """Of rows that change nothing nothing is told, however they were found to be so."""
    row = ["张建国", number(1), "QL0001", "柳岸社区", FAR, "", "", ""]
    path = write_csv([row], heading=HEADING)
    written(bureau_staff, checked(bureau_staff, path))
    judged = []
    judge = Judge.judge
    monkeypatch.setattr(Judge, "judge", lambda *args: judged.append(args) or judge(*args))
    again = checked(bureau_staff, path)
    assert (summarise(again).unchanged, judged, told(again)) == (1, [], [])
    assert again.counts["hinted"] == 0
    Member.objects.update(roster_mark="")
    again = checked(bureau_staff, write_csv([row, []], heading=HEADING))
    assert (summarise(again).unchanged, len(judged), told(again)) == (1, 1, [])
    assert again.counts["hinted"] == 0


def test_the_command_tells_them_as_hints_below_everything_else(
    write_csv, import_roster, bureau_staff, branch, other_community
):
    blank = ["", "", "", ""]
    rows = [
        ["张建国", number(1), "QL0001", "柳岸社区", *blank],
        ["李秀英", "12345", "QL0001", "柳岸社区", *blank],
        ["王志明", number(3), "QL0001", "没有这个社区", *blank],
    ]
    path = write_csv(rows, heading=HEADING)
    report = import_roster(path, bureau_staff, "--dry-run")
    assert [(each["row"], each["code"], each["severity"]) for each in report["problems"]] == [
        (2, "COMMUNITY_ELSEWHERE", "I"),
        (3, "ID_LENGTH", "E"),
        (4, "COMMUNITY_UNKNOWN", "W"),
    ]
    assert report["problems"][0]["message"] == APART
    assert report["unconfirmed"] == {"COMMUNITY_UNKNOWN": 1}
    with pytest.raises(SystemExit):
        call_command(
            *("import_roster", str(path), "--by", bureau_staff.username, "--dry-run"),
            stdout=(out := io.StringIO()),
        )
    said = [line.split("：")[0] for line in out.getvalue().splitlines()[1:4]]
    assert said == ["退回 第3行“公民身份号码”", "提醒 第4行“居住社区”", "提示 第2行“居住社区”"]


def test_what_came_back_says_only_why_it_was_rejected(roster, tmp_path):
    wrong = {"community": "柳岸社区", "address": FAR, "lost": "1978-13-45"}
    batch = roster(("张建国", {}), ("李秀英", wrong))
    assert told(batch) == [(3, "DATE_IMPOSSIBLE")]
    with (path := tmp_path / "rejected.xlsx").open("wb") as stream:
        write_rejected(batch, stream)
    reasons = [row[2] for row in load_workbook(path).active.iter_rows(min_row=2, values_only=True)]
    assert len(reasons) == 1
    assert not any(said in reasons[0] for said in (APART, AWAY))


def test_no_place_beyond_ones_own_is_named(
    client_for, write_csv, secretary, branch, other_branch, far_branch
):
    """Neither the city that an address names nor where a member takes part; nor is it told that he does."""
    member = make_member(branch, "张建国", id_number=number(1), address="槐荫里1号")
    add_link(by=None, member=member, branch=far_branch, kind=AffiliationKind.COMMUNITY)
    rows = [
        ["张建国", number(1), "QL0001", "柳岸社区", FAR, "", "", ""],
        ["李秀英", number(2), "QL0001", "松涛社区", "", "", "", ""],
    ]
    batch = checked(secretary, write_csv(rows, heading=HEADING))
    assert [code for _, code in told(batch)] == [
        *("DIFFERS", "COMMUNITY_ELSEWHERE", "ADDRESS_ELSEWHERE"),
        "COMMUNITY_UNKNOWN",
    ]
    client, address = client_for(secretary), reverse("members:batch", args=[batch.pk])
    for tab in ("different", "hinted", "new"):
        shown = client.get(address, {"tab": tab}).text
        assert not any(name in shown for name in ("松涛", "云岭", "云江", other_branch.name))
