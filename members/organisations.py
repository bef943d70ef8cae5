"""The organisations of one user, for sheets that name them: found, and asked whether members may be there."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django.utils import timezone

from branches.enums import AreaLevel
from branches.models import Area, Branch
from branches.paths import SEGMENT
from core import text
from core.enums import Engine
from core.models import Kind, User
from members.rules.affiliation import link_kind, place_fault
from members.rules.near import NearNames, near_words

UNKNOWN = "没有找到这个组织，请填完整的名称或组织代码。"
SAME_NAME = "有两个以上的组织叫这个名称，请改填组织代码。"


class Organisations:
    """What USER may change, read in two queries; all else does not exist for him (security P14)."""

    def __init__(self, user: User) -> None:
        self.names: dict[int, str] = {}
        self.area_codes: dict[int, str] = {}
        self.area_paths: dict[int, str] = {}
        self.link_kinds: dict[int, str] = {}
        self._home_faults: dict[int, str] = {}
        self._place_faults: dict[int, str] = {}
        self._named: dict[str, list[int]] = defaultdict(list)
        self._load(user)

    def _load(self, user: User) -> None:
        settings = dict(Kind.objects.filter(engine=Engine.BRANCH).values_list("key", "settings"))
        fields = ("id", "code", "name", "kind_id", "setting", "area__code", "area_path")
        today = timezone.localdate()
        rows = Branch.objects.editable_by(user).order_by()
        for *facts, gone_on in rows.values_list(*fields, "dissolved_on"):
            pk, code, name, kind, setting, area_code, area_path = facts
            gone = gone_on is not None and gone_on <= today
            self.names[pk] = name
            self.area_codes[pk] = area_code
            self.area_paths[pk] = area_path
            self.link_kinds[pk] = link_kind(settings[kind], setting)
            self._home_faults[pk] = place_fault(settings[kind], dissolved=gone, is_home=True)
            self._place_faults[pk] = place_fault(settings[kind], dissolved=gone, is_home=False)
            for called in {_comparable(code), _comparable(name)}:
                self._named[called].append(pk)

    def named(self, typed: str) -> list[int]:
        """Return the keys of the organisations of a code or an exact name."""
        return self._named.get(_comparable(typed), [])

    def unknown(self, typed: str) -> str:
        """Return the sentence that TYPED was not found, with near names where members may go."""
        names = self._near_names.hints(_comparable(typed))
        return UNKNOWN + near_words(self.names[self._named[name][0]] for name in names)

    @cached_property
    def _near_names(self) -> NearNames:
        """Made when the first name is not found: one more query."""
        open_to_all = [pk for pk, fault in self._place_faults.items() if not fault]
        names = {_comparable(self.names[pk]) for pk in open_to_all}
        paths = {self.area_paths[pk] for pk in open_to_all}
        return NearNames(sorted(names), places=map(_comparable, district_names(paths)))

    def fault(self, pk: int, *, is_home: bool) -> str:
        """Return why members may not be there, at home or for activities; empty if they may."""
        return (self._home_faults if is_home else self._place_faults)[pk]

    def open_to_members(self, *, is_home: bool) -> list[str]:
        """Return the names of where members may be, at home or for activities, in the tree's order."""
        places = sorted(self.names, key=lambda pk: (self.area_paths[pk], self.names[pk]))
        return list(
            dict.fromkeys(self.names[pk] for pk in places if not self.fault(pk, is_home=is_home))
        )

    def one_of(self, found: list[int], *, is_home: bool) -> int | str:
        """Return the one organisation that FOUND means, else the sentence that says why there is none."""
        standing = [pk for pk in found if not self.fault(pk, is_home=is_home)] or found
        if not standing:
            return UNKNOWN
        if len(standing) > 1:
            return SAME_NAME
        return self.fault(standing[0], is_home=is_home) or standing[0]


def district_names(area_paths: Iterable[str]) -> list[str]:
    """Return the names of the districts in which the areas with AREA_PATHS lie; one query."""
    districts = Area.objects.filter(path__in={path[:SEGMENT] for path in area_paths})
    return list(districts.filter(level=AreaLevel.DISTRICT).values_list("name", flat=True))


def _comparable(typed: str) -> str:
    return text.squeeze(typed).casefold()
