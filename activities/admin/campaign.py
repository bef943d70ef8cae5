"""Campaigns in the admin: the register, and the page of totals (SYS-18)."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from activities.actions.campaign import save_campaign
from activities.enums import ActivityState
from activities.forms.campaign import CampaignForm
from activities.models import Activity, Campaign
from activities.querysets import ActivityQuerySet
from branches.admin.filters import area_asked_for
from branches.admin.register import RegisterAdmin
from branches.scoping import get_visible_or_404
from core.access import signed_in
from core.display import date_words
from core.paging import RegisterPaginator

LINES = 50
ARCHIVED = Q(state=ActivityState.ARCHIVED)
# Person-times of a session: its own people and guests.
CAME = F("took_part") + F("guests")


@admin.register(Campaign)
class CampaignAdmin(RegisterAdmin):
    """Bureau and street staff open campaigns in their own area."""

    form = CampaignForm
    list_display = ("title", "days", "area", "state", "sums")
    list_select_related = ("area",)
    search_fields = ("title",)
    search_help_text = "名称"
    autocomplete_fields = ("area",)
    fields = ("title", "area", "starts_on", "ends_on")

    def get_urls(self) -> list[Any]:
        """Return the address of the totals before the admin's own."""
        page = self.admin_site.admin_view(require_safe(self._totals))
        return [path("<int:pk>/totals/", page, name="campaign-totals"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the action."""
        stored = Campaign(pk=obj.pk) if change else None
        obj.pk = save_campaign(by=signed_in(request), campaign=stored, **form.cleaned_data).pk

    @admin.display(description="日期")
    def days(self, campaign: Campaign) -> str:
        """Show both days."""
        return _days(campaign)

    @admin.display(description="状态")
    def state(self, campaign: Campaign) -> str:
        """Say whether it runs."""
        today = timezone.localdate()
        if campaign.starts_on > today:
            return "还没开始"
        return "正在开展" if campaign.covers(today) else "已结束"

    @admin.display(description="合计")
    def sums(self, campaign: Campaign) -> str:
        """Link to the totals."""
        address = reverse("admin:campaign-totals", args=[campaign.pk])
        return format_html('<a href="{}">看场次和人次</a>', address)

    def _totals(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show sessions and person-times of the archived records, branch by branch."""
        if not self.has_view_permission(request):
            raise PermissionDenied("您的账号不看组织生活。")
        user = signed_in(request)
        campaign = get_visible_or_404(Campaign.objects.select_related("area"), user, pk=pk)
        area, areas = area_asked_for(request, user)
        sessions = Activity.objects.visible_to(user).filter(campaign=campaign)
        if area is not None:
            sessions = sessions.within_area(area.path)
        page = RegisterPaginator(_by_branch(sessions), LINES).get_page(request.GET.get("p"))
        kept = {"campaign": campaign.pk} | ({"area": area.code} if area else {})
        context = {
            "title": campaign.title,
            "campaign": campaign,
            "days": _days(campaign),
            "area": area,
            "areas": areas,
            "kept": urlencode({"area": area.code} if area else {}),
            "totals": _sums(sessions, kept),
            "lines": [_line(row, campaign) for row in page],
            "page": page,
        }
        whole = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, "admin/activities/campaign_totals.html", whole)


def _sums(sessions: ActivityQuerySet, kept: dict[str, Any]) -> list[tuple[str, int, str, str]]:
    """Return word, number, unit and the address of the rows: two that count, one not yet (one query)."""
    recorded = ActivityState.RECORDED
    counted = sessions.aggregate(
        archived=Count("pk", filter=ARCHIVED),
        people=Sum(CAME, filter=ARCHIVED, default=0),
        waiting=Count("pk", filter=Q(state=recorded)),
    )
    closed = _rows(kept | {"state": ActivityState.ARCHIVED})
    waiting = _rows(kept | {"state": recorded})
    return [
        ("已归档", counted["archived"], "场", closed),
        ("参加", counted["people"], "人次", closed),
        ("登记了、还没归档（不计入）", counted["waiting"], "场", waiting),
    ]


def _by_branch(sessions: ActivityQuerySet) -> Any:
    """Return a row a branch with its archived sessions and their person-times, the most first."""
    archived = sessions.filter(ARCHIVED).order_by()
    rows = archived.values("branch", "branch__name", "branch__short_name").annotate(
        sessions=Count("pk"), people=Sum(CAME)
    )
    return rows.order_by("-sessions", "branch")


def _line(row: dict[str, Any], campaign: Campaign) -> dict[str, Any]:
    chosen = {
        "campaign": campaign.pk,
        "branch": row["branch"],
        "state": ActivityState.ARCHIVED,
    }
    return {
        "label": row["branch__short_name"] or row["branch__name"],
        "sessions": row["sessions"],
        "people": row["people"],
        "url": _rows(chosen),
    }


def _rows(query: dict[str, Any]) -> str:
    return f"{reverse('admin:activities_activity_changelist')}?{urlencode(query)}"


def _days(campaign: Campaign) -> str:
    today = timezone.localdate()
    first, last = (
        date_words(day, today=today, full=True) for day in (campaign.starts_on, campaign.ends_on)
    )
    return f"{first}至{last}"
