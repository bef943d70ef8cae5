"""取消安排: the page that asks before an announced theme day is taken back, and then says that it was."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from activities.enums import ActivityState
from activities.forms.plan import CancelForm
from activities.rules.period import Period
from activities.rules.record import no_cancel_because
from activities.views.access import may_record, own_branch
from activities.views.agenda import what_of
from activities.views.leave import leave_words
from activities.views.theme_day import theme_days_of
from core.access import signed_in
from core.drafts import data_for, survives_sign_in


@survives_sign_in
@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Ask, then take the plan back."""
    branch, user = own_branch(request, pk), signed_in(request)
    activity = theme_days_of(request, branch, month).select_related("campaign").first()
    if activity is None:
        raise Http404("这个月还没有安排。")
    context: dict[str, Any] = {"branch": branch, "month": month}
    today = timezone.localdate()
    if activity.state == ActivityState.CANCELLED:
        context["may_replan"] = month >= Period.of(today)  # what is over is not planned any more
        return render(request, "activities/theme_day_cancelled.html", context)
    if reason := no_cancel_because(activity.date, state=activity.state, today=today):
        raise PermissionDenied(reason)
    form = CancelForm(data_for(request))
    is_sent = request.method == "POST" and form.is_valid()
    if is_sent and form.save(by=user, branch=branch, month=month):
        return redirect("activities:theme-day-cancel", pk=pk, month=month)
    context |= {
        "form": form,
        "facts": what_of(activity),
        "leave": leave_words(user, activity).get(activity.pk),
    }
    return render(request, "activities/theme_day_cancel.html", context)
