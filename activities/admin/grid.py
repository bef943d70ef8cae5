"""主题党日12月网格: a year of theme days, a line a branch (SYS-18)."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from activities import sums
from activities.enums import MonthStatus
from activities.models import Activity
from activities.querysets import (
    FIRST_MONTH,
    days_open,
    first_month,
    grid_branches,
    owing_branches,
    peopled_months,
    theme_day_settings,
)
from activities.rules.grid import summarise, year_statuses
from activities.rules.period import Period, year_periods
from activities.sums import Sums
from branches.admin.filters import area_asked_for
from branches.models import Area, Branch
from core.access import signed_in
from core.dates import words
from core.models import User
from core.paging import RegisterPaginator
from core.parameters import Parameters

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

# Twelve links a line: more lines would make the page heavier than any page may be.
LINES = 25
TONES = {
    MonthStatus.HELD: "ok",
    MonthStatus.DUE: "plan",
    MonthStatus.MISSED: "due",
    MonthStatus.AHEAD: "",
    MonthStatus.OUTSIDE: "",
}


class GridPages(_Admin):
    """Adds the grid to the admin of activities."""

    def get_urls(self) -> list[Any]:
        """Return the grid's address before the admin's own."""
        page = self.admin_site.admin_view(require_safe(self._grid))
        return [path("year-grid/<int:year>/", page, name="year-grid"), *super().get_urls()]

    def _grid(self, request: HttpRequest, year: int) -> HttpResponse:
        """Show the branches of an area, all or those without a theme day in one month."""
        if not self.has_view_permission(request):
            raise PermissionDenied("您的账号不看组织生活。")
        if not 2000 <= year < 2100:
            raise Http404("没有这一年。")
        user = signed_in(request)
        area, areas = area_asked_for(request, user)
        without = _month(request.GET.get("without", ""))
        known = Parameters(FIRST_MONTH)
        branches = _branches(user, area, without, year, known)
        page = RegisterPaginator(branches, LINES).get_page(request.GET.get("p"))
        kept = {"area": area.code if area else "", "without": str(without or "")}
        context = {
            "title": f"{year}年主题党日",
            "year": year,
            "lines": _lines(user, list(page), year, known),
            **_totals(user, branches, year, _listed(year, area, without)),
            "page": page,
            "area": area,
            "areas": areas,
            "without": without,
            "months": range(1, 13),
            "keep_without": f"without={without}&" if without else "",
            "kept": urlencode({key: value for key, value in kept.items() if value}),
        }
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, "admin/activities/year_grid.html", whole)


def _month(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None


def _branches(
    user: User, area: Area | None, without: Period | None, year: int, known: Parameters
) -> Any:
    rows = Branch.objects.visible_to(user)
    if area is not None:
        rows = rows.within_area(area.path)
    rows = owing_branches(rows, without, known) if without else grid_branches(rows, year)
    rows = rows.annotate(**theme_day_settings())
    return rows.select_related("area").order_by("area_path", "path")


def _lines(
    user: User, branches: list[Branch], year: int, known: Parameters
) -> list[dict[str, Any]]:
    """Return a line a branch: its twelve cells and what they add up to."""
    held: dict[int, dict[Period, int]] = defaultdict(dict)
    rows = Activity.objects.visible_to(user).theme_days().held().in_year(year)
    found = rows.filter(branch__in=branches).values_list("branch", "period", "pk")
    for branch, period, pk in found:
        held[branch][Period.parse(str(period))] = pk
    today = timezone.localdate()
    peopled = peopled_months(branches, year_periods(year))
    lines = []
    for branch in branches:
        statuses = year_statuses(
            year,
            held=held[branch.pk],
            today=today,
            extra_days=days_open(branch),
            founded_on=branch.founded_on,
            dissolved_on=branch.dissolved_on,
            asked_from=first_month(branch, known),
            peopled=peopled[branch.pk],
        )
        lines.append(_line(branch, year, statuses, held, is_peopled=bool(peopled[branch.pk])))
    return lines


def _line(
    branch: Branch,
    year: int,
    statuses: dict[int, MonthStatus],
    held: dict[int, dict[Period, int]],
    *,
    is_peopled: bool,
) -> dict[str, Any]:
    cells = [
        (month, TONES[status], status.label, _address(branch, Period(year, month), status, held))
        for month, status in statuses.items()
    ]
    summary = summarise(statuses)
    return {
        "branch": branch,
        "end": f"{words(branch.dissolved_on)}撤销" if branch.dissolved_on else "",
        "cells": cells,
        "summary": summary,
        "is_empty": not summary.due and not is_peopled,
    }


def _address(
    branch: Branch, month: Period, status: MonthStatus, held: dict[int, dict[Period, int]]
) -> str:
    """Return where a cell leads: to its record, or to where it is entered; before and after, nowhere."""
    if status == MonthStatus.HELD:
        return reverse("admin:activities_activity_change", args=[held[branch.pk][month]])
    # It does not owe the month in which it was dissolved, but may have met before that.
    is_last = branch.dissolved_on is not None and Period.of(branch.dissolved_on) == month
    if status == MonthStatus.AHEAD or (status == MonthStatus.OUTSIDE and not is_last):
        return ""
    return reverse("activities:theme-day", args=[branch.pk, month])


def _listed(year: int, area: Area | None, without: Period | None) -> list[str]:
    """Return the question of each month by which the list of activities shows what is counted."""
    kept = {"area": area.code} if area else {}
    months = [str(Period(year, month)) for month in range(1, 13)]
    asked = [f"{month} {without}" if without else month for month in months]
    return [urlencode({"theme": theme} | kept) for theme in asked]


def _totals(user: User, branches: Any, year: int, listed: list[str]) -> dict[str, list[Any]]:
    """Return by month how many of all BRANCHES held their theme day, and how many came in per cent.

    Each number with the question that lists them, one of LISTED.

    The year's own share stands last.
    """
    rows = Activity.objects.visible_to(user).theme_days().held().in_year(year)
    by_month = sums.by(rows.filter(branch__in=branches.order_by().values("pk")), "period")
    months = [by_month.get(f"{year}-{month:02d}", (0, Sums())) for month in range(1, 13)]
    shares = [each for _, each in months]
    return {
        "totals": list(zip([held for held, _ in months], listed, strict=True)),
        "shares": [each.percent for each in (*shares, sums.total(shares))],
    }
