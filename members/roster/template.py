"""The blank roster: text cells, lists to choose from, an example that is left out, and how to fill it.

What is filled into it comes in as it stands: cells of text keep the digits of a number and the
zero of a month (peers §3 no. 7).
"""

from collections.abc import Sequence
from io import BytesIO
from typing import IO

from core.codes import CodeBook
from core.models import User
from core.spreadsheets import Choices, XlsxFile
from members.roster.cells import NOT_SAID
from members.roster.columns import BY_FIELD, Column, Kind
from members.roster.lookups import homes_of
from members.roster.validation import EXAMPLE
from members.roster.workbook import GUIDE

_LISTS = "选项"
_ROWS = 5_000  # as many rows have the lists
# Field, the example's cell, how it is filled.
_COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("name", f"{EXAMPLE}张建国", "必填，与身份证一致。"),
    ("id_number", "990101195001010010", "必填，18位。这一列已设为文本，照身份证填。"),
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
    ("emergency_name", "", "可不填。"),
    ("emergency_phone", "", "可不填。"),
    ("emergency_relation", "", "可不填。"),
    ("remark", "", "可不填。"),
)
_LONG = frozenset({"id_number", "branch", "former_unit", "address", "community", "activity_orgs"})


def template(user: User) -> IO[bytes]:
    """Return the blank roster of USER as a workbook: the branches to choose from are his."""
    columns = [BY_FIELD[field] for field, _, _ in _COLUMNS]
    lists = _lists(columns, user)
    stream = BytesIO()
    with XlsxFile(stream) as book:
        book.sheet(
            "党员名册",
            [column.heading for column in columns],
            [24 if column.field in _LONG else 14 for column in columns],
            text_columns=True,
            choices={
                columns.index(column): Choices(_LISTS, place, len(words), rows=_ROWS)
                for place, (column, words) in enumerate(lists)
            },
        )
        book.row([_example(field, cell, lists) for field, cell, _ in _COLUMNS])
        book.sheet(GUIDE, ["栏目", "怎样填"], (16, 40))
        book.row(["第2行", "这一行是示例，不会导入，不用删；从第3行起填。"])
        for field, _, hint in _COLUMNS:
            book.row([BY_FIELD[field].heading, hint])
        book.sheet(_LISTS, [column.heading for column, _ in lists], is_hidden=True)
        for row in range(max(len(words) for _, words in lists)):
            book.row([words[row] if row < len(words) else "" for _, words in lists])
    stream.seek(0)
    return stream


def _lists(columns: Sequence[Column], user: User) -> list[tuple[Column, list[str]]]:
    """Return the columns with something to choose, each with its words."""
    book = CodeBook(*{column.codes for column in columns if column.kind == Kind.CODE})
    lists = []
    for column in columns:
        if column.kind == Kind.BRANCH:
            words = list(homes_of(user).values_list("name", flat=True))
        elif column.kind == Kind.CODE:
            choices = book.choices(column.codes)
            words = [name for code, name in choices if (column.codes, code) not in NOT_SAID]
        else:
            continue
        if words:
            lists.append((column, words))
    return lists


def _example(field: str, cell: str, lists: Sequence[tuple[Column, list[str]]]) -> str:
    if field != "branch":
        return cell
    return next((words[0] for column, words in lists if column.field == field), "")
