"""Application configs of the wiring."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.signals import user_logged_in


class PortalConfig(AppConfig):
    """Home pages, health, demo data. It has no models."""

    name = "portal"
    verbose_name = "门户"

    def ready(self) -> None:
        """Leave sign-ins to the trail: nobody reads ``last_login``.

        django-hijack would turn its receiver off for all threads of a process meanwhile.
        """
        user_logged_in.disconnect(dispatch_uid="update_last_login")


class PortalAdminConfig(AdminConfig):
    """Use the portal's own admin site as the default one."""

    default_site = "portal.admin.PortalAdminSite"
