"""What a bureau's people said before: of headings, and of names that branches go by."""

from branches.models import Area, Branch
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


def holds(user: User, district: str) -> bool:
    """Return whether an office of USER's reaches all of DISTRICT: he speaks for everybody in it."""
    return Area.objects.visible_to(user).filter(code=f"{district}{_WHOLE}").exists()


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
