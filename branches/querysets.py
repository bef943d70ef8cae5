"""Many-row questions about territory, branches and appointments."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from mptt.managers import TreeManager
from mptt.querysets import TreeQuerySet

from branches import locks, paths
from branches.enums import AreaLevel, BranchKind, Role, UnitColumn
from branches.rules import may_hang_under
from core.counting import number_of
from core.enums import CodeTable, Engine, Verb
from core.fields import path_ranges, prefix_range
from core.models import Code, Kind
from core.querysets import ScopedQuerySet
from core.scope import Reach

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from core.models import User

# What a kind counts as is data (``Kind.settings``); branches of the district's own units are told
# from local ones by where they hang. Local groups stand in places too small for a branch, so they
# count; the groups of a unit are part of its branch.
_UNITS = {
    UnitColumn.DISTRICT: Q(kind__settings__counts_as="branch", area__level=AreaLevel.DISTRICT),
    UnitColumn.LOCAL: Q(
        kind__settings__counts_as__in=["branch", "group"], area__level__gt=AreaLevel.DISTRICT
    ),
    UnitColumn.TEMPORARY: Q(kind__settings__counts_as="temporary"),
}


def _existing(day: dt.date) -> Q:
    begun = Q(founded_on__isnull=True) | Q(founded_on__lte=day)
    return begun & (Q(dissolved_on__isnull=True) | Q(dissolved_on__gt=day))


def _founded_units(year: int) -> Q:
    condition = Q()
    for column in UnitColumn:
        condition |= _UNITS[column]
    return condition & Q(founded_on__year=year, founded_on__lte=timezone.localdate())


class TreeRows(TreeQuerySet, ScopedQuerySet):
    """Rows of a tree: nothing that would break bounds or paths goes past the tree's writer."""

    TREE_FIELDS = frozenset({"parent", "parent_id", "path", "lft", "rght", "tree_id", "depth"})

    def bulk_create(self, *args: Any, **options: Any) -> Any:
        """Refuse: it would leave the bounds empty; see branches.trees."""
        raise TypeError("Tree rows are built by branches.trees.")

    def bulk_update(self, objs: Any, fields: Any, batch_size: Any = None) -> Any:
        """Update plain columns; refuse those that make the tree."""
        self._refuse_tree_fields(fields)
        return super().bulk_update(objs, fields, batch_size)

    def update(self, **values: Any) -> int:
        """Update plain columns; tree columns only under a lock (mptt itself does)."""
        if not self.TREE_FIELDS.isdisjoint(values):
            locks.require_any(self.model)
        return super().update(**values)

    def delete(self) -> Any:
        """Refuse: nothing in a register is deleted; removable rows go through branches.trees."""
        raise TypeError("Tree rows are removed by branches.trees.")

    def _refuse_tree_fields(self, fields: Any) -> None:
        if not self.TREE_FIELDS.isdisjoint(fields):
            raise TypeError("Tree columns are written by branches.trees.")


def _grants_everywhere(user: "User | AnonymousUser") -> bool:
    """Return whether USER gives posts anywhere; he sees no member by it (security P22)."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_superuser or Role.SYSADMIN in user.roles


class AreaQuerySet(TreeRows):
    """Areas: the subtree of each office post; the post's own area is seen, not changed (P19)."""

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Leave the area of the post itself to the level above."""
        within = path_ranges("path", reach.area_paths)
        held = set(reach.area_paths)
        tops = [path for path in held if held.isdisjoint(paths.line_of(path)[:-1])]
        return within & ~Q(path__in=tops) if verb == Verb.EDIT and tops else within

    def choosable_by(self, user: "User | AnonymousUser") -> Self:
        """What one may hang a row on: all one sees, and for branch posts their whole district.

        A secretary registers where a member lives: any community of the district.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        reach = user.standing.reach_for(Verb.EDIT)
        if reach.everything:
            return self.all()
        branches: Any = self.model._meta.get_field("branches").related_model
        homes = branches._base_manager.filter(path__in=reach.branch_paths).values_list(
            "area_path", flat=True
        )
        condition = self.condition_for(reach, user, Verb.VIEW)
        condition |= path_ranges("path", (path[: paths.SEGMENT] for path in homes))
        return self.filter(condition) if condition else self.none()

    def offered_around(self, chosen: str) -> Self:
        """To which of these areas a list may be narrowed, around the one with the code CHOSEN.

        The districts, where there are several: a province's streets would fill the page. Else the
        streets. Then what lies in the district and below the area chosen.
        """
        shown = self.filter(level__lte=AreaLevel.COMMUNITY).order_by()
        shown = shown.only("code", "name", "path", "level")
        districts = self.filter(level=AreaLevel.DISTRICT).order_by()
        several = When(Exists(districts[1:2]), then=AreaLevel.DISTRICT)
        offered = shown.filter(level=Case(several, default=AreaLevel.STREET))
        if chosen:  # joined as sets: under one OR, PostgreSQL would read a province's areas
            one = self.filter(code=chosen).order_by()
            streets = shown.filter(level=AreaLevel.STREET, tree_id=Subquery(one.values("tree_id")))
            below = shown.filter(parent=Subquery(one.values("pk")))
            offered = offered.union(streets, shown.filter(code=chosen), below)
        return offered.order_by("path")

    def with_branch_numbers(self) -> Self:
        """Add ``branch_number``: the branches that hang directly on each area today."""
        branches: Any = self.model._meta.get_field("branches").related_model
        here = branches._default_manager.current().filter(area=OuterRef("pk")).order_by()
        number = here.values("area").annotate(number=Count("pk")).values("number")
        return self.annotate(branch_number=Coalesce(Subquery(number), 0))

    def with_communities(self) -> Self:
        """Add ``community_name``: in which community each grid lies; empty for other areas."""
        grid = When(level=AreaLevel.GRID, then=F("parent__parent__name"))
        return self.annotate(community_name=Case(grid, default=Value("")))

    def with_level_names(self) -> Self:
        """Add ``level_name``: what the bureau calls each area's level (``branches.levels``)."""
        level = Cast(OuterRef("level"), models.CharField())
        named = Code.objects.filter(table=CodeTable.AREA_LEVEL, code=level).order_by()
        return self.annotate(level_name=Subquery(named.values("name")[:1]))

    def grantable_by(self, user: "User | AnonymousUser") -> Self:
        """Areas in which USER may give posts: his office's own, or all for the system's post."""
        return self.all() if _grants_everywhere(user) else self.visible_to(user)

    def within(self, path: str) -> Self:
        """The area with PATH and everything below it."""
        return self.filter(prefix_range("path", path))


class BranchQuerySet(TreeRows):
    """Branches: by territory for office posts, by branch tree for branch posts, and one's own."""

    area_path_lookup = "area_path"
    branch_path_lookup = "path"
    own_branch_lookup = "pk"

    def within_area(self, path: str) -> Self:
        """Branches that hang on the area with PATH or below it."""
        return self.filter(prefix_range("area_path", path))

    def within(self, path: str) -> Self:
        """The branch with PATH and its subordinate units."""
        return self.filter(prefix_range("path", path))

    def grantable_by(self, user: "User | AnonymousUser") -> Self:
        """Branches in which USER may give posts: by his office only, not by a branch post."""
        if _grants_everywhere(user):
            return self.all()
        if not user.is_authenticated or not user.is_active:
            return self.none()
        within = path_ranges("area_path", user.standing.reach_for(Verb.EDIT).area_paths)
        return self.filter(within) if within else self.none()

    def current(self, day: dt.date | None = None) -> Self:
        """Branches that exist on DAY (today by default)."""
        return self.filter(_existing(day or timezone.localdate()))

    def in_year(self, year: int) -> Self:
        """Branches that there still were on some day of YEAR: also those dissolved in it."""
        return self.filter(Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=dt.date(year, 1, 1)))

    def above(self, kind: str) -> Self:
        """Branches under which one of the kind with key KIND may hang; of no such kind, any at all (SYS-02)."""
        known = {
            each.key: each.settings for each in Kind.objects.filter(engine=Engine.BRANCH).order_by()
        }
        below = [known[kind]] if kind in known else list(known.values())
        fits = [
            key
            for key, settings in known.items()
            if any(may_hang_under(each, settings) for each in below)
        ]
        return self.filter(kind__in=fits)

    def with_numbers(self, user: "User | AnonymousUser") -> Self:
        """Add ``member_number`` and ``child_number``, of what USER sees today.

        The members whose home is each branch or one below it (of a Party group those in it), and
        the organisations right below it. Subqueries, so that only the rows of a page are counted;
        most rows have nothing below them and ask the index of homes alone.
        """
        members: Any = self.model._meta.get_field("members").related_model
        seen = members._default_manager.visible_to(user).on_register()
        after = Concat(OuterRef("path"), Value(paths.AFTER))
        below = seen.filter(branch__path__gte=OuterRef("path"), branch__path__lt=after)
        branches: Any = self.model._default_manager
        children = branches.visible_to(user).current()
        number = Case(
            When(kind=BranchKind.PARTY_GROUP, then=number_of(seen.filter(group=OuterRef("pk")))),
            When(rght=F("lft") + 1, then=number_of(seen.filter(branch=OuterRef("pk")))),
            default=number_of(below),
        )
        return self.annotate(
            member_number=number, child_number=number_of(children.filter(parent=OuterRef("pk")))
        )

    def units(self, *columns: UnitColumn) -> Self:
        """Organisations that count as units in COLUMNS (all three by default; SYS-02)."""
        condition = Q()
        for column in columns or UnitColumn:
            condition |= _UNITS[column]
        return self.current().filter(condition)

    def founded_in(self, year: int) -> Self:
        """新增: units of all three columns founded in YEAR up to today, whatever became of them since."""
        return self.filter(_founded_units(year))

    def unit_counts(self) -> dict[UnitColumn, int]:
        """Return how many units exist today in each column (one query)."""
        return self.unit_figures()[0]

    def unit_figures(self, *years: int) -> tuple[dict[UnitColumn, int], dict[int, int]]:
        """Return ``unit_counts``, and how many units were founded in each of YEARS (one query)."""
        today = _existing(timezone.localdate())
        counts = {column.value: Count("pk", filter=_UNITS[column] & today) for column in UnitColumn}
        counts |= {f"in_{year}": Count("pk", filter=_founded_units(year)) for year in years}
        found = self.aggregate(**counts)
        founded = {year: found[f"in_{year}"] for year in years}
        return {column: found[column.value] for column in UnitColumn}, founded


class AppointmentQuerySet(ScopedQuerySet):
    """Appointments: those of the branches and areas one's office post covers; one's own."""

    owner_lookup = "user"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """An appointment lies where its area or its branch lies; system administrators see all."""
        if Role.SYSADMIN in user.roles:
            return Q(pk__isnull=False)
        condition = super().condition_for(reach, user, verb)
        condition |= path_ranges("area__path", reach.area_paths)
        return condition | path_ranges("branch__area_path", reach.area_paths)

    def current(self, day: dt.date | None = None) -> Self:
        """Appointments in force on DAY (today by default); the last day still counts.

        One that was to begin after its branch ended never is in force (``end_posts``), nor is one
        that was withdrawn.
        """
        day = day or timezone.localdate()
        return self.standing().filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
            Q(branch__dissolved_on__isnull=True) | Q(branch__dissolved_on__gte=day),
            started_on__lte=day,
        )

    def unfinished(self) -> Self:
        """Appointments in force today or still to begin."""
        going_on = Q(ended_on__isnull=True) | Q(ended_on__gte=timezone.localdate())
        return self.standing().filter(going_on)

    def standing(self) -> Self:
        """Appointments that were not withdrawn as a mistake."""
        return self.filter(withdrawn_on__isnull=True)


AreaManager = TreeManager.from_queryset(AreaQuerySet, "AreaManager")
BranchManager = TreeManager.from_queryset(BranchQuerySet, "BranchManager")
AppointmentManager = models.Manager.from_queryset(AppointmentQuerySet, "AppointmentManager")
