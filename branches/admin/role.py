"""The verbs of each role, shown to the first administrator; the table is ``branches.roles``."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest

from branches.roles import in_words, record_change
from core.access import signed_in
from core.admin.base import TableAdmin

admin.site.unregister(Group)
ROOMS = ("branches", "members", "activities", "services", "core")
# What ``roles.install`` does after every migrate.
_COMES_BACK = (
    "系统自带的权限在这里去掉后，下次升级时会自动补回来；另外加上的会一直保留。"
    "要长期收窄一个角色，请联系维护系统的同志。"
)


@admin.register(Group)
class RoleAdmin(TableAdmin):
    """A role's name and place are fixed; verbs may be added to it."""

    list_display = ("name",)
    fieldsets = ((None, {"fields": ("name", "permissions"), "description": _COMES_BACK}),)
    readonly_fields = ("name",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a role without posts would open nothing."""
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer the verbs on what the portal keeps, in words, in one query."""
        options["widget"] = forms.CheckboxSelectMultiple
        field: Any = super().formfield_for_manytomany(db_field, request, **options)
        rows = field.queryset.select_related("content_type")
        field.queryset = rows.filter(content_type__app_label__in=ROOMS)
        field.label_from_instance = in_words
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Leave the row as it is: the verbs are all that can be changed."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the verbs, and record each that was given or taken away."""
        role = form.instance
        before = _verbs(role)
        super().save_related(request, form, formsets, change)
        after = _verbs(role)
        record_change(role, by=signed_in(request), given=after - before, taken=before - after)


def _verbs(role: Group) -> set[Permission]:
    return set(role.permissions.select_related("content_type"))
