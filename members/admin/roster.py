"""The roster import in the admin."""

from django.contrib import admin
from django.http import HttpRequest

from branches.scoping import ScopedAdminMixin
from members.models import RosterBatch


@admin.register(RosterBatch)
class RosterBatchAdmin(ScopedAdminMixin, admin.ModelAdmin):
    """Rosters on their way and done."""

    list_display = ("file_name", "state", "by", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rosters come by upload."""
        return False
