"""One row judged: what is read, what is mended, what is refused and how it is said (security §5a)."""

import datetime as dt

import pytest

from branches.actions import dissolve_branch
from branches.enums import BranchKind
from core.codes import CodeBook
from members.parameters import check_parameters
from members.roster.columns import COLUMNS
from members.roster.headings import recognise
from members.roster.lookups import Places
from members.roster.validation import Judge
from members.rules.derived import search_forms
from tests.cast import TODAY
from tests.factories.branches import make_area, make_branch
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
PLAIN = {"姓名": "张建国", "公民身份号码": number(1), "支部代码": "QL0001"}


@pytest.fixture
def judge(bureau_staff, branch):
    """Judge one row given by heading; the headings not given are left out."""

    def run(today=TODAY, home=None, **cells):
        row = PLAIN | cells
        heading, values = list(row), list(row.values())
        layout = recognise([(1, heading), (2, values)], needs_branch=True)
        one = Judge(
            layout,
            places=Places(bureau_staff, today=today),
            books=CodeBook(*{column.codes for column in COLUMNS if column.codes}),
            parameters=check_parameters(),
            today=today,
            home=home,
        )
        return one.judge(2, values)

    return run


def codes(judged):
    return [found.code for found in judged.problems]


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (number(1).lower(), None),
        (f" {number(1)[:6]}\u200b {number(1)[6:]}\ufeff", None),
        (f"'{number(1)}", None),
        ("3.20106E+17", "ID_SCIENTIFIC"),
        (3.2010619400102125e17, "ID_NUMERIC_CELL"),
        (320106500101021, "ID_OLD"),
        (number(1)[:16] + "O" + number(1)[17], "ID_LETTER"),
        (number(1)[:17], "ID_LENGTH"),
        ("320106194002301234", "ID_BIRTH_IMPOSSIBLE"),
        (number(1)[:17] + "0", "ID_CHECK_DIGIT"),
        ("", "ID_EMPTY"),
        ("无", "ID_EMPTY"),
        ("E12345678", "ID_OTHER_DOCUMENT"),
    ],
)
def test_numbers(judge, typed, code):
    judged = judge(公民身份号码=typed)
    assert codes(judged) == ([code] if code else [])
    assert judged.is_refused == (code not in {None, "ID_OLD"})


@pytest.mark.parametrize(
    ("typed", "stored", "code"),
    [
        ("张　建国", "张建国", None),
        ("阿依古丽•买买提", "阿依古丽·买买提", None),
        ("\u202e张建国", "张建国", None),
        ("<script>", "<script>", "NAME_CHARACTERS"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)", "NAME_CHARACTERS"),
        ("张", None, "NAME_LENGTH"),
        ("张" * 21, None, "NAME_LENGTH"),
        ("  ", None, "NAME_EMPTY"),
        ("张\x00三", None, "TEXT_NUL"),
        ("张\ud800三", None, "TEXT_SURROGATE"),
    ],
)
def test_names(judge, typed, stored, code):
    judged = judge(姓名=typed)
    assert codes(judged) == ([code] if code else [])
    if stored:
        assert judged.values["name"] == stored


def test_too_long_a_text_is_refused_on_either_database(judge):
    assert codes(judge(专业="机" * 51)) == ["TEXT_LONG"]
    assert judge(专业="机" * 50).values["major"] == "机" * 50


def test_formulas_and_templates_are_text(judge):
    judged = judge(原工作单位="=cmd|'/c calc'!A0", 原职务="{{7*7}}", 备注="＝1+1")
    assert judged.values["former_unit"] == "=cmd|'/c calc'!A0"
    assert judged.values["former_post"] == "{{7*7}}"


@pytest.mark.parametrize(
    ("typed", "stored", "month_only", "code"),
    [
        ("1975-3-8", "1975-03-08", "", None),
        ("1975年3月8日", "1975-03-08", "", None),
        ("19750308", "1975-03-08", "", None),
        (27461, "1975-03-08", "", None),
        (dt.date(1975, 3, 8), "1975-03-08", "", None),
        ("1975.03", "1975-03-01", "join_date", None),
        ("75/3/8", None, "", "DATE_SHORT_YEAR"),
        ("1975-02-30", None, "", "DATE_IMPOSSIBLE"),
        ("9999-12-31", None, "", "DATE_RANGE"),
        ("2027-01-01", None, "", "DATE_FUTURE"),
        ("不详", None, "", "DATE_UNREADABLE"),
    ],
)
def test_dates(judge, typed, stored, month_only, code):
    judged = judge(入党日期=typed)
    assert codes(judged) == ([code] if code else [])
    if stored:
        assert (str(judged.values["join_date"]), judged.values["month_only"]) == (
            stored,
            month_only,
        )


def test_gender_against_the_number_is_refused_and_a_birth_date_is_a_question(judge):
    assert codes(judge(性别="女")) == ["ID_GENDER_DIFFERS"]
    judged = judge(出生日期="1949-12-01")
    assert (codes(judged), judged.is_refused) == (["ID_BIRTH_DIFFERS"], False)


def test_gender_and_birth_follow_from_the_number(judge):
    values = judge(性别="", 出生日期="1950.01").values
    assert (values["gender"], str(values["birth_date"]), values["month_only"]) == (
        "1",
        "1950-01-01",
        "",
    )
    assert judge(性别="未说明").values["gender"] == "1"


@pytest.mark.parametrize(
    ("heading", "typed", "field", "stored"),
    [
        ("民族", "汉", "ethnicity", "01"),
        ("民族", "汉族", "ethnicity", "01"),
        ("民族", "1", "ethnicity", "01"),
        ("文化程度", "本科毕业", "education", "21"),
        ("党员类别", "预备", "member_kind", "PROBATIONARY"),
        ("人员类别", "离休", "person_kind", "A"),
        ("享受待遇", "正县处", "rank", "31"),
        ("党籍状态", "停止党籍", "party_status", "SUSPENDED"),
        ("是否流动党员", "是", "floating", True),
        ("光荣在党50年", "√", "medal50", True),
        ("月养老金", "￥1,234.5", "dues_base", "1234.50"),
        ("纪念章年份", "2021年", "medal50_year", 2021),
    ],
)
def test_codes_and_figures(judge, heading, typed, field, stored):
    assert judge(**{heading: typed}).values[field] == stored


def test_an_unknown_code_tells_what_may_be_written(judge):
    (found,) = judge(自理能力="还行").problems
    assert (
        found.message
        == "写的内容不在“自理能力”的选项里，这一格先空着。可以填：自理、半自理、不能自理。"
    )


@pytest.mark.parametrize(
    ("heading", "typed"),
    [
        *((heading, "胃癌") for heading in ("健康状况", "自理能力", "空巢情况")),
        *(("学历", typed) for typed in ("槐荫里1号", "人民路", "025-88886666", "3201", "柳岸社区")),
        *(("学历", typed) for typed in ("一三八〇一二三", "138-0", "G123", "１３８")),
        *(
            ("职级/享受待遇", typed)
            for typed in ("慢性病", "胃癌", "高血压", "半自理", "独居", "一般")
        ),
        *(("性别", typed) for typed in ("良好", "残疾", "不能自理", "失能")),
        ("性别", "退休以后住在女儿家里"),
        ("民族", "离休以后一直住在女儿家里"),
    ],
)
def test_a_word_nobody_knows_is_quoted_only_where_it_can_be_a_code(judge, heading, typed):
    """Security §5a: values masked; domain §6.8: no diagnoses. A column may have shifted."""
    (found,) = judge(**{heading: typed}).problems
    assert found.message.startswith(f"写的内容不在“{heading}”的选项里")
    assert "可以填：" in found.message
    assert typed not in found.message


@pytest.mark.parametrize(
    ("heading", "typed", "told"),
    [
        ("学历", "半仙", "“半仙”不在“学历”的选项里，这一格先空着。可以填："),
        ("享受待遇", "老红军", "“老红军”不在“职级/享受待遇”的选项里，这一格先空着。可以填："),
        ("流动党员", "不清楚", "不是“是”也不是“否”，这一格先空着。请填“是”或“否”。"),
        ("纪念章年份", "去年", "年份看不明白，这一格先空着。请写四位数字，如 2021。"),
    ],
)
def test_a_word_that_may_follow_later_sends_nobody_back(judge, heading, typed, told):
    """Issue 2 §4: whatever else is missing is no rejection."""
    judged = judge(**{heading: typed})
    assert not judged.is_refused
    assert [found.message for found in judged.problems if found.message.startswith(told)] != []


@pytest.mark.parametrize("heading", ["性别", "民族", "党员类别", "党籍状态", "离退休类别"])
def test_a_word_without_which_nobody_is_registered_sends_him_back(judge, heading):
    assert codes(judge(**{heading: "不清楚"})) == ["CODE_UNKNOWN"]


def test_a_long_list_of_codes_names_its_other(judge):
    (found,) = judge(民族="穿青").problems
    assert found.message.endswith("等；都不是的，填“其他”。")


@pytest.mark.parametrize("typed", ["-1", str(2**40), "一千", "1e9"])
def test_amounts_that_cannot_be(judge, typed):
    assert codes(judge(党费计算基数=typed)) == ["MONEY_UNREADABLE"]


def test_several_telephones_in_one_cell(judge):
    values = judge(联系电话="16112345678；025-88886666").values
    assert (values["phone"], values["phone2"]) == ("16112345678", "025-88886666")
    judged = judge(联系电话="16112345678、16112345679", 固定电话="025-88886666")
    assert codes(judged) == ["PHONE_LEFT"]
    assert "emergency_phone" not in judged.values, "whose it is nobody knows, nor if he agrees"
    assert codes(judge(联系电话="1.39E+10")) == ["PHONE_SCIENTIFIC"]


# --- places ----------------------------------------------------------------------------------


def test_a_branch_by_code_by_name_or_both(judge, branch):
    assert judge().values["branch"] == branch.pk
    assert judge(支部代码="", 所在党支部=branch.name).values["branch"] == branch.pk
    assert judge(支部代码="", 所在党支部=" ql0001 ").values["branch"] == branch.pk
    assert judge(所在党支部=branch.name).values["branch"] == branch.pk


def test_branches_that_cannot_be_meant(judge, branch, other_branch, community):
    make_branch(community, "同名支部", code="A1")
    make_branch(community, "同名支部", code="A2")
    assert codes(judge(支部代码="")) == ["BRANCH_EMPTY"]
    assert codes(judge(支部代码="", 所在党支部="同名支部")) == ["BRANCH_SAME_NAME"]
    assert codes(judge(所在党支部=other_branch.name)) == ["BRANCH_TWO"]
    (found,) = judge(支部代码="", 所在党支部="槐荫社区离退休党支部").problems
    assert found.message == (
        "没有找到这个党支部。请填完整的名称或组织代码。名称相近的有“槐荫社区离退休干部党支部”。"
    )


@pytest.mark.parametrize("kind", [BranchKind.PARTY_GROUP, BranchKind.FUNCTIONAL_GROUP])
def test_a_group_that_is_gone_or_no_party_group_is_not_found(judge, branch, kind):
    group = make_branch(branch.area, "已撤小组", kind=kind, parent=branch)
    if kind == BranchKind.PARTY_GROUP:
        dissolve_branch(by=None, branch=group, on=dt.date(2026, 11, 1), document="9号")
    assert [found.code for found in judge(党小组="已撤小组").problems] == ["GROUP_UNKNOWN"]


def test_groups_communities_and_grids(judge, branch, group, community, other_street):
    values = judge(党小组=group.name, 居住社区="槐荫社区").values
    assert (values["group"], values["community"]) == (group.pk, community.pk)
    assert judge(居住社区=community.code).values["community"] == community.pk
    judged = judge(党小组="没有的小组", 居住社区="没有的社区", 网格="没有的网格")
    assert (codes(judged), judged.is_refused) == (
        ["GROUP_UNKNOWN", "COMMUNITY_UNKNOWN", "GRID_UNKNOWN"],
        False,
    )


def test_of_two_communities_of_one_name_the_branchs_own_is_meant(
    judge, branch, community, other_street, other_branch
):
    make_area(other_street, "槐荫社区")
    assert judge(居住社区="槐荫社区").values["community"] == community.pk
    assert codes(judge(支部代码="QL0002", 居住社区="槐荫社区")) == ["COMMUNITY_SAME_NAME"]


# --- rows that are no rows -------------------------------------------------------------------


def test_notes_under_the_table_and_blank_rows_are_no_rows(judge):
    nothing = dict.fromkeys(PLAIN, "")
    assert judge(**nothing) is None
    for note in (
        *("合计：120人", "以上共35人", "共35人", "全区总共 35 人", "本页小计", "其中党员共计12名"),
        *("填报人：王芳", "支部负责人: 李明", "联系人", "打印日期 2026.11.5", "（盖章）", "盖章："),
        *("2026年11月5日", "2026-11-05", "2026年11月"),
    ):
        assert judge(**nothing | {"姓名": note}) is None, note
    assert judge(**nothing | {"姓名": "填报人：王芳", "性别": "电话：16100000000"}) is None
    assert codes(judge(**nothing | {"姓名": "张建国"})) == ["ID_EMPTY", "BRANCH_EMPTY"]
    assert codes(judge(**nothing | {"姓名": "共建国"})) == ["ID_EMPTY", "BRANCH_EMPTY"]
    for name in ("注志明", "审核明", "张建国"):
        found = judge(**nothing | {"姓名": name, "公民身份号码": "无", "支部代码": "QL0001"})
        assert codes(found) == ["ID_EMPTY"], name


@pytest.mark.parametrize("front", ["负责人", "联系人", "注塑厂离退休干部党支部"])
def test_whoever_has_a_name_is_no_note_whatever_stands_in_front(bureau_staff, branch, front):
    heading = ["党内职务", "姓名", "公民身份号码", "支部代码"]
    judge = Judge(
        recognise([(1, heading)], needs_branch=True),
        places=Places(bureau_staff, today=TODAY),
        books=CodeBook(),
        parameters=check_parameters(),
        today=TODAY,
    )
    assert codes(judge.judge(2, [front, "王志明", "", "QL0001"])) == ["ID_EMPTY"]
    assert judge.judge(3, [f"{front}：", "王志明", "", ""]) is None
    assert judge.judge(4, ["合计", "35人", "", ""]) is None


def test_only_the_templates_own_number_makes_an_example(judge):
    assert judge(姓名="示例：王五", 公民身份号码="990101195001010010") is None
    assert codes(judge(姓名="示例：王五", 公民身份号码=number(1))) == ["NAME_CHARACTERS"]


@pytest.mark.parametrize(
    ("cells", "is_csv", "found"),
    [
        ([*PLAIN.values(), "多"], False, ["ROW_RAGGED"]),
        ([*PLAIN.values(), "", ""], True, []),
        (["张建国", number(1)], True, ["ROW_RAGGED"]),
        (["张建国", number(1)], False, ["BRANCH_EMPTY"]),
    ],
)
def test_a_ragged_row_is_refused(bureau_staff, branch, cells, is_csv, found):
    """Security §5a 73; a workbook leaves empty ends out, a CSV does not."""
    judge = Judge(
        recognise([(1, list(PLAIN))], needs_branch=True),
        places=Places(bureau_staff, today=TODAY),
        books=CodeBook(),
        parameters=check_parameters(),
        today=TODAY,
        is_csv=is_csv,
    )
    assert codes(judge.judge(2, cells)) == found


def test_no_sentence_repeats_what_was_typed_about_a_person(judge):
    judged = judge(
        姓名="张" * 21, 公民身份号码="320106194002301234", 联系电话="1.39E+10", 居住地址="某" * 201
    )
    said = "".join(found.message for found in judged.problems)
    assert not any(secret in said for secret in ("3201061940", "1.39E", "某某", "张张"))


@pytest.mark.parametrize("cell", ["1968.1", 1968.1])
def test_a_month_that_a_spreadsheet_may_have_cut_is_read_as_january_and_asked(judge, cell):
    judged = judge(入党日期=cell)
    (asked,) = judged.problems
    assert (asked.code, asked.severity) == ("DATE_JANUARY", "W")
    assert "是10月的，核对时写上行号" in asked.message
    assert judged.values["join_date"] == dt.date(1968, 1, 1)
    assert ("join_date", "1968.1", "1968年1月") in judged.mended


def test_what_was_read_as_january_is_judged_like_any_other_day(judge):
    judged = judge(入党日期="1960.1")
    assert "JOIN_TOO_YOUNG" in codes(judged)


def lacking(judged):
    """Return 待补资料 as the register would list it."""
    return search_forms(judged.values, check_parameters())["missing_fields"]


def test_a_veteran_without_the_day_of_joining_the_revolution_lacks_it(judge):
    """Domain §3.1: listed among 待补资料, no reason to send him back."""
    veteran = judge(人员类别="离休干部", 参加工作时间="")
    assert (veteran.is_refused, codes(veteran)) == (False, ["VETERAN_AGE"])
    assert "work_start" in lacking(veteran)
    assert "work_start" not in lacking(judge(人员类别="离休干部", 参加工作时间="1948-03"))
    assert "work_start" not in lacking(judge(人员类别="退休干部", 参加工作时间=""))
