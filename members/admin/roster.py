"""导入党员名册 in the admin: upload, columns, check, preview, confirm, result.

One page a batch, which shows what its state asks for; everything works without JavaScript.
"""

from typing import IO, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from branches.scoping import ScopedAdminMixin, get_editable_or_404, get_visible_or_404
from core.admin.base import HouseAdmin
from core.models import StoredFile, User
from core.spreadsheets import RefusedFile
from core.views.access import signed_in
from members.actions import roster as acts
from members.enums import OnDuplicate, RosterState
from members.forms.roster import ColumnsForm, ConfirmForm, UploadForm
from members.models import RosterBatch
from members.roster import preview, rejects
from members.roster.reporting import layout_of, summarise
from members.roster.runs import VERB

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEETS = {
    RosterState.UPLOADED: "columns",
    RosterState.CHECKING: "progress",
    RosterState.READY: "preview",
    RosterState.WRITING: "progress",
    RosterState.DONE: "preview",
    RosterState.REFUSED: "refused",
    RosterState.DISCARDED: "discarded",
}


@admin.register(RosterBatch)
class RosterBatchAdmin(ScopedAdminMixin, HouseAdmin):
    """Rosters on their way and done; acts go through ``members.actions.roster``."""

    list_display = ("file_name", "shown_state", "figures", "by", "created_at")
    list_display_links = ("file_name",)
    list_select_related = ("by",)
    sortable_by = ()
    ordering = ("-pk",)

    def get_urls(self) -> list[Any]:
        """Return the steps' addresses before the admin's own."""
        view = self.admin_site.admin_view
        own = [
            path("template/", view(require_safe(self.template_view)), name="roster-template"),
            path("<int:pk>/columns/", view(require_POST(self.columns_view)), name="roster-columns"),
            path("<int:pk>/confirm/", view(require_POST(self.confirm_view)), name="roster-confirm"),
            path("<int:pk>/discard/", view(require_POST(self.discard_view)), name="roster-discard"),
            path("<int:pk>/again/", view(require_POST(self.again_view)), name="roster-again"),
            path(
                "<int:pk>/rejected/",
                view(require_safe(never_cache(self.rejected_view))),
                name="roster-rejected",
            ),
        ]
        return own + super().get_urls()

    # --- verbs -------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Ask the one verb that this register has."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may import sees his rosters."""
        return request.user.has_perm(VERB)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may import may upload."""
        return request.user.has_perm(VERB)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is typed into a batch."""
        return False

    # --- the list ----------------------------------------------------------------------------

    @admin.display(description="状态")
    def shown_state(self, batch: RosterBatch) -> str:
        """Show the state in words."""
        return batch.get_state_display()

    @admin.display(description="结果")
    def figures(self, batch: RosterBatch) -> str:
        """Show the figures once there are any."""
        return summarise(batch).sentence() if batch.counts else "—"

    # --- upload ------------------------------------------------------------------------------

    @method_decorator(never_cache)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take the file and read its heading; what is wrong with the file is said on the batch."""
        user = self._importer(request)
        if request.method != "POST":
            return self._upload_page(request, UploadForm(user=user))
        form = UploadForm(request.POST, request.FILES, user=user)
        if not form.is_valid():
            return self._upload_page(request, form)
        stored = self._kept(user, form)
        if stored is None:
            return self._upload_page(request, form)
        earlier = acts.earlier_import(by=user, file=stored)
        if earlier and not form.cleaned_data["again"]:
            return self._upload_page(request, form, earlier=earlier)
        batch = acts.open_roster(by=user, file=stored, branch=form.cleaned_data["branch"])
        if batch.state == RosterState.UPLOADED and not batch.layout:
            acts.read_heading(by=user, batch=batch)
        return redirect(self._page_of(batch))

    def _kept(self, user: User, form: UploadForm) -> StoredFile | None:
        upload = form.cleaned_data["file"]
        try:
            return acts.keep_roster(by=user, name=upload.name, source=upload)
        except RefusedFile as refused:
            form.add_error("file", refused.message)
            return None

    def _upload_page(
        self, request: HttpRequest, form: Form, earlier: RosterBatch | None = None
    ) -> HttpResponse:
        context = {"title": "导入党员名册", "form": form, "earlier": earlier}
        return self._render(request, "upload", context)

    def template_view(self, request: HttpRequest) -> HttpResponseBase:
        """Send the blank template."""
        self._importer(request)
        return _workbook(rejects.template(), "党员名册.xlsx")

    # --- one batch ---------------------------------------------------------------------------

    @method_decorator(never_cache)
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show what the batch's state asks for."""
        user = self._importer(request)
        rows = RosterBatch.objects.visible_to(user).select_related("check_run", "write_run")
        return self._batch_page(request, get_visible_or_404(rows, user, pk=object_id), user)

    def _batch_page(
        self, request: HttpRequest, batch: RosterBatch, user: User, form: Form | None = None
    ) -> HttpResponse:
        sheet = _SHEETS[RosterState(batch.state)]
        context: dict[str, Any] = {"title": str(batch), "batch": batch, "original": batch}
        if sheet == "columns":
            context |= {"form": form or ColumnsForm(batch=batch), "layout": layout_of(batch)}
        elif sheet == "progress":
            is_check = batch.state == RosterState.CHECKING
            context["run"] = batch.check_run if is_check else batch.write_run
        elif sheet == "preview":
            context |= self._preview(request, batch, user, form)
        return self._render(request, sheet, context)

    def _preview(
        self, request: HttpRequest, batch: RosterBatch, user: User, form: Form | None
    ) -> dict[str, Any]:
        is_gone = batch.file_id is None  # with the file go the rows (roster.sweeping)
        tabs = [] if is_gone else preview.tabs(batch)
        chosen = next((tab for tab in tabs if tab.key == request.GET.get("tab")), None)
        chosen = chosen or (tabs[0] if tabs else None)
        lines, page = [], None
        if chosen:
            found = Paginator(preview.rows_of(batch, chosen.key), preview.PAGE)
            page = found.get_page(request.GET.get("p"))
            lines = preview.lines(batch, list(page), user=user)
        is_done = batch.state == RosterState.DONE
        return {
            "tabs": tabs,
            "chosen": chosen,
            "page": page,
            "lines": lines,
            "summary": summarise(batch),
            "form": None if is_done else form or ConfirmForm(batch=batch),
            "is_done": is_done,
            "is_gone": is_gone,
        }

    # --- steps -------------------------------------------------------------------------------

    def columns_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the columns as chosen and start the check."""
        user, batch = self._mine(request, pk)
        form = ColumnsForm(request.POST, batch=batch)
        try:
            if not form.is_valid():
                return self._batch_page(request, batch, user, form)
            batch = acts.choose_columns(by=user, batch=batch, fields=form.chosen())
            acts.check_roster(by=user, batch=batch)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
            batch.refresh_from_db()
            return self._batch_page(request, batch, user, form)
        return redirect(self._page_of(batch))

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Start the writing with the choice made on the preview."""
        user, batch = self._mine(request, pk)
        form = ConfirmForm(request.POST, batch=batch)
        if not form.is_valid():
            return self._batch_page(request, batch, user, form)
        choice = form.cleaned_data.get("on_duplicate", OnDuplicate.ASK)
        return self._act(
            request, batch, lambda: acts.confirm_roster(by=user, batch=batch, on_duplicate=choice)
        )

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the batch up before anything is written."""
        user, batch = self._mine(request, pk)
        return self._act(request, batch, lambda: acts.discard_roster(by=user, batch=batch))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on with a check or a writing that was stopped."""
        user, batch = self._mine(request, pk)
        go_on = acts.confirm_roster if batch.state == RosterState.WRITING else acts.check_roster
        return self._act(request, batch, lambda: go_on(by=user, batch=batch))

    def rejected_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send the rejected rows as a workbook; only to the batch's owner (security P16)."""
        user, batch = self._mine(request, pk)
        if batch.by_id != user.pk:
            raise Http404("没有找到这份文件。")
        return _workbook(rejects.rejected_workbook(batch), f"退回的行-{batch.pk}.xlsx")

    def _act(self, request: HttpRequest, batch: RosterBatch, act: Any) -> HttpResponse:
        try:
            act()
        except ValidationError as refused:
            messages.warning(request, "；".join(refused.messages))
        return redirect(self._page_of(batch))

    def _mine(self, request: HttpRequest, pk: int) -> tuple[User, RosterBatch]:
        user = self._importer(request)
        return user, get_editable_or_404(RosterBatch, user, pk=pk)

    def _importer(self, request: HttpRequest) -> User:
        user = signed_in(request)
        if not user.has_perm(VERB):
            raise PermissionDenied("您没有导入名册的权限。请联系上级老干部局。")
        return user

    @staticmethod
    def _page_of(batch: RosterBatch) -> str:
        return reverse("admin:members_rosterbatch_change", args=[batch.pk])

    def _render(self, request: HttpRequest, sheet: str, context: dict[str, Any]) -> HttpResponse:
        page = self.admin_site.each_context(request) | {"opts": self.opts} | context
        return render(request, f"admin/members/roster/{sheet}.html", page)


def _workbook(stream: IO[bytes], name: str) -> FileResponse:
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=_XLSX)
    response["Cache-Control"] = "private, no-store"
    return response
