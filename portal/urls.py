"""Addresses of the portal."""

from django.contrib import admin
from django.urls import include, path

from portal import health, views

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    path("", views.home, name="home"),
    path("", include("core.urls")),
    path("", include("members.urls")),
    path("", include("activities.urls")),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler500 = "core.views.server_error"
