"""The theme day of a month: logging, merging, what was saved, the record on paper, the plan."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.actions.excuse import leave_refusal
from activities.actions.theme_day import RecordConflict, listed_people, refusal
from activities.enums import ActivityState, AttendanceState
from activities.forms.log_sheet import open_log_sheet
from activities.forms.merge import merge_page
from activities.forms.plan import PlanForm
from activities.forms.theme_day import ThemeDayForm, chosen_day
from activities.models import Activity, Attendance, Photo
from activities.querysets import ActivityQuerySet, Attendee, days_open, remind_days, usual_day
from activities.rules.attendance import ELSEWHERE, Tally, tally
from activities.rules.period import Period, fixed_date, last_day_to_edit
from activities.rules.record import no_cancel_because
from activities.views.access import may_record, own_branch
from activities.views.agenda import what_of
from activities.views.leave import leave_words
from activities.views.sheet import WITH_SHEET, typed_sheet, with_typed_numbers
from branches.models import Branch
from core.access import signed_in
from core.display import money_words
from core.drafts import data_for, survives_sign_in
from core.models import User

CONFLICT = 409


@survives_sign_in
@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def log(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Log the theme day on one page, or change it (elder_ux §5)."""
    user = signed_in(request)
    branch = own_branch(request, pk, WITH_SHEET, str(month), **typed_sheet(request, month))
    data = data_for(request)
    sheet = open_log_sheet(by=user, branch=branch, month=month, chosen=chosen_day(data))
    days = days_open(branch)
    if reason := refusal(user, branch, month, sheet.activity, days):
        raise PermissionDenied(reason)
    if request.method != "POST":
        sheet, typed = with_typed_numbers(request, sheet)
        form = ThemeDayForm(data, sheet=sheet, by=user)
        return _log_page(request, form, days, typed=typed)
    form = ThemeDayForm(request.POST, request.FILES, sheet=sheet, by=user)
    if form.is_valid():
        try:
            if form.save() is not None:
                return redirect("activities:theme-day-saved", pk=pk, month=month)
        except RecordConflict as conflict:
            return _merge(request, conflict, form)
    return _log_page(request, form, days)


@may_record
@require_safe
def saved(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Say what was saved, and until when it may be changed."""
    branch = own_branch(request, pk)
    activity = _held(request, branch, month)
    if activity is None:
        raise Http404("这个月还没有登记。")
    user, days = signed_in(request), days_open(branch)
    rows = _rows(user, activity)
    context = {
        "branch": branch,
        "month": month,
        "activity": activity,
        "asks_reasons": not refusal(user, branch, month, activity, days) and _asks_reasons(rows),
        "last_day": _last_day(month, days),
        "facts": _facts(activity, rows, _people(branch, month, activity, rows)),
    }
    return render(request, "activities/theme_day_saved.html", context)


@may_record
@require_safe
def record(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Show the record as it goes into the file: also when it is locked.

    Of a month that the branch has not logged it shows who took part elsewhere (SYS-04), if anybody.
    """
    branch, user = own_branch(request, pk), signed_in(request)
    activity, elsewhere = _held(request, branch, month), _elsewhere(user, branch, month)
    context: dict[str, Any] = {
        "branch": branch,
        "month": month,
        "elsewhere": elsewhere,
        "locked": refusal(user, branch, month, activity, days_open(branch)),
    }
    if activity is None:
        if not elsewhere:
            raise Http404("这个月还没有登记。")
        people = _people(branch, month, None, elsewhere)
        context["elsewhere"] = [(row, people[row.member_id]) for row in elsewhere]
        return render(request, "activities/theme_day_elsewhere.html", context)
    rows = _rows(user, activity)
    people = _people(branch, month, activity, [*rows, *elsewhere])
    places: dict[int, list[str]] = defaultdict(list)
    for row in elsewhere:
        places[row.member_id].append(row.activity.branch.label)
    named = [(row, people[row.member_id], "、".join(places[row.member_id])) for row in rows]
    context |= {
        "activity": activity,
        "asks_reasons": _asks_reasons(rows),
        "photos": Photo.objects.visible_to(user).filter(activity=activity),
        "facts": _facts(activity, rows, people),
        "lines": [line for line in named if line[0].is_due],
        "guests": [line for line in named if not line[0].is_due],
        "elsewhere": [(row, people[row.member_id]) for row in elsewhere],
        "wronged": [
            person for row, person, place in named if place and row.state == AttendanceState.ABSENT
        ],
    }
    return render(request, "activities/theme_day_record.html", context)


@survives_sign_in
@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Announce the theme day of a month."""
    branch, user = own_branch(request, pk), signed_in(request)
    found = theme_days_of(request, branch, month).first()
    activity = found if found and found.state == ActivityState.PLANNED else None
    initial = {
        "date": activity.date if activity else fixed_date(month, usual_day(branch)),
        "starts_at": activity.starts_at.isoformat() if activity and activity.starts_at else "",
        "topic": activity.topic if activity else "",
        "place": activity.place if activity else branch.meeting_place,
        "agenda": activity.agenda if activity else "",
        "planned": activity is not None,
    }
    form = PlanForm(data_for(request), by=user, branch=branch, month=month, initial=initial)
    form.version = found.version if found else 0
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        return redirect("activities:theme-day-planned", pk=pk, month=month)
    leave = leave_words(user, activity).get(activity.pk) if activity else None
    context = {
        "branch": branch,
        "month": month,
        "form": form,
        "leave": leave,
        "may_excuse": not leave_refusal(branch, month, found),
        "may_cancel": activity is not None and _may_be_cancelled(activity),
        "remind_days": remind_days(branch),
    }
    return render(request, "activities/theme_day_plan.html", context)


@may_record
@require_safe
def planned(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Say what was announced."""
    branch = own_branch(request, pk)
    activity = theme_days_of(request, branch, month).planned().first()
    if activity is None:
        raise Http404("这个月还没有安排。")
    facts = what_of(activity)
    if activity.agenda:
        facts.append(("议程", "；".join(activity.steps)))
    context = {"branch": branch, "month": month, "facts": facts}
    return render(request, "activities/theme_day_planned.html", context)


def _log_page(
    request: HttpRequest, form: ThemeDayForm, days: int, typed: int | None = None
) -> HttpResponse:
    sheet = form.sheet
    context = {
        "branch": sheet.branch,
        "month": sheet.month,
        "sheet": sheet,
        "form": form,
        "typed": typed,
        "restored": request.method != "POST" and form.is_bound,
        "last_day": _last_day(sheet.month, days),
    }
    return render(request, "activities/theme_day_log.html", context)


def _merge(request: HttpRequest, conflict: RecordConflict, form: ThemeDayForm) -> HttpResponse:
    page = merge_page(conflict, base=form.base_contents(), sheet=form.sheet)
    context = {
        "branch": form.sheet.branch,
        "month": form.sheet.month,
        "page": page,
        "photos_lost": form.photos_lost,
    }
    return render(request, "activities/theme_day_merge.html", context, status=CONFLICT)


def theme_days_of(request: HttpRequest, branch: Branch, month: Period) -> ActivityQuerySet:
    """Return the theme day of BRANCH in MONTH, if there is one, as the user may see it."""
    rows = Activity.objects.visible_to(signed_in(request)).theme_days()
    return rows.filter(branch=branch, period=str(month))


def _may_be_cancelled(activity: Activity) -> bool:
    today = timezone.localdate()
    return not no_cancel_because(activity.date, state=activity.state, today=today)


def _held(request: HttpRequest, branch: Branch, month: Period) -> Activity | None:
    rows = theme_days_of(request, branch, month).held()
    return rows.select_related("recorded_by", "campaign").first()


def _elsewhere(user: User, branch: Branch, month: Period) -> list[Attendance]:
    """Return where members of BRANCH took part in MONTH, by name (one query)."""
    rows = Attendance.objects.visible_to(user).held().of_theme_days(month).elsewhere()
    ours = rows.filter(home_branch=branch).select_related("activity__branch")
    return ours.order_by("member", "activity__date").by_name()


def _rows(user: User, activity: Activity) -> list[Attendance]:
    """Return the attendance of ACTIVITY by name, with members and their homes (one query)."""
    rows = Attendance.objects.visible_to(user).filter(activity=activity)
    return rows.select_related("home_branch").order_by("member").by_name()


def _asks_reasons(rows: list[Attendance]) -> bool:
    """Whether of somebody in ROWS it may be said why he was away."""
    return any(row.asks_reason for row in rows)


def _people(
    branch: Branch, month: Period, activity: Activity | None, rows: list[Attendance]
) -> dict[int, Attendee]:
    """Return by member id whom the log page lists, and all of ROWS: one is called alike on every page."""
    listed = listed_people(branch, month, activity, rows)
    return {person.member_id: person for person in listed}


def _facts(
    activity: Activity, rows: list[Attendance], people: Mapping[int, Attendee]
) -> list[tuple[str, str]]:
    """Return what the record says in words."""
    roster = [row for row in rows if row.is_due]
    names: dict[str, list[str]] = defaultdict(list)
    for row in roster:
        word = ELSEWHERE if row.is_elsewhere else row.state
        names[word].append(people[row.member_id].shown)
    guests = (row.state for row in rows if not row.is_due)
    counts = tally((row.state for row in roster), guests=guests)
    return [
        *what_of(activity),
        *([] if activity.cost is None else [("费用", money_words(activity.cost))]),
        ("人数", counts.due_words),
        ("参加", _came(counts)),
        *(
            (str(state.label), "、".join(names[state]))
            for state in AttendanceState
            if names[state] and state != AttendanceState.PRESENT
        ),
        *(
            [(ELSEWHERE, f"{'、'.join(names[ELSEWHERE])}（按请假不计）")]
            if names[ELSEWHERE]
            else []
        ),
    ]


def _came(counts: Tally) -> str:
    percent = f"（{counts.percent}%）" if counts.expected else ""
    guests = f"，外支部来{counts.guests}人" if counts.guests else ""
    return f"{counts.took_part}人{percent}{guests}"


def _last_day(month: Period, days: int) -> dt.date | None:
    """Return the last day on which the branch may change the record; None when it is over."""
    day = last_day_to_edit(month, days)
    return day if day >= timezone.localdate() else None
