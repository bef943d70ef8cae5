"""The theme day of a month: logging, merging, what was saved, the record on paper, the plan."""

import datetime as dt
from collections import defaultdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from activities.actions.theme_day import RecordConflict, refusal
from activities.enums import AttendanceState
from activities.forms.log_sheet import open_log_sheet
from activities.forms.merge import merge_page
from activities.forms.plan import PlanForm
from activities.forms.theme_day import ThemeDayForm, chosen_day
from activities.models import Activity, Attendance, Photo
from activities.querysets import ActivityQuerySet, days_open, usual_day
from activities.rules.attendance import Tally, tally
from activities.rules.period import Period, fixed_date, last_day_to_edit
from activities.views.access import may_record, own_branch
from activities.views.agenda import what_of
from activities.views.leave import leave_words
from activities.views.sheet import WITH_SHEET, typed_sheet, with_typed_numbers
from branches.models import Branch
from core.access import signed_in
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
    context = {
        "branch": branch,
        "month": month,
        "activity": activity,
        "last_day": _last_day(month, days_open(branch)),
        **_attendance(request, activity),
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
        return render(request, "activities/theme_day_elsewhere.html", context)
    context |= {
        "activity": activity,
        "photos": Photo.objects.visible_to(user).filter(activity=activity),
        **_attendance(request, activity),
    }
    places: dict[int, list[str]] = defaultdict(list)
    for row in elsewhere:
        places[row.member_id].append(row.activity.branch.label)
    lines = [(row, "、".join(places[row.member_id])) for row in context["roster"]]
    wronged = [row.member for row, place in lines if place and row.state == AttendanceState.ABSENT]
    context |= {"lines": lines, "wronged": wronged}
    return render(request, "activities/theme_day_record.html", context)


@survives_sign_in
@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Announce the theme day of a month."""
    branch, user = own_branch(request, pk), signed_in(request)
    activity = _theme_days(request, branch, month).planned().first()
    initial = {
        "date": activity.date if activity else fixed_date(month, usual_day(branch)),
        "starts_at": activity.starts_at.isoformat() if activity and activity.starts_at else "",
        "topic": activity.topic if activity else "",
        "place": activity.place if activity else branch.meeting_place,
    }
    form = PlanForm(data_for(request), by=user, branch=branch, month=month, initial=initial)
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        return redirect("activities:theme-day-planned", pk=pk, month=month)
    leave = leave_words(user, activity).get(activity.pk) if activity else None
    context = {"branch": branch, "month": month, "form": form, "leave": leave}
    return render(request, "activities/theme_day_plan.html", context)


@may_record
@require_safe
def planned(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Say what was announced."""
    branch = own_branch(request, pk)
    activity = _theme_days(request, branch, month).planned().first()
    if activity is None:
        raise Http404("这个月还没有安排。")
    context = {"branch": branch, "month": month, "facts": what_of(activity)}
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


def _theme_days(request: HttpRequest, branch: Branch, month: Period) -> ActivityQuerySet:
    rows = Activity.objects.visible_to(signed_in(request)).theme_days()
    return rows.filter(branch=branch, period=str(month))


def _held(request: HttpRequest, branch: Branch, month: Period) -> Activity | None:
    rows = _theme_days(request, branch, month).held()
    return rows.select_related("recorded_by", "campaign").first()


def _elsewhere(user: User, branch: Branch, month: Period) -> list[Attendance]:
    """Return where members of BRANCH took part in MONTH, by name (one query)."""
    rows = Attendance.objects.visible_to(user).held().of_theme_days(month).elsewhere()
    with_names = rows.filter(home_branch=branch).select_related("member", "activity__branch")
    return list(with_names.order_by("member__name_pinyin", "member", "activity__date"))


def _attendance(request: HttpRequest, activity: Activity) -> dict[str, object]:
    """Return the rows of roster and guests, and what the record says in words."""
    rows = list(
        Attendance.objects.visible_to(signed_in(request))
        .filter(activity=activity)
        .select_related("member", "home_branch")
        .order_by("member__name_pinyin", "member__name", "member")
    )
    roster = [row for row in rows if row.is_due]
    guests = [row for row in rows if not row.is_due]
    names: dict[str, list[str]] = defaultdict(list)
    for row in roster:
        names[row.state].append(row.member.name)
    counts = tally((row.state for row in roster), guests=(row.state for row in guests))
    return {
        "roster": roster,
        "guests": guests,
        "facts": [
            *what_of(activity),
            ("人数", counts.due_words),
            ("参加", _came(counts)),
            *(
                (state.label, "、".join(names[state]))
                for state in AttendanceState
                if names[state] and state != AttendanceState.PRESENT
            ),
        ],
    }


def _came(counts: Tally) -> str:
    percent = f"（{counts.percent}%）" if counts.expected else ""
    guests = f"，另有外支部{counts.guests}人" if counts.guests else ""
    return f"{counts.took_part}人{percent}{guests}"


def _last_day(month: Period, days: int) -> dt.date | None:
    """Return the last day on which the branch may change the record; None when it is over."""
    day = last_day_to_edit(month, days)
    return day if day >= timezone.localdate() else None
