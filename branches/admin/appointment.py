"""Posts in the admin: given and ended, never edited."""

from typing import Any

from django.contrib import admin
from django.forms import modelform_factory
from django.http import HttpRequest
from django.utils import timezone

from branches.acting import ScopedActPages
from branches.actions import appoint, end_appointment, withdraw_appointment
from branches.admin.filters import HeldFilter
from branches.admin.register import RegisterAdmin
from branches.forms import AppointmentByCodeForm, AppointmentForm, EndForm, WithdrawForm
from branches.models import Appointment
from branches.resources import AppointmentResource
from branches.rules import may_be_withdrawn
from core.access import signed_in
from core.admin.acting import Act, Outcome
from core.dates import words
from core.registers import RegisterExport


def _end(request: HttpRequest, post: Appointment, given: dict[str, Any]) -> Outcome:
    ended = end_appointment(by=signed_in(request), appointment=post, on=given["on"])
    return f"{ended.user}的{ended.get_role_display()}任职到{words(given['on'])}为止。"


def _withdraw(request: HttpRequest, post: Appointment, given: dict[str, Any]) -> Outcome:
    post = withdraw_appointment(by=signed_in(request), appointment=post, **given)
    return f"{post.user}的{post.get_role_display()}任职已经撤回，马上就不起作用了。"


def _goes_on(post: Appointment) -> bool:
    return may_be_withdrawn(
        ended_on=post.ended_on, withdrawn_on=post.withdrawn_on, today=timezone.localdate()
    )


END = Act(
    "end",
    "免职",
    "确认免职",
    "最后一天仍在任；第二天起，这项任职带来的查看和办理就都没有了。",
    "branches.change_appointment",
    EndForm,
    _end,
    _goes_on,
)
WITHDRAW = Act(
    "withdraw",
    "登记错了，撤回",
    "确认撤回",
    "选错了人、角色或者地方才用撤回：马上不起作用，登记、撤回和原因都留在记录里。正常离任请用“免职”。",
    "branches.change_appointment",
    WithdrawForm,
    _withdraw,
    _goes_on,
)


@admin.register(Appointment)
class AppointmentAdmin(RegisterExport, ScopedActPages, RegisterAdmin):
    """Who holds which role where. Nobody grants wider than his own scope (security P22)."""

    acts = (END, WITHDRAW)
    prefix = "appointment"
    resource_classes = (AppointmentResource,)
    export_verb = "branches.export_branch"
    form = AppointmentForm
    autocomplete_fields = ("area", "branch")
    list_display = ("user", "role", "place", "started_on", "last_day", "document")
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

    @admin.display(description="免职日期", ordering="ended_on")
    def last_day(self, post: Appointment) -> str:
        """Show the last day, or that the post was withdrawn."""
        if post.withdrawn_on:
            return "登记错了，已撤回"
        return words(post.ended_on) if post.ended_on else self.get_empty_value_display()

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
        return self.fields if obj is None else ("user", *self.fields[1:], "last_day")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the action."""
        given = {**form.cleaned_data}
        obj.pk = appoint(by=signed_in(request), user=given.pop("login"), **given).pk
