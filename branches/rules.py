"""Decisions about territory, branches and posts, as pure functions (SYS-02, SYS-09, domain §2.1).

Each ``check_…`` raises ValidationError with a sentence by field; nothing else.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError

from branches.enums import AREA_ROLES, BRANCH_ROLES, AreaLevel, Role, Tie
from core import dates
from core.text import clean

_TWELVE_DIGITS = re.compile(r"[0-9]{12}", re.ASCII)
_LONGER_CODE = re.compile(r"[0-9]{12}[0-9A-Z]{1,12}", re.ASCII)
# The longest code a residents' group has: community and three characters more.
_GROUP_CODE = 15
_BETWEEN = re.compile(r"[、;；,，\n]")
_OFFICE_PHONE = re.compile(r"(?:\+?\d{2,4}-?)?\d{5,11}(?:-\d{1,5})?", re.ASCII)
_LONG_NUMBER = re.compile(r"(?:\d[\s-]?){6}")
_NO_NAME = "网格员请写姓名，不写电话和证件号码。请看看是不是和电话写反了。"
# What the columns of a grid hold, in characters.
_LONGEST_NAME, _LONGEST_LIST = 20, 1000


# Ranks of the regions above the district, continuing the area levels upwards.
PROVINCE, CITY = -1, 0
REGION_NAMES = {PROVINCE: "省", CITY: "市"}


def rank_of_code(code: str) -> int | None:
    """Return the rank a 12-digit code says by its zeros; None for longer or wrong ones.

    2 digits province, 2 city, 2 district, 3 street, 3 community (GB/T 2260); zeros end the code.
    """
    if not _TWELVE_DIGITS.fullmatch(code):
        return None
    if code[9:] != "000":
        return AreaLevel.COMMUNITY
    if code[6:9] != "000":
        return AreaLevel.STREET
    if code[4:6] != "00":
        return AreaLevel.DISTRICT
    return CITY if code[2:4] != "00" else PROVINCE


def code_fits_level(code: str, level: int) -> bool:
    """Return whether CODE may name an area of LEVEL.

    Groups and grids have longer codes, told apart by their place; past 15 characters only a grid.
    """
    if level <= AreaLevel.COMMUNITY:
        return rank_of_code(code) == level
    fits = bool(_LONGER_CODE.fullmatch(code))
    return fits and (level == AreaLevel.GRID or len(code) <= _GROUP_CODE)


def check_area(
    *, code: str, level: int, parent_level: int | None, names: Mapping[int, str]
) -> None:
    """An area is one level below its parent; only a district has none; the code says so too.

    NAMES: what the levels are called (``branches.levels``).
    """
    if level != (parent_level or 0) + 1:
        name = names[level]
        if parent_level is None:
            raise ValidationError({"parent": f"{name}必须有上级区划，请先选上级。"})
        if level == AreaLevel.DISTRICT:
            raise ValidationError({"parent": f"{name}是最高一级，不用选上级区划。"})
        raise ValidationError({"parent": f"{name}的上级必须是{names[level - 1]}，请重新选上级。"})
    if not code_fits_level(code, level):
        raise ValidationError({"code": _code_sentence(level, names)})


def _code_sentence(level: int, names: Mapping[int, str]) -> str:
    longer = f"{names[AreaLevel.COMMUNITY]}12位代码后再加"
    rule = {
        AreaLevel.DISTRICT: "12位数字，后6位为0",
        AreaLevel.STREET: "12位数字，后3位为0",
        AreaLevel.COMMUNITY: "12位数字，后3位不为0",
        AreaLevel.GROUP: f"{longer}1到3位",
        AreaLevel.GRID: f"{longer}数字或大写字母，共不超过24位",
    }[AreaLevel(level)]
    return f"{names[level]}代码应是{rule}。"


def buildings_of(text: str) -> list[str]:
    """Return the buildings that TEXT names, one a line or by commas, each once."""
    named = (clean(each) for each in _BETWEEN.split(text))
    return list(dict.fromkeys(filter(None, named)))


def check_grid(*, level: int, worker: str, phone: str, buildings: str) -> None:
    """A grid, and no other area, has a worker, an office telephone and buildings (SYS-02)."""
    if level != AreaLevel.GRID:
        if worker or phone or buildings:
            raise ValidationError({"grid_worker": "只有最低一级的区划才登记网格员和楼栋。"})
        return
    if _LONG_NUMBER.search(worker):
        raise ValidationError({"grid_worker": _NO_NAME})
    if len(worker) > _LONGEST_NAME:
        raise ValidationError({"grid_worker": f"姓名超过{_LONGEST_NAME}个字，请检查。"})
    if phone and not _OFFICE_PHONE.fullmatch(phone):
        raise ValidationError({"grid_phone": "电话请写数字，可以带区号，例如 0516-83210001。"})
    if len(buildings) > _LONGEST_LIST:
        raise ValidationError({"buildings": f"楼栋一共最多{_LONGEST_LIST}个字，请写短一些。"})


def rank(kind_settings: dict[str, Any]) -> int:
    """Return the rank of a branch kind: 1 is the highest. A kind without one ranks lowest."""
    return int(kind_settings.get("rank", 99))


def may_hang_under(kind_settings: dict[str, Any], parent_settings: dict[str, Any]) -> bool:
    """A unit's parent must be a higher kind (SYS-02)."""
    return rank(parent_settings) < rank(kind_settings)


class RoughDay(NamedTuple):
    """A day as far as it is known: PARTS are 3 (year, month, day), 2 or 1; the rest is the first."""

    day: dt.date
    parts: int

    @property
    def words(self) -> str:
        """Say how much was written."""
        return {3: "到日", 2: "到月", 1: "到年"}[self.parts]

    def agrees_with(self, other: dt.date | None) -> bool:
        """Return whether OTHER says the same, as far as this is known."""
        mine, theirs = self.day.timetuple(), other.timetuple() if other else ()
        return mine[: self.parts] == theirs[: self.parts]


def day_of(text: str) -> RoughDay:
    """Read a day as ``core.dates`` does, or a month or a year alone. ValueError: the code of why not."""
    if year := dates.read_year(text):
        return RoughDay(dt.date(year, 1, 1), 1)
    read = dates.read_text(text)
    if read.value is None:
        raise ValueError(read.code or "DATE_UNREADABLE")
    return RoughDay(read.value, 2 if read.month_only else 3)


def tie_of(text: str) -> str:
    """Read one of the three ties by its word, its first letter enough (地缘、地). ValueError: none."""
    for tie in Tie:
        if text in {tie.value, tie.label, tie.label[0], f"{tie.label}型"}:
            return tie.value
    raise ValueError(text)


def needs_tie(kind_settings: dict[str, Any], tie: str) -> bool:
    """Return whether a kind says one of the three ties and none is given (SYS-09)."""
    return bool(kind_settings.get("needs_tie")) and not tie


def check_founding(founded_on: dt.date | None, today: dt.date) -> None:
    """A branch that is registered has been founded."""
    if founded_on is not None and founded_on > today:
        raise ValidationError({"founded_on": "成立日期晚于今天，请检查年份。"})


def check_tie(*, kind: tuple[str, dict[str, Any]], tie: str) -> None:
    """A kind that gathers people by one of the three ties says which. KIND is (name, settings)."""
    if needs_tie(kind[1], tie):
        raise ValidationError({"tie": f"{kind[0]}请选三缘：{Tie.in_words()}。"})


def check_parent(
    *,
    kind: tuple[str, dict[str, Any]],
    parent: tuple[str, dict[str, Any]] | None,
    parent_dissolved: bool = False,
) -> None:
    """KIND and PARENT are (name, settings). The parent is of a higher kind and not dissolved."""
    if parent is None:
        return
    if parent_dissolved:
        raise ValidationError({"parent": "上级组织已经撤销，不能再接收下级，请另选上级。"})
    if not may_hang_under(kind[1], parent[1]):
        raise ValidationError(
            {"parent": f"{kind[0]}的上级必须是更高一级的组织，不能是{parent[0]}，请另选上级。"}
        )


def check_dissolution(
    *,
    founded_on: dt.date | None,
    dissolved_on: dt.date | None,
    on: dt.date,
    document: str,
    today: dt.date,
    obstacles: Iterable[str],
) -> None:
    """Dissolving takes a date, a document and a branch that nobody hangs on any more (SYS-02)."""
    if dissolved_on is not None:
        raise ValidationError("这个党组织已经撤销，不用再办。")
    _check_dated("撤销", on=on, document=document, founded_on=founded_on, today=today)
    if sentences := list(obstacles):
        raise ValidationError(sentences)


def check_reorganisation(
    *,
    founded_on: dt.date | None,
    dissolved_on: dt.date | None,
    on: dt.date,
    document: str,
    today: dt.date,
) -> None:
    """Reorganising takes a date and a document, and a branch that exists on that date (SYS-02)."""
    if dissolved_on is not None:
        raise ValidationError("这个党组织已经撤销，不能再调整。")
    _check_dated("调整", on=on, document=document, founded_on=founded_on, today=today)


def _check_dated(
    what: str, *, on: dt.date, document: str, founded_on: dt.date | None, today: dt.date
) -> None:
    if not document.strip():
        raise ValidationError({"document": f"请填写{what}文件的名称或文号。"})
    if on > today:
        raise ValidationError({"on": f"{what}日期晚于今天，请检查年份。"})
    if founded_on is not None and on < founded_on:
        raise ValidationError({"on": f"{what}日期不能早于成立日期。"})


def post_is_over(ended_on: dt.date | None, today: dt.date) -> bool:
    """Return whether a post's last day is past: until then it may be made to end earlier."""
    return ended_on is not None and ended_on < today


def may_be_withdrawn(
    *, ended_on: dt.date | None, withdrawn_on: dt.date | None, today: dt.date
) -> bool:
    """Return whether a post can still be taken back as a mistake; one that is over has been held."""
    return withdrawn_on is None and not post_is_over(ended_on, today)


def check_withdrawal(reason: str) -> None:
    """Who takes back a post as a mistake says what was wrong."""
    if not reason.strip():
        raise ValidationError({"reason": "请写明为什么撤回。"})


def check_place(*, role: str, has_area: bool, has_branch: bool) -> None:
    """Office posts hold an area, branch posts a branch, the system's own posts neither."""
    if role == Role.MEMBER:
        raise ValidationError({"role": "党员身份随党员名册而来，不用任职。"})
    if role in AREA_ROLES and (not has_area or has_branch):
        raise ValidationError({"area": f"{Role(role).label}请选区划，不选党组织。"})
    if role in BRANCH_ROLES and (has_area or not has_branch):
        raise ValidationError({"branch": f"{Role(role).label}请选党组织，不选区划。"})
    if role not in AREA_ROLES | BRANCH_ROLES and (has_area or has_branch):
        raise ValidationError({"role": f"{Role(role).label}不用选区划和党组织。"})


def stand_together(roles: Iterable[str]) -> bool:
    """Return whether one person may hold ROLES at once.

    Who keeps the system and who reads its trail have no other post, nor each other's
    (GB/T 22239: 系统管理、审计管理分开).
    """
    held = set(roles)
    return len(held) <= 1 or held.isdisjoint({Role.SYSADMIN, Role.AUDITOR})


def may_grant(
    *,
    role: str,
    is_system_administrator: bool,
    within_own_reach: bool,
    to_himself: bool,
) -> bool:
    """Nobody grants wider than his own scope, nor to himself (security P22).

    System administrators grant any role to others and read no member by it.
    """
    if to_himself:
        return False
    if is_system_administrator:
        return True
    return role in AREA_ROLES | BRANCH_ROLES and within_own_reach
