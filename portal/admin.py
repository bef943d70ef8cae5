"""The bureau's admin site: who enters, what its pages are grouped by, and the 工作台 front page."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.admin.templatetags import admin_list
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from core import keys, workbench
from core.access import signed_in
from core.models.user import OFFICE_ROLES

# The groups of the navigation, in order, and the room each belongs to (glossary, domain §4).
GROUPS = (
    ("组织体系", "branches"),
    ("党员", "members"),
    ("组织生活", "activities"),
    ("发挥作用", "services"),
    ("基础资料", "tables"),
    ("系统管理", "core"),
)
View = TypeVar("View", bound=Callable[..., HttpResponseBase])
BASE_TABLES = frozenset({"Kind", "RuleParameter", "Code"})


def yes_or_no(value: bool | None) -> str:
    """Return a truth as a word."""
    return "不详" if value is None else "是" if value else "否"


# Django draws a coloured sign whose words are "True" and "False", and asks for it by this name only.
admin_list._boolean_icon = yes_or_no  # type: ignore[attr-defined]  # noqa: SLF001 -- no setting, and two callers inside Django


class Choices(AutocompleteJsonView):
    """What a searched select offers; a row may call itself by more than its name."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        """Tell rows of one name apart."""
        return super().serialize_result(obj, to_field_name) | {
            "text": getattr(obj, "choice_label", str(obj))
        }


class PortalAdminSite(AdminSite):
    """The admin for bureau and street staff, system administrators and auditors."""

    site_title = "银辉"
    site_header = "银辉 · 离退休干部党建"
    index_title = "工作台"
    empty_value_display = "—"

    def has_permission(self, request: HttpRequest) -> bool:
        """Only users whose current appointment is an office post enter (house §3)."""
        user = request.user
        return bool(user.is_active and getattr(user, "has_office_post", False))

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Open VIEW to office posts; for who is signed in without one there is no admin (P25)."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
            self._hide(request)
            return inner(request, *args, **options)

        return cast("View", update_wrapper(guarded, inner))

    def _hide(self, request: HttpRequest) -> None:
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Lead to the front page only who has another door there than this one."""
        context = super().each_context(request)
        if getattr(request.user, "roles", frozenset()) <= OFFICE_ROLES:
            context["site_url"] = None
        return context

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what the user may open, grouped as the bureau speaks, not by Python package."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        groups: dict[str, list[dict[str, Any]]] = {key: [] for _, key in GROUPS}
        for app in apps:
            for model in app["models"]:
                key = "tables" if model["object_name"] in BASE_TABLES else app["app_label"]
                groups[key if key in groups else "core"].append(model)
        return [
            {"name": name, "app_label": key, "app_url": "", "models": groups[key]}
            for name, key in GROUPS
            if groups[key]
        ]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Answer searched selects."""
        answer: Any = Choices.as_view(admin_site=self)(request)
        return answer

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what is wrong with the machine, what is due today, figures to know, then everything the user may open."""
        user = signed_in(request)
        front = {
            "alarms": keys.alarms(user),
            "tiles": workbench.tiles_for(user),
            "cards": workbench.cards_for(user),
        }
        return super().index(request, front | (extra_context or {}))

    def password_change(  # type: ignore[override]  # a redirect serves as well as a page
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change the password where everybody does."""
        return redirect("password")

    @method_decorator(never_cache)
    @login_not_required
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send to the portal's own sign-in page."""
        self._hide(request)
        if self.has_permission(request):
            return redirect("admin:index")
        return redirect_to_login(request.GET.get("next") or request.path)
