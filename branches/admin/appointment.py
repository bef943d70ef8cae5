"""Posts in the admin: given and ended, never edited."""

from typing import Any

from django.contrib import admin
from django.forms import modelform_factory
from django.http import HttpRequest
from django.utils import timezone

from branches.acting import ScopedActPages
from branches.actions import appoint, end_appointment
from branches.admin.filters import HeldFilter
from branches.admin.register import RegisterAdmin
from branches.forms import AppointmentByCodeForm, AppointmentForm, EndForm
from branches.models import Appointment
from branches.resources import AppointmentResource
from branches.rules import post_is_over
from core.access import signed_in
from core.admin.acting import Act, Outcome
from core.dates import words
from core.registers import RegisterExport


def _end(request: HttpRequest, post: Appointment, given: dict[str, Any]) -> Outcome:
    ended = end_appointment(by=signed_in(request), appointment=post, on=given["on"])
    return f"{ended.user}的{ended.get_role_display()}任职到{words(given['on'])}为止。"


END = Act(
    "end",
    "免职",
    "确认免职",
    "最后一天仍在任；第二天起，这项任职带来的查看和办理就都没有了。",
    "branches.change_appointment",
    EndForm,
    _end,
    lambda post: not post_is_over(post.ended_on, timezone.localdate()),
)


@admin.register(Appointment)
class AppointmentAdmin(RegisterExport, ScopedActPages, RegisterAdmin):
    """Who holds which role where. Nobody grants wider than his own scope (security P22)."""

    acts = (END,)
    prefix = "appointment"
    resource_classes = (AppointmentResource,)
    export_verb = "branches.export_branch"
    form = AppointmentForm
    autocomplete_fields = ("area", "branch")
    list_display = ("user", "role", "place", "started_on", "ended_on", "document")
    list_filter = (HeldFilter, "role")
    list_select_related = ("user", "area", "branch")
    search_fields = ("user__display_name", "branch__name", "area__name")
    search_help_text = "姓名、党组织或区划"
    ordering = ("user__name_pinyin", "user__display_name", "-started_on")
    fields = ("login", "role", "area", "branch", "started_on", "document")

    @admin.display(description="在哪里")
    def place(self, post: Appointment) -> str:
        """Show the area or branch; the system's own posts have none."""
        return str(post.area or post.branch or "全系统")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a post is ended and another one given."""
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        """A given post is only shown: its form has no fields."""
        if obj is not None:
            return modelform_factory(Appointment, fields=())
        if not request.user.has_perm("branches.view_branch"):
            options["form"] = AppointmentByCodeForm
        return super().get_form(request, obj, change, **options)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Name the person once he is known."""
        return self.fields if obj is None else ("user", *self.fields[1:], "ended_on")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the action."""
        given = {**form.cleaned_data}
        obj.pk = appoint(by=signed_in(request), user=given.pop("login"), **given).pk
