"""Who takes part where besides his home, and whom nobody has met for long (SYS-05: 1+2, 管不上).

Members are handed in scoped. It helps a branch to think of people; nobody is ranked by it.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.utils import timezone

from activities.enums import Cover
from activities.models import Attendance
from activities.querysets import FIRST_MONTH
from activities.rules.coverage import countable_from, months_back
from activities.rules.period import Period
from core.parameters import Parameters
from members.enums import AffiliationKind
from members.models import Affiliation

COMMUNITY, ASSOCIATION = AffiliationKind.COMMUNITY, AffiliationKind.ASSOCIATION
GAP_MONTHS = "affiliation.gap_activity_months"


def matrix(members: Any) -> dict[int, Counter[Cover]]:
    """Return how many of MEMBERS, by home branch, take part where besides; two queries."""
    lines: dict[int, Counter[Cover]] = defaultdict(Counter)
    rows = members.order_by()
    for branch, number in rows.values_list("branch").annotate(number=Count("pk")):
        lines[branch][Cover.NEITHER] = number
    for branch, kinds in _placed(rows):
        lines[branch][_cover(kinds)] += 1
        lines[branch][Cover.NEITHER] -= 1
    return lines


def _placed(members: Any) -> Iterable[tuple[int, set[str]]]:
    """Yield the home and the kinds of the links of each of MEMBERS who has one of the two."""
    links = Affiliation.objects.current().filter(kind__in=(COMMUNITY, ASSOCIATION))
    facts = links.filter(member__in=members.values("pk")).order_by()
    kinds: dict[tuple[int, int], set[str]] = defaultdict(set)
    for branch, member, kind in facts.values_list("member__branch", "member", "kind"):
        kinds[branch, member].add(kind)
    return [(branch, found) for (branch, _), found in kinds.items()]


def _cover(kinds: set[str]) -> Cover:
    if len(kinds) > 1:
        return Cover.BOTH
    return Cover.COMMUNITY if COMMUNITY in kinds else Cover.ASSOCIATION


def covered(members: Any, cover: Cover) -> Any:
    """Keep those of MEMBERS whom ``matrix`` counts as COVER."""
    links = Affiliation.objects.current().filter(member=OuterRef("pk"))
    in_community = Q(Exists(links.filter(kind=COMMUNITY)))
    in_association = Q(Exists(links.filter(kind=ASSOCIATION)))
    if cover not in {Cover.BOTH, Cover.COMMUNITY}:
        in_community = ~in_community
    if cover not in {Cover.BOTH, Cover.ASSOCIATION}:
        in_association = ~in_association
    return members.filter(in_community, in_association)


def since(code: str, known: Parameters | None = None) -> tuple[dt.date, dt.date | None]:
    """Return since when nobody must have met somebody for him to be 管不上, in the area with CODE.

    And the day before which that cannot be said, if it is to come. KNOWN holds both parameters;
    without it one query.
    """
    known, today = known or Parameters(GAP_MONTHS, FIRST_MONTH), timezone.localdate()
    months = known.number(GAP_MONTHS, area_code=code)
    first = known.value(FIRST_MONTH, area_code=code)
    later = countable_from(Period.parse(str(first)) if first else None, months)
    return months_back(today, months), later if later and later > today else None


def unmet(members: Any, since: dt.date) -> Any:
    """管不上: those of MEMBERS who took part in nothing on record SINCE a day.

    到会, 线上 and 送学 count alike, in any branch. Whose home began later had not the time.
    """
    met = Attendance.objects.took_part().held()
    met = met.filter(member=OuterRef("pk"), activity__date__gte=since)
    homes = Affiliation.objects.current().filter(kind=AffiliationKind.HOME)
    fresh = homes.filter(member=OuterRef("pk"), started_on__gt=since)
    return members.filter(~Exists(met), ~Exists(fresh))


def with_last_met(members: Any) -> Any:
    """Add ``last_met``: the last day on which each of MEMBERS took part in something."""
    met = Attendance.objects.took_part().held().filter(member=OuterRef("pk"))
    days = met.order_by("-activity__date").values("activity__date")
    return members.annotate(last_met=Subquery(days[:1]))
