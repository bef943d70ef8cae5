"""The verbs of each role, shown to the first administrator; the table is ``branches.roles``."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from core.admin.base import TableAdmin

admin.site.unregister(Group)


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
        """Read the verbs with what they are about, in one query."""
        field: Any = super().formfield_for_manytomany(db_field, request, **options)
        field.queryset = field.queryset.select_related("content_type")
        return field
