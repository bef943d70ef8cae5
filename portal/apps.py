"""Application configs of the wiring."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """Home pages, health, demo data. It has no models."""

    name = "portal"
    verbose_name = "门户"


class PortalAdminConfig(AdminConfig):
    """Use the portal's own admin site as the default one."""

    default_site = "portal.admin.PortalAdminSite"
