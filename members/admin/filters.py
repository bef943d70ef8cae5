"""Drop-down filters of the member list."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from branches.admin.filters import LinkedFilter
from branches.models import Branch
from core.access import signed_in
from members.models import LinkBatch, RosterBatch, TransferBatch
from members.rules.missing import REQUIRED


class BranchFilter(LinkedFilter):
    """By home branch."""

    title = "所在党支部"
    parameter_name = "branch"
    register = Branch


class WithinFilter(LinkedFilter):
    """By home branch, with all that lies below it; set by links from the tree of organisations."""

    title = "党组织（连下级）"
    parameter_name = "within"
    register = Branch

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the members at home there or below."""
        if not self.value():
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        homes = Branch.objects.visible_to(signed_in(request))
        top = homes.get(pk=self.value())
        return queryset.filter(branch__in=homes.within(top.path).order_by().values("pk"))


class TiedFilter(BranchFilter):
    """By the branch a tie leads to, which need not be the member's home."""

    title = "党组织"


class GroupFilter(LinkedFilter):
    """By Party group."""

    title = "党小组"
    parameter_name = "group"
    register = Branch


class ArrivalFilter(LinkedFilter):
    """By the branch that members are on the way to, or arrived in."""

    title = "转入党支部"
    parameter_name = "to_branch"
    register = Branch


class BatchFilter(LinkedFilter):
    """By the batch in which members are handed over."""

    title = "整建制转接"
    parameter_name = "batch"
    register = TransferBatch


class SheetFilter(LinkedFilter):
    """By the sheet that began managing links."""

    title = "活动组织登记表"
    parameter_name = "link_batch"
    register = LinkBatch


class RosterFilter(LinkedFilter):
    """By the roster that brought members in."""

    title = "名册导入"
    parameter_name = "roster_batch"
    register = RosterBatch


class MissingFilter(admin.SimpleListFilter):
    """By 待补资料: all that is complete, all that is not, or one column."""

    title = "待补资料"
    parameter_name = "missing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the two halves, then the columns that may be missing."""
        columns = [(name, f"缺{label}") for name, label in REQUIRED.items() if name != "name"]
        return [("any", "有待补的"), ("none", "已齐全"), *columns]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the members who lack something, nothing, or one thing."""
        if self.value() == "any":
            return queryset.incomplete()
        if self.value() == "none":
            return queryset.complete()
        if self.value() in REQUIRED:
            return queryset.lacking(self.value())
        return queryset


class StandingFilter(admin.SimpleListFilter):
    """On the register by default; also who left, who is 已故, and all."""

    title = "名册"
    parameter_name = "register"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the other three; the default is the choice without a value."""
        return [("left", "已转出"), ("deceased", "已故"), ("all", "全部")]

    def choices(self, changelist: Any) -> Any:
        """Name the default."""
        first, *others = super().choices(changelist)
        return [first | {"display": "在册"}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the members so recorded."""
        if self.value() == "left":
            return queryset.transferred_out()
        if self.value() == "deceased":
            return queryset.deceased()
        return queryset if self.value() == "all" else queryset.on_register()
