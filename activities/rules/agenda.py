"""What is coming: planned activities, and fixed days that nobody has announced yet."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from activities.rules.period import Period, fixed_date


@dataclass(frozen=True)
class Event:
    """One activity as a member's calendar shows it. ``state`` is his own attendance, if any.

    ``is_home`` tells the branch he belongs to from those he joins by a managing link;
    ``is_elsewhere`` that he is excused since he took part in another branch (异地参加). ``by`` and
    ``by_id`` tell who entered his attendance.
    """

    date: dt.date
    what: str
    branch_id: int
    branch: str
    period: str | None
    is_home: bool
    is_held: bool = False
    starts_at: dt.time | None = None
    place: str = ""
    state: str = ""
    is_elsewhere: bool = False
    by: str = ""
    by_id: int | None = None
    uid: str = ""


@dataclass(frozen=True)
class FixedDay:
    """A branch that meets on the same day every month."""

    branch_id: int
    branch: str
    day: int
    place: str
    is_home: bool


def monthly_uid(branch_id: int, period: str) -> str:
    """Return the name of a branch's theme day in telephones' calendars, announced or not.

    Taken over once more, the file replaces the entry instead of doubling it.
    """
    return f"{branch_id}-{period}"


def unannounced(
    branches: Iterable[FixedDay],
    months: Iterable[Period],
    *,
    taken: Collection[tuple[int, str]],
    what: str,
    today: dt.date,
) -> list[Event]:
    """Return the coming fixed days of BRANCHES in MONTHS.

    TAKEN holds (branch, period) of what is planned, held or cancelled already: that goes first.
    """
    months = list(months)
    events = []
    for branch in branches:
        for month in months:
            date = fixed_date(month, branch.day)
            if date is None or date < today or (branch.branch_id, str(month)) in taken:
                continue
            events.append(
                Event(
                    date=date,
                    what=what,
                    branch_id=branch.branch_id,
                    branch=branch.branch,
                    period=str(month),
                    is_home=branch.is_home,
                    place=branch.place,
                    uid=monthly_uid(branch.branch_id, str(month)),
                )
            )
    return events


def next_event(events: Iterable[Event], today: dt.date) -> Event | None:
    """Return the first of EVENTS that is still to come; at one's home branch first on one day."""
    coming = [event for event in events if event.date >= today and not event.is_held]
    return min(coming, key=lambda event: (event.date, not event.is_home), default=None)
