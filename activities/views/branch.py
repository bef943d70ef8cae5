"""A branch's pages for its secretary: what is due, the twelve months."""

import datetime as dt
from collections import defaultdict

from django.db.models import Count, Exists, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities import coverage
from activities.enums import HELD, ActivityState, MonthStatus
from activities.models import Activity, Attendance
from activities.querysets import (
    FIRST_MONTH,
    days_open,
    first_month,
    peopled_months,
    usual_day,
)
from activities.rules.attendance import Tally, due_ties, no_leave_because, tally
from activities.rules.grid import month_status, summarise, year_statuses
from activities.rules.period import (
    Period,
    fixed_date,
    last_day_to_edit,
    year_neighbours,
    year_periods,
)
from activities.rules.record import no_cancel_because
from activities.views.access import keeps, may_record, own_branch
from activities.views.leave import leave_words
from branches.lineage import chain_of
from branches.models import Branch
from core.access import signed_in
from core.counting import number_of
from core.display import Mark, MonthCell
from core.models import Notice, User
from core.parameters import Parameters
from core.pinyin import list_order
from core.prepared import Prepared
from members.enums import AffiliationKind
from members.models import Affiliation, LinkProposal, Member

MARKS = {
    MonthStatus.HELD: ("ok", "✓"),
    MonthStatus.DUE: ("plan", ""),
    MonthStatus.MISSED: ("due", "✗"),
    MonthStatus.AHEAD: ("empty", ""),
    MonthStatus.OUTSIDE: ("empty", ""),
}


def _home(user: User, pk: int, since: dt.date) -> "QuerySet[Branch]":
    members = Member.objects.visible_to(user).on_register().incomplete().filter(branch=pk)
    notices = Notice.objects.visible_to(user).unread()
    homes = Affiliation.objects.visible_to(user).filter(branch=pk, kind=AffiliationKind.HOME)
    steady = Exists(homes.on_roll(since).on_roll(timezone.localdate()))
    asked = LinkProposal.objects.visible_to(user).to_answer(user).filter(branch=pk)
    counts = {
        "incomplete": number_of(members),
        "unread": number_of(notices),
        "proposals": number_of(asked),
    }
    return keeps(user, pk, **counts, is_steady=steady)


def _days(user: User, branch: int, first: str, last: str) -> "QuerySet[Activity]":
    rows = Activity.objects.visible_to(user).theme_days().filter(branch=branch)
    return rows.filter(period__gte=first, period__lte=last).order_by()


HOME, DAYS = Prepared(_home), Prepared(_days)


@may_record
@require_safe
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is due this month, with one button for it."""
    month = Period.of(timezone.localdate())
    before, following, months = month.previous, month.next, year_periods(month.year)
    first, last = min(before, months[0]), max(following, months[-1])
    branch, user = own_branch(request, pk, HOME, first.last), signed_in(request)
    days = days_open(branch)
    known = _theme_days(user, branch, first, last)
    activity, upcoming = _standing(known.get(month)), _standing(known.get(following))
    is_cancelled = month in known and activity is None
    parameters = Parameters(FIRST_MONTH, "theme.day")
    asked_from = first_month(branch, parameters)
    peopled = _peopled(branch, [before, *months[: month.month]])
    leave = leave_words(user, activity, upcoming)
    cells, summary = _cells(branch, month.year, known, days, asked_from, peopled)
    fixed = None if is_cancelled else fixed_date(month, usual_day(branch, parameters))
    context = {
        "branch": branch,
        "chain": chain_of(branch),
        "month": month,
        "is_empty": month not in peopled,
        "is_cancelled": is_cancelled,
        **_before_it(activity, fixed),
        "last_day": last_day_to_edit(month, days),
        "late": before
        if _may_be_made_up(branch, before, known.get(before), days, asked_from, peopled)
        else None,
        "incomplete": vars(branch)["incomplete"],
        "unread": vars(branch)["unread"],
        "proposals": vars(branch)["proposals"],
        "following": following,
        "upcoming": upcoming,
        "leave": leave.get(activity.pk) if activity else None,
        "leave_ahead": leave.get(upcoming.pk) if upcoming else None,
        "cells": cells,
        "summary": summary,
    }
    return render(request, "activities/branch_home.html", context)


@may_record
@require_safe
def year(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """Show the twelve months of a branch: held, missing, head counts (SYS-18)."""
    months = year_periods(year)
    branch, user = own_branch(request, pk), signed_in(request)
    peopled = peopled_months([branch], months)[branch.pk]
    theme_days = _theme_days(user, branch, months[0], months[-1])
    known = Parameters(FIRST_MONTH, coverage.GAP_MONTHS)
    asked_from = first_month(branch, known)
    cells, summary = _cells(branch, year, theme_days, days_open(branch), asked_from, peopled)
    is_this_year = year == timezone.localdate().year
    context = {
        "branch": branch,
        "year": year,
        "is_empty": not peopled,
        "neighbours": year_neighbours(year),
        "cells": cells,
        "summary": summary,
        "records": _records(user, branch, months, theme_days),
        **(_unmet(user, branch, known) if is_this_year else {}),
    }
    return render(request, "activities/branch_year.html", context)


def _unmet(user: User, branch: Branch, known: Parameters) -> dict[str, object]:
    """Return whom nobody has met for long, each with the last day, to think of (SYS-05; one query)."""
    since, later = coverage.since(branch.area.code, known)
    if later is not None:
        return {}
    members = Member.objects.visible_to(user).on_register().filter(branch=branch)
    people = coverage.with_last_met(coverage.unmet(members, since)).only("name").order_by("pk")
    return {"unmet": sorted(people, key=lambda each: list_order(each.name)), "since": since}


def _before_it(activity: Activity | None, fixed: dt.date | None) -> dict[str, object]:
    """Return the theme day of the month, its day (else the FIXED one), and what may be done before it."""
    day, today = activity.date if activity else fixed, timezone.localdate()
    state = activity.state if activity else ActivityState.PLANNED
    return {
        "activity": activity,
        "is_recorded": state in HELD,
        "usual_day": day,
        "may_excuse": not no_leave_because(day, state=state, today=today),
        "may_replan": activity and not no_cancel_because(activity.date, state=state, today=today),
    }


def _standing(activity: Activity | None) -> Activity | None:
    """Return ACTIVITY, nothing where it was cancelled."""
    return None if activity and activity.state == ActivityState.CANCELLED else activity


def _peopled(branch: Branch, months: list[Period]) -> set[Period]:
    """Return those of MONTHS, the last of them this, in which somebody was due at BRANCH.

    Nearly everywhere one of its own has been there all the time, and nothing more is asked.
    """
    if vars(branch)["is_steady"] and AffiliationKind.HOME in due_ties(branch.kind.settings):
        return set(months)
    return peopled_months([branch], months)[branch.pk]


def _theme_days(user: User, branch: Branch, first: Period, last: Period) -> dict[Period, Activity]:
    rows = DAYS.rows(user, branch.pk, str(first), str(last))
    return {Period.parse(row.period): row for row in rows if row.period}


def _may_be_made_up(
    branch: Branch,
    month: Period,
    activity: Activity | None,
    days: int,
    asked_from: Period | None,
    peopled: set[Period],
) -> bool:
    """Whether the theme day of MONTH is owed, not on record yet, and still open to the branch."""
    status = month_status(
        month,
        held=activity is not None and activity.state in HELD,
        today=timezone.localdate(),
        extra_days=days,
        founded_on=branch.founded_on,
        dissolved_on=branch.dissolved_on,
        asked_from=asked_from,
        peopled=peopled,
    )
    return status == MonthStatus.DUE


def _cells(
    branch: Branch,
    year: int,
    theme_days: dict[Period, Activity],
    days: int,
    asked_from: Period | None,
    peopled: set[Period],
) -> tuple[list[MonthCell], object]:
    """Return the strip of a year and its summary; held months link to their record."""
    held = {month for month, activity in theme_days.items() if activity.state in HELD}
    statuses = year_statuses(
        year,
        held=held,
        today=timezone.localdate(),
        extra_days=days,
        founded_on=branch.founded_on,
        dissolved_on=branch.dissolved_on,
        asked_from=asked_from,
        peopled=peopled,
    )
    cells = []
    for month, status in statuses.items():
        tone, sign = MARKS[status]
        url = _cell_url(branch, Period(year, month), status)
        cells.append(MonthCell(month, Mark(str(status.label), tone, sign, url)))
    return cells, summarise(statuses)


def _cell_url(branch: Branch, month: Period, status: MonthStatus) -> str:
    place = {"pk": branch.pk, "month": month}
    if status == MonthStatus.HELD:
        return reverse("activities:theme-day-record", kwargs=place)
    return reverse("activities:theme-day", kwargs=place) if status == MonthStatus.DUE else ""


def _records(
    user: User, branch: Branch, months: list[Period], theme_days: dict[Period, Activity]
) -> list[dict[str, object]]:
    """Return for the record list each of MONTHS that was held here, or in which somebody took part elsewhere.

    Two queries.
    """
    counts, elsewhere = _counts(user, theme_days), _elsewhere(user, branch, months)
    records: list[dict[str, object]] = []
    for month in months:
        activity, away = theme_days.get(month), elsewhere.get(str(month), 0)
        away_words = f"异地参加{away}次" if away else ""
        address = reverse("activities:theme-day-record", args=[branch.pk, month])
        if activity is not None and activity.state in HELD:
            sub = _people_words(counts[activity.pk], away_words)
            what, day = activity.topic, activity.date
            records.append({"date": day, "what": what, "sub": sub, "url": address})
        elif away:
            words = f"{month.month}月{away_words}"
            records.append({"what": words, "sub": "本支部没有登记", "url": address})
    return records


def _counts(user: User, theme_days: dict[Period, Activity]) -> dict[int, Tally]:
    """Return the head counts by activity (one query)."""
    states: dict[int, list[str]] = defaultdict(list)
    guests: dict[int, list[str]] = defaultdict(list)
    rows = (
        Attendance.objects.visible_to(user)
        .filter(activity__in=theme_days.values())
        .order_by()
        .values_list("activity", "state", "is_due")
        .annotate(people=Count("pk"))
    )
    for activity, state, is_due, people in rows:
        (states if is_due else guests)[activity] += [state] * people
    return {
        activity.pk: tally(states[activity.pk], guests=guests[activity.pk])
        for activity in theme_days.values()
    }


def _people_words(counts: Tally, elsewhere: str) -> str:
    words = [
        f"{counts.due_words}，参加{counts.took_part}人",
        f"外支部来{counts.guests}人" if counts.guests else "",
        elsewhere,
    ]
    return "，".join(filter(None, words))


def _elsewhere(user: User, branch: Branch, months: list[Period]) -> dict[str, int]:
    """Return how often members of BRANCH took part elsewhere, by month (one query)."""
    rows = Attendance.objects.visible_to(user).held().elsewhere().of_theme_days(*months)
    at_home = rows.filter(home_branch=branch).order_by()
    return dict(at_home.values_list("activity__period").annotate(people=Count("pk")))
