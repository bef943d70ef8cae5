"""组织关系转接 in the admin: whole batches with their progress, and who is on the way (SYS-15)."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from branches.acting import ScopedActPages
from branches.admin.filters import AreaFilter
from branches.admin.register import RegisterAdmin
from branches.scoping import (
    ScopedForm,
    get_editable_or_404,
    get_visible_or_404,
    may_edit,
)
from core.access import signed_in
from core.admin.acting import tools_for
from core.admin.base import HouseAdmin
from core.drafts import survives_sign_in
from core.models import User
from core.registers import RegisterExport
from core.spreadsheets import Row
from members import actions
from members.actions import HandOver, Look, SheetImport
from members.actions.transfer import VERB
from members.admin.filters import ArrivalFilter, BatchFilter
from members.admin.listing import OneVerbMixin, PeopleSearchMixin
from members.admin.sheets import SheetPage, send_blank, show_sheet
from members.admin.transfer_acts import RECEIVE, RECEIVE_ALL, RETURN, SLIP, SLIPS, UNDO
from members.enums import TransferState
from members.forms.sheets import HandOverForm, SheetForm
from members.models import Transfer, TransferBatch
from members.progress import Placement, by_community, placement
from members.resources import TransferResource
from members.rules.transfer import placement_words
from members.sheets import receipts, transfers
from members.sheets.blanks import transfers_blank

_SHOWN = 50
_NAMED = ("member", "from_branch", "to_branch")
_BLANK = "transferbatch-blank"
_AGREED = ("unit", "agreement", "handed_over_on", "handed_over", "venue_support", "fund_support")


def _with_editable(rows: Any, request: HttpRequest) -> Any:
    """Add ``is_editable`` to ROWS: what the reader may change of what he sees."""
    ours = rows.model.objects.editable_by(signed_in(request)).filter(pk=OuterRef("pk"))
    return rows.annotate(is_editable=Exists(ours))


class StateFilter(admin.SimpleListFilter):
    """On the way, overdue, or settled."""

    title = "状态"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the states, and those on the way whose letter is no longer good."""
        return [*TransferState.choices, ("overdue", "在途逾期"), ("late", "回执逾期")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the rows so."""
        if self.value() == "overdue":
            return queryset.overdue()
        if self.value() == "late":
            return queryset.filter(is_receipt_late=True)
        return queryset.filter(state=self.value()) if self.value() else queryset


class TransferForm(ScopedForm, forms.ModelForm):
    """A transfer as it is shown; nothing of it is filled in."""


@admin.register(Transfer)
class TransferAdmin(PeopleSearchMixin, RegisterExport, ScopedActPages, OneVerbMixin, RegisterAdmin):
    """Who is on the way, received, sent back; one by one."""

    form = TransferForm
    acts = (RECEIVE, RETURN, SLIP)
    prefix = "transfer"
    resource_classes = (TransferResource,)
    export_verb = "members.export_member"
    verb = VERB
    search_address = "transfer-search"
    search_fields = ("member__name",)
    list_display = (
        *("member", "from_branch", "to_branch", "letter_no", "due_on", "shown_state", "settles"),
    )
    list_filter = (StateFilter, AreaFilter, ArrivalFilter, BatchFilter)
    list_select_related = _NAMED
    ordering = ("due_on", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read with a line what it shows, and with the page of one what stands there."""
        rows = _with_editable(super().get_queryset(request), request)
        match = request.resolver_match
        if match is not None and match.url_name == "members_transfer_change":
            return rows.select_related(*_NAMED, "batch", "settled_by")
        return rows.with_late_receipts().select_related(*_NAMED)

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Fetch the transfer and keep what came with it."""
        found: Any = super().get_object(request, object_id, from_field)
        if found is not None:
            may_edit(request, found, found.is_editable)
        return found

    def row_to_act_on(self, request: HttpRequest, pk: int) -> Any:
        """Return the row with those it names: the page of an act says who goes from where to where."""
        user = signed_in(request)
        rows = Transfer.objects.visible_to(user).select_related(*_NAMED)
        return get_editable_or_404(rows, user, pk=pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: transfers come by a list."""
        return False

    def _back(self, request: HttpRequest, row: Transfer) -> str:
        """Go back to the batch; to the list where it is not the reader's, as at the receiving end."""
        if TransferBatch.objects.visible_to(request.user).filter(pk=row.batch_id).exists():
            return reverse("admin:members_transferbatch_change", args=[row.batch_id])
        return reverse("admin:members_transfer_changelist")

    @admin.display(description="状态")
    def shown_state(self, transfer: Any) -> str:
        """Show the state, how late the letter is, and whether the receipt is."""
        if transfer.waits_for_receipt:
            return "已接收，回执逾期" if transfer.is_receipt_late else "已接收，还没有回执"
        return str(transfer.overdue_words() or transfer.get_state_display())

    @admin.display(description="办理")
    def settles(self, transfer: Any) -> str:
        """Link to the pages of the acts that fit, where they are the reader's: the receiving end's."""
        pages = [
            (reverse(f"admin:{self.prefix}-{act.key}", args=[transfer.pk]), act.title)
            for act in self.acts
            if transfer.is_editable and act.fits(transfer)
        ]
        return format_html_join("　", '<a href="{}">{}</a>', pages) or "—"


def _put_on_the_way(user: User, rows: list[Row], form: Any, look: Look | None) -> SheetImport:
    given = form.cleaned_data
    agreed = HandOver(**{name: given[name] for name in _AGREED})
    return actions.import_transfers(
        by=user, rows=rows, agreed=agreed, letter=form.letter(), look=look
    )


@admin.register(TransferBatch)
class TransferBatchAdmin(ScopedActPages, OneVerbMixin, HouseAdmin):
    """整建制转接: the list comes in, the page shows how far it is."""

    acts = (RECEIVE_ALL, SLIPS, UNDO)
    prefix = "transferbatch"
    verb = VERB
    list_display = ("unit", "agreement", "handed_over_on", "progress", "late")
    sortable_by = ()
    ordering = ("-pk",)

    def get_urls(self) -> list[Any]:
        """Return the sheets' addresses before the admin's own."""
        view = self.admin_site.admin_view
        own = [
            path(
                "<int:pk>/arrivals/",
                view(never_cache(self.arrivals)),
                name="transferbatch-arrivals",
            ),
            path("blank/", view(require_safe(never_cache(self.blank))), name=_BLANK),
        ]
        return own + super().get_urls()

    def blank(self, request: HttpRequest) -> HttpResponse:
        """Send the blank list."""
        return send_blank(request, VERB, transfers_blank, "整建制转接表.xlsx")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may transfer may bring a list."""
        return bool(request.user.has_perm(VERB))

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count what the lines of a page show."""
        return super().get_queryset(request).with_numbers(signed_in(request))

    @admin.display(description="进度")
    def progress(self, batch: Any) -> str:
        """Show 安置 4,470/4,481（99.75%）, or that it was taken back."""
        if batch.is_undone:
            return "已撤回"
        return placement_words(batch.received_number, batch.handed_over)

    @admin.display(description="在途逾期")
    def late(self, batch: Any) -> str:
        """Link to those whose letter is no longer good."""
        if not batch.overdue_number:
            return "—"
        return format_html(
            '<a href="{}">{}人</a>', _list_of(batch, "overdue"), batch.overdue_number
        )

    @method_decorator(never_cache)
    @method_decorator(survives_sign_in)
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Take the agreement, the letter and the list; of a batch in hand all but the list is there."""
        batch = self._added_to(request)
        back = reverse("admin:members_transferbatch_changelist")
        page = SheetPage(
            title="往这一批里加名单" if batch else "登记整建制转接",
            explain="名单上的同志先列为在途，仍隶属转出的党支部；转入的党支部接收以后才转过去，历史都保留。",
            columns=_headings(transfers.COLUMNS),
            verb=VERB,
            form=HandOverForm,
            take=_put_on_the_way,
            words={"created": "列为在途{number}人", "unchanged": "已在这一批里{number}人"},
            shown=transfers.SHOWN,
            blank=reverse(f"admin:{_BLANK}"),
            done=lambda _: self._back(request, batch) if batch else back,
            newcomers="转出党支部",
            crumbs=[("整建制转接", back)],
            initial=_agreed_before(batch, signed_in(request)) if batch else {},
        )
        return show_sheet(request, page)

    @method_decorator(never_cache)
    @method_decorator(survives_sign_in)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show how far a batch is: figures, by community, who is on the way."""
        user = signed_in(request)
        if not self.has_view_permission(request):
            raise PermissionDenied("您的账号不办理这项工作。")
        rows = TransferBatch.objects.visible_to(user).select_related("by")
        batch: Any = get_visible_or_404(_with_editable(rows, request), user, pk=object_id)
        ours = Transfer.objects.visible_to(user).filter(batch=batch)
        waiting = ours.on_the_way().select_related(*_NAMED)
        figures = placement(batch, user)
        tools = self._tools(batch, figures, user) if batch.is_editable else []
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": str(batch),
            "original": batch,
            "figures": figures,
            "communities": by_community(batch, user),
            "waiting": waiting.order_by("due_on", "pk")[:_SHOWN],
            "tools": tools,
            "everybody": _list_of(batch),
            "lists": {
                state: _list_of(batch, state) for state in (*TransferState.values, "overdue")
            },
        }
        return render(request, "admin/members/transferbatch/page.html", context)

    def _tools(self, batch: TransferBatch, figures: Placement, user: User) -> list[tuple[str, str]]:
        tools = tools_for((RECEIVE_ALL, SLIPS), self.prefix, batch, user)
        if figures.on_the_way:
            tools.append(("按名单接收", reverse("admin:transferbatch-arrivals", args=[batch.pk])))
        if figures.listed < batch.handed_over and not batch.is_undone:
            adding = reverse("admin:members_transferbatch_add")
            tools.append(("加名单", f"{adding}?{urlencode({'batch': batch.pk})}"))
        return [*tools, *tools_for((UNDO,), self.prefix, batch, user)]  # last: seldom wanted

    def _added_to(self, request: HttpRequest) -> TransferBatch | None:
        """Return the batch that the address says the list is added to."""
        if "batch" not in request.GET:
            return None
        user = signed_in(request)
        standing = TransferBatch.objects.editable_by(user).filter(undone_at=None)
        return get_editable_or_404(standing, user, pk=request.GET["batch"])

    @survives_sign_in
    def arrivals(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a list of those who arrived and receive them."""
        if not self.has_add_permission(request):
            raise PermissionDenied("您的账号不办理这项工作。")
        batch = get_editable_or_404(TransferBatch, signed_in(request), pk=pk)
        back = self._back(request, batch)
        page = SheetPage(
            title="按名单接收",
            explain="名单上的同志从接收日期起隶属转入的党支部；没写接收日期的，按名单上的转接日期。有一行不对就整份不接收。",
            columns=_headings(receipts.COLUMNS),
            verb=VERB,
            form=SheetForm,
            take=lambda user, rows, form, look: actions.receive_sheet(
                by=user, batch=batch, rows=rows, look=look
            ),
            words={"received": "接收{number}人", "unchanged": "以前接收过{number}人"},
            shown=receipts.SHOWN,
            done=lambda _: back,
            newcomers="转出党支部",
            crumbs=[
                ("整建制转接", reverse("admin:members_transferbatch_changelist")),
                (str(batch), back),
            ],
        )
        return show_sheet(request, page)


def _agreed_before(batch: TransferBatch, user: User) -> dict[str, Any]:
    """Return what was filled in for BATCH, with the letter of whoever was listed last."""
    last = Transfer.objects.visible_to(user).filter(batch=batch).order_by("pk").last()
    letter = ("letter_no", "issued_on", "valid_days") if last else ()
    return {name: getattr(batch, name) for name in _AGREED} | {
        name: getattr(last, name) for name in letter
    }


def _headings(columns: Any) -> str:
    return "、".join(column.heading for column in columns)


def _list_of(batch: TransferBatch, state: str = "") -> str:
    address = reverse("admin:members_transfer_changelist")
    asked = {"batch": batch.pk} | ({"state": state} if state else {})
    return f"{address}?{urlencode(asked)}"
