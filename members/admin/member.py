"""The register of members for bureau and street staff."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from import_export.admin import ExportMixin

from branches.acting import ScopedActPages
from branches.admin.filters import AreaFilter
from branches.admin.register import RegisterAdmin
from branches.scoping import ScopedSheetsMixin
from core import impersonation
from core.access import signed_in
from core.display import masked
from core.exchange import SafeExchangeMixin
from core.rendering import rows_table
from core.templatetags.elder import full_age
from members import actions
from members.admin.acts import ACTS
from members.admin.affiliation import end_link
from members.admin.filters import (
    BranchFilter,
    GroupFilter,
    MissingFilter,
    RosterFilter,
    StandingFilter,
    WithinFilter,
)
from members.admin.listing import MemberList, PeopleSearchMixin
from members.admin.record import OpenedAtOnce
from members.admin.rolls import RollPages
from members.columns import SEALED, SECTIONS
from members.forms import MemberForm
from members.forms.export import MemberExportForm
from members.models import Member
from members.parameters import (
    area_code_of,
    family_is_past,
    modules_off,
    modules_off_for,
)
from members.resources import MemberResource
from members.rules import family
from members.rules.missing import labels


def _shown(name: str, mask: str) -> Any:
    """Return a column that shows the sealed column NAME masked."""

    column: Any = Member._meta.get_field(name)

    @admin.display(description=column.verbose_name)
    def shown(member: Member) -> str:
        return masked(getattr(member, name), mask) or "—"

    return shown


_LEFT_OUT = "_columns_left_out"
SHOWN = {name: _shown(name, mask) for name, mask in SEALED.items()}


@admin.register(Member)
class MemberAdmin(
    PeopleSearchMixin,
    SafeExchangeMixin,
    ScopedSheetsMixin,
    ScopedActPages,
    RollPages,
    OpenedAtOnce,
    ExportMixin,
    RegisterAdmin,
):
    """The list, the record in sections, and the acts on a member. Nothing is deleted."""

    acts = ACTS
    prefix = "member"
    search_address = "member-search"
    searched_list = MemberList
    form = MemberForm
    resource_classes = (MemberResource,)
    export_form_class = MemberExportForm
    export_is_signed = True
    # Its buttons stand among our own: change_list_object_tools.html of the model.
    import_export_change_list_template = "admin/change_list.html"
    list_display = (
        *("name", "sex_and_age", "home", "person_kind", "member_kind"),
        *("masked_id_number", "masked_phone", "lacks"),
    )
    list_filter = (
        *(StandingFilter, AreaFilter, BranchFilter, WithinFilter, GroupFilter),
        *("person_kind", "member_kind", MissingFilter, RosterFilter),
    )
    list_select_related = ("branch",)
    ordering = ("area_path", "pk")
    autocomplete_fields = ("branch", "community", "grid")
    search_fields = ("name",)
    change_form_template = "admin/members/member/change_form.html"
    save_on_top = True

    # --- the list ----------------------------------------------------------------------------

    @admin.display(description="性别、年龄")
    def sex_and_age(self, member: Member) -> str:
        """Show 女 76周岁."""
        return f"{member.get_gender_display()} {full_age(member.birth_date)}".strip() or "—"

    @admin.display(description="所在党支部")
    def home(self, member: Member) -> str:
        """Show the home branch's short name, or what became of the member."""
        if member.deceased_on:
            return "已故"
        return member.branch.label if member.branch else "已转出"

    @admin.display(description="公民身份号码")
    def masked_id_number(self, member: Member) -> str:
        """Show 990***********0010."""
        return masked(member.id_number, "id") or "—"

    @admin.display(description="联系电话")
    def masked_phone(self, member: Member) -> str:
        """Show 161****5678."""
        return masked(member.phone, "phone") or "—"

    @admin.display(description="待补资料")
    def lacks(self, member: Member) -> str:
        """Name what is still missing."""
        return "、".join(labels(member.missing_fields)) or "已齐全"

    # --- the record --------------------------------------------------------------------------

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the plain sections; who may only look sees sealed columns masked."""
        masks: dict[str, Any] = SHOWN if self._is_locked(request, obj) else {}
        sections: list[Any] = []
        hidden = self._left_out(request, obj)
        for title, lines in SECTIONS:
            left = [[name for name in line if name not in hidden] for line in lines]
            shown = [tuple(masks.get(name, name) for name in line) for line in left if line]
            if "group" in lines[0]:
                shown[0] = ("branch", "home_since") if obj is None else ("branch", "group")
            sections.append((title, {"fields": shown}))
        if obj is not None:
            sections.append(("组织关系", {"fields": ["history"]}))
        return sections

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The home is changed by a transfer only."""
        if obj is None:
            return ()
        masks = SHOWN.values() if self._is_locked(request, obj) else ()
        return ("branch", "history", *masks)

    @admin.display(description="历次组织关系")
    def history(self, member: Member) -> str:
        """List every tie with its dates, the newest first."""
        ties = member.affiliations.select_related("branch", "roster_batch", "link_batch")
        rows = [
            (
                tie.get_kind_display(),
                tie.branch,
                date_format(tie.started_on) if tie.started_on else "不详",
                tie.ending if isinstance(tie.ending, str) else date_format(tie.ending),
                tie.basis or "—",
                end_link(tie) or "—",
            )
            for tie in ties.order_by("-pk")
        ]
        return rows_table(("关系", "党组织", "开始", "结束", "依据", "办理"), rows)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form again when somebody else was quicker between its check and its writing.

        It holds health and remarks, which nobody reads in another's name.
        """
        if object_id is not None and impersonation.of(request):
            raise impersonation.OnlyViewing(impersonation.STAYS_CLOSED)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except actions.Conflict:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        """Write through the acts: checked again, recorded, versioned."""
        by, note = signed_in(request), form.cleaned_data["reason"]
        if change:
            version = form.cleaned_data["version"]
            saved = actions.update_member(
                by=by, member=obj, version=version, note=note, **form.values()
            )
        else:
            saved = actions.register_member(
                by=by,
                branch=form.cleaned_data["branch"],
                home_since=form.cleaned_data["home_since"],
                note=note,
                **form.values(),
            )
        obj.pk = saved.pk

    def _left_out(self, request: HttpRequest, obj: Any) -> frozenset[str]:
        """Return the columns that are not shown: of a module that is off, of a family long after a death.

        The sections are asked for several times a page, the thresholds once.
        """
        kept = request.__dict__.setdefault(_LEFT_OUT, {})
        if obj not in kept:
            past = family.CONTACT if obj is not None and family_is_past(obj) else ()
            off = modules_off(area_code_of(obj)) if obj else modules_off_for(signed_in(request))
            kept[obj] = off.union(past)
        found: frozenset[str] = kept[obj]
        return found

    def _is_locked(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and not self.has_change_permission(request, obj)
