"""What a bureau's people said before: of headings, and of names that branches go by."""

import json
from collections.abc import Iterable, Mapping

from branches.models import Area, Branch
from branches.paths import SEGMENT, line_of
from core.enums import Verb
from core.fields import path_ranges
from core.models import User
from members.models import BranchAlias, RosterBatch, RosterHeading
from members.parameters import highest_code
from members.roster.lookups import comparable
from members.roster.territory import territory_held

_DISTRICT = 6  # digits of a code that name the district
_WHOLE = "000000"  # the others of the district's own code


def area_code_of(user: User, branch: Branch | None) -> str:
    """Return the code of the area whose rosters these are: BRANCH's, else USER's highest."""
    return branch.area.code if branch else highest_code(user)


def district_of(area_code: str) -> str:
    """Return the code of the district that AREA_CODE lies in: one bureau."""
    return area_code[:_DISTRICT]


def district_held(user: User, district: str) -> str:
    """Return the path of DISTRICT if USER may change all of it: he speaks for everybody in it.

    Empty for anybody else.
    """
    rows = Area.objects.visible_to(user).filter(code=f"{district}{_WHOLE}")
    path = rows.values_list("path", flat=True).first() or ""
    reach = user.standing.reach_for(Verb.EDIT)
    return path if reach.everything or path.startswith(reach.area_paths) else ""


def speaks_for_all(user: User, area_code: str) -> bool:
    """Return whether what USER says of headings is remembered for the bureau whose rosters these are."""
    return bool(district_held(user, district_of(area_code)))


def headings_of(district: str) -> dict[str, str]:
    """Return what DISTRICT's headings mean, by their keys (one query)."""
    rows = RosterHeading.objects.filter(district=district)
    return dict(rows.values_list("heading", "field"))


def said_of(area_code: str) -> dict[str, RosterHeading]:
    """Return what was said of headings before in the district, by whom and when, by their keys."""
    rows = RosterHeading.objects.filter(district=district_of(area_code)).select_related("by")
    return {row.heading: row for row in rows}


def aliases_of(user: User) -> dict[str, int]:
    """Return which branches names mean in USER's rosters, by their keys (four queries).

    Taught by who looks after all that USER does: the wider territory's word goes before. A name
    that a branch of the district bears is that branch's alone.
    """
    lines = line_of(territory_held(user))
    rows = BranchAlias.objects.filter(area_path__in=lines).order_by("-area_path")
    taught = dict(rows.values_list("key", "branch_id"))
    if not taught:
        return {}
    called = _names_in(lines[0])
    return {key: branch for key, branch in taught.items() if key not in called}


def names_around(branches: Iterable[Branch]) -> dict[str, set[str]]:
    """Return the names borne in the districts of BRANCHES, by their paths (one query a district)."""
    return {root: _names_in(root) for root in {branch.area_path[:SEGMENT] for branch in branches}}


def territory_taught(user: User, name: str, branch: Branch, borne: Mapping[str, set[str]]) -> str:
    """Return the path of the territory for which USER may teach that NAME means BRANCH.

    Empty: it holds for his roster only. That is so for posts in a branch, and for names of others.
    BORNE: the ``names_around`` BRANCH.
    """
    root, reach = branch.area_path[:SEGMENT], user.standing.reach_for(Verb.EDIT)
    holds = [path for path in reach.area_paths if branch.area_path.startswith(path)]
    held = root if reach.everything else min(holds, key=len, default="")
    return "" if held and comparable(name) in borne[root] else held


def may_forget(user: User, alias: BranchAlias) -> bool:
    """Return whether USER looks after all of the territory in which ALIAS holds."""
    reach = user.standing.reach_for(Verb.EDIT)
    holds_in = alias.area_path or alias.branch.area_path
    return reach.everything or holds_in.startswith(reach.area_paths)


def named_in(batch: RosterBatch) -> dict[str, int]:
    """Return which branches the names of BATCH were said to mean in it, by their keys."""
    named: dict[str, int] = json.loads(batch.named or "{}")
    return named


def _names_in(root: str) -> set[str]:
    """Return the names and short names of the branches in the district with the path ROOT."""
    rows = Branch.objects.filter(path_ranges("area_path", [root])).order_by()
    return {comparable(name) for pair in rows.values_list("name", "short_name") for name in pair}
