"""The blank roster: its columns, and what there is to choose from in them."""

from typing import IO

from core.codes import CodeBook
from core.models import User
from core.spreadsheets import EXAMPLE, BlankColumn, blank_table
from members.parameters import modules_off_for
from members.roster.cells import NOT_SAID
from members.roster.columns import BY_FIELD, Kind
from members.roster.lookups import homes_of
from members.rules import id_number

# Field, the example's cell, how it is filled.
_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("name", f"{EXAMPLE}张建国", "必填，与身份证一致。"),
    ("id_number", id_number.EXAMPLE, "必填，18位。这一列已设为文本，照身份证填。"),
    ("branch", "", "从列表里选；支部名称和支部代码填一样就行，上传时选定了支部的可以都不填。"),
    ("branch_code", "", "支部名称和支部代码填一样就行。"),
    ("gender", "男", "从列表里选；不填按身份证算。"),
    ("ethnicity", "汉族", "从列表里选。"),
    ("birth_date", "1950-01-01", "可不填，按身份证算；档案日期不同的请填档案日期。"),
    ("member_kind", "正式党员", "从列表里选。"),
    ("join_date", "1975-06-12", "如 1975-06-12，只知年月就写 1975-06。"),
    ("full_date", "1976-06", "同上。"),
    ("person_kind", "退休干部", "从列表里选。"),
    ("work_start", "1970-08", "同上。离休干部必填。"),
    ("retire_date", "2010-01", "同上。"),
    ("former_unit", "区教育局", "退休前的单位。"),
    ("former_post", "科长", "可不填。"),
    ("rank", "", "从列表里选，可不填。"),
    ("education", "", "从列表里选，可不填。"),
    ("phone", "16100000000", "手机，或带区号的固定电话。"),
    ("phone2", "", "可不填。"),
    ("address", "槐荫里1号楼1单元101", "住到哪里写到哪里。"),
    ("community", "", "社区名称或12位代码。"),
    ("activity_orgs", "", "就近参加活动的党支部，名称或代码；有几个的用顿号隔开。"),
    ("contact_agreed_on", "", "紧急联系人本人同意的日期。没有的，下面三栏不会写入。"),
    ("emergency_name", "", "可不填，联系人同意才填。"),
    ("emergency_phone", "", "可不填，联系人同意才填。"),
    ("emergency_relation", "", "可不填，联系人同意才填。"),
    ("health_agreed_on", "", "本人同意登记健康、自理等情况的日期。没有的，下面四栏不会写入。"),
    ("health", "", "从列表里选，本人同意才填。"),
    ("self_care", "", "从列表里选，本人同意才填。"),
    ("empty_nest", "", "从列表里选，本人同意才填。"),
    ("hardship", "", "本人同意才填；有几样的用顿号隔开。"),
    ("needs_home_study", "", "填“是”或“否”。填“是”的，不来算送学上门，不算缺席。"),
    ("talent_agreed_on", "", "本人同意进入人才库的日期，可不填。"),
    ("display_agreed_on", "", "本人同意亮身份的日期，可不填。"),
    ("photo_agreed_on", "", "本人同意公开照片和事迹的日期，可不填。"),
    ("sms_agreed_on", "", "本人同意接收短信提醒的日期，可不填。"),
    ("remark", "", "可不填。"),
)
_LONG = frozenset({"id_number", "branch", "former_unit", "address", "community", "activity_orgs"})


def template(user: User) -> IO[bytes]:
    """Return the blank roster of USER as a workbook: the branches to choose from are his."""
    book = CodeBook(*{BY_FIELD[field].codes for field, _, _ in _COLUMNS} - {""})
    off = modules_off_for(user)
    columns = [_blank(*each, book, user) for each in _COLUMNS if each[0] not in off]
    return blank_table("党员名册", columns)


def _blank(field: str, example: str, hint: str, book: CodeBook, user: User) -> BlankColumn:
    column = BY_FIELD[field]
    words: list[str] = []
    if column.kind == Kind.BRANCH:
        words = list(homes_of(user).values_list("name", flat=True))
        example = words[0] if words else ""
    elif column.kind == Kind.CODE:
        choices = book.choices(column.codes)
        words = [name for code, name in choices if (column.codes, code) not in NOT_SAID]
    return BlankColumn(column.heading, example, hint, words, field in _LONG)
