"""The bureau's admin site."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest


class PortalAdminSite(AdminSite):
    """The admin for bureau and street staff, system administrators and auditors."""

    site_title = "银辉"
    site_header = "银辉 · 离退休干部党建"
    index_title = "工作台"

    def has_permission(self, request: HttpRequest) -> bool:
        """Only users whose current appointment is an office post enter (house §3)."""
        user = request.user
        return bool(user.is_active and getattr(user, "has_office_post", False))
