"""The list of activities for bureau and street staff: to look at, to archive."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from activities.actions.archive import archive_activities, reopen_activities
from activities.admin.coverage import CoveragePages
from activities.admin.filters import (
    CampaignFilter,
    HolderFilter,
    MonthFilter,
    StateFilter,
    ThemeDayFilter,
)
from activities.admin.grid import GridPages
from activities.enums import HELD
from activities.models import Activity, Attendance
from activities.resources import ActivityResource
from activities.rules.attendance import tally
from activities.rules.period import Period
from branches.admin.filters import AreaFilter
from branches.scoping import ScopedAdminMixin
from core.access import signed_in
from core.admin.base import HouseAdmin
from core.display import date_words, money_words, time_words
from core.registers import RegisterExport
from core.rendering import rows_table
from members.rules.namesakes import Person, told_apart, with_mark


@admin.register(Activity)
class ActivityAdmin(RegisterExport, CoveragePages, GridPages, ScopedAdminMixin, HouseAdmin):
    """Records are made on the branch's own page; here they are read, archived, opened again."""

    resource_classes = (ActivityResource,)
    export_verb = "activities.export_activity"
    list_display = ("day", "topic", "holder", "kind", "state")
    list_display_links = ("day", "topic")
    list_filter = (
        *(StateFilter, MonthFilter, CampaignFilter, AreaFilter, HolderFilter),
        ThemeDayFilter,
    )
    list_select_related = ("branch", "kind", "recorded_by", "campaign")
    sortable_by = ()
    ordering = ("-date", "-pk")
    search_fields = ("topic", "branch__name")
    search_help_text = "主题或党支部名称"
    actions = ("archive", "reopen")
    fieldsets = (
        (
            "活动",
            {
                "fields": (
                    "holder",
                    "kind",
                    "month",
                    "day",
                    "begins",
                    "topic",
                    "place",
                    "host",
                    "agenda",
                    "minutes",
                    "spent",
                    "campaign",
                )
            },
        ),
        ("记录", {"fields": ("state", "recorded", "own_page")}),
        ("到会情况", {"fields": ("people",)}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the visible rows with what a record shows of its neighbours."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Records are made on the branch's page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let the list be worked on; a record itself is only read here."""
        return obj is None and super().has_change_permission(request)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with the way to the grid of this year."""
        context = {"grid_year": timezone.localdate().year} | (extra_context or {})
        return super().changelist_view(request, context)

    @admin.display(description="日期")
    def day(self, activity: Activity) -> str:
        """Show 2026年11月5日 星期四."""
        return date_words(activity.date, today=timezone.localdate(), full=True)

    @admin.display(description="月份")
    def month(self, activity: Activity) -> str:
        """Show 2026年11月 of what is held once a month."""
        return Period.parse(activity.period).words if activity.period else "—"

    @admin.display(description="开始时间")
    def begins(self, activity: Activity) -> str:
        """Show 上午9点30分."""
        return time_words(activity.starts_at) if activity.starts_at else "—"

    @admin.display(description="党支部")
    def holder(self, activity: Activity) -> str:
        """Show the branch's short name."""
        return activity.branch.label

    @admin.display(description="费用")
    def spent(self, activity: Activity) -> str:
        """Show 1,280.50元."""
        return "没有写" if activity.cost is None else money_words(activity.cost)

    @admin.display(description="登记")
    def recorded(self, activity: Activity) -> str:
        """Show who entered it, and when."""
        if activity.recorded_at is None:
            return "还没登记"
        day = timezone.localdate(activity.recorded_at)
        return f"{activity.recorded_by or '系统'}，{date_words(day, today=day, full=True)}"

    @admin.display(description="登记页")
    def own_page(self, activity: Activity) -> str:
        """Link to the branch's page of this month."""
        if not activity.period:
            return "—"
        name = "theme-day-record" if activity.state in HELD else "theme-day"
        address = reverse(f"activities:{name}", args=[activity.branch_id, activity.period])
        return format_html('<a href="{}">打开支部的登记页</a>', address)

    @admin.display(description="名单")
    def people(self, activity: Activity) -> str:
        """Show the head counts, then everybody with state and home."""
        attendances = activity.attendances.all().select_related("home_branch")
        rows = attendances.order_by("member").by_name()
        if not rows:
            return "还没有登记谁到会了。"
        marks = told_apart(
            Person(each.pk, each.name, each.birth_date, each.id_number)
            for each in (row.member for row in rows)
        )
        lines = [
            (
                with_mark(row.member.name, marks.get(row.member_id, "")),
                row.get_state_display(),
                row.reason or "—",
                _home(row, activity),
            )
            for row in rows
        ]
        table = rows_table(("姓名", "到会情况", "原因", "隶属"), lines)
        return format_html("<p>{}</p>{}", _counts(rows), table)

    @admin.action(description="归档（支部不能再改）", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: "QuerySet[Activity]") -> None:
        """Close the records chosen."""
        self._move(request, queryset, archive_activities, "已归档{}项。已归档的，支部不能再改。")

    @admin.action(description="取消归档（可以更正）", permissions=["change"])
    def reopen(self, request: HttpRequest, queryset: "QuerySet[Activity]") -> None:
        """Open the records chosen again."""
        self._move(request, queryset, reopen_activities, "已取消归档{}项，可以更正了。")

    def _move(self, request: HttpRequest, rows: Any, move: Any, words: str) -> None:
        try:
            moved = move(by=signed_in(request), activities=rows)
        except PermissionDenied as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return
        self.message_user(request, words.format(moved), messages.SUCCESS)


def _home(row: Attendance, activity: Activity) -> str:
    if row.home_branch_id == activity.branch_id:
        return "本支部"
    return row.home_branch.label if row.home_branch else "不详"


def _counts(rows: list[Attendance]) -> str:
    counted = tally(
        (row.state for row in rows if row.is_due),
        guests=(row.state for row in rows if not row.is_due),
    )
    return (
        f"应到{counted.expected}人，参加{counted.took_part}人（{counted.percent}%），"
        f"其中线上{counted.online}人、送学{counted.home_study}人；请假{counted.excused}人，"
        f"缺席{counted.absent}人；外支部来{counted.guests}人"
    )
