"""Dictionaries of what one user may write to: his branches, their groups, the communities around.

Loaded once for a file (three queries). What is not in them does not exist for the user, so an
unknown branch and one out of scope give the same answer (security §5a 61, 62).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import QuerySet

from branches.enums import AreaLevel
from branches.models import Area, Branch
from branches.paths import SEGMENT
from core import text
from core.enums import Engine
from core.fields import path_ranges
from core.models import Kind, User
from members.cities import cities_of
from members.organisations import district_names
from members.roster.cells import Memo
from members.roster.findings import finding
from members.rules import cells
from members.rules.affiliation import is_group_of
from members.rules.checks import are_nested
from members.rules.near import NearNames, near_words
from members.rules.problems import Problem


class Home(NamedTuple):
    """A branch that members may be home to."""

    id: int
    area_path: str


class Places:
    """Branches, groups, communities and grids by what a roster calls them."""

    def __init__(
        self,
        user: User,
        *,
        today: dt.date,
        aliases: Mapping[str, int] | None = None,
        named: Mapping[str, int] | None = None,
    ) -> None:
        """ALIASES: what names mean as it is remembered. NAMED: as it was said of this roster."""
        self.homes: dict[int, Home] = {}
        self.names: dict[int, str] = {}
        self.codes: dict[int, str] = {}
        self.branch_paths: dict[int, str] = {}
        self.area_names: dict[int, str] = {}
        self.area_paths: dict[int, str] = {}
        self._faults: dict[int, str] = {}
        self._aliases = aliases or {}
        self._named = named or {}
        self._branch_codes: dict[str, int] = {}
        self._branch_names: dict[str, list[int]] = defaultdict(list)
        self._groups: dict[tuple[int, str], int] = {}
        self._areas: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
        self._load_branches(user, today)
        self._load_areas()
        self._communities = Memo(self._find_community)
        self.lives_apart = Memo(self._lives_apart)
        self.cities = Memo(self._find_cities)
        self.branch = Memo(self._find_branch).__getitem__
        self.branch_by_code = Memo(self._find_branch_by_code).__getitem__

    def _load_branches(self, user: User, today: dt.date) -> None:
        rows = Branch.objects.editable_by(user).order_by()
        fields = ("id", "code", "name", "kind_id", "parent_id", "area_path", "dissolved_on")
        settings = dict(Kind.objects.filter(engine=Engine.BRANCH).values_list("key", "settings"))
        for pk, code, name, kind, parent, area_path, dissolved in rows.values_list(*fields):
            self.names[pk], self.codes[pk], self.branch_paths[pk] = name, code, area_path
            self._branch_codes[comparable(code)] = pk
            self._branch_names[comparable(name)].append(pk)
            gone = dissolved is not None and dissolved <= today
            if is_group_of(parent, kind=kind, parent=parent, dissolved=gone):
                self._groups[parent, comparable(name)] = pk
                self._groups[parent, comparable(code)] = pk
            if gone:
                self._faults[pk] = "BRANCH_DISSOLVED"
            elif not settings[kind].get("may_be_home"):
                self._faults[pk] = "BRANCH_NOT_HOME"
            else:
                self.homes[pk] = Home(pk, area_path)

    def _load_areas(self) -> None:
        """Communities and grids of the districts that the branches lie in: places are no secret."""
        districts = {home.area_path[:SEGMENT] for home in self.homes.values()}
        if not districts:
            return
        rows = Area.objects.filter(
            path_ranges("path", districts), level__in=(AreaLevel.COMMUNITY, AreaLevel.GRID)
        )
        for pk, code, name, level, path in rows.order_by().values_list(
            "id", "code", "name", "level", "path"
        ):
            self.area_names[pk], self.area_paths[pk] = name, path
            for called in {code, name, _short(name)}:
                self._areas[level, comparable(called)].append((pk, path))

    def _find_branch(self, cell: Any) -> Home | Problem | None:
        typed = comparable(cells.plain(cell))
        if not typed:
            return None
        if typed in self._branch_codes:
            return self._home(self._branch_codes[typed], "branch")
        found = self._branch_names.get(typed, [])
        standing = [pk for pk in found if pk in self.homes] or found or self._by_alias(typed)
        if not standing:
            return finding("BRANCH_UNKNOWN", "branch", near=self._near_words(typed))
        if len(standing) > 1:
            return finding("BRANCH_SAME_NAME", "branch")
        return self._home(standing[0], "branch")

    def organisations(self, typed: str) -> list[int]:
        """Return the user's organisations of any kind that TYPED names: by code, name or alias."""
        typed = comparable(typed)
        code = self._branch_codes.get(typed)
        return [code] if code else self._branch_names.get(typed) or self._by_alias(typed)

    def _find_branch_by_code(self, cell: Any) -> Home | Problem | None:
        typed = comparable(cells.plain(cell))
        if not typed:
            return None
        if typed in self._branch_codes:
            return self._home(self._branch_codes[typed], "branch_code")
        if named := self._by_alias(typed):
            return self._home(named[0], "branch_code")
        return finding("BRANCH_UNKNOWN", "branch_code", near="")

    def _by_alias(self, typed: str) -> list[int]:
        """Return the branch that somebody said is meant, if the user reaches it."""
        branch = self._named.get(typed, self._aliases.get(typed))
        return [branch] if branch in self.names else []

    @property
    def remembers(self) -> bool:
        """Whether any name is remembered: else nobody need ask ``by_memory``."""
        return bool(self._aliases)

    def by_memory(self, cell: Any) -> int | None:
        """Return the home that CELL means only because it is remembered so; None otherwise."""
        typed = comparable(cells.plain(cell))
        if typed in self._named or typed in self._branch_codes or typed in self._branch_names:
            return None
        branch = self._aliases.get(typed)
        return branch if branch in self.homes else None

    def _home(self, pk: int, field: str) -> Home | Problem:
        fault = self._faults.get(pk)
        return finding(fault, field) if fault else self.homes[pk]

    def _near_words(self, typed: str) -> str:
        return near_words(self.names[pk] for pk in self._called(self._near_names.hints(typed)))

    def near(self, typed: str) -> list[int]:
        """Return the branches of the user's whose names are nearest to TYPED, the nearest first."""
        return self._called(self._near_names.to(comparable(typed)))

    def _called(self, names: list[str]) -> list[int]:
        return [pk for name in names for pk in self._branch_names[name] if pk in self.homes]

    @cached_property
    def _near_names(self) -> NearNames:
        """Made when the first name is not found: one more query."""
        homes = [
            name
            for name, keys in self._branch_names.items()
            if any(pk in self.homes for pk in keys)
        ]
        paths = {home.area_path for home in self.homes.values()}
        return NearNames(homes, places=map(comparable, district_names(paths)))

    def group(self, home: Home, cell: Any) -> int | Problem | None:
        """Return the id of the group of HOME that CELL names."""
        typed = comparable(cells.plain(cell))
        if not typed:
            return None
        return self._groups.get((home.id, typed)) or finding("GROUP_UNKNOWN", "group")

    def community(self, home: Home, cell: Any) -> int | Problem | None:
        """Return the id of the community that CELL names, nearest to HOME where names repeat."""
        return self._communities[home.area_path, cell]

    def _find_community(self, key: tuple[str, Any]) -> int | Problem | None:
        return self._area(AreaLevel.COMMUNITY, *key, "community")

    def grid(self, home: Home, cell: Any) -> int | Problem | None:
        """Return the id of the grid that CELL names."""
        return self._area(AreaLevel.GRID, home.area_path, cell, "grid")

    def _lives_apart(self, key: tuple[str, int]) -> bool:
        """Return whether a community (its id) lies outside the area (its path) of a branch."""
        home, community = key
        return not are_nested(home, self.area_paths[community])

    def _find_cities(self, area_path: str) -> tuple[str, ...]:
        """Return the cities that the area with a path lies in."""
        return self._cities.get(area_path[:SEGMENT], ())

    @cached_property
    def _cities(self) -> dict[str, tuple[str, ...]]:
        """Made when the first address names a city: two more queries."""
        return cities_of({home.area_path[:SEGMENT] for home in self.homes.values()})

    def _area(self, level: int, home: str, cell: Any, field: str) -> int | Problem | None:
        typed = comparable(cells.plain(cell))
        if not typed:
            return None
        found = self._areas.get((level, typed), [])
        near = {pk for pk, path in found if path.startswith(home[:SEGMENT])}
        nearest = {pk for pk, path in found if path.startswith(home)} or near
        if len(nearest) == 1:
            return nearest.pop()
        if nearest and field == "community":
            return finding("COMMUNITY_SAME_NAME", field)
        return finding("COMMUNITY_UNKNOWN" if field == "community" else "GRID_UNKNOWN", field)


def homes_of(user: User) -> "QuerySet[Branch]":
    """Return the branches of USER's that members can be home to, in the order of the tree."""
    mine = Branch.objects.editable_by(user).current()
    return mine.filter(kind__settings__may_be_home=True).order_by("path")


def comparable(name: str) -> str:
    """Return the form in which names of branches and places are compared."""
    return text.squeeze(name).casefold()


def _short(name: str) -> str:
    """Return a community's name as people write it: 南宁社区 for 南宁社区居民委员会."""
    return name.removesuffix("居民委员会").removesuffix("村民委员会").removesuffix("居委会")
