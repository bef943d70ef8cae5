"""Drop-down filters of the member list."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest

from branches.enums import AreaLevel
from branches.models import Area, Branch
from members.rules.missing import REQUIRED


class AreaFilter(admin.SimpleListFilter):
    """By territory: the streets, then the communities of the one chosen. One query."""

    title = "区划"
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return streets in reach, and what lies around the area chosen."""
        chosen = self.value() or ""
        wanted = Q(level=AreaLevel.STREET) | Q(code=chosen) | Q(parent__code=chosen)
        rows = Area.objects.visible_to(request.user).filter(wanted, level__lte=AreaLevel.COMMUNITY)
        self.paths: dict[str, str] = {}
        choices = []
        columns = rows.order_by("path").values_list("code", "name", "path", "level")
        for code, name, path, level in columns:
            self.paths[code] = path
            choices.append((code, f"　{name}" if level == AreaLevel.COMMUNITY else name))
        return choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the members whose home lies in the area; an area out of reach finds nobody."""
        if not self.value():
            return queryset
        path = self.paths.get(self.value() or "")
        return queryset.within_area(path) if path else queryset.none()

    def has_output(self) -> bool:
        """Apply also what is out of reach: it finds nobody."""
        return bool(self.value() or self.lookup_choices)


class BranchFilter(admin.SimpleListFilter):
    """By home branch; set by links from a branch, offered only while it is set."""

    title = "所在党支部"
    parameter_name = "branch"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the branch chosen, if it is the reader's."""
        chosen = self.value() or ""
        if not (chosen.isascii() and chosen.isdecimal() and len(chosen) < 19):
            return []
        rows = Branch.objects.visible_to(request.user).filter(pk=chosen)
        return [(str(pk), name) for pk, name in rows.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the members of the branch."""
        if not self.value():
            return queryset
        return queryset.filter(branch=self.value()) if self.lookup_choices else queryset.none()

    def has_output(self) -> bool:
        """Apply also what is out of reach: it finds nobody."""
        return bool(self.value())


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
            return queryset.filter(missing_fields__gt="")
        if self.value() == "none":
            return queryset.filter(missing_fields="")
        if self.value() in REQUIRED:
            return queryset.filter(missing_fields__contains=self.value())
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
            return queryset.filter(branch__isnull=True, deceased_on__isnull=True)
        if self.value() == "deceased":
            return queryset.filter(deceased_on__isnull=False)
        return queryset if self.value() == "all" else queryset.on_register()
