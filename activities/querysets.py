"""Many-row questions about activities and attendance."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat, StrIndex
from django.utils import timezone

from activities.enums import HELD, HOLDS_THEME_DAYS, TOOK_PART, ActivityKind, ActivityState
from activities.rules.attendance import due_ties
from activities.rules.period import Period, census_days, months_ahead
from activities.rules.record import extra_days, required_fields
from branches.models import Branch
from branches.paths import line_of
from core.enums import Verb
from core.fields import path_ranges, prefix_range
from core.models import Kind
from core.parameters import Parameters
from core.pinyin import list_order
from core.prepared import Prepared
from core.querysets import ScopedQuerySet
from core.scope import Reach
from members.enums import AffiliationKind
from members.models import Affiliation, Member
from members.rules.home_study import takes_part_at_home
from members.rules.namesakes import Person, told_apart, with_mark

if TYPE_CHECKING:
    from activities.models import Attendance
    from branches.querysets import BranchQuerySet
    from core.models import User


FIRST_MONTH = "theme.first_month"
MONTHS_AHEAD = "theme.months_ahead"
REMIND_DAYS = "theme.remind_days"
_SETTINGS = "theme_day_settings"
_FRAILTY = ("needs_home_study", "self_care", "health_agreed_on")


class ActivityQuerySet(ScopedQuerySet):
    """Activities: by the branch that holds them; members see those of their own branches."""

    area_path_lookup = "branch__area_path"
    branch_path_lookup = "branch__path"
    own_branch_lookup = "branch"

    def held(self) -> Self:
        """Activities that took place and are on record."""
        return self.filter(state__in=HELD)

    def planned(self) -> Self:
        """Activities that are still to come or not on record yet."""
        return self.filter(state=ActivityState.PLANNED)

    def theme_days(self) -> Self:
        """Theme days."""
        return self.filter(kind=ActivityKind.THEME_DAY)

    def in_year(self, year: int) -> Self:
        """Activities of the months of YEAR."""
        return self.filter(period__gte=f"{year}-01", period__lte=f"{year}-12")

    def within_area(self, path: str) -> Self:
        """Activities of branches that hang on the area with PATH or below it."""
        return self.filter(prefix_range("branch__area_path", path))

    def ready_to_archive(self, today: dt.date) -> Self:
        """Records of months gone by."""
        return self.filter(state=ActivityState.RECORDED, date__lt=today.replace(day=1))


class AttendanceQuerySet(ScopedQuerySet):
    """Attendance: with the activity's branch or with the member's home at the time; one's own."""

    area_path_lookup = "activity__branch__area_path"
    branch_path_lookup = "activity__branch__path"
    owner_lookup = "member__user"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add what the home branch's people did in other branches: seen, not changed (SYS-04)."""
        condition = super().condition_for(reach, user, verb)
        if verb == Verb.VIEW:
            condition |= path_ranges("home_branch__area_path", reach.area_paths)
            condition |= path_ranges("home_branch__path", reach.branch_paths)
        return condition

    def held(self) -> Self:
        """Attendance at activities that took place and are on record."""
        return self.filter(activity__state__in=HELD)

    def of_theme_days(self, *months: Period) -> Self:
        """Attendance at the theme days of MONTHS."""
        periods = list(map(str, months))
        return self.filter(activity__kind=ActivityKind.THEME_DAY, activity__period__in=periods)

    def took_part(self) -> Self:
        """到会, 线上 and 送学."""
        return self.filter(state__in=TOOK_PART)

    def elsewhere(self) -> Self:
        """异地参加: taken part in another branch than the home branch of the day."""
        return self.took_part().filter(~Q(activity__branch=F("home_branch")))

    def by_name(self) -> list[Any]:
        """The rows, with their members, in the order in which a list names people."""
        rows = self.select_related("member")
        return sorted(rows, key=lambda row: list_order(row.member.name))

    def resting_on(self, ties: models.QuerySet[Affiliation]) -> Self:
        """Attendance of members who were due in a branch since one of TIES bound them to it.

        Joined, not asked for each record: SQLite would look through all TIES each time.
        """
        return self.filter(
            is_due=True,
            member__affiliations__in=ties,
            member__affiliations__branch=F("activity__branch"),
            member__affiliations__started_on__lte=F("activity__date"),
        )


class CampaignQuerySet(ScopedQuerySet):
    """Campaigns: of one's territory; those of the areas above are seen, not changed."""

    area_path_lookup = "area__path"

    def condition_for(self, reach: Reach, user: "User", verb: Verb) -> Q:
        """Add the campaigns whose area holds one's own area or branch."""
        condition = super().condition_for(reach, user, verb)
        if verb != Verb.VIEW:
            return condition
        own = Q(pk__in=reach.own_branch_ids) if reach.own_branch_ids else Q()
        own |= path_ranges("path", reach.branch_paths)
        if own:
            here = Branch.objects.filter(own, area_path__startswith=OuterRef("area__path"))
            condition |= Q(Exists(here))
        above = [line for path in reach.area_paths for line in line_of(path)]
        return condition | Q(area__path__in=above) if above else condition

    def for_branch(self, branch: "Branch") -> Self:
        """Campaigns in whose area BRANCH lies."""
        return self.filter(area__path__in=line_of(branch.area_path))

    def during(self, first: dt.date, last: dt.date) -> Self:
        """Campaigns that run on some day from FIRST to LAST."""
        return self.filter(starts_on__lte=last, ends_on__gte=first)


class PhotoQuerySet(ScopedQuerySet):
    """Photos: with the record; members see those of their own branches."""

    area_path_lookup = "activity__branch__area_path"
    branch_path_lookup = "activity__branch__path"
    own_branch_lookup = "activity__branch"


class SignInSheetQuerySet(ScopedQuerySet):
    """Printed sheets: with their branch."""

    area_path_lookup = "branch__area_path"
    branch_path_lookup = "branch__path"


ActivityManager = models.Manager.from_queryset(ActivityQuerySet, "ActivityManager")
AttendanceManager = models.Manager.from_queryset(AttendanceQuerySet, "AttendanceManager")
CampaignManager = models.Manager.from_queryset(CampaignQuerySet, "CampaignManager")
PhotoManager = models.Manager.from_queryset(PhotoQuerySet, "PhotoManager")
SignInSheetManager = models.Manager.from_queryset(SignInSheetQuerySet, "SignInSheetManager")


def holds_theme_days(lookup: str = "kind") -> Q:
    """Return the condition that a branch, whose kind is at LOOKUP, holds theme days of its own."""
    return Q(**{f"{lookup}__settings__counts_as__in": sorted(HOLDS_THEME_DAYS)})


def theme_day_settings() -> dict[str, Subquery]:
    """Return what ``days_open`` and ``asked_of`` read, to be asked in the query of a branch or of a member."""
    kind = Kind.objects.filter(key=ActivityKind.THEME_DAY)
    return {_SETTINGS: Subquery(kind.values("settings")[:1])}


def days_open(row: "Branch | Member") -> int:
    """Return how many days after its month's end a record may be changed; ROW has the settings with it."""
    return extra_days(vars(row)[_SETTINGS])


def asked_of(row: "Branch") -> frozenset[str]:
    """Return what a record must say beside its date; ROW has the settings with it."""
    return required_fields(vars(row)[_SETTINGS])


def usual_day(branch: "Branch", known: Parameters | None = None) -> int | None:
    """Return the day of the month on which BRANCH meets: its own, else that of its area.

    KNOWN holds the parameter ``theme.day``; without it one query, and only for a branch without a
    day of its own.
    """
    if branch.theme_day is not None:
        return branch.theme_day
    day = (known or Parameters("theme.day")).value("theme.day", area_code=branch.area.code)
    return day if isinstance(day, int) else None


def remind_days(branch: "Branch", known: Parameters | None = None) -> int:
    """Return how many days before its theme day the members of BRANCH are told; KNOWN spares the query."""
    return (known or Parameters(REMIND_DAYS)).number(REMIND_DAYS, area_code=branch.area.code)


def coming_months(branch: "Branch | None") -> list[Period]:
    """Return the months that BRANCH can announce, and for which leave can be asked (one query)."""
    area_code = branch.area.code if branch else ""
    most = Parameters(MONTHS_AHEAD).number(MONTHS_AHEAD, area_code=area_code)
    return months_ahead(timezone.localdate(), most)


def first_month(branch: "Branch", known: Parameters) -> Period | None:
    """Return the month from which on theme days are asked of BRANCH's area; None: of every month."""
    return _asked_from(known, branch.area.code)


def _asked_from(known: Parameters, area_code: str) -> Period | None:
    month = known.value(FIRST_MONTH, area_code=area_code)
    return Period.parse(str(month)) if month else None


def _asked(period: Period, known: Parameters) -> Q:
    """Return the condition that PERIOD is asked of a branch; the nearest area decides.

    Where it is asked nowhere the condition says so itself: no branch is looked at.
    """
    condition = Q()
    for code in sorted(known.area_codes(FIRST_MONTH), key=len):
        first = _asked_from(known, code)
        is_asked = first is None or first <= period
        if not code:
            condition = Q(pk__isnull=False) if is_asked else Q(pk__in=[])
            continue
        here = Q(area__code__startswith=code)
        condition = condition | here if is_asked else condition & ~here
    return condition


def somebody_due(day: dt.date, *, is_today: bool = False) -> Q:
    """Return the condition that somebody was due at a branch on DAY; without anybody it owes nothing.

    Which ties make somebody due is ``due_ties``, here as the database asks it of the branch's kind.
    IS_TODAY: who is at home stands on the register, whose index answers in a tenth of the time that
    the ties take (6 ms against 41 for 1,400 branches of a province on SQLite).
    """
    here = Affiliation.objects.on_roll(day).filter(branch=OuterRef("pk"))
    expects = KeyTextTransform("expects", OuterRef("kind__settings"))
    named = StrIndex(expects, Concat(Value('"'), F("kind"), Value('"')))
    at_home = Exists(here.filter(kind=AffiliationKind.HOME))
    if is_today:
        at_home = Exists(Member.objects.on_register().filter(branch=OuterRef("pk")))
    says_nothing = Q(kind__settings__expects__isnull=True) | Q(kind__settings__expects=[])
    return says_nothing & Q(at_home) | Q(Exists(here.alias(named=named).filter(named__gt=0)))


def _census(branches: tuple[int, ...], days: tuple[dt.date, ...]) -> Any:
    rows = Branch.objects.filter(pk__in=branches).order_by()
    peopled = {f"peopled_{place}": somebody_due(day) for place, day in enumerate(days)}
    return rows.annotate(**peopled).values_list("pk", *peopled)


CENSUS = Prepared(_census)


def peopled_months(
    branches: Sequence["Branch"], months: Sequence[Period]
) -> dict[int, set[Period]]:
    """Return those of MONTHS in which somebody was due at each of BRANCHES (one query).

    Of a month that is not over, today tells. The caller has made sure that the branches are the
    user's to see.
    """
    if not branches:
        return {}
    days = census_days(months, timezone.localdate())
    rows = CENSUS.rows(tuple(branch.pk for branch in branches), days)
    return {
        pk: {month for month, is_peopled in zip(months, found, strict=True) if is_peopled}
        for pk, *found in rows
    }


def grid_branches(rows: "BranchQuerySet", year: int) -> "BranchQuerySet":
    """Keep those of ROWS that hold theme days and have a line in the grid of YEAR.

    What a branch held before it was dissolved belongs to its year (SYS-18, house §1.4).
    """
    return rows.filter(holds_theme_days()).in_year(year)


def owing_branches(
    rows: "BranchQuerySet", without: Period, known: Parameters | None = None
) -> "BranchQuerySet":
    """Keep those of ROWS that hold theme days and held none in the month WITHOUT.

    Branches that were founded later or dissolved by then do not owe the month, nor those of which
    it is not asked or where nobody was due. KNOWN holds the parameter for it; without it one query.
    """
    rows = rows.filter(holds_theme_days())
    held = rows.model._meta.get_field("activities").related_model._default_manager.held()
    of_month = held.theme_days().filter(branch=OuterRef("pk"), period=str(without))
    asked = _asked(without, known or Parameters(FIRST_MONTH))
    today = timezone.localdate()
    (census,) = census_days([without], today)
    owing = rows.current(without.last).filter(asked).exclude(Exists(of_month))
    return owing.filter(somebody_due(census, is_today=census == today))


@dataclass(frozen=True)
class Attendee:
    """Somebody whom a branch's sheet lists: due there, or a guest by another tie (SYS-04).

    MARK tells him apart where another on the sheet bears his name.
    """

    member_id: int
    name: str
    frail: bool
    home_branch_id: int | None
    is_guest: bool
    mark: str = ""

    @property
    def shown(self) -> str:
        """The name as it stands in a sentence: 张建国（1948年生）."""
        return with_mark(self.name, self.mark)


def attendees(
    branch: "Branch", day: dt.date, recorded: Iterable["Attendance"] = ()
) -> list[Attendee]:
    """Return who is due at BRANCH on DAY by name, then the guests by name (one query).

    Whose first day here is unknown was always here (``on_roll``): a roster imported today does not
    empty the months before. Its kind says which ties make somebody due (``due_ties``): 隶属, or the link to a temporary branch.

    The home of each is that of DAY, wherever he has moved since. RECORDED attendance (with its members) adds who is on record but has left since. The caller
    has made sure that the branch is the user's to see.
    """
    found: dict[int, Attendee] = {}
    known: dict[int, Person] = {}
    for listed, person in _tied(branch, day):
        # Of two ties to one branch the one that makes him due tells.
        if person.key not in found or not listed.is_guest:
            found[person.key] = listed
        known[person.key] = person
    for row in recorded:
        left, home, is_guest = row.member, row.home_branch_id, not row.is_due
        frail = _is_frail(left.needs_home_study, left.self_care, left.health_agreed_on)
        listed = Attendee(left.pk, left.name, frail, home, is_guest)
        found.setdefault(left.pk, listed)
        known[left.pk] = Person(left.pk, left.name, left.birth_date, left.id_number)
    for member, mark in told_apart(known.values()).items():
        found[member] = replace(found[member], mark=mark)
    return sorted(found.values(), key=lambda each: (each.is_guest, list_order(each.name)))


def _tied(branch: "Branch", day: dt.date) -> Iterator[tuple[Attendee, Person]]:
    """Yield whom each tie to BRANCH lists on DAY, and what tells him from another."""
    due = due_ties(branch.kind.settings)
    homes = Affiliation.objects.current(day).filter(kind=AffiliationKind.HOME)
    home_then = homes.filter(member=OuterRef("member")).order_by("-pk").values("branch")[:1]
    told = ("name", "birth_date", "id_number", *_FRAILTY)
    about = [f"member__{name}" for name in told]
    rows = Affiliation.objects.on_roll(day).filter(branch=branch)
    for member, name, born, number, *frailty, home, kind in rows.order_by("member").values_list(
        "member", *about, Subquery(home_then), "kind"
    ):
        home = branch.pk if kind == AffiliationKind.HOME else home
        listed = Attendee(member, name, _is_frail(*frailty), home, is_guest=kind not in due)
        yield listed, Person(member, name, born, number)


def _is_frail(ticked: bool, self_care: str, agreed_on: dt.date | None) -> bool:
    return takes_part_at_home(ticked=ticked, self_care=self_care, health_agreed_on=agreed_on)
