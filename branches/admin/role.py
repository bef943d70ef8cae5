"""The verbs of each role, shown to the first administrator; the table is ``branches.roles``."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest

from core.admin.base import TableAdmin

admin.site.unregister(Group)
ROOMS = ("branches", "members", "activities", "services", "core")
WORDS = {"add": "新增", "change": "修改", "delete": "删除", "view": "查看"}


@admin.register(Group)
class RoleAdmin(TableAdmin):
    """A role's name and place are fixed; verbs may be added to it."""

    list_display = ("name",)
    fields = ("name", "permissions")
    readonly_fields = ("name",)
    filter_horizontal = ("permissions",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a role without posts would open nothing."""
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer the verbs on what the portal keeps, in words, in one query."""
        field: Any = super().formfield_for_manytomany(db_field, request, **options)
        rows = field.queryset.select_related("content_type")
        field.queryset = rows.filter(content_type__app_label__in=ROOMS)
        field.label_from_instance = in_words
        return field


def in_words(permission: Permission) -> str:
    """Return a verb as 党员：修改; Django names its own four in English."""
    model = permission.content_type.model_class()
    noun = model._meta.verbose_name if model else permission.content_type.model
    verb = permission.codename.partition("_")[0]
    word = (
        WORDS.get(verb, permission.name) if permission.name.startswith("Can ") else permission.name
    )
    return f"{noun}：{word}"
