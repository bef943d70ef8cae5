"""Headings as bureaus write them (domain §3.1, N10; security §5a 74, 75)."""

import pytest

from members.roster.columns import COLUMNS, field_of
from members.roster.headings import (
    HEAD_ROWS,
    SAMPLE_ROWS,
    HeadingRefused,
    find,
    recognise,
    with_fields,
)

PEOPLE = ["张建国", "329901195001010011", "第一支部"]


def layout_of(*rows, needs_branch=True):
    return recognise(list(enumerate(rows, 1)), needs_branch=needs_branch)


def faults_of(*rows, needs_branch=True):
    with pytest.raises(HeadingRefused) as refused:
        layout_of(*rows, needs_branch=needs_branch)
    return [(fault.row, fault.column, fault.code) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("姓名", "name"),
        (" 姓　名 *", "name"),
        ("党员姓名：", "name"),
        ("身份证号", "id_number"),
        ("公民身份证号", "id_number"),
        ("证件号码", "id_number"),
        ("出生年月（公历）", "birth_date"),
        ("３．性别", "gender"),
        ("手机", "phone"),
        ("退(离)休年月", "retire_date"),
        ("退（离）休年月", "retire_date"),
        ("职级/享受待遇", "rank"),
        ("党员类别", "member_kind"),
        ("人员类别", "person_kind"),
        ("组织关系所在支部", "branch"),
        ("支部代码", "branch_code"),
        ("家庭电话", "phone2"),
        ("是否空巢", "empty_nest"),
        ("空巢", "empty_nest"),
        ("序号", None),
        ("", None),
    ],
)
def test_a_heading_stands_for_a_field(heading, field):
    assert field_of(heading) == field


def test_no_two_fields_share_a_heading():
    headings = [heading for column in COLUMNS for heading in (column.heading, *column.variants)]
    assert len(headings) == len(set(headings))


def test_title_rows_above_are_passed_over():
    """Security §5a 75."""
    layout = layout_of(
        ["青澜区离退休干部党员名册"],
        ["填报单位：青澜区委老干部局", "", "2026年11月"],
        ["序号", "姓名", "公民身份号码", "所在党支部"],
        ["1", *PEOPLE],
    )
    assert (layout.first_row, layout.last_row) == (3, 3)
    assert layout.fields == ("", "name", "id_number", "branch")
    assert layout.ignored == ("序号",)


def test_two_lines_of_heading_are_one():
    """Security §5a 75."""
    layout = layout_of(
        ["名册"],
        ["基本情况", "", "组织关系", ""],
        ["姓名", "身份证号", "所在支部", "入党时间"],
        [*PEOPLE, "1975.06"],
    )
    assert (layout.last_row, layout.fields) == (3, ("name", "id_number", "branch", "join_date"))

    layout = layout_of(
        ["姓名", "公民身份号码", "所在党支部", "电话", ""],
        ["", "", "", "手机", "固定电话"],
        [*PEOPLE, "16112345678", "025-88886666"],
    )
    assert (layout.last_row, layout.fields) == (
        2,
        ("name", "id_number", "branch", "phone", "phone2"),
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        (["正式党员", "预备党员", ""], "member_kind"),
        (["离休", "退休", "企业退休"], "person_kind"),
        (["退休", "无", "退休干部"], "person_kind"),
        ([], "person_kind"),
    ],
)
def test_the_ambiguous_heading_is_read_by_its_values(values, field):
    rows = [[*PEOPLE, value] for value in values]
    layout = layout_of(["姓名", "公民身份号码", "所在党支部", "人员类别"], *rows)
    assert layout.fields[3] == field


def test_beside_a_member_kind_it_is_the_person_kind():
    heading = ["姓名", "公民身份号码", "所在党支部", "党员类别", "人员类别"]
    layout = layout_of(heading, [*PEOPLE, "正式党员", "退休"])
    assert layout.fields[3:] == ("member_kind", "person_kind")


@pytest.mark.parametrize("other", ["类别", "人员类型"])
def test_beside_a_member_kind_a_bare_heading_is_still_read_by_its_values(other):
    heading = ["姓名", "公民身份号码", "所在党支部", "党员性质", other]
    layout = layout_of(heading, [*PEOPLE, "正式党员", "退休"])
    assert layout.fields[3:] == ("member_kind", "person_kind")
    with_both = [*heading, "离退休类别"]
    layout = layout_of(with_both, [*PEOPLE, "正式党员", "退休", "退休"])
    assert layout.fields[3:] == ("member_kind", "", "person_kind")


def test_mixed_values_are_asked_not_guessed():
    heading = ["姓名", "公民身份号码", "所在党支部", "人员类别"]
    rows = [[*PEOPLE, "正式党员"], [*PEOPLE, "退休"]]
    assert faults_of(heading, *rows) == [(1, "人员类别", "ambiguous_heading")]
    neither = [[*PEOPLE, "干部"], [*PEOPLE, "群众"]]
    assert faults_of(heading, *neither) == [(1, "人员类别", "ambiguous_heading")]
    stray = [[*PEOPLE, "退休"]] * 1_500 + [[*PEOPLE, "在职"]]
    assert faults_of(heading, *stray) == [(1, "人员类别", "ambiguous_heading")]
    assert layout_of([*heading[:3], "离退休类别"], *stray).fields[3] == "person_kind"
    learnt = {"人员类别": "person_kind"}
    assert find(list(enumerate([heading, *neither], 1)), learnt=learnt).fields[3] == "person_kind"


def test_an_empty_column_is_asked_about_where_more_may_follow():
    heading = ["姓名", "公民身份号码", "所在党支部", "人员类别"]
    empty = [[*PEOPLE, ""]] * SAMPLE_ROWS
    assert layout_of(heading, *empty).fields[3] == "person_kind"
    assert faults_of(heading, *empty, *empty[1:HEAD_ROWS]) == [(1, "人员类别", "ambiguous_heading")]


def test_the_heading_may_be_pointed_out():
    rows = list(enumerate([["名册"], ["人名", "证号"], ["", "（18位）"], PEOPLE], 1))
    assert find(rows).headings == ()
    assert find(rows, at=(2, 2)).headings == ("人名", "证号")
    assert find(rows, at=(2, 3)).headings == ("人名", "(18位)")
    bare = find(rows[3:], at=(0, 0))
    assert (bare.last_row, bare.headings) == (0, ("第1列", "第2列", "第3列"))
    learnt = find(rows, at=(2, 2), learnt={"人名": "name", "证号": "id_number"})
    assert learnt.fields == ("name", "id_number")


def test_a_heading_twice_is_refused():
    """Security §5a 74."""
    heading = ["姓名", "公民身份号码", "所在党支部", "手机", "联系电话", "姓名"]
    assert faults_of(heading, PEOPLE) == [
        (1, "姓名", "duplicate_heading"),
        (1, "联系电话", "duplicate_heading"),
    ]


def test_what_must_be_there_is_named():
    assert faults_of(["姓名", "性别"]) == [
        (1, "公民身份号码", "missing_column"),
        (1, "所在党支部", "missing_column"),
    ]
    assert faults_of(["姓名", "性别"], needs_branch=False) == [
        (1, "公民身份号码", "missing_column")
    ]


def test_no_heading_in_the_first_ten_rows():
    """Security §5a 75."""
    title = [["说明"]] * 10
    assert faults_of(*title, ["姓名", "公民身份号码", "所在党支部"]) == [(1, "", "no_heading")]
    assert faults_of() == [(1, "", "no_heading")]


def test_columns_may_be_chosen_by_hand():
    layout = layout_of(["姓名", "号码甲", "公民身份号码", "所在党支部"], PEOPLE)
    chosen = with_fields(layout, ["name", "phone", "id_number", "branch"], needs_branch=True)
    assert chosen.fields == ("name", "phone", "id_number", "branch")
    with pytest.raises(HeadingRefused):
        with_fields(layout, ["name", "name", "id_number", "branch"], needs_branch=True)
