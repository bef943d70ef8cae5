"""代为请假: leave that a member asked by telephone, put in by who keeps his branch (elder_ux §5)."""

from collections.abc import Mapping
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from activities.actions.excuse import excuse_member, leave_refusal, withdraw_excuse
from activities.enums import AttendanceState
from activities.forms.excuse import ExcuseForForm
from activities.models import Activity, Attendance
from activities.rules.period import Period
from activities.views.access import may_record, own_branch
from activities.views.theme_day import theme_days_of
from branches.models import Branch
from core.access import signed_in
from core.drafts import data_for, survives_sign_in
from core.models import User
from core.pinyin import list_order
from members.models import Member
from members.rules.namesakes import Person, told_apart, with_mark

PUT_IN = "for"


class OnLeave(NamedTuple):
    """Somebody of the branch who is excused: his key, how he is called, and why."""

    key: str
    name: str
    reason: str


@survives_sign_in
@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def excuse_for(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Put leave in for somebody of the branch, or take it back; below stands who is on leave."""
    branch, user = own_branch(request, pk), signed_in(request)
    activity = theme_days_of(request, branch, month).first()
    if reason := leave_refusal(branch, month, activity):
        raise PermissionDenied(reason)
    names = _roster(user, branch)
    on_leave = _on_leave(user, activity, names)
    present = [(key, name) for key, name in names.items() if key not in on_leave]
    form = ExcuseForForm(data_for(request), people=present)
    if request.method == "POST":
        page = reverse("activities:excuse-for", args=[pk, month])
        if "withdraw" in request.POST:
            if (key := request.POST["withdraw"]) in on_leave:
                _change(user, key, month, reason=None)
            return redirect(page)
        key = request.POST.get("person", "")
        # Sent twice, or he has asked leave himself meanwhile: what stands is kept.
        if key in on_leave or form.is_valid():
            if key not in on_leave:
                _change(user, key, month, reason=form.cleaned_data["reason"])
            return redirect(f"{page}?{PUT_IN}={key}")
    context = {
        "branch": branch,
        "month": month,
        "activity": activity,
        "form": form,
        "present": present,
        "on_leave": on_leave.values(),
        "put_in": on_leave.get(request.GET.get(PUT_IN, "")),
    }
    return render(request, "activities/excuse_for.html", context)


def _change(user: User, key: str, month: Period, *, reason: str | None) -> None:
    """Excuse the member KEY for REASON; None takes it back. PermissionDenied once it is too late."""
    member = Member.objects.visible_to(user).select_related("branch__area").get(pk=key)
    try:
        if reason is None:
            withdraw_excuse(by=user, member=member, period=str(month))
        else:
            excuse_member(by=user, member=member, period=str(month), reason=reason)
    except ValidationError as refusal:
        raise PermissionDenied(refusal.messages[0]) from refusal


def _roster(user: User, branch: Branch) -> dict[str, str]:
    """Return how everybody on the register of BRANCH is called, by his key as a form sends it."""
    rows = Member.objects.visible_to(user).on_register().filter(branch=branch)
    told = rows.order_by("pk").values_list("pk", "name", "birth_date", "id_number")
    people = sorted((Person(*each) for each in told), key=lambda each: list_order(each.name))
    marks = told_apart(people)
    return {str(each.key): with_mark(each.name, marks.get(each.key, "")) for each in people}


def _on_leave(
    user: User, activity: Activity | None, names: Mapping[str, str]
) -> dict[str, OnLeave]:
    """Return by key who of NAMES is excused from ACTIVITY."""
    if activity is None:
        return {}
    rows = Attendance.objects.visible_to(user).filter(activity=activity)
    excused = rows.filter(state=AttendanceState.EXCUSED).order_by("pk")
    found = (
        OnLeave(str(member), names.get(str(member), ""), reason)
        for member, reason in excused.values_list("member", "reason")
    )
    return {each.key: each for each in found if each.key in names}
