"""What the pages of small sheets give and show: a blank sheet, and who is in the one that was sent."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core.models import AuditEvent
from members.enums import LINK_KINDS
from members.models import Affiliation, Transfer
from tests.factories.members import make_id_number, make_member, make_transfer_batch
from tests.members.admin.test_sheets import (
    AGREED,
    BATCHES,
    HAND_OVER,
    LINKS,
    handed_over,
    hidden,
    sheet,
)
from tests.members.filling import fill

pytestmark = pytest.mark.django_db
HEADING = ["党员编号", "姓名", "活动组织", "开始日期"]


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


@pytest.fixture
def zhang(branch, other_branch):
    return make_member(branch, "张建国", id_number=make_id_number())


@pytest.fixture
def blank(office, tmp_path):
    """Download the blank sheet that a page offers; return its path."""

    def downloaded(page, address):
        assert f'href="{address}">下载空白模板</a>' in office.get(page).text
        path = tmp_path / "空白.xlsx"
        path.write_bytes(office.get(address).content)
        return path

    return downloaded


def filled_in(path, title, *people):
    fill(path, title, *people)
    return SimpleUploadedFile("填好的.xlsx", path.read_bytes())


def test_the_blank_sheet_of_links_comes_back_as_it_was_filled_in(
    office, blank, zhang, branch, other_branch, far_branch
):
    path = blank(LINKS, reverse("admin:affiliation-sheet-blank"))
    book = load_workbook(path)
    assert book["活动组织"].column_dimensions["A"].number_format == "@"
    offered = [[cell.value for cell in column if cell.value] for column in book["选项"].columns]
    assert offered[0] == ["活动组织", branch.name, other_branch.name]
    assert offered[1][:2] == ["关系类别", "社区"]
    as_it_is = office.post(LINKS, {"file": SimpleUploadedFile("空白.xlsx", path.read_bytes())})
    assert "表头下面还没有填人，请从第3行填起。" in as_it_is.text

    row = {"证件号码": zhang.id_number, "姓名": "张建国", "活动组织": other_branch.name,
           "关系类别": "社区", "开始日期": "2026-03-08"}  # fmt: skip
    checked = office.post(LINKS, {"file": filled_in(path, "活动组织", row)}).text
    office.post(LINKS, hidden(checked))
    link = Affiliation.objects.get(kind__in=LINK_KINDS)
    assert (link.member, link.branch, str(link.started_on)) == (zhang, other_branch, "2026-03-08")


def test_a_sheet_that_came_before_has_nothing_to_confirm(office, zhang, other_branch):
    row = [zhang.number, "张建国", "QL0002", "2026-05"]
    office.post(LINKS, hidden(office.post(LINKS, {"file": sheet(HEADING, row)}).text))
    again = office.post(LINKS, {"file": sheet(HEADING, row)})
    (line,) = again.context["rows"].lines
    assert (line.what, line.notes) == ("已有，不动", [])
    assert "没有要写入的</strong>：已有的1个。" in again.text
    assert "确认写入" not in again.text


def test_who_is_not_on_the_register_is_to_be_registered_first(office, branch, other_branch):
    refused = office.post(
        LINKS, {"file": sheet(HEADING, ["99999999", "新同志", "QL0002", ""])}
    ).text
    assert "还没有登记的，请先登记。" in refused
    assert "先登记到隶属的党支部" in refused
    for address in ("admin:members_rosterbatch_add", "admin:members_member_add"):
        assert f'<a href="{reverse(address)}">' in refused


def test_the_blank_list_of_a_whole_batch_comes_back_as_it_was_filled_in(
    office, blank, zhang, branch, other_branch
):
    path = blank(HAND_OVER, reverse("admin:transferbatch-blank"))
    row = {"证件号码": zhang.id_number, "姓名": "张建国", "转出党支部": branch.name,
           "转入党支部": other_branch.name, "转接日期": "2026-08-01", "介绍信编号": "介字007",
           "开具日期": "2026-08-01", "有效天数": "60", "党费交至": "2026-07"}  # fmt: skip
    given = AGREED | {"handed_over": "1", "file": filled_in(path, "整建制转接", row)}
    checked = office.post(HAND_OVER, given).text
    assert office.post(HAND_OVER, hidden(checked)).url == BATCHES
    one = Transfer.objects.get()
    assert (one.member, one.from_branch, one.to_branch) == (zhang, branch, other_branch)
    assert (one.letter_no, one.valid_days, str(one.dues_paid_to)) == ("介字007", 60, "2026-07-01")


def test_a_blank_sheet_holds_nobody_elses_organisations(client_for, outsider, branch, far_branch):
    sent = client_for(outsider).get(reverse("admin:transferbatch-blank")).content
    lists = load_workbook(io.BytesIO(sent))["选项"]
    assert [cell.value for cell in lists["A"]] == ["转出党支部", far_branch.name]


def test_who_is_in_a_sheet_is_shown_masked_doubts_first(office, zhang, branch, other_branch):
    li = make_member(branch, "李秀英", id_number=make_id_number())
    rows = [
        [zhang.number, "张建国", "QL0002", "2026-03-08"],
        [li.number, "李秀英", "QL0002", "2026-05"],
    ]
    answer = office.post(LINKS, {"file": sheet(HEADING, *rows)})
    first, second = answer.context["rows"].lines
    assert (first.row, first.name, first.notes) == (
        3,
        "李秀英",
        ["开始日期只写到月，按2026年5月1日登记。"],
    )
    assert (second.name, second.what, second.cells) == (
        "张建国",
        "登记",
        [("活动组织", other_branch.name), ("关系类别", "社区"), ("开始日期", "2026年3月8日")],
    )
    assert second.number == f"{zhang.id_number[:3]}{'*' * 11}{zhang.id_number[-4:]}"
    assert zhang.id_number not in answer.text
    refused = office.post(LINKS, {"file": sheet(HEADING, [zhang.number, "张建国", "没有的", ""])})
    assert '<th scope="row">2</th><td>张建国</td><td>活动组织</td>' in refused.text


def test_a_list_says_from_where_to_where_and_who_arrived(
    office, bureau_staff, branch, other_branch
):
    people = [make_member(branch, name) for name in ("张建国", "李德明")]
    answer = office.post(HAND_OVER, AGREED | handed_over(people))
    lines = answer.context["rows"].lines
    assert [(line.name, *dict(line.cells).values()) for line in lines] == [
        (each.name, branch.name, other_branch.name, "2026年8月1日", "介字001，到2026年10月30日")
        for each in people
    ]
    assert {note for line in lines for note in line.notes} == {
        "介绍信已逾期23天。请补开或延期；有效期内已经到了的，接收时填那天的日期。"
    }
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff, names=["王志华"])
    arrived = sheet(["党员编号", "姓名"], [batch.transfers.get().member.number, "王志华"])
    address = reverse("admin:transferbatch-arrivals", args=[batch.pk])
    (line,) = office.post(address, {"file": arrived}).context["rows"].lines
    assert (line.name, line.what, line.cells[0][1]) == (
        "王志华",
        "接收",
        other_branch.name,
    )


def test_pages_are_turned_without_writing_and_cost_the_same(
    office, branch, other_branch, monkeypatch
):
    monkeypatch.setattr("members.sheets.preview.PAGE", 2)
    people = [make_member(branch, name) for name in ("张一", "张二", "张三", "张四", "张五")]
    costs = []
    for number in (1, 5):
        rows = [[each.number, each.name, "QL0002", "2026-03-08"] for each in people[:number]]
        with CaptureQueriesContext(connection) as asked:
            answer = office.post(LINKS, {"file": sheet(HEADING, *rows)})
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 22
    assert "第 1 页，共 3 页" in answer.text
    checked = AuditEvent.objects.filter(act="核对表格")
    assert [event.note for event in checked] == [f"{n}行，其中0行没有找到人。" for n in (5, 1)]
    turned = office.post(LINKS, hidden(answer.text) | {"p": "3"})
    assert [line.name for line in turned.context["rows"].lines] == ["张五"]
    assert checked.count() == 2, "one a sheet, however many pages are looked at"
    assert not Affiliation.objects.filter(kind__in=LINK_KINDS).exists()
    done = office.post(LINKS, hidden(turned.text), follow=True)
    assert "登记活动组织5个" in done.text
