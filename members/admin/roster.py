"""导入党员名册 in the admin; the steps are those of ``members.roster.steps``."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.admin.base import HouseAdmin
from core.drafts import survives_on, survives_sign_in
from core.impersonation import closed
from members.admin.listing import OneVerbMixin
from members.models import RosterBatch
from members.roster.reporting import summarise
from members.roster.steps import RosterPages
from members.roster.turns import VERB


@admin.register(RosterBatch)
class RosterBatchAdmin(RosterPages, OneVerbMixin, HouseAdmin):
    """Rosters on their way and done; acts go through ``members.actions.roster``."""

    verb = VERB
    list_display = ("file_name", "shown_state", "figures", "by", "created_at")
    list_display_links = ("file_name",)
    list_select_related = ("by",)
    sortable_by = ()
    ordering = ("-pk",)

    def get_urls(self) -> list[Any]:
        """Return the steps' addresses before the admin's own."""
        view = self.admin_site.admin_view
        on_its_page = survives_on("admin:members_rosterbatch_change")

        def step(take: Callable[..., HttpResponse]) -> Callable[..., Any]:
            return view(on_its_page(never_cache(take)))

        own = [
            path("template/", view(closed(require_safe(self.blank))), name="roster-template"),
            path("<int:pk>/columns/", step(self.choose), name="roster-columns"),
            path("<int:pk>/decide/", step(self.decide), name="roster-decide"),
            path("<int:pk>/keep/", step(self.keep), name="roster-keep"),
            path("<int:pk>/heading/", step(self.heading), name="roster-heading"),
            path("<int:pk>/branches/", step(self.branches), name="roster-branches"),
            path("<int:pk>/confirm/", step(self.confirm), name="roster-confirm"),
            path(
                "<int:pk>/discard/",
                view(on_its_page(never_cache(self.discard))),
                name="roster-discard",
            ),
            path(
                "<int:pk>/undo/", view(survives_sign_in(never_cache(self.undo))), name="roster-undo"
            ),
            path("<int:pk>/again/", view(self.again), name="roster-again"),
            path(
                "<int:pk>/rejected/",
                view(closed(require_safe(never_cache(self.rejected)))),
                name="roster-rejected",
            ),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may import may upload."""
        return request.user.has_perm(VERB)

    # --- the list ----------------------------------------------------------------------------

    @admin.display(description="状态")
    def shown_state(self, batch: RosterBatch) -> str:
        """Show the state in words."""
        return batch.state_words

    @admin.display(description="结果")
    def figures(self, batch: RosterBatch) -> str:
        """Show the figures once there are any."""
        return summarise(batch).sentence() if batch.counts else "—"

    # --- the pages ---------------------------------------------------------------------------

    @survives_sign_in
    @method_decorator(never_cache)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take the file."""
        return self.upload(request)

    @survives_sign_in
    @method_decorator(never_cache)
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show what the batch's state asks for."""
        return self.batch(request, object_id)

    def page_of(self, batch: RosterBatch) -> str:
        """Return the address of a batch's page."""
        return reverse("admin:members_rosterbatch_change", args=[batch.pk])

    def show(self, request: HttpRequest, sheet: str, context: dict[str, Any]) -> HttpResponse:
        """Draw one sheet in the admin's frame."""
        page = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, f"admin/members/roster/{sheet}.html", page)
