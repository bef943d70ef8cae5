"""What a bureau's people said before: of headings, and of names that branches go by."""

from branches.models import Area, Branch
from core.enums import Verb
from core.models import User
from members.models import BranchAlias, RosterHeading
from members.parameters import highest_code

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


def speaks_for_all(user: User, branch: Branch | None) -> bool:
    """Return whether what USER says of a roster's headings is remembered for the bureau."""
    return bool(district_held(user, district_of(area_code_of(user, branch))))


def headings_of(district: str) -> dict[str, str]:
    """Return what DISTRICT's headings mean, by their keys (one query)."""
    rows = RosterHeading.objects.filter(district=district)
    return dict(rows.values_list("heading", "field"))


def said_of(user: User, branch: Branch | None) -> dict[str, RosterHeading]:
    """Return what was said of headings before, by whom and when, by their keys."""
    district = district_of(area_code_of(user, branch))
    rows = RosterHeading.objects.filter(district=district).select_related("by")
    return {row.heading: row for row in rows}


def aliases_of(district: str) -> dict[str, int]:
    """Return which branches DISTRICT's names mean, by their keys (one query)."""
    return dict(BranchAlias.objects.filter(district=district).values_list("key", "branch_id"))
