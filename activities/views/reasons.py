"""Why somebody was away: the page on which the branch may say so, after the day is on record."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from activities.actions.theme_day import listed_people, refusal
from activities.forms.reasons import ReasonsForm
from activities.models import Attendance
from activities.querysets import days_open
from activities.rules.period import Period
from activities.views.access import may_record, own_branch
from activities.views.theme_day import theme_days_of
from core.access import signed_in
from core.drafts import data_for, survives_sign_in


@survives_sign_in
@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def reasons(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Ask of those who were away why, if anybody likes to say."""
    branch, user = own_branch(request, pk), signed_in(request)
    activity = theme_days_of(request, branch, month).held().first()
    if activity is None:
        raise Http404("这个月还没有登记。")
    if refused := refusal(user, branch, month, activity, days_open(branch)):
        raise PermissionDenied(refused)
    rows = Attendance.objects.visible_to(user).filter(activity=activity)
    found = rows.order_by("member").by_name()
    names = {each.member_id: each.shown for each in listed_people(branch, month, activity, found)}
    people = [(row, names[row.member_id]) for row in found if row.asks_reason]
    form = ReasonsForm(data_for(request), people=people, by=user)
    if request.method == "POST" and form.is_valid() and form.save(activity):
        messages.success(request, "原因已经记下。")
        return redirect("activities:theme-day-record", pk=pk, month=month)
    context = {"branch": branch, "month": month, "form": form}
    return render(request, "activities/theme_day_reasons.html", context)
