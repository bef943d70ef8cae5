"""The ties of members to branches: read here, changed only by acts."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from branches.acting import ScopedActPages
from branches.admin.filters import AreaFilter
from branches.admin.register import RegisterAdmin
from branches.scoping import ScopedForm
from core.dates import words
from core.drafts import survives_sign_in
from core.models import User
from core.registers import RegisterExport
from core.spreadsheets import Row
from members.actions import Look, SheetImport, import_links
from members.actions.link_import import VERB
from members.admin.acts import END_LINK
from members.admin.filters import SheetFilter, TiedFilter
from members.admin.listing import PeopleSearchMixin
from members.admin.sheets import SheetPage, send_blank, show_sheet
from members.forms.roll import RollDayForm
from members.forms.sheets import SheetForm
from members.models import Affiliation
from members.resources import AffiliationResource
from members.sheets.blanks import links_blank
from members.sheets.links import COLUMNS, SHOWN

_BLANK = "affiliation-sheet-blank"


def _take(user: User, rows: list[Row], form: Any, look: Look | None) -> SheetImport:
    name = form.stored.name if form.stored else ""
    return import_links(by=user, rows=rows, file_name=name, look=look)


def _sheet_of(done: SheetImport) -> str:
    """Return where the sheet that was registered is looked at and taken back; empty without one."""
    if done.batch is None:
        return ""
    return reverse("admin:members_linkbatch_change", args=[done.batch.pk])


class CurrentFilter(admin.SimpleListFilter):
    """In force, or ended."""

    title = "状态"
    parameter_name = "current"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two; of those in force also without the homes."""
        return [("yes", "现在有效"), ("links", "现在有效的活动组织"), ("no", "已结束")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the ties so."""
        if self.value() == "yes":
            return queryset.current()
        if self.value() == "links":
            return queryset.current().links()
        return queryset.ended() if self.value() == "no" else queryset


class DayFilter(admin.SimpleListFilter):
    """Of whom a branch's roll of a past day consisted; set by links from it."""

    title = "名册日期"
    parameter_name = "on"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the day asked for."""
        day = _day(self.value())
        return [(self.value() or "", words(day))] if day else []

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the ties of that day; what is no day, or is to come, finds nothing."""
        if not self.value():
            return queryset
        day = _day(self.value())
        return queryset.on_roll(day) if day else queryset.none()

    def has_output(self) -> bool:
        """Apply also what is no day: it finds nothing."""
        return bool(self.value())


def _day(typed: str | None) -> dt.date | None:
    return RollDayForm({"on": typed}).day


class TieForm(ScopedForm, forms.ModelForm):
    """A tie as it is shown; nothing of it is filled in."""


@admin.register(Affiliation)
class AffiliationAdmin(PeopleSearchMixin, RegisterExport, ScopedActPages, RegisterAdmin):
    """隶属 and 活动组织, all of them, with their dates."""

    form = TieForm
    acts = (END_LINK,)
    prefix = "affiliation"
    resource_classes = (AffiliationResource,)
    export_verb = "members.export_member"
    search_address = "affiliation-search"
    search_fields = ("member__name",)
    list_display = ("member", "kind", "branch", "started_on", "until", "document", "ends")
    list_filter = (CurrentFilter, AreaFilter, "kind", TiedFilter, SheetFilter, DayFilter)
    list_select_related = ("member", "branch")
    ordering = ("branch__area_path", "pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read member and branch with the tie."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_urls(self) -> list[Any]:
        """Return the sheet's addresses before the admin's own."""
        view = self.admin_site.admin_view
        own = [
            path("sheet/", view(never_cache(self.sheet)), name="affiliation-sheet"),
            path("sheet/blank/", view(require_safe(never_cache(self.blank))), name=_BLANK),
        ]
        return own + super().get_urls()

    def blank(self, request: HttpRequest) -> HttpResponse:
        """Send the blank sheet."""
        return send_blank(request, VERB, links_blank, "活动组织登记表.xlsx")

    @survives_sign_in
    def sheet(self, request: HttpRequest) -> HttpResponse:
        """Take a sheet of managing links."""
        back = reverse("admin:members_affiliation_changelist")
        page = SheetPage(
            title="按表格登记活动组织",
            explain="隶属不变。已有的关系不动；有一行不对就整份不登记，问题都会列出来。",
            columns="、".join(column.heading for column in COLUMNS),
            verb=VERB,
            form=SheetForm,
            take=_take,
            words={"created": "登记活动组织{number}个", "unchanged": "已有的{number}个"},
            shown=SHOWN,
            blank=reverse(f"admin:{_BLANK}"),
            done=lambda done: _sheet_of(done) or back,
            newcomers="隶属的党支部",
            crumbs=[("组织关系", back)],
        )
        return show_sheet(request, page)

    def export_note(self, request: HttpRequest) -> str:
        """Say of which day the ties are."""
        day = _day(request.GET.get(DayFilter.parameter_name))
        return f"{words(day)}的名册" if day else ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: a tie begins with an act on the member."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: a tie is ended, not changed."""
        return False

    def _back(self, request: HttpRequest, row: Affiliation) -> str:
        return reverse("admin:members_member_change", args=[row.member_id])

    @admin.display(description="结束日期", ordering="ended_on")
    def until(self, tie: Affiliation) -> Any:
        """Show the last day, or that the tie was a mistake and never in force."""
        return tie.ending if tie.ended_on else None

    @admin.display(description="办理")
    def ends(self, tie: Affiliation) -> str:
        """Link to the page that ends a managing link."""
        return end_link(tie) or "—"


def end_link(tie: Affiliation) -> str:
    """Return the link to end a managing link that has not ended; nothing for others."""
    if tie.ended_on is not None or tie.is_home:
        return ""
    address = reverse("admin:affiliation-end", args=[tie.pk])
    return format_html('<a href="{}">结束</a>', address)
