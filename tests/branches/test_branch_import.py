"""``import_branches``: organisations from a table, whole or not at all."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone

from branches.actions import BranchImport, check_trees, import_branches
from branches.branch_sheet import HEADINGS, read
from branches.enums import BranchKind, Tie
from branches.models import Area, Branch, BranchChange
from branches.refusal import FileRefused
from core.models import AuditEvent, Kind, User
from core.spreadsheets import XlsxFile
from tests.factories.branches import make_branch

HEAD = ",".join(HEADINGS) + "\n"
GOOD = (
    HEAD + "QL-1-1,槐荫第一党小组,党小组,990101001001,QL-1,2020.3.1\n"
    "QL-1,槐荫党支部,党支部,990101001001,QL,2016年11月1日\n"
    "QL,青澜区党委,党委,990101,,20100701\n"
    "QL-2,柳岸临时党支部,temp_branch,990101002001,,\n"
)


@pytest.fixture(autouse=True)
def _territory(community: Area, other_community: Area, far_community: Area) -> None:
    """D1 and D2 with a community each."""


@pytest.fixture
def load(tmp_path: Path):
    """Import a text as a file."""

    def loaded(content: str | bytes, by: User | None = None) -> BranchImport:
        path = tmp_path / "branches.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_branches(by=by, lines=read(path), source=path.name)

    return loaded


def sound() -> bool:
    return not any(
        count for part in check_trees().values() for kind, count in part.items() if kind != "nodes"
    )


def test_parents_may_come_later(load, bureau_staff: User) -> None:
    assert load(GOOD, bureau_staff).counts == {
        "rows": 4,
        "created": 4,
        "updated": 0,
        "unchanged": 0,
    }
    group = Branch.objects.get(code="QL-1-1")
    assert [each.code for each in group.get_ancestors()] == ["QL", "QL-1"]
    assert group.founded_on == dt.date(2020, 3, 1)
    assert group.area_path == group.area.path
    assert group.kind.name == "党小组"
    assert Branch.objects.get(code="QL").area.name == "青澜区"
    assert Branch.objects.get(code="QL-2").founded_on is None
    assert sound()
    event = AuditEvent.objects.get(act="导入党组织")
    assert (event.by, event.note) == (bureau_staff, "新增4个，修改0个")


def test_the_bureau_finds_its_own_import_in_the_trail(
    load, bureau_staff: User, outsider: User, street_staff: User, district: Area
) -> None:
    load(GOOD, bureau_staff)
    event = AuditEvent.objects.get(act="导入党组织")
    assert event.area_path == district.path
    assert AuditEvent.objects.visible_to(bureau_staff).filter(pk=event.pk).exists()
    for user in (outsider, street_staff):
        assert not AuditEvent.objects.visible_to(user).filter(pk=event.pk).exists()


def test_the_same_file_again_changes_nothing(load) -> None:
    load(GOOD)
    before = list(Branch.objects.values_list())
    assert load(GOOD.encode("gb18030")).counts["unchanged"] == 4
    assert list(Branch.objects.values_list()) == before
    assert AuditEvent.objects.filter(act="导入党组织").count() == 1


def test_changes_are_followed_and_the_rest_stays(load, branch: Branch) -> None:
    load(GOOD)
    changed = (
        HEAD + "QL-1,槐荫社区党支部,联合党支部,990101002001,,\n"
        "QL,青澜区党委,党委,990101000000,,2010-07-01\n"
    )
    assert load(changed).counts == {"rows": 2, "created": 0, "updated": 1, "unchanged": 1}
    moved = Branch.objects.get(code="QL-1")
    assert (moved.name, moved.parent, moved.area.name) == ("槐荫社区党支部", None, "柳岸社区")
    assert moved.founded_on == dt.date(2016, 11, 1)  # a blank does not erase what is known
    assert Branch.objects.get(code="QL-1-1").path.startswith(moved.path)
    assert Branch.objects.filter(pk=branch.pk, name=branch.name).exists()
    assert sound()


def test_a_number_of_somebody_in_a_name_is_hidden_and_the_table_comes_in_again(load) -> None:
    table = HEAD + "QL-9,槐荫党支部13912345678,党支部,990101001001,,2020\n"
    assert load(table).counts["created"] == 1
    assert Branch.objects.get(code="QL-9").name == "槐荫党支部139****5678"
    assert load(table).counts["unchanged"] == 1


def test_what_a_table_reorganises_is_kept_in_the_history_of_each(
    load, bureau_staff: User, other_community: Area
) -> None:
    load(GOOD)
    founded = set(
        Branch.objects.filter(code__startswith="QL").values_list("approval_doc", flat=True)
    )
    assert founded == {"导入：branches.csv"}
    changed = (
        HEAD + "QL-1,槐荫联合党支部,联合党支部,990101002001,,\n"
        "QL,青澜区党委,党委,990101,,2010-07-02\nQL-1-1,槐荫第一党小组,党小组,990101001001,QL-1,\n"
    )
    load(changed, bureau_staff)
    change = BranchChange.objects.get()
    assert (change.branch.code, change.on, change.document) == (
        *("QL-1", timezone.localdate()),
        "导入：branches.csv",
    )
    assert str(change) == (
        "组织名称：槐荫党支部 → 槐荫联合党支部；组织类别：党支部 → 联合党支部；"
        "上级组织：青澜区党委 → 无；所在区划：槐荫社区 → 柳岸社区"
    )
    corrected, moved, batch = AuditEvent.objects.filter(by=bureau_staff).order_by("pk")
    assert (moved.act, moved.object_label, moved.area_path) == (
        *("调整党组织", "槐荫联合党支部"),
        other_community.path,
    )
    assert (moved.before["name"], moved.after["name"]) == ("槐荫党支部", "槐荫联合党支部")
    assert corrected.act == "修改党组织"
    assert (corrected.before, corrected.after) == (
        {"founded_on": "2010-07-01"},
        {"founded_on": "2010-07-02"},
    )
    assert (batch.act, batch.note) == ("导入党组织", "新增0个，修改2个")
    load(changed, bureau_staff)
    assert BranchChange.objects.count() == 1


def test_without_the_column_parents_stay(load) -> None:
    load(GOOD)
    short = "组织代码,组织名称,组织类别,所在区划代码\nQL-1,新名党支部,党支部,990101001001\n"
    assert load(short).counts["updated"] == 1
    assert Branch.objects.get(code="QL-1").parent == Branch.objects.get(code="QL")


def test_a_workbook_with_a_title_row_and_real_dates(tmp_path: Path) -> None:
    path = tmp_path / "branches.xlsx"
    with path.open("wb") as stream, XlsxFile(stream) as book:
        book.sheet("党组织", ["青澜区离退休干部党组织一览"])
        book.row(HEADINGS)
        book.row(["QL-1", "槐荫党支部", "党支部", 990101001001, "", dt.date(2016, 11, 1)])
    assert import_branches(by=None, lines=read(path)).counts["created"] == 1
    assert Branch.objects.get().founded_on == dt.date(2016, 11, 1)


@pytest.mark.parametrize(
    ("written", "day", "words"),
    [
        ("1952.3", dt.date(1952, 3, 1), "到月"),
        ("1952年3月", dt.date(1952, 3, 1), "到月"),
        ("1952-10", dt.date(1952, 10, 1), "到月"),
        ("195203", dt.date(1952, 3, 1), "到月"),
        ("1952", dt.date(1952, 1, 1), "到年"),
        ("1952年", dt.date(1952, 1, 1), "到年"),
    ],
)
def test_a_month_or_a_year_is_taken_as_its_first_day_and_said(
    load, written: str, day: dt.date, words: str
) -> None:
    line = f"{HEAD}QL-1,槐荫党支部,党支部,990101001001,,{written}\n"
    done = load(line)
    assert Branch.objects.get().founded_on == day
    assert [str(note) for note in done.notes] == [f"第2行：成立日期只写{words}，按{day}登记。"]
    again = load(line)
    assert (again.counts["unchanged"], again.notes) == (1, [])


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("1996.1", "分不清是1月还是10月（表格软件会把 .10 变成 .1）。请写成"),
        ("1996-13-01", "日历上没有这一天。"),
        ("96.3", "年份只有两位，"),
        ("九六年", "看不明白，请写成2016-11-01的样子；只知道年月的写2016-11或1952.3，"),
    ],
)
def test_a_day_that_cannot_be_read_is_told_with_the_reason(load, written: str, told: str) -> None:
    with pytest.raises(FileRefused) as refused:
        load(f"{HEAD}QL-1,槐荫党支部,党支部,990101001001,,{written}\n")
    (problem,) = refused.value.problems
    assert str(problem).startswith(f"第2行：成立日期“{written}”：{told}")


def test_a_month_does_not_replace_a_day_of_it(load) -> None:
    line = f"{HEAD}QL-1,槐荫党支部,党支部,990101001001,,"
    load(f"{line}1952-03-08\n")
    assert load(f"{line}1952.3\n").counts["unchanged"] == 1
    assert load(f"{line}1952\n").counts["unchanged"] == 1
    assert Branch.objects.get().founded_on == dt.date(1952, 3, 8)
    assert load(f"{line}1952.4\n").counts["updated"] == 1
    assert Branch.objects.get().founded_on == dt.date(1952, 4, 1)


WITH_TIE = HEAD.strip() + ",三缘\n"


def test_a_temporary_branch_brings_its_tie(load) -> None:
    line = f"{WITH_TIE}QL-2,滨河临时党支部,临时党支部,990101002001,,,"
    assert load(f"{line}趣缘\n").notes == []
    assert Branch.objects.get().tie == Tie.INTEREST
    assert load(f"{line}趣缘\n").counts["unchanged"] == 1
    assert load(f"{line}\n").counts["unchanged"] == 1  # a blank does not erase what is known
    assert load(f"{line}地缘型\n").counts["updated"] == 1
    assert Branch.objects.get().tie == Tie.PLACE
    assert load(f"{HEAD}QL-2,滨河临时党支部,临时党支部,990101002001,,\n").notes == []
    assert sound()


def test_without_the_column_the_result_says_what_is_missing(load) -> None:
    assert [str(note) for note in load(GOOD).notes] == [
        (
            "第5行：临时党支部还要写大家因什么聚在一起：请在表格里加一列，列名写“三缘”，这一行填"
            "“地缘”（住得近）、“趣缘”（爱好相同）或“业缘”（原来同行），再导入一次；"
            "或以后在这个党组织的页面上用“改名或改类别”选。"
        )
    ]


def test_a_tie_that_is_blank_or_none_of_the_three_is_refused(load) -> None:
    with pytest.raises(FileRefused) as refused:
        load(
            f"{WITH_TIE}A,甲临时党支部,临时党支部,990101,,,\n"
            "B,乙临时党支部,临时党支部,990101,,,亲缘\nC,丙党支部,党支部,990101,,,\n"
        )
    assert [str(problem) for problem in refused.value.problems] == [
        (
            "第2行：临时党支部在“三缘”这一列要写"
            "“地缘”（住得近）、“趣缘”（爱好相同）或“业缘”（原来同行），请补上。"
        ),
        (
            "第3行：“三缘”这一列不能写“亲缘”，"
            "请写“地缘”（住得近）、“趣缘”（爱好相同）或“业缘”（原来同行）。"
        ),
    ]
    assert not Branch.objects.exists()


BROKEN = {
    "no code": (",甲支部,党支部,990101001001,,", [(2, "blank")]),
    "no name": ("A,,党支部,990101001001,,", [(2, "blank")]),
    "no kind": ("A,甲支部,,990101001001,,", [(2, "blank")]),
    "no area": ("A,甲支部,党支部,,,", [(2, "blank")]),
    "unknown kind": ("A,甲支部,党委会,990101001001,,", [(2, "kind")]),
    "unknown area": ("A,甲支部,党支部,990101009009,,", [(2, "area")]),
    "unknown parent": ("A,甲支部,党支部,990101001001,ZZ,", [(2, "unknown_parent")]),
    "same rank": ("A,甲支部,党支部,990101,B,\nB,乙支部,党支部,990101,,", [(2, "rank")]),
    "upside down": ("A,甲党委,党委,990101,B,\nB,乙支部,党支部,990101,,", [(2, "rank")]),
    "loop": ("A,甲支部,党支部,990101,B,\nB,乙小组,党小组,990101,A,", [(2, "loop")]),
    "itself": ("A,甲支部,党支部,990101,A,", [(2, "loop")]),
    "twice": ("A,甲支部,党支部,990101,,\nA,乙支部,党支部,990101,,", [(3, "duplicate")]),
    "date": ("A,甲支部,党支部,990101,,2016-13-01", [(2, "date")]),
    "unclear month": ("A,甲支部,党支部,990101,,1952.1", [(2, "date")]),
    "no such month": ("A,甲支部,党支部,990101,,1952.13", [(2, "date")]),
    "no day at all": ("A,甲支部,党支部,990101,,解放前", [(2, "date")]),
    "future": ("A,甲支部,党支部,990101,,2062-01-01", [(2, "future")]),
    "long name": (f"A,{'长' * 101},党支部,990101,,", [(2, "too_long")]),
    "all at once": (
        "A,甲支部,无,990101,,\nB,乙支部,党支部,1,,\nC,丙支部,党支部,990101,ZZ,",
        [(2, "kind"), (3, "area"), (4, "unknown_parent")],
    ),
    "all in one row": (
        "A,甲支部,无,1,ZZ,2016-13-01",
        [(2, "unknown_parent"), (2, "date"), (2, "area"), (2, "kind")],
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_faulty_file_is_refused_whole(load, case: str) -> None:
    rows, expected = BROKEN[case]
    with pytest.raises(FileRefused) as refusal:
        load(HEAD + rows + "\nOK,好支部,党支部,990101001001,,\n")
    assert [(problem.row, problem.code) for problem in refusal.value.problems] == expected
    assert not Branch.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty"),
        (HEAD, "empty"),
        ("代码,名称\n1,2\n", "header"),
        ("组织代码,组织名称\n1,2\n", "header"),
        ("组织代码,组织代码,组织名称,组织类别,所在区划代码\n1,1,2,3,4\n", "header"),
        (GOOD.encode("utf-16"), "utf16"),
        (b"PK\x03\x04broken", "broken"),
    ],
)
def test_what_is_no_such_table_is_refused(load, content: str | bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refusal:
        load(content)
    assert [problem.code for problem in refusal.value.problems] == [code]


def test_a_user_reaches_only_his_own(
    load, bureau_staff: User, far_branch: Branch, far_community: Area
) -> None:
    above = make_branch(far_community)
    rows = (
        f"{far_branch.code},夺取,党支部,990101001001,,\n"  # somebody else's code
        "N1,甲支部,党支部,990202001001,,\n"  # somebody else's area
        f"N2,丙党小组,党小组,990101001001,{above.code},\n"  # somebody else's branch above
    )
    with pytest.raises(FileRefused) as refusal:
        load(HEAD + rows, bureau_staff)
    assert [problem.code for problem in refusal.value.problems] == [
        "taken",
        "area",
        "unknown_parent",
    ]
    assert far_branch.name not in str([problem.message for problem in refusal.value.problems])
    assert load(HEAD + rows.splitlines()[1], None).counts["created"] == 1


def test_a_dissolved_branch_stays_as_it_is(load, branch: Branch, bureau_staff: User) -> None:
    Branch.objects.filter(pk=branch.pk).update(dissolved_on=dt.date(2026, 1, 1))
    same = f"{branch.code},{branch.name},党支部,{branch.area.code},,2016-11-01\n"
    assert load(HEAD + same).counts["unchanged"] == 1
    with pytest.raises(FileRefused) as refusal:
        load(HEAD + same.replace("槐荫", "新"))
    assert [problem.code for problem in refusal.value.problems] == ["dissolved"]
    with pytest.raises(FileRefused) as refusal:
        load(HEAD + f"N1,甲小组,党小组,{branch.area.code},{branch.code},\n")
    assert [problem.code for problem in refusal.value.problems] == ["parent_dissolved"]


@pytest.mark.parametrize("out_of_use", [{"is_active": False}, {"valid_from": "2062-01-01"}])
def test_a_kind_out_of_use_is_kept_and_not_given_anew(
    load, branch: Branch, out_of_use: dict[str, object]
) -> None:
    Kind.objects.filter(key=BranchKind.BRANCH).update(**out_of_use)
    same = f"{branch.code},{branch.name},党支部,{branch.area.code},,2016-11-01\n"
    assert load(HEAD + same).counts["unchanged"] == 1
    with pytest.raises(FileRefused) as refusal:
        load(
            HEAD + f"N1,甲支部,党支部,{branch.area.code},,\nN2,乙支部,支部委,{branch.area.code},,\n"
        )
    assert [problem.code for problem in refusal.value.problems] == ["kind_out_of_use", "kind"]
    offered = refusal.value.problems[1].message.partition("可以写：")[2]
    assert "党支部" not in offered.rstrip("。").split("、")


def test_a_kind_does_not_sink_below_stored_groups(load, branch: Branch, group: Branch) -> None:
    with pytest.raises(FileRefused) as refusal:
        load(HEAD + f"{branch.code},{branch.name},功能党小组,{branch.area.code},,\n")
    assert [str(problem) for problem in refusal.value.problems] == [
        "第2行：下面还有党小组“槐荫社区第一党小组”，不能改成功能党小组。"
    ]


def test_five_thousand_are_one_build(load, django_assert_max_num_queries) -> None:
    rows = ["R,总党委,党委,990101,,"]
    rows += [f"R{n},第{n}党支部,党支部,990101001001,R,2016-11-01" for n in range(2500)]
    rows += [f"S{n},第{n}直属党支部,党支部,990101001001,," for n in range(2500)]
    with django_assert_max_num_queries(5040):  # SQLite binds each row; reading is constant
        assert load(HEAD + "\n".join(rows)).counts["created"] == 5001
    assert Branch.objects.get(code="R").get_descendant_count() == 2500
    assert sound()
