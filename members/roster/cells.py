"""One cell into one value: a reader for each kind of column, made once for a file.

A reader takes the cell and returns the value in the form the register stores, "" or None for
blank, or a Problem. Columns with few distinct cells are memoised: a roster of half a million rows
has a few thousand dates and a handful of codes.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from core.codes import CodeBook
from members.codes import pack
from members.enums import PartyStatus
from members.models import Member
from members.roster.columns import Column, Kind
from members.roster.findings import finding
from members.rules import cells, names
from members.rules.consents import HELD_BY
from members.rules.id_number import CARD
from members.rules.problems import Problem, problem

Reader = Callable[[Any], Any]

_MEMO_LIMIT = 50_000
_SEALED_TEXT_LIMIT = 200
_REMARK_LIMIT = 2_000
_MONEY_LIMIT = 1_000_000
_YES = frozenset({"是", "有", "1", "√", "✓", "y", "yes", "true", "对", "同意", "已同意"})
_NO = frozenset({"否", "没有", "0", "×", "x", "n", "no", "false", "不是", "不同意", "未同意"})
_YEAR = re.compile(r"(19[2-9]\d|20\d\d)年?", re.ASCII)
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}").fullmatch  # nearly every name: nothing to mend
_SELDOM_ALIKE = frozenset({"address", "remark", "emergency_name"})
_LISTED_CHOICES = 12
_OTHER = "其他"
_CODE_WORD = 8  # characters
_NO_CODE = re.compile(
    r"(?:[\d〇零一二三四五六七八九十]\D*){3}|\d\s*[号室幢栋楼]|[路街巷弄村]|小区|社区"
)
# Nobody's education or rank, but what a column has that stands one place off: no list is whole.
_OF_HEALTH = re.compile(
    "[病癌瘤症疾残瘫痪聋哑盲瞎癫疯痴呆癣痛炎肿伤梗瘘肝肾肺胃肠胆脾腰颈尿糖障弱瘸跛疗药癖孤亡]"
    "|心脏|冠心|血[压糖脂栓管液]|脑[血出溢卒]|三高|中风|卒中|支架|起搏|透析|手术|术后|住院|卧床|轮椅|拐杖"
    "|骨折|截肢|帕金森|阿尔茨|抑郁|焦虑|精神|白内|哮喘|结[核石]|贫血|过敏|不便|不能|自理|健康|良好|一般"
    "|康复|护理|照[料护]|失[能智独明忆语]|空巢|独居|低保|特困|困难|意外"
)
_HELD = frozenset(name for held in HELD_BY.values() for name in held.kept)
# Of whom these are unknown he is not registered yet (domain §3.1); any other code may follow later.
_NEEDED = frozenset(
    {"gender", "ethnicity", "id_type", "member_kind", "party_status", "person_kind"}
)


class Memo(dict[Any, Any]):
    """Answers of a reader by cell; it stops growing at a limit, for memory."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, cell: Any) -> Any:
        value = self._read(cell)
        if len(self) < _MEMO_LIMIT:
            self[cell] = value
        return value


def reader_for(column: Column, books: CodeBook) -> Reader:
    """Return the reader of COLUMN; dates, telephones, numbers and places are read by their own modules."""
    match column.kind:
        case Kind.NAME:
            return _read_name
        case Kind.CODE:
            return Memo(partial(_read_code, column=column, books=books)).__getitem__
        case Kind.CODES:
            return Memo(partial(_read_codes, column=column, books=books)).__getitem__
        case Kind.YES_NO:
            return Memo(partial(_read_yes_no, field=column.field)).__getitem__
        case Kind.YEAR:
            return Memo(partial(_read_year, field=column.field)).__getitem__
        case Kind.MONEY:
            return partial(_read_money, field=column.field)
        case _:
            read = partial(_read_text, field=column.field, most=_longest(column))
            return read if column.field in _SELDOM_ALIKE else Memo(read).__getitem__


def _longest(column: Column) -> int:
    if column.kind == Kind.LONG_TEXT:
        return _REMARK_LIMIT
    return getattr(Member._meta.get_field(column.field), "max_length", None) or _SEALED_TEXT_LIMIT


def _read_name(cell: Any) -> Any:
    if cell.__class__ is str and _PLAIN_NAME(cell):
        return cell
    name = names.read(cell)
    if name.code and not name.text:
        return problem(name.code, "name")
    return name.text  # its other faults are found with the whole record


def _read_text(cell: Any, *, field: str, most: int) -> Any:
    if not cell:
        return ""
    if cell.__class__ is str and cells.is_tidy(cell) and len(cell) <= most:
        return cell
    if broken := cells.damage(cell):
        return problem(broken, field)
    value = cells.plain(cell)
    return value if len(value) <= most else finding("TEXT_LONG", field, most=most)


def _read_code(cell: Any, *, column: Column, books: CodeBook) -> Any:
    typed = _read_text(cell, field=column.field, most=50)
    if not typed or isinstance(typed, Problem):
        return typed
    code = (
        _party_status(typed) if column.codes == "party_status" else books.code(column.codes, typed)
    )
    if code is None:
        return _unknown_code(typed, column, books)
    return "" if (column.codes, code) in NOT_SAID else code


def _read_codes(cell: Any, *, column: Column, books: CodeBook) -> Any:
    """Read several codes in one cell into the form that a form stores; unknown words are kept."""
    typed = _read_text(cell, field=column.field, most=_SEALED_TEXT_LIMIT)
    if not typed or isinstance(typed, Problem):
        return typed
    packed, most = pack(books, column.codes, typed), _longest(column)
    return packed if len(packed) <= most else finding("TEXT_LONG", column.field, most=most)


# GB/T 2261.1 unknown and not stated: the register leaves the gender to the number. That a document is
# the identity card need not be said.
NOT_SAID = frozenset({("gender", "0"), ("gender", "9"), ("id_type", CARD)})


def _party_status(typed: str) -> str | None:
    return next((status.value for status in PartyStatus if typed in status.label), None)


def _unknown_code(typed: str, column: Column, books: CodeBook) -> Problem:
    names = (
        PartyStatus.labels
        if column.codes == "party_status"
        else [name for _, name in books.choices(column.codes)]
    )
    listed = "、".join(names[:_LISTED_CHOICES])
    if len(names) > _LISTED_CHOICES:
        listed += "等" + (f"；都不是的，填“{_OTHER}”" if _OTHER in names else "")
    return finding(
        "CODE_UNKNOWN" if column.field in _NEEDED else "CODE_LEFT",
        column.field,
        typed=f"“{typed}”" if _is_code_word(typed, column.field) else "写的内容",
        table=column.heading,
        choices=listed,
    )


def _is_code_word(typed: str, field: str) -> bool:
    """Whether TYPED may be quoted: what is kept only with consent never is (domain §6.8).

    In a column that has shifted stand addresses, numbers, remarks, and words of one's health.
    """
    if field in _HELD or len(typed) > _CODE_WORD:
        return False
    return not _NO_CODE.search(typed) and not _OF_HEALTH.search(typed)


def _read_yes_no(cell: Any, *, field: str) -> Any:
    if isinstance(cell, bool):
        return cell
    if not (typed := cells.plain(cell)):
        return None
    said = yes_or_no(typed)
    return finding("YES_NO_LEFT", field) if said is None else said


def yes_or_no(typed: str) -> bool | None:
    """Return what TYPED says; None where it is neither."""
    word = typed.casefold()
    return word in _YES if word in _YES | _NO else None


def _read_year(cell: Any, *, field: str) -> Any:
    typed = cells.plain(cell)
    if not typed:
        return None
    found = _YEAR.fullmatch(typed)
    return int(found[1]) if found else finding("YEAR_LEFT", field)


def _read_money(cell: Any, *, field: str) -> Any:
    typed = cells.plain(cell).removesuffix("元").lstrip("¥￥").replace(",", "").strip()
    if not typed:
        return ""
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        return finding("MONEY_UNREADABLE", field)
    if not amount.is_finite() or not 0 <= amount <= _MONEY_LIMIT:
        return finding("MONEY_UNREADABLE", field)
    return f"{amount:.2f}"
