"""The blank template filled in and taken; rejected rows mended and taken: nothing lost on the way."""

import io
from datetime import date as day

import pytest
from openpyxl import load_workbook

from core.spreadsheets import open_table
from members.enums import RosterRowState
from members.models import Member, RosterRow
from members.roster.rejects import write_rejected
from members.roster.reporting import findings, summarise
from members.roster.template import template
from tests.members.filling import fill
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("modules_on")]


@pytest.fixture
def blank(tmp_path, bureau_staff, branch, other_branch, far_branch):
    path = tmp_path / "党员名册.xlsx"
    path.write_bytes(template(bureau_staff).read())
    return path


BORN = "19480301"
FILLED = {
    "姓名": "买买提·吐尔逊",
    "公民身份号码": number(1, BORN),
    "所在党支部": "槐荫社区离退休干部党支部",
    "支部代码": "QL0001",
    "性别": "男",
    "民族": "维吾尔族",
    "出生日期": "1948-03",
    "党员类别": "正式党员",
    "入党日期": "1975-06-12",
    "转正日期": "1976-06",
    "人员类别": "退休干部",
    "参加工作时间": "1968-08",
    "离退休时间": "2008-03",
    "原工作单位": "区教育局",
    "原职务": "科长",
    "职级/享受待遇": "正乡科级",
    "学历": "专科毕业",
    "联系电话": "16112345678",
    "固定电话": "025-83211234",
    "居住地址": "槐荫里1号楼",
    "居住社区": "槐荫社区",
    "活动组织": "柳岸社区离退休干部党支部",
    "紧急联系人同意": "2024-03-04",
    "紧急联系人": "李秀英",
    "紧急联系人电话": "16187654321",
    "与紧急联系人关系": "妻子",
    "同意登记健康信息": "2024-03-01",
    "健康状况": "慢性病",
    "自理能力": "半自理",
    "空巢情况": "空巢",
    "困难情况": "重病",
    "行动不便，送学上门": "是",
    "同意进入人才库": "2024-03-02",
    "同意亮身份": "2024-03-03",
    "同意公开照片和事迹": "2024-03-05",
    "同意接收短信提醒": "2024-03-06",
    "备注": "=1+1",
}


KEPT = {
    "name": "买买提·吐尔逊",
    "id_number": "",
    "branch": None,
    "gender": "1",
    "ethnicity": "05",
    "birth_date": day(1948, 3, 1),
    "member_kind": "FULL",
    "join_date": day(1975, 6, 12),
    "full_date": day(1976, 6, 1),
    "person_kind": "B",
    "work_start": day(1968, 8, 1),
    "retire_date": day(2008, 3, 1),
    "month_only": "full_date,work_start,retire_date",
    "former_unit": "区教育局",
    "former_post": "科长",
    "rank": "41",
    "education": "31",
    "phone": "16112345678",
    "phone2": "025-83211234",
    "address": "槐荫里1号楼",
    "community": None,
    "contact_agreed_on": day(2024, 3, 4),
    "emergency_name": "李秀英",
    "emergency_phone": "16187654321",
    "emergency_relation": "妻子",
    "health_agreed_on": day(2024, 3, 1),
    "health": "3",
    "self_care": "B",
    "empty_nest": "1",
    "hardship": "2",
    "needs_home_study": True,
    "talent_agreed_on": day(2024, 3, 2),
    "display_agreed_on": day(2024, 3, 3),
    "photo_agreed_on": day(2024, 3, 5),
    "sms_agreed_on": day(2024, 3, 6),
    "remark": "=1+1",
}


def test_its_cells_are_text_with_the_users_own_lists(blank, branch, other_branch):
    book = load_workbook(blank)
    sheet, lists = book["党员名册"], book["选项"]
    assert (book.sheetnames, lists.sheet_state) == (["党员名册", "填写说明", "选项"], "hidden")
    columns = {cell.value: cell.column_letter for cell in sheet[1]}
    assert {sheet.column_dimensions[at].number_format for at in columns.values()} == {"@"}
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        place = rule.formula1.removeprefix("'选项'!").replace("$", "")
        offered[str(rule.sqref).split(":")[0]] = [cell.value for (cell,) in lists[place]]
    assert offered[f"{columns['所在党支部']}2"] == [branch.name, other_branch.name]
    assert offered[f"{columns['性别']}2"] == ["男", "女"]
    assert offered[f"{columns['党员类别']}2"] == ["正式党员", "预备党员"]
    assert "汉族" in offered[f"{columns['民族']}2"]


def test_as_it_is_it_holds_nobody(blank, bureau_staff):
    batch = checked(bureau_staff, blank)
    assert (summarise(batch).rows, summarise(batch).rejected) == (0, 0)


def test_filled_in_it_comes_in_and_again_changes_nothing(blank, bureau_staff, branch):
    assert list(FILLED) == [cell.value for cell in load_workbook(blank)["党员名册"][1]]
    fill(
        blank,
        "党员名册",
        FILLED,
        {"姓名": "李秀英", "公民身份号码": number(2), "支部代码": "QL0001"},
    )
    batch = written(bureau_staff, checked(bureau_staff, blank))
    assert [found.message for found in findings(batch)] == []
    assert (batch.counts["created"], batch.counts["links"]) == (2, 1)
    member = Member.objects.get(name="买买提·吐尔逊")
    kept = {name: getattr(member, name) for name in KEPT}
    assert kept == KEPT | {"branch": branch, "community": branch.area, "id_number": number(1, BORN)}
    assert [str(link.branch) for link in member.affiliations.exclude(kind="HOME")] == [
        FILLED["活动组织"]
    ]
    again = checked(bureau_staff, blank)
    assert (summarise(again).rows, summarise(again).unchanged) == (2, 2)
    Member.objects.update(roster_mark="")
    slowly = checked(bureau_staff, blank)
    assert (summarise(slowly).rows, summarise(slowly).unchanged) == (2, 2)


def test_rejected_rows_are_mended_and_come_in_alone(tmp_path, write_csv, bureau_staff, branch):
    """With a column that is not imported, and the columns in front that say why."""
    heading = ("序号", "姓名", "公民身份号码", "支部代码", "我的列", "联系电话")
    rows = [
        ["1", "张建国", number(1), "QL0001", "甲", "16112345678"],
        ["2", "李秀英", "12345", "QL0001", "乙", "16112345679"],
        ["3", "王志明", number(3), "没有的支部", "丙", ""],
    ]
    first = checked(bureau_staff, write_csv(rows, heading=heading))
    written(bureau_staff, first)
    stream = io.BytesIO()
    assert write_rejected(first, stream) == 2

    book = load_workbook(stream)
    sheet = book.active
    assert [cell.value for cell in sheet[1]] == ["工作表", "原行号", "退回原因", *heading]
    assert [cell.value for cell in sheet["B"][1:]] == [3, 4]
    assert [cell.value for cell in sheet[2]][3:] == rows[1]
    sheet["F2"], sheet["G3"] = number(2), "QL0001"
    sheet["F2"].number_format = "@"
    path = tmp_path / "退回的行.xlsx"
    book.save(path)

    mended = checked(bureau_staff, path)
    assert (summarise(mended).rows, summarise(mended).new, summarise(mended).rejected) == (2, 2, 0)
    written(bureau_staff, mended)
    assert sorted(Member.objects.values_list("name", flat=True)) == ["张建国", "李秀英", "王志明"]
    assert not RosterRow.objects.filter(batch=mended, state=RosterRowState.REJECTED).exists()


@pytest.mark.parametrize(
    ("front", "own"),
    [
        (("工作表",), 1),
        (("原行号",), 1),
        (("工作表", "原行号", "序号"), 3),
        (("原行号", "退回原因"), 0),
        (("工作表", "原行号", "退回原因", "原行号"), 1),
    ],
)
def test_a_column_of_one_s_own_named_like_those_in_front_stays(
    write_csv, bureau_staff, branch, front, own
):
    values = [f"{order}号" for order, _ in enumerate(front)]
    rows = [[*values, "李秀英", "12345", "QL0001"]]
    batch = checked(
        bureau_staff, write_csv(rows, heading=(*front, "姓名", "公民身份号码", "支部代码"))
    )
    stream = io.BytesIO()
    assert write_rejected(batch, stream) == 1
    heading, row = load_workbook(stream).active.iter_rows(values_only=True)
    kept = len(front) - own
    assert heading == (
        *("工作表", "原行号", "退回原因"),
        *front[kept:],
        *("姓名", "公民身份号码", "支部代码"),
    )
    assert row[3:] == (*values[kept:], "李秀英", "12345", "QL0001")


def test_other_readers_open_it(blank):
    with open_table(blank, content_name=blank.name) as table:
        first = next(iter(table.rows()))[1]
    assert list(first)[: len(FILLED)] == list(FILLED)
