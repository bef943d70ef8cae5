"""The audit trail, read by auditors as a whole and by a bureau in its own territory."""

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from core.access import signed_in
from core.admin.base import ReadOnlyAdmin
from core.admin.history import VERB, changes_of
from core.models import AuditEvent
from core.registers import RegisterExport
from core.resources import AuditEventResource

PERIODS = {"1": "今天", "7": "最近7天", "30": "最近30天", "365": "最近一年"}


class PeriodFilter(admin.SimpleListFilter):
    """How far back to look."""

    title = "时间"
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the periods."""
        return list(PERIODS.items())

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        """Keep the rows of the period, counted in whole days up to now."""
        if self.value() not in PERIODS:
            return queryset
        first = timezone.localdate() - dt.timedelta(days=int(self.value() or 1) - 1)
        return queryset.filter(at__gte=timezone.make_aware(dt.datetime.combine(first, dt.time())))


@admin.register(AuditEvent)
class AuditEventAdmin(RegisterExport, ReadOnlyAdmin):
    """Who did what to what, when; searched by words that name nobody."""

    resource_classes = (AuditEventResource,)
    tells_history = False
    export_verb = VERB
    list_display = ("at", "by_name", "act", "object_label", "note")
    list_filter = (PeriodFilter,)
    search_fields = ("=act", "=object_id")
    search_help_text = "操作名称（如“登录”“导出”）或对象编号"
    sortable_by = ()
    fields = (
        *("at", "by_name", "ip", "act", "object_label", "noun", "object_id"),
        *("note", "changes"),
    )
    readonly_fields = ("noun", "changes")

    def has_export_permission(self, request: HttpRequest) -> bool:
        """The trail is the auditors' to take out; an office reads its own on the page."""
        return signed_in(request).is_auditor and super().has_export_permission(request)

    @admin.display(description="对象类别")
    def noun(self, event: AuditEvent) -> str:
        """Name what kind of thing it was done to."""
        return str(event.model._meta.verbose_name) if event.model else event.object_type or "—"

    @admin.display(description="改动")
    def changes(self, event: AuditEvent) -> str | SafeString:
        """List what changed, field by field."""
        lines = (line[1:] for line in changes_of(event))
        return format_html_join("", "<p>{}：{} → {}</p>", lines) or "—"
