"""Paper out, paper in: the printed sign-in sheet and the numbers typed back from it."""

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from activities.actions.sheet import print_sheet
from activities.actions.theme_day import refusal
from activities.enums import AttendanceState
from activities.forms.log_sheet import LogSheet, open_log_sheet
from activities.forms.numbers import NumbersForm
from activities.models import SignInSheet
from activities.querysets import days_open
from activities.rules.attendance import Mark
from activities.rules.period import Period
from activities.rules.sheet import parse_numbers
from activities.views.access import keeps, may_record, own_branch
from branches.models import Branch
from branches.scoping import get_visible_or_404
from core.access import signed_in
from core.drafts import data_for, survives_sign_in
from core.models import User
from core.prepared import Prepared

BLANK_ROWS = 3
_TYPED = "typed_rows"
PREPRINTED = frozenset({AttendanceState.EXCUSED, AttendanceState.HOME})


@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Print a sign-in sheet, or open one that was printed before."""
    branch = own_branch(request, pk)
    faults: list[str] = []
    if request.method == "POST":
        try:
            sheet = print_sheet(by=signed_in(request), branch=branch, period=str(month))
            return redirect("activities:sheet", pk=pk, month=month, serial=sheet.serial)
        except ValidationError as refusal:
            faults = refusal.messages
    context = {"branch": branch, "month": month, "sheets": _sheets(request, branch, month)}
    return render(request, "activities/sheet_list.html", context | {"faults": faults})


@may_record
@require_safe
def sheet(request: HttpRequest, pk: int, month: Period, serial: int) -> HttpResponse:
    """Show one sheet, ready for the printer: large type, a number for each row."""
    branch, user = own_branch(request, pk), signed_in(request)
    printed = get_visible_or_404(SignInSheet, user, branch=branch, period=str(month), serial=serial)
    log = open_log_sheet(by=user, branch=branch, month=month)
    people = {person.member_id: person for person in log.people}
    rows = [
        {
            "number": number,
            "person": people.get(member),
            "word": _preprinted(log.marks.get(member)),
        }
        for number, member in enumerate(printed.member_ids, start=1)
    ]
    blank = range(len(rows) + 1, len(rows) + 1 + BLANK_ROWS)
    context = {"branch": branch, "month": month, "sheet": printed, "rows": rows, "log": log}
    return render(request, "activities/sheet_print.html", context | {"blank": blank})


@survives_sign_in
@may_record
@require_http_methods(["GET", "HEAD", "POST"])
def numbers(request: HttpRequest, pk: int, month: Period) -> HttpResponse:
    """Type back the numbers nobody signed at; the log page then opens with them ticked off."""
    branch, user = own_branch(request, pk), signed_in(request)
    if reason := refusal(user, branch, month, None, days_open(branch)):
        raise PermissionDenied(reason)
    printed = list(_sheets(request, branch, month))
    form = NumbersForm(data_for(request), sheets=printed)
    if request.method == "POST" and form.is_valid():
        query = QueryDict(mutable=True)
        query["sheet"] = form.cleaned_data["sheet"]
        query["away"] = " ".join(str(number) for number in form.cleaned_data["numbers"])
        address = reverse("activities:theme-day", kwargs={"pk": pk, "month": month})
        return redirect(f"{address}?{query.urlencode()}")
    context = {"branch": branch, "month": month, "form": form, "sheets": printed}
    return render(request, "activities/sheet_numbers.html", context)


def _with_sheet(user: User, pk: int, month: str) -> "QuerySet[Branch]":
    printed = SignInSheet.objects.visible_to(user).filter(branch=OuterRef("pk"), period=month)
    return keeps(user, pk, has_sheet=Exists(printed))


# The branch, and whether a sheet of the month was printed: asked together.
WITH_SHEET = Prepared(_with_sheet)


def typed_sheet(request: HttpRequest, month: Period) -> dict[str, Any]:
    """Return the question for the rows of the sheet that was typed back, to be asked with the branch."""
    serial = request.GET.get("sheet", "")
    if not serial.isdecimal() or len(serial) > 4:
        return {}
    rows = SignInSheet.objects.visible_to(signed_in(request)).filter(
        branch=OuterRef("pk"), period=str(month), serial=int(serial)
    )
    return {_TYPED: Subquery(rows.values("member_ids")[:1])}


def with_typed_numbers(request: HttpRequest, log: LogSheet) -> tuple[LogSheet, int | None]:
    """Return LOG with the typed numbers ticked off, and how many that were.

    None means that the page was not reached from the numbers page. Who is typed and was assumed
    to come is 请假 until the secretary says otherwise.
    """
    member_ids = vars(log.branch).get(_TYPED)
    if member_ids is None:
        return log, None
    typed = parse_numbers(request.GET.get("away", ""), rows=len(member_ids))
    if typed.fault:
        return log, None
    away = {member_ids[number - 1] for number in typed.numbers}
    missing = {
        member: Mark(AttendanceState.EXCUSED)
        for member, mark in log.marks.items()
        if member in away and mark.state == AttendanceState.PRESENT
    }
    return replace(log, typed=missing), len(away)


def _sheets(request: HttpRequest, branch: Branch, month: Period) -> "list[SignInSheet]":
    rows = SignInSheet.objects.visible_to(signed_in(request))
    return list(rows.filter(branch=branch, period=str(month)).order_by("-serial"))


def _preprinted(mark: Mark | None) -> str:
    if mark is None or mark.state not in PREPRINTED:
        return ""
    return str(AttendanceState(mark.state).label)
