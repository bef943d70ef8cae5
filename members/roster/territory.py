"""The territory of a roster: who looks after all of it may open it."""

from django.db.models import Max, Min

from branches import paths
from branches.models import Branch
from core.enums import Verb
from core.models import User
from members.roster.reporting import Totals


def territory_of(totals: Totals, user: User) -> str:
    """Return the path of the smallest territory that holds everything the check of USER's could tell.

    What is said of a row beside its own branch (where somebody is at home, which branch is meant)
    was found in all of USER's reach: then only who reaches as far may read it. Empty above the roots.
    """
    if not totals.speaks_of_others:
        return paths.common(totals.area_paths)
    held = territory_held(user)
    return paths.common([held, *totals.area_paths]) if held else ""


def territory_held(user: User) -> str:
    """Return the path of the smallest territory that holds everything USER may change.

    Empty: above the roots, or nothing.
    """
    reach = user.standing.reach_for(Verb.EDIT)
    if reach.everything:
        return ""
    mine = Branch.objects.editable_by(user).aggregate(low=Min("area_path"), high=Max("area_path"))
    return paths.common([*reach.area_paths, *filter(None, mine.values())])
