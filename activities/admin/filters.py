"""Drop-down filters of the list of activities."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from activities.enums import READY, ActivityState
from activities.models import Campaign
from activities.querysets import grid_branches, owing_branches
from activities.rules.period import Period
from branches.admin.filters import LinkedFilter
from branches.models import Branch
from core.access import signed_in
from members.admin.filters import BranchFilter

MONTHS_OFFERED = 14
CAMPAIGNS_OFFERED = 12


class HolderFilter(BranchFilter):
    """By the branch that holds the activity."""

    title = "党支部"


class MonthFilter(admin.SimpleListFilter):
    """By month: the coming one, this one, and a year back."""

    title = "月份"
    parameter_name = "month"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the months, the newest first."""
        month = Period.of(timezone.localdate()).next
        months = []
        for _ in range(MONTHS_OFFERED):
            months.append((str(month), month.words))
            month = month.previous
        return months

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the activities of the month."""
        try:
            month = Period.parse(self.value() or "")
        except ValueError:
            return queryset
        return queryset.filter(date__gte=month.first, date__lte=month.last)


class ThemeDayFilter(admin.SimpleListFilter):
    """Theme days on record of one month, as the year's grid counts them; set by links from it.

    ``2026-03`` of all branches that hold theme days, ``2026-03 2026-05`` of those that held none in May.
    """

    title = "主题党日"
    parameter_name = "theme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what is asked for."""
        self.user = signed_in(request)
        months = self._months()
        if not months:
            return []
        words = f"{months[0].words}已开"
        if months[1:]:
            words += f"，{months[1].words}没有登记的支部"
        return [(self.value() or "", words)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep those theme days; what is no month finds nothing."""
        if not self.value():
            return queryset
        months = self._months()
        if not months:
            return queryset.none()
        branches = Branch.objects.visible_to(self.user)
        listed = (
            owing_branches(branches, months[1])
            if months[1:]
            else grid_branches(branches, months[0].year)
        )
        held = queryset.theme_days().held().filter(period=str(months[0]))
        return held.filter(branch__in=listed.order_by().values("pk"))

    def has_output(self) -> bool:
        """Apply also what is no month: it finds nothing."""
        return bool(self.value())

    def _months(self) -> list[Period]:
        try:
            return [Period.parse(month) for month in (self.value() or "").split()[:2]]
        except ValueError:
            return []


class CampaignFilter(LinkedFilter):
    """By campaign, the latest first. One query."""

    title = "专题活动"
    parameter_name = "campaign"
    register = Campaign

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the latest the reader sees, and the one asked for."""
        rows = Campaign.objects.visible_to(request.user).values_list("pk", "title")
        known = [(str(pk), title) for pk, title in rows]
        return [
            each for n, each in enumerate(known) if n < CAMPAIGNS_OFFERED or each[0] == self.value()
        ]

    def has_output(self) -> bool:
        """Apply also what is out of reach: it finds nothing."""
        return bool(self.value() or self.lookup_choices)


class StateFilter(admin.SimpleListFilter):
    """By state; also what is on record and no longer changed by its branch."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states, then the question."""
        return [
            *((str(key), str(label)) for key, label in ActivityState.choices),
            (READY, "可归档"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the activities in the state."""
        if self.value() == READY:
            return queryset.ready_to_archive(timezone.localdate())
        return queryset.filter(state=self.value()) if self.value() in ActivityState else queryset
