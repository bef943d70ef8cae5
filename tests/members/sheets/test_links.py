"""``import_links``: member × organisation × kind × since, whole or not at all (SYS-04, SYS-05)."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone

from branches.enums import BranchKind
from core.models import AuditEvent, RuleParameter
from members.actions import end_link
from members.enums import LINK_KINDS
from members.models import Affiliation
from members.rules.id_number import check_digit
from tests.factories.branches import make_branch
from tests.factories.members import make_id_number, make_member

pytestmark = pytest.mark.django_db
HEADING = ("证件号码", "党员编号", "姓名", "活动组织", "关系类别", "开始日期")
BY_NUMBER = ("身份证号", "姓名", "活动组织名称")


@pytest.fixture
def load(take):
    return partial(take, "import_links")


@pytest.fixture
def zhang(branch):
    return make_member(branch, "张建国")


def links():
    rows = Affiliation.objects.filter(kind__in=LINK_KINDS).order_by("pk")
    return list(rows.values_list("member__name", "branch__code", "kind", "started_on"))


def test_links_begin_as_the_sheet_says_and_once(load, bureau_staff, zhang, other_branch, community):
    li = make_member(zhang.branch, "李秀英", gender="2")
    make_branch(community, "书画协会党支部", code="QL0003")
    rows = [
        [zhang.id_number, "", "张 建国", "QL0002", "社区", "2026年3月8日"],
        ["", li.number, "李秀英", "书画协会党支部", "社团关系", "2026-05"],
        ["", str(li.pk), "李秀英", "QL0002", "", ""],
    ]
    report = load(HEADING, rows, bureau_staff, "--dry-run")
    assert (report.code, report["created"], report["written"], links()) == (0, 3, False, [])
    report = load(HEADING, rows, bureau_staff)
    assert [report[key] for key in ("rows", "created", "unchanged", "written")] == [3, 3, 0, True]
    assert links() == [
        ("张建国", "QL0002", "COMMUNITY", dt.date(2026, 3, 8)),
        ("李秀英", "QL0003", "ASSOCIATION", dt.date(2026, 5, 1)),
        ("李秀英", "QL0002", "COMMUNITY", timezone.localdate()),
    ]
    assert [note["message"] for note in report["notes"]] == [
        "开始日期只写到月，按2026年5月1日登记。"
    ]
    event = AuditEvent.objects.get(act="导入活动组织")
    assert (event.by, event.note) == (bureau_staff, "登记3个，已有0个")
    again = load(HEADING, rows, bureau_staff)
    assert (again.code, again["created"], again["unchanged"], len(links())) == (0, 0, 3, 3)
    assert AuditEvent.objects.filter(act="导入活动组织").count() == 1


def test_every_fault_is_listed_and_nothing_written(
    load, bureau_staff, zhang, other_branch, far_branch, community
):
    far = make_member(far_branch, "钱远山")
    make_branch(community, "青澜区党委", code="QL0007", kind=BranchKind.PARTY_COMMITTEE)
    rows = [
        [zhang.id_number, "", "张建国", "QL0002", "", ""],
        [zhang.id_number, "", "张建军", "QL0002", "亲戚", "2999-01-01"],
        [far.id_number, "", "钱远山", "YL0007", "", "昨天"],
        [make_id_number(), "", "谁", "QL0001", "", ""],
        ["", "", "", "", "", ""],
        ["110", "12a", "张建国", "QL0007", "", ""],
        ["", zhang.number, "张建国", "QL0001", "隶属", ""],
        [zhang.id_number, "", "张建国", "柳岸社区离退休干部党支部", "社区", ""],
    ]
    report = load(HEADING, [*rows, ["", "", "", "说明", "", ""]], bureau_staff)
    assert (report.code, links()) == (2, [])
    assert report.faults == [
        *((3, "关系类别", "kind"), (3, "姓名", "name"), (3, "开始日期", "date")),
        *((4, "开始日期", "date"), (4, "活动组织", "unknown"), (4, "证件号码", "unknown")),
        (5, "证件号码", "unknown"),
        *((7, "党员编号", "member_number"), (7, "活动组织", "place"), (7, "证件号码", "ID_LENGTH")),
        (8, "关系类别", "kind"),
        (9, "活动组织", "duplicate"),
        *((10, "姓名", "blank"), (10, "活动组织", "unknown"), (10, "证件号码", "blank")),
    ]
    said = " ".join(problem["message"] for problem in report["problems"])
    assert far.id_number not in said
    assert "钱远山" not in said


def test_an_unknown_organisation_is_told_with_the_near_names_of_ones_own(
    load, bureau_staff, zhang, other_branch, far_branch
):
    rows = [
        [zhang.id_number, "张建国", "柳岸支部"],
        [zhang.id_number, "张建国", "松涛社区离退休干部党支部"],
    ]
    near, none = (found["message"] for found in load(BY_NUMBER, rows, bureau_staff)["problems"])
    assert near == (
        "没有找到这个组织，请填完整的名称或组织代码。名称相近的有“柳岸社区离退休干部党支部”。"
    )
    assert none == "没有找到这个组织，请填完整的名称或组织代码。"


def test_the_policy_of_the_area_holds_within_the_sheet(
    load, bureau_staff, zhang, other_branch, community
):
    for code in ("QL0003", "QL0004"):
        make_branch(community, f"{code}党支部", code=code)
    rows = [[zhang.id_number, "张建国", code] for code in ("QL0002", "QL0003", "QL0004")]
    report = load(BY_NUMBER, rows, bureau_staff)
    assert report.faults == [(4, "活动组织", "link")]
    assert report["problems"][0]["message"] == (
        "本区实行1+2，已有2个活动组织（临时的、功能组不算）。要再登记，请先结束一个。"
    )
    RuleParameter.objects.filter(key="affiliation.max_links").update(value="")
    assert load(BY_NUMBER, rows, bureau_staff)["created"] == 3


def test_an_ended_link_begins_again_only_after_its_last_day(
    load, bureau_staff, zhang, other_branch
):
    row = [zhang.id_number, "", "张建国", "QL0002", "", "2026-03-08"]
    load(HEADING, [row], bureau_staff)
    end_link(by=None, affiliation=Affiliation.objects.get(branch=other_branch))
    report = load(HEADING, [row], bureau_staff)
    assert report.faults == [(2, "开始日期", "overlap")]


def test_both_ends_must_be_ones_own(
    load, secretary, outsider, sysadmin, zhang, other_branch, group
):
    rows = [[zhang.id_number, "张建国", "QL0002"]]
    assert load(BY_NUMBER, rows, secretary).faults == [(2, "活动组织", "unknown")]
    assert load(BY_NUMBER, [[zhang.id_number, "张建国", group.code]], secretary)["created"] == 1
    assert {fault[1] for fault in load(BY_NUMBER, rows, outsider).faults} == {
        "证件号码",
        "活动组织",
    }
    refused = load(BY_NUMBER, rows, sysadmin)
    assert (refused.code, refused.message) == (2, "您没有登记活动组织的权限。请联系上级老干部局。")


def test_a_sheet_without_its_columns_is_refused(load, bureau_staff, zhang):
    assert load(("姓名", "证件号码"), [["张建国", "1"]], bureau_staff).faults == [(1, "", "header")]
    assert load(("甲", "乙"), [["1", "2"]], bureau_staff).faults == [(0, "", "header")]
    assert load(BY_NUMBER, [], bureau_staff).faults == [(0, "", "empty")]


def test_numbers_that_a_mask_leaves_are_not_looked_up_and_each_check_is_on_record(
    load, bureau_staff, zhang, other_branch
):
    rows = [[zhang.id_number, "张建国", "QL0002"], [make_id_number(), "李德明", "QL0002"]]
    assert load(BY_NUMBER, rows, bureau_staff).codes == ["unknown"]
    assert load(BY_NUMBER, rows[:1], bureau_staff, "--dry-run").code == 0
    tail = zhang.id_number[6:]
    areas = (f"990{order:03d}" for order in range(1000))
    alike = [area + tail for area in areas if check_digit(area + tail[:-1]) == tail[-1]]
    assert zhang.id_number in alike
    tried = [[each, f"张{chr(0x4E00 + at)}", "QL0002"] for at, each in enumerate(alike)]
    refused = load(BY_NUMBER, tried, bureau_staff)
    assert (refused.code, refused.codes) == (2, ["guessed"])
    said = refused["problems"][0]["message"]
    assert "超过20行的证件号码只有几位不同" in said
    told = AuditEvent.objects.visible_to(bureau_staff).filter(act="核对表格").order_by("pk")
    assert list(told.values_list("note", flat=True)) == [
        "2行，其中1行没有找到人。",
        "1行，其中0行没有找到人。",
        f"{len(alike)}行。{said}",
    ]
