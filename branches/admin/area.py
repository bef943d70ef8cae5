"""The territory in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from import_export.admin import ImportExportMixin

from branches.actions import create_area, keep_grid, move_area, rename_area
from branches.admin.filters import AreaFilter
from branches.admin.register import RegisterAdmin
from branches.enums import AreaLevel
from branches.forms import AreaForm, GridImportForm
from branches.levels import LevelNames
from branches.models import Area, Region
from branches.resources import AreaResource
from branches.scoping import ScopedSheetsMixin, get_editable_or_404, is_select
from core.access import signed_in
from core.admin.base import TableAdmin
from core.display import masked
from core.exchange import SafeExchangeMixin


@admin.register(Region)
class RegionAdmin(TableAdmin):
    """Provinces and cities: read here, written by ``import_divisions``."""

    list_display = ("name", "code", "level")
    search_fields = ("name", "code")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: they come with a file of divisions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: they come with a file of divisions."""
        return False


class LevelFilter(admin.SimpleListFilter):
    """By level, each called as it is here. One query."""

    title = "层级"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the five levels."""
        names = LevelNames()
        return [(str(level.value), names[level]) for level in AreaLevel]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the areas of the level; what is none finds nothing."""
        if not self.value():
            return queryset
        chosen = [level for level in AreaLevel if str(level.value) == self.value()]
        return queryset.filter(level__in=chosen)


class WithinAreaFilter(AreaFilter):
    """The area and everything below it."""

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the areas below; an area out of reach finds nothing."""
        path = self.paths.get(self.value() or "")
        if not self.value():
            return queryset
        return queryset.within(path) if path else queryset.none()


_GRID = ("grid_worker", "grid_phone", "buildings")


@admin.register(Area)
class AreaAdmin(SafeExchangeMixin, ScopedSheetsMixin, ImportExportMixin, RegisterAdmin):
    """Five levels, in the order of the tree. The superior is searched, not dragged.

    Narrowed to grids it is the list of grids: community, who works there, buildings (SYS-02).
    """

    form = AreaForm
    resource_classes = (AreaResource,)
    import_form_class = GridImportForm
    # Its buttons stand among our own: change_list_object_tools.html of the model.
    import_export_change_list_template = "admin/change_list.html"
    list_display = ("indented_name", "code", "level_name", "parent", "branch_count")
    list_filter = (LevelFilter, WithinAreaFilter)
    list_select_related = ("parent",)
    search_fields = ("name", "code")
    search_help_text = "名称或代码"
    autocomplete_fields = ("parent",)
    ordering = ("path",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Name each area's level, and count the branches that hang directly on it."""
        rows = super().get_queryset(request)
        return rows.with_branch_numbers().with_level_names().with_communities()

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """Show of grids what only they have."""
        if request.GET.get(LevelFilter.parameter_name) != str(AreaLevel.GRID.value):
            return self.list_display
        return (
            "name",
            "code",
            "community_name",
            "grid_worker",
            "phone",
            "buildings",
            "branch_count",
        )

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Ask the verb of organisations: who takes in those fills the grids."""
        return bool(request.user.has_perm("branches.import_branch"))

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Ask the verb of organisations."""
        return bool(request.user.has_perm("branches.export_branch"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Ask for a grid who works there; whoever only reads sees his telephone masked (domain §6.3)."""
        plain = ("code", "name", "parent")
        if obj is None or obj.level != AreaLevel.GRID:
            return plain
        may_change = self.has_change_permission(request, obj)
        return plain + (_GRID if may_change else ("grid_worker", "phone", "buildings"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A code is for life; a district has no superior to change."""
        if obj is None:
            return ()
        return ("code", "phone", "parent") if obj.parent_id is None else ("code", "phone")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Offer as a superior only what the rules accept as one: nothing lies below a grid."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        is_superior = request.GET.get("field_name") == "parent"
        if is_select(request) and is_superior and request.GET.get("model_name") == "area":
            found = found.exclude(level=AreaLevel.GRID)
        return found, distinct

    @admin.display(description="名称")
    def indented_name(self, area: Area) -> str:
        """Show the place in the tree."""
        return "　" * area.depth + area.name

    @admin.display(description="层级")
    def level_name(self, area: Any) -> str:
        """Show what the level is called here."""
        return area.level_name

    @admin.display(description="社区")
    def community_name(self, area: Any) -> str:
        """Show in which community a grid lies."""
        return area.community_name

    @admin.display(description="网格员办公电话")
    def phone(self, area: Area) -> str:
        """Show the office telephone with its middle hidden."""
        return masked(area.grid_phone, "phone") or self.get_empty_value_display()

    @admin.display(description="党组织")
    def branch_count(self, area: Any) -> str:
        """Link to the branches that hang here from their number."""
        address = reverse("admin:branches_branch_changelist")
        return format_html('<a href="{}?area_id={}">{}</a>', address, area.pk, area.branch_number)

    def save_model(self, request: HttpRequest, obj: Area, form: Any, change: bool) -> None:
        """Write through the actions, all or nothing."""
        by, given = signed_in(request), form.cleaned_data
        if not change:
            made = create_area(
                by=by,
                code=given["code"],
                name=given["name"],
                level=given["level"],
                parent=given["parent"],
            )
            obj.pk = made.pk
            return
        area = get_editable_or_404(Area, by, pk=obj.pk)
        with transaction.atomic():
            if "name" in form.changed_data:
                rename_area(by=by, area=area, name=given["name"])
            if "parent" in form.changed_data:
                move_area(by=by, area=area, parent=given["parent"])
            if changed := set(_GRID).intersection(form.changed_data):
                seen = {name: form.initial[name] for name in changed}
                keep_grid(by=by, area=area, seen=seen, **{name: given[name] for name in changed})

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Say what a confirmed table did; refused by then, say so and write nothing."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, "文件没有写入：检查之后又有了变化，请重新上传检查一次。")
            return redirect("admin:branches_area_import")
        return super().process_result(result, request)

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        """Say how many."""
        changed, same = (result.totals[key] for key in ("update", "skip"))
        messages.success(request, f"导入完成：修改{changed}个网格，没有变化{same}个。")
