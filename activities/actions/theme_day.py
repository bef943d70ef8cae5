"""Planning and recording the theme day of a month (SYS-18)."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from activities.actions.announce import tell_members
from activities.actions.sums import keep_sums
from activities.enums import HELD, ActivityKind, ActivityState, AttendanceState
from activities.models import Activity, Attendance, Campaign
from activities.querysets import Attendee, attendees, coming_months
from activities.rules import record as rules
from activities.rules.attendance import Mark, settle
from activities.rules.grid import may_have_held, not_there_because
from activities.rules.period import Period
from activities.rules.record import WORDS, Record
from branches import trees
from branches.models import Branch
from core import audit
from core.long_numbers import hide_personal_numbers
from core.models import Kind

if TYPE_CHECKING:
    from core.models import User

AUDITED = [
    *("date", "starts_at", "topic", "place", "host", "agenda", "minutes", "cost"),
    *("campaign", "state", "version"),
]


class RecordConflict(Exception):
    """Somebody saved the record after this form was opened; both versions are kept here."""

    def __init__(self, activity: Activity, mine: Record, theirs: Record) -> None:
        super().__init__(activity.pk)
        self.activity = activity
        self.mine = mine
        self.theirs = theirs


@transaction.atomic
def record_theme_day(
    *,
    by: "User",
    branch: Branch,
    period: str,
    version: int,
    date: dt.date,
    topic: str,
    place: str,
    marks: Mapping[int, tuple[str, str]],
    campaign: int | None = None,
    host: str = "",
    minutes: str = "",
    agenda: str = "",
    cost: Decimal | None = None,
) -> Activity:
    """Record the theme day of BRANCH in PERIOD (``YYYY-MM``), or change its record.

    MARKS holds state and reason by member id: all who are due, and the guests who came. CAMPAIGN is
    the key of one that runs here that day, VERSION that of the record the form was opened on, 0 for
    none. The same contents sent again are a double submit and change nothing. Raises RecordConflict
    when the record has moved on, PermissionDenied when it is locked or not the user's,
    ValidationError otherwise; then nothing is written (SYS-18, SYS-04; security P12, F16, F17).
    """
    month = Period.parse(period)
    activity = _locked_row(by, branch, month)
    rows = stored_rows(activity)
    people = listed_people(branch, month, activity, rows, date)
    record = _typed(date, topic, place, _kept(marks, people), campaign, host, minutes, agenda, cost)
    stored = _stored(activity, rows)
    moved_on = activity.state in HELD and activity.version != version
    if moved_on and stored.contents() == record.contents():
        return activity
    settings = _kind_settings()
    if reason := refusal(by, activity.branch, month, activity, rules.extra_days(settings)):
        raise PermissionDenied(reason)
    if moved_on:
        raise RecordConflict(activity, record, stored)
    _refuse_wrong(by, branch, month, record, settings)
    return _save(by, activity, record, stored, people)


@transaction.atomic
def plan_activity(
    *,
    by: "User",
    branch: Branch,
    period: str,
    date: dt.date,
    starts_at: dt.time | None = None,
    topic: str = "",
    place: str = "",
    agenda: str = "",
    version: int | None = None,
) -> Activity:
    """Announce the theme day of PERIOD: when, where, about what (年计划 → 月通知).

    Planning again changes the plan, and makes a new one of what was cancelled. Where the day is
    near the members are told at once, else some days before (``theme.remind_days``). Numbers of
    people are hidden as in a record. Raises ValidationError for months gone by or too far ahead,
    once the month is on record, and where the plan is no longer of the VERSION that was seen (F17).
    """
    month = Period.parse(period)
    near = coming_months(branch)
    if month not in near:
        raise ValidationError(f"现在可以安排{near[0].words}到{near[-1].words}的主题党日。")
    trees.steady_branch(branch)  # its members are told; before its activity
    activity = _locked_row(by, branch, month)
    _refuse_plan(activity, month, date, version)
    before = audit.snapshot(activity, AUDITED) if activity.version else {}
    activity.date, activity.starts_at = date, starts_at
    said = map(hide_personal_numbers, (topic, place, agenda))
    activity.topic, activity.place, activity.agenda = said
    activity.state = ActivityState.PLANNED
    activity.version += 1
    activity.full_clean()
    activity.save()
    _note(by, "安排主题党日", activity, before)
    tell_members([branch.pk])
    return activity


def days_open_now() -> int:
    """Return how many days after its month's end a record may still be changed (one query)."""
    return rules.extra_days(_kind_settings())


def listed_people(
    branch: Branch,
    month: Period,
    activity: Activity | None,
    rows: Sequence[Attendance],
    chosen: dt.date | None = None,
) -> list[Attendee]:
    """Return whom the sheet of MONTH lists: the roster, then guests, then who is on record (ROWS).

    Before there is a record ROWS are the leave that was asked for; who died or moved after asking is
    not listed for it.
    The roster is that of the CHOSEN day; where none can be recorded, of the day on record, else
    of today or, for a month gone by, of its last day. Who moved since is listed where he was.
    """
    day = min(timezone.localdate(), month.last)
    is_held = activity is not None and activity.state in HELD
    if chosen is not None and month.first <= chosen <= day:
        day = chosen
    elif activity is not None and is_held:
        day = activity.date
    if activity is not None and not is_held:
        rows = [row for row in rows if row.activity_id != activity.pk]
    return attendees(branch, day, rows)


def stored_rows(activity: Activity | None) -> list[Attendance]:
    """Return the attendance of ACTIVITY with its members (one query); nothing without activity."""
    if activity is None or not activity.pk:
        return []
    return list(activity.attendances.select_related("member").order_by("member"))


def stored_marks(rows: Iterable[Attendance]) -> dict[int, Mark]:
    """Return the marks of ROWS by member id."""
    return {row.member_id: Mark(row.state, row.reason) for row in rows}


def refusal(by: "User", branch: Branch, month: Period, activity: Activity | None, days: int) -> str:
    """Return why BY cannot change the record of MONTH now, as a sentence; empty when he can.

    DAYS is what ``days_open`` returns.
    """
    if not may_have_held(month, founded_on=branch.founded_on, dissolved_on=branch.dissolved_on):
        return f"{month.words}这个支部还没有成立，或者已经撤销，不用登记。"
    return rules.locked_because(
        month,
        state=activity.state if activity else ActivityState.PLANNED,
        today=timezone.localdate(),
        extra_days=days,
        by_office=by.has_office_post,
    )


def _locked_row(by: "User", branch: Branch, month: Period) -> Activity:
    """Return the row of MONTH locked for this transaction; a new one has version 0."""
    if not Branch.objects.editable_by(by).filter(pk=branch.pk).exists():
        raise PermissionDenied("这个党组织不归您登记。")
    key = {"branch": branch, "kind_id": ActivityKind.THEME_DAY, "period": str(month)}
    new = {"date": month.first, "version": 0}
    # Of two who come first together one makes the row, the other waits for it and finds it.
    activity, _ = Activity.objects.get_or_create(**key, defaults=new)
    return Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)


def _typed(*values: Any) -> Record:
    """Return a record of VALUES that somebody typed, numbers of people hidden: the trail keeps them for good."""
    record = Record(*values)
    hidden: dict[str, Any] = {name: hide_personal_numbers(getattr(record, name)) for name in WORDS}
    return replace(record, **hidden)


def _stored(activity: Activity, rows: Iterable[Attendance]) -> Record:
    return Record(
        activity.date,
        activity.topic,
        activity.place,
        stored_marks(rows),
        activity.campaign_id,
        activity.host,
        activity.minutes,
        activity.agenda,
        activity.cost,
    )


def _kept(marks: Mapping[int, tuple[str, str]], people: list[Attendee]) -> dict[int, Mark]:
    """Return MARKS as they are stored; refuse strangers and a roster that is not whole."""
    known = {person.member_id: person for person in people}
    if not marks.keys() <= known.keys():
        raise ValidationError(
            "名单里有不在本支部的同志，这次没有保存。名单已按开会那天重新列出，请核对后再交。",
            code="strangers",
        )
    if not {mark[0] for mark in marks.values()} <= set(AttendanceState):
        raise ValidationError("有一位同志的到会情况看不懂，请重新选一下，再交一次。")
    unmarked = [p.shown for p in people if not p.is_guest and p.member_id not in marks]
    if unmarked:
        names = "、".join(unmarked[:5])
        raise ValidationError(f"名单刚有变化，请看一下{names}到会没有，再交一次。", code="roster")
    return {
        member: settle(Mark(*mark), frail=known[member].frail) for member, mark in marks.items()
    }


def _kind_settings() -> dict[str, Any]:
    settings: dict[str, Any] = Kind.objects.get(key=ActivityKind.THEME_DAY).settings
    return settings


def _refuse_plan(activity: Activity, month: Period, date: dt.date, version: int | None) -> None:
    if activity.state in HELD:
        raise ValidationError(f"{month.words}的主题党日已经登记，不用再安排。")
    if Period.of(date) != month:
        raise ValidationError({"date": f"请选{month.words}里的一天。"})
    if version not in (None, activity.version):
        raise ValidationError(
            "刚才有人改过这次安排，您的还没有保存。请看一看，再按一次“保存安排”。"
        )


def _refuse_wrong(
    by: "User", branch: Branch, month: Period, record: Record, settings: Mapping[str, Any]
) -> None:
    if faults := rules.lacking(record, settings):
        raise ValidationError(faults)
    _refuse_wrong_date(branch, month, record.date)
    _refuse_wrong_campaign(by, branch, record.campaign, record.date)


def _refuse_wrong_date(branch: Branch, month: Period, date: dt.date) -> None:
    if Period.of(date) != month:
        raise ValidationError({"date": f"请选{month.words}里的一天。"})
    if date > timezone.localdate():
        raise ValidationError({"date": "这一天还没到。开过以后再登记。"})
    founded_on, dissolved_on = branch.founded_on, branch.dissolved_on
    if fault := not_there_because(date, founded_on=founded_on, dissolved_on=dissolved_on):
        raise ValidationError({"date": fault})


def _refuse_wrong_campaign(by: "User", branch: Branch, campaign: int | None, date: dt.date) -> None:
    if campaign is None:
        return
    offered = Campaign.objects.visible_to(by).for_branch(branch)
    chosen = offered.filter(pk=campaign).first()
    if chosen is None:
        raise ValidationError({"campaign": "没有这项专题活动，请重新选一下。"})
    if not chosen.covers(date):
        first, last = (f"{day.month}月{day.day}日" for day in (chosen.starts_on, chosen.ends_on))
        words = f"“{chosen}”从{first}到{last}，这一天不在里面。请看一下日期，或者选“都不是”。"
        raise ValidationError({"campaign": words})


def _save(
    by: "User", activity: Activity, record: Record, stored: Record, people: list[Attendee]
) -> Activity:
    before = audit.snapshot(activity, AUDITED) if activity.version else {}
    activity.date, activity.topic, activity.place = record.date, record.topic, record.place
    activity.campaign_id, activity.host = record.campaign, record.host
    activity.agenda, activity.minutes, activity.cost = record.agenda, record.minutes, record.cost
    activity.state = ActivityState.RECORDED
    activity.recorded_by, activity.recorded_at = by, timezone.now()
    activity.version += 1
    activity.full_clean()
    activity.save()
    changed = _write_marks(by, activity, stored.marks, record.marks, people)
    keep_sums(activity)
    names = {member: stored.marks.get(member, Mark("")).state for member in changed}
    states = {member: record.marks.get(member, Mark("")).state for member in changed}
    act = "修改主题党日" if before.get("state") in HELD else "登记主题党日"
    _note(by, act, activity, before | {"marks": names}, {"marks": states})
    return activity


def _note(
    by: "User",
    act: str,
    activity: Activity,
    before: Mapping[str, Any],
    also: Mapping[str, Any] | None = None,
) -> None:
    """Put ACT into the trail, with what differs from BEFORE and what there is to say ALSO."""
    audit.record(
        by=by,
        act=act,
        instance=activity,
        before=dict(before),
        after=audit.snapshot(activity, AUDITED) | dict(also or {}),
        area_path=activity.branch.area_path,
        label=f"{activity.branch} {activity.period}",
    )


def _write_marks(
    by: "User",
    activity: Activity,
    stored: Mapping[int, Mark],
    marks: Mapping[int, Mark],
    people: list[Attendee],
) -> list[int]:
    """Write what differs; return the ids of the members whose mark changed.

    The lowest first: at the end of the transaction each row takes hold of its member for a moment,
    in the order in which whoever changes several members takes them (docs/architecture.md).
    """
    named = sorted({*stored, *marks})
    changed = [member for member in named if stored.get(member) != marks.get(member)]
    listed = {person.member_id: person for person in people}
    rows = [
        Attendance(
            activity=activity,
            member_id=member,
            home_branch_id=listed[member].home_branch_id,
            is_due=not listed[member].is_guest,
            state=marks[member].state,
            reason=marks[member].reason,
            by=by,
            at=timezone.now(),
        )
        for member in changed
        if member in marks
    ]
    for row in rows:
        row.clean_fields(exclude=["activity", "member", "home_branch", "by"])
    gone = [member for member in changed if member not in marks]
    activity.attendances.filter(member__in=gone).delete()
    Attendance.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["activity", "member"],
        update_fields=["state", "reason", "home_branch", "is_due", "by", "at"],
    )
    return changed
