"""Name, birth month and branch twice in one file, with two numbers: a question (issue 3 §2)."""

import pytest
from django.core.exceptions import ValidationError

from members.models import Member
from members.roster.doubts import doubts_of
from members.roster.reporting import findings, summarise
from tests.factories.members import make_member
from tests.members.roster.conftest import HEADING, names, number
from tests.members.roster.steps import checked, written
from tests.members.roster.test_decision_pages import decide, page

pytestmark = pytest.mark.django_db
OLD = "340000500101002"  # as 15 digits had it


@pytest.fixture
def twins(write_csv, branch, other_branch):
    """Rows 3 and 5 look like row 2; who is in another branch, or born in another month, does not."""
    people = [
        ["张建国", number(1), "QL0001"],
        ["张 建国", OLD, "QL0001"],
        ["张建国", number(3), other_branch.code],
        ["张建国", number(5, born="19500131"), branch.name],
        ["张建国", number(7, born="19500201"), "QL0001"],
    ]
    return write_csv(people, heading=(*HEADING[:2], "所在党支部"))


def test_one_person_with_two_numbers_is_asked_about(client_for, bureau_staff, twins):
    office = client_for(bureau_staff)
    batch = checked(bureau_staff, twins)
    assert (batch.counts["N"], batch.counts["A"], summarise(batch).to_confirm) == (3, 2, 1)
    shown = page(office, batch, "alike").text
    assert "第2行的同志同支部、同名、同年月出生，证件号码不同，可能是同一个人。" in shown
    assert "是另一个人，新增" in shown
    assert "证件号码以登记为准" not in shown
    assert [found.row for found in findings(batch) if found.code == "ALIKE_ROW"] == [3]
    decide(office, batch, **{"row": ["3"], "decide-3": "other"})
    assert (summarise(batch).new, summarise(batch).to_confirm) == (5, 0)


def test_whose_numbers_are_both_whole_are_two_people_and_somebody_confirms_it(
    client_for, bureau_staff, twins
):
    office = client_for(bureau_staff)
    batch = checked(bureau_staff, twins)
    assert [found.row for found in findings(batch) if found.code == "TWIN_ROW"] == [5]
    assert [(doubt.code, doubt.rows) for doubt in doubts_of(batch)][-1] == ("TWIN_ROW", 1)
    assert "两个证件号码都对得上，按两位同志登记。" in page(office, batch, "alike").text
    with pytest.raises(ValidationError, match="按两位同志登记"):
        written(bureau_staff, batch)
    decide(office, batch, **{"row": ["5"], "decide-5": ""})
    assert (summarise(batch).new, summarise(batch).to_confirm) == (3, 2)


def test_what_else_was_found_in_a_row_stays_told_when_it_is_written(
    write_csv, bureau_staff, client_for, branch
):
    """Only the question was answered."""
    heading = (*HEADING, "联系电话")
    people = [["张建国", number(1)], ["张建国", OLD], ["张建国", number(3)]]
    rows = [[*each, branch.code, "12345"] for each in people]
    batch = checked(bureau_staff, write_csv(rows, heading=heading))
    decide(client_for(bureau_staff), batch, **{"row": ["3"], "decide-3": "other"})
    answers = {doubt.code: "核对过" for doubt in doubts_of(batch)}
    batch.refresh_from_db()
    batch = written(bureau_staff, batch, answers=answers)
    told = [(found.row, found.code) for found in findings(batch)]
    assert [row for row, code in told if code == "PHONE_FORM"] == [2, 3, 4]
    assert [row for row, code in told if code == "TWIN_ROW"] == [4]
    assert not [row for row, code in told if code == "ALIKE_ROW"]
    assert names() == ["张建国"] * 3


def test_whoever_is_written_twice_is_left_out_and_nothing_stays_open(
    client_for, bureau_staff, twins
):
    office = client_for(bureau_staff)
    batch = checked(bureau_staff, twins)
    shown = page(office, batch, "alike").text
    assert "第2行的号码对，就选“不写入这一行”；这一行的对，请在表格里删去第2行，再上传。" in shown
    assert shown.count("是同一个人，不写入这一行") == 2, "of the slip of the pen as of the twin"
    decide(office, batch, **{"row": ["3", "5"], "decide-3": "omit", "decide-5": "omit"})
    figures = summarise(batch)
    assert (figures.new, figures.unchanged, figures.to_confirm) == (3, 2, 0)
    said = "没有选“不写入这一行”的，按两位同志登记"
    assert said in page(office, batch, "alike").text
    batch = written(bureau_staff, batch, answers={"TWIN_ROW": "", "ID_OLD": ""})
    figures = summarise(batch)
    assert (figures.new, figures.unchanged, figures.to_confirm) == (3, 2, 0)
    assert "没有决定" not in page(office, batch, "alike").text
    written_down = {member.id_number for member in Member.objects.all()}
    assert (len(written_down), number(1) in written_down) == (3, True)
    assert written_down.isdisjoint({OLD, number(5, born="19500131")})


def test_who_looks_like_one_member_is_not_left_out_but_taken_as_the_same(
    client_for, write_csv, bureau_staff, branch
):
    """Ticking nothing leaves the record as it is."""
    make_member(branch, "张建国", id_number=number(1))
    batch = checked(bureau_staff, write_csv([["张建国", number(3), "QL0001"]]))
    office = client_for(bureau_staff)
    assert "不写入这一行" not in page(office, batch, "alike").text
    refused = decide(office, batch, **{"row": ["2"], "decide-2": "omit"})
    assert "第2行已经不能这样选。" in refused.text


def test_undecided_only_the_first_comes_in(import_roster, bureau_staff, twins):
    report = import_roster(twins, bureau_staff)
    assert (report["new"], report["to_confirm"], report["unconfirmed"]["TWIN_ROW"]) == (4, 1, 1)
    assert len(names()) == 4
    assert OLD not in [member.id_number for member in Member.objects.all()]


def test_a_dry_run_says_so_too(import_roster, bureau_staff, twins):
    report = import_roster(twins, bureau_staff, "--dry-run")
    assert (report["new"], report["to_confirm"], Member.objects.count()) == (4, 1, 0)
    assert (report.codes.count("ALIKE_ROW"), report.codes.count("TWIN_ROW")) == (1, 1)


def test_whoever_is_registered_or_refused_is_nobodys_likeness(
    write_csv, import_roster, bureau_staff, branch
):
    rows = [["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]]
    import_roster(write_csv(rows), bureau_staff)
    refused = [["王志明", number(3), "QL0001", "2099-01-01"], ["王志明", number(5), "QL0001", ""]]
    rows = [[*row, ""] for row in (*rows, ["赵大川", number(7), "QL0001"])] + refused
    path = write_csv(rows, heading=(*HEADING, "入党日期"))
    for options in (["--dry-run"], []):
        report = import_roster(path, bureau_staff, *options)
        assert (report["new"], report["rejected"], report["to_confirm"]) == (2, 1, 0)


def test_a_namesake_in_the_branch_is_a_hint_and_needs_no_tick(
    client_for, write_csv, bureau_staff, branch, other_branch
):
    """Domain §3.3 item 14: the tail of the number tells the two apart."""
    make_member(branch, "张建国", id_number=number(1))
    make_member(other_branch, "李秀英", id_number=number(2))
    rows = [
        ["张建国", number(3, "19600101"), "QL0001"],
        ["李秀英", number(4, "19600101"), "QL0001"],
    ]
    batch = checked(bureau_staff, write_csv(rows))
    told = [(found.row, found.code, found.severity) for found in findings(batch)]
    assert told == [(2, "NAME_SAKE", "I")]
    assert (batch.counts["N"], batch.counts["warned"]) == (2, 0)
    shown = page(client_for(bureau_staff), batch, "new").text
    assert f"本支部已有同名同志：1950年生，尾号{number(1)[-4:]}。" in shown
    assert f"{number(3, '19600101')[-4:]}" in shown
    written(bureau_staff, batch)
    assert names() == ["张建国", "张建国", "李秀英", "李秀英"]


def test_one_person_by_passport_and_by_identity_card_is_asked_about(
    write_csv, bureau_staff, branch
):
    """A passport's number says nothing of the birth date; the row does."""
    rows = [
        ["张建国", "护照", "E12345678", "QL0001", "男", "1950-01-01"],
        ["张建国", "身份证", number(1), "QL0001", "男", ""],
        ["张建国", "护照", "E12340000", "QL0001", "男", "1960-01-01"],
    ]
    heading = ("姓名", "证件类型", "身份证号", "支部代码", "性别", "出生日期")
    batch = checked(bureau_staff, write_csv(rows, heading=heading))
    assert [found.row for found in findings(batch) if found.code == "ALIKE_ROW"] == [3]
    assert (summarise(batch).new, summarise(batch).to_confirm) == (2, 1)
