"""Acts that a branch asks for and its office carries out: transfers, 已故, links (P10, SYS-04)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.core.exceptions import ValidationError

from members.enums import MemberRequest

# What the trail says of asking, and of carrying out.
ASKED = {
    MemberRequest.MOVE: "请办理组织关系转接",
    MemberRequest.OUT: "请办理转出",
    MemberRequest.DEATH: "请办理已故登记",
    MemberRequest.LINK: "请登记活动组织",
}
DONE = {
    MemberRequest.MOVE: "转接组织关系",
    MemberRequest.OUT: "转出本系统",
    MemberRequest.DEATH: "登记已故",
    MemberRequest.LINK: "办好活动组织申请",
}
ACTS = (*ASKED.values(), *DONE.values())


class Event(Protocol):
    """A line of the trail."""

    act: str
    at: dt.datetime
    by_name: str


@dataclass(frozen=True)
class Asked:
    """A request that nobody has carried out yet."""

    kind: MemberRequest
    at: dt.datetime
    by_name: str


def check_request(
    *, kind: str, on: dt.date, text: str, today: dt.date, birth: dt.date | None
) -> None:
    """A request names a day that can be, and where the member goes. ValidationError by field."""
    if kind == MemberRequest.DEATH:
        if on > today:
            raise ValidationError({"on": "日期晚于今天，请检查年份。"})
    elif kind == MemberRequest.LINK and not text.strip():
        raise ValidationError({"text": "请写明到哪里参加活动，例如哪个社区、哪个协会的党支部。"})
    elif not text.strip():
        raise ValidationError({"text": "请写明转到哪里，例如哪个街道、哪个党支部。"})
    if birth is not None and on < birth:
        raise ValidationError({"on": "日期早于出生日期，请检查年份。"})


def waiting(events: Iterable[Event]) -> list[Asked]:
    """Return the latest request of each kind that still waits; EVENTS newest first, of ACTS only."""
    asked_by_act = {act: kind for kind, act in ASKED.items()}
    found: dict[MemberRequest, Asked] = {}
    linked = False
    for event in events:
        kind = asked_by_act.get(event.act)
        if event.act == DONE[MemberRequest.LINK]:
            linked = True  # that settles no transfer
        elif kind is None:
            break  # he went or died: whatever was asked before is settled
        elif kind != MemberRequest.LINK or not linked:
            found.setdefault(kind, Asked(kind, event.at, event.by_name))
    return list(found.values())
