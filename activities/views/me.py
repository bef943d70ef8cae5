"""A member's own pages: what is next, the record, the calendar, asking leave."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from icalendar import Calendar
from icalendar import Event as CalendarEntry

from activities.actions.excuse import excuse_member, withdraw_excuse
from activities.enums import HELD, TOOK_PART, ActivityKind, AttendanceState, MonthStatus
from activities.forms.excuse import ExcuseForm
from activities.models import Activity, Attendance, Photo
from activities.querysets import (
    AttendanceQuerySet,
    coming_months,
    days_open,
    first_month,
    theme_day_settings,
)
from activities.rules.agenda import Event, next_event
from activities.rules.attendance import ELSEWHERE, best_state, count_once
from activities.rules.grid import year_statuses
from activities.rules.period import Period
from activities.views.agenda import day_and_time, events_of, own_branches, what_of
from branches.enums import Role
from branches.models import Appointment
from branches.scoping import get_visible_or_404
from core.access import signed_in
from core.counting import number_of
from core.display import Mark, MonthCell, time_words
from core.drafts import data_for, survives_sign_in
from core.enums import Verb
from core.models import Notice, User
from core.parameters import Parameters
from members.models import Member

LATEST = 4
# Months of which the member's page says the same as his branch's.
_AS_THE_BRANCH = frozenset({MonthStatus.DUE, MonthStatus.AHEAD, MonthStatus.OUTSIDE})
# How somebody who entered a record for another is called, after his name.
TITLES: dict[str, str] = {
    Role.SECRETARY: "书记",
    Role.COMMITTEE: "委员",
    Role.BUREAU: "（老干部局）",
    Role.STREET: "（街道）",
}
TONES = {
    AttendanceState.PRESENT: "ok",
    AttendanceState.ONLINE: "ok",
    AttendanceState.HOME: "ok",
    AttendanceState.EXCUSED: "off",
    AttendanceState.ABSENT: "off",
}


@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """Show what is next, this year's count, the last records and the twelve months."""
    user, member = _own(request)
    today = timezone.localdate()
    own = own_branches(user, member)
    month = Period.of(today)
    events = events_of(user, member, own, month, month.next)
    rows = list(_rows(user, member).filter(activity__date__year=today.year))
    # He asks leave of his own branch, also where another's day comes first.
    at_home = next_event((each for each in events if each.is_home and each.period), today)
    posts = _posts(user, [*rows, *filter(None, [at_home])])
    context = {
        "member": member,
        "branches": list(own.branches.values()),
        "next": next_event(events, today),
        "at_home": at_home,
        "filled_in": _by_whom(at_home, posts) if at_home else "",
        "month": month,
        "year": today.year,
        "stats": [{"word": "今年参加", "number": _count(rows), "unit": "次"}],
        "records": _records(user, rows, posts)[:LATEST],
        "cells": _cells(rows, today, _year_of_home(user, member, own.parameters)),
        "unread": vars(member)["unread"],
    }
    return render(request, "activities/me.html", context)


@require_safe
def record(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """Show everything the member took part in, a year a page."""
    user, member = _own(request)
    years = [
        day.year
        for day in Attendance.objects.visible_to(user)
        .held()
        .filter(member=member)
        .dates("activity__date", "year", order="DESC")
    ]
    year = year or (years[0] if years else timezone.localdate().year)
    rows = list(_rows(user, member).filter(activity__date__year=year))
    context = {
        "member": member,
        "year": year,
        "years": years,
        "records": _records(user, rows, _posts(user, rows)),
        "count": _count(rows),
    }
    return render(request, "activities/me_record.html", context)


@require_safe
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one activity of a branch of one's own, with its photos."""
    user, member = _own(request)
    found = get_visible_or_404(
        Activity.objects.select_related("branch", "kind", "campaign"), user, pk=pk, state__in=HELD
    )
    rows = Attendance.objects.visible_to(user).filter(member=member, activity=found)
    own = rows.select_related("activity").first()
    facts = what_of(found)
    if own:
        facts.append(("我", "，".join(filter(None, _own_words(user, own)))))
    photos = Photo.objects.visible_to(user).filter(activity=found)
    context = {"activity": found, "facts": facts, "photos": photos}
    return render(request, "activities/me_activity.html", context)


@require_safe
def calendar(request: HttpRequest, month: Period | None = None) -> HttpResponse:
    """Show one month as a table and as a list."""
    user, member = _own(request)
    month = month or Period.of(timezone.localdate())
    events = events_of(user, member, own_branches(user, member), month, month)
    at_home = next_event((each for each in events if each.is_home), timezone.localdate())
    context = {
        "member": member,
        "month": month,
        "at_home": at_home if at_home and month in coming_months(member.branch) else None,
        "marks": {event.date: _event_mark(event) for event in reversed(events)},
        "records": [
            {
                "date": event.date,
                "what": event.what,
                "sub": _when_and_where(event),
                "mark": _event_mark(event),
            }
            for event in events
        ],
    }
    return render(request, "activities/me_calendar.html", context)


@require_safe
def calendar_file(request: HttpRequest) -> HttpResponse:
    """Give the coming months as an iCalendar file for the telephone's calendar."""
    user, member = _own(request)
    months = coming_months(member.branch)
    events = events_of(user, member, own_branches(user, member), months[0], months[-1])
    response = HttpResponse(_icalendar(events), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="calendar.ics"'
    return response


@survives_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def excuse(request: HttpRequest, month: Period) -> HttpResponse:
    """我要请假: ask leave from the home branch's theme day of a month, or take that back."""
    user, member = _own(request)
    if month not in coming_months(member.branch):
        raise Http404("这个月没有可以请假的活动。")
    events = events_of(user, member, own_branches(user, member), month, month)
    event = next_event((each for each in events if each.is_home), timezone.localdate())
    if event is None:
        raise Http404("这个月没有可以请假的活动。")
    form = ExcuseForm(data_for(request))
    if request.method == "POST" and form.is_valid():
        try:
            if "withdraw" in request.POST:
                withdraw_excuse(by=user, member=member, period=str(month))
            else:
                reason = form.cleaned_data["reason"]
                excuse_member(by=user, member=member, period=str(month), reason=reason)
            return redirect("activities:excuse", month=month)
        except ValidationError as refusal:
            form.add_error(None, refusal)
    is_excused = event.state == AttendanceState.EXCUSED
    template = "activities/me_excused.html" if is_excused else "activities/me_excuse.html"
    facts = [("日期", day_and_time(event.date, event.starts_at)), ("内容", event.what)]
    if event.place:
        facts.append(("地点", event.place))
    if by := _by_whom(event, _posts(user, [event])):
        facts.append(("请假", by))
    return render(request, template, {"form": form, "month": month, "facts": facts})


def _own(request: HttpRequest) -> tuple[User, Member]:
    user = signed_in(request)
    also = theme_day_settings() | {"unread": number_of(Notice.objects.visible_to(user).unread())}
    return user, get_visible_or_404(
        Member.objects.select_related("branch__area").annotate(**also), user, user_id=user.pk
    )


def _rows(user: User, member: Member) -> AttendanceQuerySet:
    return (
        Attendance.objects.visible_to(user)
        .held()
        .filter(member=member)
        .select_related("activity__branch", "activity__kind", "by")
        .order_by("-activity__date", "-pk")
    )


def _count(rows: Iterable[Attendance]) -> int:
    return count_once(
        (row.activity.period, row.activity_id) for row in rows if row.state in TOOK_PART
    )


def _records(
    user: User, rows: list[Attendance], posts: Mapping[int, str]
) -> list[dict[str, object]]:
    """Return ROWS for the record list; who entered them for the member is said (代填)."""
    places = {
        row.activity.period: row.activity.branch.label
        for row in rows
        if row.state in TOOK_PART and row.activity.branch_id != row.home_branch_id
    }
    open_to = user.standing.reach_for(Verb.VIEW).own_branch_ids
    return [
        {
            "date": row.activity.date,
            "what": row.activity.topic or row.activity.kind.name,
            "sub": "，".join(filter(None, _remarks(row, posts, places))),
            "mark": _own_mark(row.state, is_elsewhere=row.is_elsewhere),
            "url": reverse("activities:my-activity", args=[row.activity_id])
            if row.activity.branch_id in open_to
            else "",
        }
        for row in rows
    ]


def _remarks(
    row: Attendance, posts: Mapping[int, str], places: Mapping[str | None, str]
) -> list[str]:
    is_away = row.activity.branch_id != row.home_branch_id
    place = row.activity.branch.label if is_away else ""
    return [
        f"在{place}" if place else "",
        "" if row.is_elsewhere else row.reason,
        "" if row.state in TOOK_PART else _where_else(places.get(row.activity.period, "")),
        _by_whom(row, posts),
    ]


def _by_whom(row: Attendance | Event, posts: Mapping[int, str]) -> str:
    """Say who entered ROW for the member, 由陆德贤书记代填; empty where he did himself."""
    if row.by_id is None or row.by_id not in posts:
        return ""
    return f"由{row.by}{posts[row.by_id]}代填"


def _where_else(place: str) -> str:
    """Say that he who was not here took part in PLACE, if anywhere: that is what counts."""
    return f"这个月在{place}参加了" if place else ""


def _own_words(user: User, own: Attendance) -> list[str]:
    """Return what OWN says of the member, why, and where he took part instead; one query at most."""
    if own.state in TOOK_PART:
        return [own.get_state_display()]
    others = Attendance.objects.visible_to(user).held().elsewhere()
    same_month = others.filter(member=own.member_id, activity__period=own.activity.period)
    away = same_month.select_related("activity__branch").order_by("activity__date", "pk").first()
    place = away.activity.branch.label if away else ""
    if own.is_elsewhere:
        return [ELSEWHERE, f"在{place}" if place else ""]
    return [own.get_state_display(), own.reason, _where_else(place)]


def _posts(user: User, rows: Iterable[Attendance | Event]) -> dict[int, str]:
    """Return the title by which each but USER is called who entered ROWS, empty without a post now.

    One query, and none where he entered all of them.
    """
    others = {row.by_id for row in rows if row.by_id is not None and row.by_id != user.pk}
    titles = dict.fromkeys(others, "")
    held = Appointment.objects.current().filter(user__in=list(titles)).values_list("user", "role")
    return titles | {holder: TITLES.get(role, "") for holder, role in held}


def _year_of_home(user: User, member: Member, known: Parameters) -> dict[int, MonthStatus]:
    """Return what the home branch's own page says of this year's months; without a branch none is asked for.

    KNOWN holds the first month.
    """
    year = timezone.localdate().year
    branch = member.branch
    if branch is None:
        return dict.fromkeys(range(1, 13), MonthStatus.OUTSIDE)
    theme_days = Activity.objects.visible_to(user).theme_days().filter(branch=branch)
    held = theme_days.filter(state__in=HELD, period__startswith=f"{year}-")
    return year_statuses(
        year,
        held={Period.parse(period) for period in held.values_list("period", flat=True) if period},
        today=timezone.localdate(),
        extra_days=days_open(member),
        founded_on=branch.founded_on,
        dissolved_on=branch.dissolved_on,
        asked_from=first_month(branch, known),
    )


def _cells(
    rows: list[Attendance], today: dt.date, home: Mapping[int, MonthStatus]
) -> list[MonthCell]:
    """Return the twelve months of the theme day: how the member took part, or why there is nothing.

    HOME is what the branch's page says of the months; of one that it missed or held without him
    there is no record of his.
    """
    cells = []
    for month in range(1, 13):
        states = [
            row.state
            for row in rows
            if row.activity.kind_id == ActivityKind.THEME_DAY
            and row.activity.period == f"{today.year}-{month:02d}"
        ]
        if states:
            mark = _state_mark(best_state(states))
        else:
            status = home[month]
            mark = Mark(str(status.label) if status in _AS_THE_BRANCH else "没记录", "empty")
        cells.append(MonthCell(month, mark))
    return cells


def _state_mark(state: str) -> Mark:
    known = AttendanceState(state)
    return Mark(str(known.label), TONES[known], "✓" if known in TOOK_PART else "")


def _own_mark(state: str, *, is_elsewhere: bool) -> Mark:
    return Mark(ELSEWHERE, "off") if is_elsewhere else _state_mark(state)


def _event_mark(event: Event) -> Mark:
    if event.state:
        return _own_mark(event.state, is_elsewhere=event.is_elsewhere)
    if event.is_held:
        return Mark("没有参加", "off")
    if event.date < timezone.localdate():
        return Mark("还没登记", "off")
    return Mark("待开", "plan", "★")


def _when_and_where(event: Event) -> str:
    at = time_words(event.starts_at) if event.starts_at else ""
    return "，".join(filter(None, [at, _where(event)]))


def _where(event: Event) -> str:
    return "，".join(filter(None, [event.place, "" if event.is_home else event.branch]))


def _icalendar(events: Iterable[Event]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Yinhui//calendar//ZH")
    calendar.add("version", "2.0")
    for event in events:
        entry = CalendarEntry()
        entry.add("uid", f"{event.uid}@yinhui")
        entry.add("dtstamp", timezone.now())
        entry.add("summary", event.what)
        entry.add("location", _where(event))
        if event.starts_at is None:
            entry.add("dtstart", event.date)
        else:
            moment = dt.datetime.combine(event.date, event.starts_at)
            entry.add("dtstart", timezone.make_aware(moment))
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
