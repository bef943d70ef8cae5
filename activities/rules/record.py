"""What a record of one activity says, and who may still change it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from activities.enums import HELD, ActivityState
from activities.rules.attendance import Mark
from activities.rules.period import Period, is_open

MARK_KEY = "mark-"
MOST_MINUTES = 1000
MOST_AGENDA = 500
WORDS = ("topic", "place", "host", "agenda", "minutes")  # what is typed as one likes
# What a kind may require of a record beside its date, and what is said where it is missing.
ASKED_FOR = {
    "topic": "请写一写这次学了什么、做了什么。",
    "place": "请写一写在哪里开的，比如：社区活动室。",
    "host": "请写一写是谁主持的。",
    "agenda": "请写一写安排了哪几项，一行一项。",
    "cost": "请写一写花了多少钱，没有花钱就写0。",
    "minutes": "请写一写会上讲了什么、定了什么。",
}


@dataclass(frozen=True)
class Record:
    """One version of a record: date, topic, place, campaign by id, a mark for each member by id.

    HOST led the meeting, MINUTES say in a few lines what was said and decided, AGENDA has its steps
    a line each. COST is what was spent, in yuan; None where nobody has said.
    """

    date: dt.date
    topic: str
    place: str
    marks: Mapping[int, Mark]
    campaign: int | None = None
    host: str = ""
    minutes: str = ""
    agenda: str = ""
    cost: Decimal | None = None

    def contents(self) -> dict[str, str]:
        """Return the record as flat texts: what is compared, merged and kept in the page."""
        marks = {f"{MARK_KEY}{member}": mark.state for member, mark in sorted(self.marks.items())}
        return {
            "date": self.date.isoformat(),
            "topic": self.topic,
            "place": self.place,
            "campaign": str(self.campaign or ""),
            "host": self.host,
            "agenda": self.agenda,
            "minutes": self.minutes,
            "cost": cost_text(self.cost),
        } | marks


def cost_text(cost: Decimal | None) -> str:
    """Return COST as a field shows it: 1,280.50; nothing where it is not known."""
    if cost is None:
        return ""
    cost += 0  # a zero below nothing, -0.00, is 0
    return f"{cost:,.0f}" if cost == int(cost) else f"{cost:,.2f}"


def required_fields(settings: Mapping[str, Any]) -> frozenset[str]:
    """Read ``required`` of a kind: what a record of it must say beside its date (SYS-18)."""
    return frozenset(settings.get("required") or ()) & ASKED_FOR.keys()


def lacking(record: Record, settings: Mapping[str, Any]) -> dict[str, str]:
    """Return what the kind asks for and RECORD does not say: a sentence by field."""
    return {
        name: words
        for name, words in ASKED_FOR.items()
        if name in required_fields(settings) and getattr(record, name) in ("", None)
    }


def extra_days(settings: Mapping[str, Any]) -> int:
    """Read ``edit_days_after`` of a kind: days after the month's end on which it stays open."""
    return int(settings.get("edit_days_after", 0))


def locked_because(
    period: Period, *, state: str, today: dt.date, extra_days: int, by_office: bool
) -> str:
    """Return why the record cannot be changed now, as a sentence; empty when it can.

    After the deadline the street or the bureau enters what is missing; an archived record is
    closed for everybody.
    """
    if period.first > today:
        return f"{period.words}还没到，到了那个月再登记。"
    if state == ActivityState.ARCHIVED:
        return (
            f"{period.words}的主题党日已经归档，不能再改。要更正，请打下面的电话，请老干部局办理。"
        )
    if by_office or is_open(period, today=today, extra_days=extra_days):
        return ""
    return f"{period.words}的登记时间已经过了。要补登或更正，请打下面的电话，请街道或老干部局办理。"


def no_cancel_because(day: dt.date, *, state: str, today: dt.date) -> str:
    """Return why the plan for DAY cannot be taken back, as a sentence; empty when it can."""
    if state in HELD:
        return "这次主题党日已经登记，不能再取消安排。有出入，请在登记里改。"
    if Period.of(day) < Period.of(today):
        return "安排的这个月已经过了，不用再取消。开过了，请登记。"
    if day < today:
        return "安排的这一天已经过了，不用再取消。开过了，请登记；没有开，请重新安排一天。"
    return ""
