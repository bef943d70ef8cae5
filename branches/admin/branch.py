"""The Party organisations in the admin."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from import_export.admin import ImportExportMixin

from branches.acting import ScopedActPages
from branches.actions import (
    REORGANISED,
    create_branch,
    dissolve_branch,
    reorganise_branch,
    update_branch,
    what_remains,
)
from branches.admin.filters import (
    AreaFilter,
    CurrentFilter,
    FoundedFilter,
    PlaceFilter,
    SuperiorFilter,
    UnitFilter,
)
from branches.admin.register import RegisterAdmin
from branches.enums import BranchKind, BranchSetting, Tie
from branches.forms import (
    BranchForm,
    BranchImportForm,
    DissolutionForm,
    MovingForm,
    RelocationForm,
    RenamingForm,
)
from branches.models import Branch
from branches.resources import BranchResource
from branches.rules import needs_tie
from branches.scoping import ScopedSheetsMixin, get_editable_or_404, is_list, is_select
from core.access import signed_in
from core.admin.acting import Act, Outcome
from core.dates import words
from core.exchange import SafeExchangeMixin
from core.rendering import rows_table


def _dissolve(request: HttpRequest, branch: Branch, given: dict[str, Any]) -> Outcome:
    dissolve_branch(by=signed_in(request), branch=branch, **given)
    return f"“{branch}”已撤销，原来的任职同时结束；记录都保留着。"


def _reorganise(request: HttpRequest, branch: Branch, given: dict[str, Any]) -> Outcome:
    reorganise_branch(by=signed_in(request), branch=branch, **given)
    return f"“{branch}”已调整，原来的样子记在沿革里。"


def _what_remains(branch: Branch) -> list[tuple[str, str]]:
    """Say what must be done first, with the lists where it is: of no earlier day would it be less."""
    return [*what_remains(branch, timezone.localdate())]


def _exists(branch: Branch) -> bool:
    return branch.dissolved_on is None


RENAME = Act(
    "rename",
    "改名或改类别",
    "确认改",
    "组织代码、党员、任职和以前的记录都不变；原来的名称和类别记在沿革里。",
    "branches.change_branch",
    RenamingForm,
    _reorganise,
    _exists,
)
MOVE = Act(
    "move",
    "换上级",
    "确认换上级",
    "下级组织跟着一起走，党员和任职不变。党小组换了党支部，组里党员的党小组要重新安排。",
    "branches.change_branch",
    MovingForm,
    _reorganise,
    _exists,
)
RELOCATE = Act(
    "relocate",
    "迁到另一区划",
    "确认迁",
    "支部和隶属党员从此归新的街道、社区管理；以前的记录不变。下级组织不跟着迁，要迁的请分别办。",
    "branches.change_branch",
    RelocationForm,
    _reorganise,
    _exists,
)
DISSOLVE = Act(
    "dissolve",
    "撤销",
    "确认撤销",
    "撤销后不再接收党员和下级组织，书记、委员等任职同时结束。记录不会删除。",
    "branches.change_branch",
    DissolutionForm,
    _dissolve,
    _exists,
    beforehand=lambda branch: [("没有党员、活动组织关系和下级组织挂在这里，可以撤销。", "")],
    obstacles=_what_remains,
)


@admin.register(Branch)
class BranchAdmin(
    ScopedActPages, SafeExchangeMixin, ScopedSheetsMixin, ImportExportMixin, RegisterAdmin
):
    """Every organisation of every kind, in the order of the trees; dissolved, never deleted."""

    acts = (RENAME, MOVE, RELOCATE, DISSOLVE)
    prefix = "branch"
    form = BranchForm
    resource_classes = (BranchResource,)
    import_form_class = BranchImportForm
    # Its buttons stand among our own: change_list_object_tools.html of the model.
    import_export_change_list_template = "admin/change_list.html"
    list_display = ("indented_name", "code", "kind", "area", "below", "members_now", "state")
    list_filter = (
        *(CurrentFilter, AreaFilter, PlaceFilter, SuperiorFilter, UnitFilter, FoundedFilter),
        *("kind", "setting"),
    )
    list_select_related = ("kind", "area", "parent")
    search_fields = ("name", "short_name", "code")
    search_help_text = "名称、简称或组织代码"
    autocomplete_fields = ("parent", "area")
    ordering = ("path",)
    fieldsets = (
        ("组织", {"fields": ("code", "name", "short_name", "kind", "setting", "tie")}),
        ("隶属和区划", {"fields": ("parent", "area", "unit")}),
        ("活动", {"fields": ("meeting_place", "theme_day")}),
        ("成立", {"fields": ("founded_on", "approval_doc")}),
    )

    # --- the list ----------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> Any:
        """Count in the list what hangs on each organisation, for the rows of the page only."""
        rows = super().get_queryset(request).select_related(*self.list_select_related)
        return rows.with_numbers(request.user) if is_list(request) else rows

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Offer selects only what exists today; for a superior, what the rules accept as one."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        if is_select(request):
            found = found.filter(dissolved_on__isnull=True)
            if request.GET.get("field_name") == "parent":
                found = found.above(request.GET.get("kind", ""))
        return found, distinct

    @admin.display(description="组织名称")
    def indented_name(self, branch: Branch) -> str:
        """Show the place in the tree."""
        return "　" * branch.depth + branch.name

    @admin.display(description="下级组织")
    def below(self, branch: Any) -> str:
        """Lead down the tree: to the organisations right below."""
        if not branch.child_number:
            return "—"
        return format_html('<a href="?parent={}">{}</a>', branch.pk, branch.child_number)

    @admin.display(description="党员（连下级）")
    def members_now(self, branch: Any) -> str:
        """Link to the members behind the number."""
        address, by = reverse("admin:members_member_changelist"), "branch"
        if branch.kind_id == BranchKind.PARTY_GROUP:
            by = "group"
        elif not branch.is_leaf_node():
            by = "within"
        return format_html(
            '<a href="{}?{}={}">{}</a>', address, by, branch.pk, branch.member_number
        )

    @admin.display(description="状态")
    def state(self, branch: Branch) -> str:
        """Tell when a branch was dissolved."""
        return f"{words(branch.dissolved_on)}撤销" if branch.dissolved_on else "现有"

    # --- the record --------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A code is for life; what changes by an act, and a dissolved branch, is only shown."""
        if obj is None:
            return ()
        if obj.dissolved_on is None:
            return ("code", *REORGANISED, "history")
        names = [name for _, section in self.fieldsets for name in section["fields"]]
        return (*names, "dissolved_on", "dissolution_doc", "history")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show what became of the branch, and the end of a dissolved one."""
        sections = [*self.fieldsets]
        if obj is not None:
            sections.append(("沿革", {"fields": ("history",)}))
        if obj is not None and obj.dissolved_on is not None:
            sections.append(("撤销", {"fields": ("dissolved_on", "dissolution_doc")}))
        return sections

    @admin.display(description="历次调整")
    def history(self, branch: Branch) -> str:
        """List every reorganisation with its date and document, the newest first."""
        changes = branch.reorganisations.order_by("-on", "-pk")
        rows = [(words(change.on), str(change), change.document) for change in changes]
        if not rows:
            return "还没有调整过。"
        return rows_table(("日期", "内容", "依据"), rows)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with the usual setting."""
        return {"setting": BranchSetting.UNIT, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Branch, form: Any, change: bool) -> None:
        """Write through the actions, all or nothing."""
        by, given = signed_in(request), form.cleaned_data
        if not change:
            obj.pk = create_branch(by=by, **given).pk
            return
        branch = get_editable_or_404(Branch, by, pk=obj.pk)
        changed = {name: given[name] for name in form.changed_data}
        seen = {name: form.initial[name] for name in changed}
        update_branch(by=by, branch=branch, seen=seen, **changed)
        if needs_tie(branch.kind.settings, branch.tie):
            chosen = f"请点“{RENAME.title}”选：{Tie.in_words()}。"
            messages.warning(request, f"{branch.kind.name}还没有选三缘，{chosen}")

    # --- tables ------------------------------------------------------------------------------

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Say what a confirmed table did; refused by then, say so and write nothing."""
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, "文件没有写入：检查之后又有了变化，请重新上传检查一次。")
            return redirect("admin:branches_branch_import")
        return super().process_result(result, request)

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        """Say how many."""
        new, changed, same = (result.totals[key] for key in ("new", "update", "skip"))
        sentence = f"导入完成：新增{new}个，修改{changed}个，没有变化{same}个。"
        messages.success(request, sentence)
