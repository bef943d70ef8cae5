"""One home, managing links within the area's policy, transfers (SYS-04, SYS-05, SYS-15).

Each ``check_…`` raises ValidationError with sentences by field; nothing else.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from branches.enums import BranchKind, BranchSetting
from members.enums import LINK_KINDS, AffiliationKind

# A branch and the kind of link to it.
Tie = tuple[int, str]

DISSOLVED = "这个党组织已经撤销，请另选。"
_KIND_BY_COUNT = {
    "temporary": AffiliationKind.TEMPORARY,
    "functional": AffiliationKind.FUNCTIONAL,
}


def check_roll_day(day: dt.date, today: dt.date) -> None:
    """A roll is known up to TODAY (house §1.4)."""
    if day > today:
        raise ValidationError("这一天还没有到，看不到那天的名册。请写今天或者以前的日期。")


def place_fault(settings: Mapping[str, Any], *, dissolved: bool, is_home: bool) -> str:
    """Return why the branch's kind (SETTINGS of its Kind) does not take members; empty if it does."""
    if dissolved:
        return DISSOLVED
    if is_home and not settings.get("may_be_home"):
        return "这类党组织不接收组织关系，请选一个党支部。"
    if not settings.get("may_have_members"):
        return "这类党组织不直接管理党员，请选一个党支部。"
    return ""


def check_place(
    settings: Mapping[str, Any], *, dissolved: bool, is_home: bool, field: str = "branch"
) -> None:
    """The branch's kind takes members, as a home or for activities."""
    if fault := place_fault(settings, dissolved=dissolved, is_home=is_home):
        raise ValidationError({field: fault})


def is_group_of(
    branch: int | None, *, kind: str, parent: int | None, dissolved: bool = False
) -> bool:
    """Return whether a unit (key of its KIND, its PARENT) is a 党小组 that members of BRANCH may be in."""
    return kind == BranchKind.PARTY_GROUP and parent == branch is not None and not dissolved


def check_link(*, kind: str, is_home: bool, counts: bool, links: int, most: int | None) -> None:
    """A managing link: not to the home branch, within the policy (SYS-05).

    LINKS is the number of links that count and have not ended; MOST None is the 1+N mode.
    """
    if kind not in LINK_KINDS:
        raise ValidationError({"kind": "请选活动关系；隶属请办理组织关系转接。"})
    if is_home:
        raise ValidationError({"branch": "这就是隶属的党支部，不用再登记活动组织。"})
    if counts and (fault := limit_fault(links, most)):
        raise ValidationError({"branch": fault})


def limit_fault(links: int, most: int | None) -> str:
    """Return the policy's own sentence where LINKS use it up (SYS-05); empty where they do not."""
    if most is None or links < most:
        return ""
    return (
        f"本区实行1+{most}，已有{links}个活动组织（临时的、功能组不算）。要再登记，请先结束一个。"
    )


def link_kind(settings: Mapping[str, Any], setting: str) -> AffiliationKind:
    """Return the kind of a link to a branch where nobody says it: by its kind, then by its setting.

    SETTINGS are those of the branch's Kind. Whatever is neither temporary nor functional nor an
    association is a place near home: the community kind.
    """
    if kind := _KIND_BY_COUNT.get(settings.get("counts_as", "")):
        return kind
    if setting == BranchSetting.ASSOCIATION:
        return AffiliationKind.ASSOCIATION
    return AffiliationKind.COMMUNITY


def links_to_begin(
    wanted: Sequence[Tie],
    standing: Collection[Tie],
    *,
    counted: Collection[str],
    most: int | None,
) -> tuple[list[Tie], str]:
    """Return which of the WANTED links begin, and the policy's sentence where some may not.

    A branch that a link of any kind stands to already wants none. COUNTED are the kinds that use
    up the policy, MOST its limit (None: 1+N).
    """
    places = {branch for branch, _ in standing}
    links = sum(kind in counted for _, kind in standing)
    begun: list[Tie] = []
    refused = ""
    for branch, kind in wanted:
        if branch in places:
            continue
        fault = limit_fault(links, most) if kind in counted else ""
        if fault:
            refused = fault
            continue
        begun.append((branch, kind))
        places.add(branch)
        links += kind in counted
    return begun, refused


def check_start(started_on: dt.date | None, *, today: dt.date) -> None:
    """A tie that is registered has begun."""
    if started_on is not None and started_on > today:
        raise ValidationError({"started_on": "开始日期晚于今天，请检查年份。"})


def check_end(
    *, started_on: dt.date | None, ended_on: dt.date | None, on: dt.date, today: dt.date
) -> None:
    """A tie ends once, not before it began, on a day that has come.

    One that is to end later would stand on, and no longer be counted by the policy (SYS-05).
    """
    if ended_on is not None:
        raise ValidationError("这项关系已经结束，不用再办。")
    if on > today:
        raise ValidationError({"on": "最后一天还没到，请到了那天再办；写错年份的，请改正。"})
    if started_on is not None and on < started_on:
        raise ValidationError({"on": "结束日期不能早于开始日期。"})


def check_letter(*, on: dt.date | None, today: dt.date, document: str) -> None:
    """The day and the paper of one transfer, or of all transfers of a roster."""
    if not document.strip():
        raise ValidationError({"document": "请填写介绍信编号或文件名称。"})
    if on is None:
        raise ValidationError({"on": "请填写转接日期。"})
    if on > today:
        raise ValidationError({"on": "转接日期晚于今天，请检查年份。"})


def check_move(
    *,
    on: dt.date,
    today: dt.date,
    document: str,
    home_since: dt.date | None,
    left_on: dt.date | None = None,
    is_same: bool = False,
    deceased: bool = False,
) -> None:
    """A transfer: dated, documented, to another branch, after the last one.

    LEFT_ON is the last day of the latest home that is over: there is one home on every day (SYS-04).
    """
    if deceased:
        raise ValidationError("这位同志已登记为已故，不能转接组织关系。")
    if is_same:
        raise ValidationError({"to": "这位同志已经隶属这个党支部，请另选。"})
    check_letter(on=on, today=today, document=document)
    if home_since is not None and on <= home_since:
        raise ValidationError({"on": "转接日期要晚于上一次转入的日期。"})
    if left_on is not None and on <= left_on:
        day = f"{left_on.year}年{left_on.month}月{left_on.day}日"
        raise ValidationError({"on": f"到{day}为止还有隶属的党支部，转接日期要在这一天以后。"})


def check_death(
    *, on: dt.date, today: dt.date, birth: dt.date | None, deceased_on: dt.date | None
) -> None:
    """已故 is registered once, with a day that can be."""
    if deceased_on is not None:
        raise ValidationError("这位同志已经登记为已故，不用再办。")
    if on > today:
        raise ValidationError({"on": "日期晚于今天，请检查年份。"})
    if birth is not None and on < birth:
        raise ValidationError({"on": "日期早于出生日期，请检查年份。"})
