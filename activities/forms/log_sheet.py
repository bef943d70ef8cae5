"""What the theme day's page starts from: who is listed, what is ticked, which days and places."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from activities.actions.theme_day import listed_people, stored_marks
from activities.enums import HELD, ActivityState, AttendanceState
from activities.models import Activity, Attendance, Campaign
from activities.querysets import Attendee, asked_of, usual_day
from activities.rules.attendance import Mark, assumed
from activities.rules.grid import not_there_because
from activities.rules.period import Period, date_choices, fixed_date
from activities.rules.record import MARK_KEY, cost_text
from branches.models import Branch
from core.display import date_words
from core.parameters import Parameters
from core.rules import Value

if TYPE_CHECKING:
    from core.models import User

PLACES_OFFERED = 3
MONTHS_LOOKED_BACK = 7


@dataclass(frozen=True)
class LogSheet:
    """The start of a theme day's page. MARKS are by member id: stored, else assumed.

    ELSEWHERE says where members of the branch took part in another one this month, NOTES what
    stands beside a name. DAYS and PLACES are offered, the first one chosen;
    CAMPAIGNS are those that run here in the month; PHOTOS_MOST and PHOTO_MB limit the photos.
    REQUIRED names what the record must say. ADDED are the names of those due whom a record does not have yet:
    they came into the roster after it. TYPED are the marks that came in as numbers from paper; nobody has saved them yet.
    """

    branch: Branch
    month: Period
    activity: Activity | None
    people: list[Attendee]
    marks: Mapping[int, Mark]
    elsewhere: Mapping[int, str]
    notes: Mapping[int, str]
    days: list[dt.date]
    places: list[str]
    campaigns: list[Campaign]
    photos_most: Value
    photo_mb: Value
    required: frozenset[str]
    added: list[str]
    typed: Mapping[int, Mark] = field(default_factory=dict)

    @property
    def shown(self) -> dict[int, Mark]:
        """What is ticked when the page opens."""
        return {**self.marks, **self.typed}

    @property
    def roster(self) -> list[Attendee]:
        """Those who are due: the branch's own."""
        return [person for person in self.people if not person.is_guest]

    @property
    def guests(self) -> list[Attendee]:
        """Those who may come: tied by a managing link."""
        return [person for person in self.people if person.is_guest]

    @property
    def is_recorded(self) -> bool:
        """Whether the month is on record."""
        return self.activity is not None and self.activity.state in HELD

    @property
    def version(self) -> int:
        """Version that the page is opened on."""
        return self.activity.version if self.activity else 0

    @property
    def campaign(self) -> str:
        """The campaign on record; before that the planned one, else the only one on the day offered."""
        known = self.guessed.pk if self.guessed else self.activity and self.activity.campaign_id
        return str(known or "")

    @property
    def guessed(self) -> Campaign | None:
        """The campaign that nobody planned or put on record: the only one on the day offered."""
        if self.activity is not None and (self.is_recorded or self.activity.campaign_id):
            return None
        running = [each for each in self.campaigns if self.days and each.covers(self.days[0])]
        return running[0] if len(running) == 1 else None

    @property
    def contents(self) -> dict[str, str]:
        """What was known before anybody entered anything, as flat texts: the base of a merge."""
        marks = {f"{MARK_KEY}{member}": mark.state for member, mark in self.marks.items()}
        return {
            "date": self.days[0].isoformat() if self.days else "",
            "topic": self.activity.topic if self.activity else "",
            "place": self.places[0] if self.places else "",
            "campaign": self.campaign,
            "host": self.activity.host if self.activity else "",
            "agenda": self.activity.agenda if self.activity else "",
            "minutes": self.activity.minutes if self.activity else "",
            "cost": cost_text(self.activity.cost) if self.activity else "",
        } | marks

    @property
    def past_days(self) -> list[dt.date]:
        """The days of the month that have come, on which the branch was there."""
        today = timezone.localdate()
        return [day for day in self.month.days if day <= today and _was_there(self.branch, day)]

    def day_words(self, day: dt.date) -> str:
        """Return 11月5日 星期四."""
        return date_words(day, today=timezone.localdate())


def open_log_sheet(
    *, by: "User", branch: Branch, month: Period, chosen: dt.date | None = None
) -> LogSheet:
    """Gather the start of the page for BRANCH (which BY may edit): five queries.

    The roster is that of the CHOSEN day, else of the day offered first.
    """
    latest = _latest(by, branch, month)
    activity = next((each for each in latest if each.period == str(month)), None)
    limits = Parameters("theme.day", "photo.most", "photo.max_mb")
    rows, elsewhere = _known(by, branch, month, activity)
    days = _days(branch, month, activity, limits)
    people = listed_people(branch, month, activity, rows, chosen or next(iter(days), None))
    stored = stored_marks(rows)
    marks = _marks(people, stored, elsewhere)
    return LogSheet(
        branch=branch,
        month=month,
        activity=activity,
        people=people,
        marks=marks,
        elsewhere=elsewhere,
        notes=_notes(stored, elsewhere, activity),
        days=days,
        places=_places(branch, activity, latest),
        campaigns=list(
            Campaign.objects.visible_to(by)
            .for_branch(branch)
            .during(month.first, min(month.last, timezone.localdate()))
        ),
        photos_most=limits.value("photo.most", area_code=branch.area.code),
        photo_mb=limits.value("photo.max_mb", area_code=branch.area.code),
        required=asked_of(branch),
        added=_added(people, stored, activity),
    )


def _latest(by: "User", branch: Branch, month: Period) -> list[Activity]:
    """Return the theme days of MONTH and the months before it, the latest first."""
    return list(
        Activity.objects.visible_to(by)
        .theme_days()
        .filter(branch=branch, period__lte=str(month))
        .exclude(state=ActivityState.CANCELLED)
        .order_by("-period")[:MONTHS_LOOKED_BACK]
    )


def _marks(
    people: Iterable[Attendee], stored: Mapping[int, Mark], elsewhere: Mapping[int, str]
) -> dict[int, Mark]:
    """Return what is on record of PEOPLE, else what is assumed; of guests only what is on record."""
    return {
        person.member_id: stored[person.member_id]
        if person.member_id in stored
        else assumed(frail=person.frail, elsewhere=person.member_id in elsewhere)
        for person in people
        if person.member_id in stored or not person.is_guest
    }


def _added(
    people: Iterable[Attendee], stored: Mapping[int, Mark], activity: Activity | None
) -> list[str]:
    if activity is None or activity.state not in HELD:
        return []
    return [
        person.shown for person in people if person.member_id not in stored and not person.is_guest
    ]


def _known(
    by: "User", branch: Branch, month: Period, activity: Activity | None
) -> tuple[list[Attendance], dict[int, str]]:
    """Return what is on record of ACTIVITY, and who of BRANCH took part where else in MONTH.

    One query; the places by member id.
    """
    rows = Attendance.objects.visible_to(by)
    elsewhere = rows.held().of_theme_days(month).elsewhere().filter(home_branch=branch)
    own = rows.filter(activity=activity) if activity is not None else rows.none()
    found = (
        (own | elsewhere)
        .select_related("member", "activity__branch")
        .order_by("member", "activity__date")
    )
    here = [row for row in found if row.activity.branch_id == branch.pk]
    places: dict[int, list[str]] = defaultdict(list)
    for row in found:
        if row.activity.branch_id != branch.pk:
            places[row.member_id].append(row.activity.branch.label)
    return here, {member: "、".join(labels) for member, labels in places.items()}


def _notes(
    stored: Mapping[int, Mark],
    elsewhere: Mapping[int, str],
    activity: Activity | None,
) -> dict[int, str]:
    notes = {member: f"在{label}" for member, label in elsewhere.items()}
    if activity is not None and activity.state == ActivityState.PLANNED:
        asked = (who for who, mark in stored.items() if mark.state == AttendanceState.EXCUSED)
        notes |= dict.fromkeys(asked, "事先请了假")
    return notes


def _days(
    branch: Branch, month: Period, activity: Activity | None, known: Parameters
) -> list[dt.date]:
    if activity is not None and activity.state in HELD:
        return [activity.date]
    offered = date_choices(
        month,
        planned=activity.date if activity else None,
        fixed=fixed_date(month, usual_day(branch, known)),
        today=timezone.localdate(),
    )
    return [day for day in offered if _was_there(branch, day)]


def _was_there(branch: Branch, day: dt.date) -> bool:
    dates = {"founded_on": branch.founded_on, "dissolved_on": branch.dissolved_on}
    return not not_there_because(day, **dates)


def _places(branch: Branch, activity: Activity | None, latest: list[Activity]) -> list[str]:
    """Return the place of this record or plan, those of the last months, the usual one."""
    earlier = [each.place for each in latest if each.state in HELD]
    places = [activity.place if activity else "", *earlier, branch.meeting_place]
    return list(dict.fromkeys(place for place in places if place))[:PLACES_OFFERED]
