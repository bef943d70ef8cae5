"""Drop-down filters of the registers that hang on the territory."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from branches.enums import UnitColumn
from branches.models import Area, Branch
from branches.workbench import ALL_UNITS
from core.access import signed_in
from core.models import User
from core.rules import is_key


def areas_offered(user: User, chosen: str) -> list[Area]:
    """Return to what USER may narrow a list, in the order of the tree (one query)."""
    return list(Area.objects.visible_to(user).offered_around(chosen))


class AreaFilter(admin.SimpleListFilter):
    """By territory, from the districts or streets in reach downwards. One query.

    For querysets that have ``within_area``.
    """

    title = "区划"
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what may be chosen; what lies lower stands further in."""
        areas = areas_offered(signed_in(request), self.value() or "")
        self.paths = {area.code: area.path for area in areas}
        highest = areas[0].level if areas else 0
        return [(area.code, "　" * (area.level - highest) + area.name) for area in areas]

    def choices(self, changelist: Any) -> Any:
        """Lead to each area; the rest of the address is put together once, not a hundred times."""
        yield next(iter(super().choices(changelist)))
        rest = changelist.get_query_string(remove=[self.parameter_name])
        begun = rest if rest == "?" else f"{rest}&"
        for code, name in self.lookup_choices:
            yield {
                "selected": code == self.value(),
                "query_string": f"{begun}{urlencode({self.parameter_name: code})}",
                "display": name,
            }

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the rows of the area; an area out of reach finds nothing."""
        if not self.value():
            return queryset
        path = self.paths.get(self.value() or "")
        return queryset.within_area(path) if path else queryset.none()

    def has_output(self) -> bool:
        """Apply also what is out of reach: it finds nothing."""
        return bool(self.value() or self.lookup_choices)


def area_asked_for(request: HttpRequest, user: User) -> tuple[Area | None, list[Area]]:
    """Return the area a report is asked for and those to choose from (one query).

    What is not USER's is not there.
    """
    asked = request.GET.get("area", "")
    areas = areas_offered(user, asked)
    return next((area for area in areas if area.code == asked), None), areas


class CurrentFilter(admin.SimpleListFilter):
    """In force by default; also what has ended, and all. For querysets that have ``current``."""

    title = "状态"
    parameter_name = "state"
    words = ("现有", "已撤销")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the other two; the default is the choice without a value."""
        return [("ended", self.words[1]), ("all", "全部")]

    def choices(self, changelist: Any) -> Any:
        """Name the default."""
        first, *others = super().choices(changelist)
        return [first | {"display": self.words[0]}, *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the rows so."""
        if self.value() == "all":
            return queryset
        if self.value() == "ended":
            return queryset.exclude(pk__in=queryset.current().values("pk"))
        return queryset.current()


class HeldFilter(CurrentFilter):
    """Posts in force, or ended."""

    words = ("在任", "已免职")


class UnitFilter(admin.SimpleListFilter):
    """By the column in which organisations count as units (SYS-02)."""

    title = "统计口径"
    parameter_name = "units"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the columns and their sum."""
        return [*UnitColumn.choices, (ALL_UNITS, "三项合计")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the organisations of the column."""
        chosen = [column for column in UnitColumn if self.value() in {column, ALL_UNITS}]
        return queryset.units(*chosen) if chosen else queryset


class FoundedFilter(admin.SimpleListFilter):
    """By the year in which units were founded (新增, SYS-02)."""

    title = "新增"
    parameter_name = "founded"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return this year and the last, which the front page counts."""
        year = timezone.localdate().year
        return [(str(year), f"{year}年（本年）"), (str(year - 1), f"{year - 1}年（去年）")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep the units founded then; a year that is not offered finds nothing."""
        if not self.value():
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.founded_in(int(self.value() or 0))


class LinkedFilter(admin.SimpleListFilter):
    """By a row of REGISTER; set by links from it, offered only while it is set."""

    register: Any  # a model whose rows know ``visible_to``

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the row chosen, if it is the reader's."""
        chosen = self.value() or ""
        if not is_key(chosen):
            return []
        rows = self.register._default_manager.visible_to(request.user).filter(pk=chosen)
        return [(str(row.pk), str(row)) for row in rows]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keep what belongs to the row."""
        if not self.value():
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.filter(**{str(self.parameter_name): self.value()})

    def has_output(self) -> bool:
        """Apply also what is out of reach: it finds nobody."""
        return bool(self.value())


class PlaceFilter(LinkedFilter):
    """By the area that organisations hang on themselves, not only below it."""

    title = "直接挂在"
    parameter_name = "area_id"  # ``area`` also takes what hangs below
    register = Area


class SuperiorFilter(LinkedFilter):
    """By the organisation right above."""

    title = "上级组织"
    parameter_name = "parent"
    register = Branch
