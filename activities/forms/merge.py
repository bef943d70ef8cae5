"""The page on which two versions of a record are put together: the second secretary sees both."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from activities.actions.theme_day import RecordConflict
from activities.enums import AttendanceState
from activities.forms.contents import pack_contents
from activities.forms.log_sheet import LogSheet
from activities.rules.merge import Difference, merge
from activities.rules.record import MARK_KEY
from core.display import date_words

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = {
    "date": ("day", "日期"),
    "topic": ("topic", "学了什么"),
    "place": ("where", "地点"),
    "campaign": ("campaign", "专题活动"),
    "host": ("host", "主持人"),
    "agenda": ("agenda", "议程"),
    "minutes": ("minutes", "会议记录"),
    "cost": ("cost", "费用"),
}


FREE = frozenset({"topic", "place", "agenda", "minutes"})


@dataclass(frozen=True)
class Side:
    """One of the two answers: what it sends, how it reads, whether it is proposed."""

    value: str
    words: str
    is_proposed: bool


@dataclass(frozen=True)
class Question:
    """A field on which the versions differ; IS_FREE where a sentence was typed."""

    name: str
    label: str
    mine: Side
    theirs: Side
    is_conflict: bool
    is_free: bool


@dataclass(frozen=True)
class MergePage:
    """What the page asks, and all that both agree on as hidden fields."""

    questions: list[Question]
    hidden: list[tuple[str, str]]
    recorded_by: str
    recorded_at: dt.datetime | None


def merge_page(
    conflict: RecordConflict, *, base: "Mapping[str, str] | None", sheet: LogSheet
) -> MergePage:
    """Return the page for CONFLICT; what is sent from it is based on the stored version."""
    names = {str(person.member_id): person.shown for person in sheet.people}
    titles = {str(campaign.pk): campaign.title for campaign in sheet.campaigns}
    mine, theirs = conflict.mine.contents(), conflict.theirs.contents()
    # Days, topic and place first, then people as the page lists them.
    keys = [*FIELDS, *(f"{MARK_KEY}{member}" for member in names)]
    rank = {key: place for place, key in enumerate(keys)}
    differences = sorted(merge(base, mine, theirs), key=lambda each: rank.get(each.key, len(rank)))
    asked = {difference.key for difference in differences}
    agreed = [(_name(key), value) for key, value in mine.items() if key not in asked]
    activity = conflict.activity
    return MergePage(
        questions=[_question(difference, names, titles) for difference in differences],
        hidden=[
            *agreed,
            ("version", str(activity.version)),
            ("base", pack_contents(theirs)),
        ],
        recorded_by=str(activity.recorded_by or ""),
        recorded_at=activity.recorded_at,
    )


def _question(
    difference: Difference, names: "Mapping[str, str]", titles: "Mapping[str, str]"
) -> Question:
    key = difference.key
    return Question(
        name=_name(key),
        label=FIELDS[key][1]
        if key in FIELDS
        else names.get(key.removeprefix(MARK_KEY), "另一位同志"),
        mine=Side(difference.mine, _words(key, difference.mine, titles), difference.take_mine),
        theirs=Side(
            difference.theirs, _words(key, difference.theirs, titles), not difference.take_mine
        ),
        is_conflict=difference.is_conflict,
        is_free=key in FREE,
    )


def _name(key: str) -> str:
    return FIELDS[key][0] if key in FIELDS else key


def _words(key: str, value: str, titles: "Mapping[str, str]") -> str:
    if key == "date":
        return date_words(dt.date.fromisoformat(value), today=timezone.localdate())
    if key == "campaign":
        return titles.get(value, "都不是")
    if key == "cost" and value:
        return f"{value}元"
    if key in FIELDS:
        return value or "没有写"
    return str(AttendanceState(value).label) if value else "没有来"
