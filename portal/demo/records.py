"""Writes the year's activities and attendance in bulk."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from activities.enums import ActivityKind, ActivityState
from activities.models import Activity, Attendance
from activities.rules.attendance import due_ties, tally
from branches.models import Branch
from core import bulk
from core.enums import Engine
from core.models import Kind, User
from portal.demo import loading, wording
from portal.demo.months import Fellow, Held
from portal.demo.register import chunks

ACTIVITIES_AT_ONCE = 200
COST_A_HEAD = 10  # yuan, for papers and tea
ATTENDANCE = (
    "activity_id",
    "member_id",
    "home_branch_id",
    "is_due",
    "state",
    "reason",
    "by_id",
    "at",
)


class Records:
    """Writes what was held: the secretary of each branch has entered it the day after."""

    def __init__(
        self, branches: dict[str, Branch], secretaries: dict[str, User], fellows: list[Fellow]
    ) -> None:
        self.branches = branches
        self.secretaries = secretaries
        self.fellows = {fellow.pk: fellow for fellow in fellows}
        settings = dict(Kind.objects.filter(engine=Engine.BRANCH).values_list("key", "settings"))
        self.due = {key: due_ties(each) for key, each in settings.items()}

    def write(self, year: Iterable[Held]) -> None:
        """Write the activities of YEAR with their attendance."""
        for chunk in chunks(year, ACTIVITIES_AT_ONCE):
            came = [list(self._attendance(held)) for held in chunk]
            activities = map(self._activity, chunk, came)
            keys = loading.write(Activity, list(activities))
            rows = ((key, *row) for key, found in zip(keys, came, strict=True) for row in found)
            bulk.append(Attendance, ATTENDANCE, rows)

    def _activity(self, held: Held, came: list[tuple[Any, ...]]) -> dict[str, Any]:
        secretary = self.secretaries[held.branch.code]
        values = {
            "kind_id": str(ActivityKind.THEME_DAY),
            "branch_id": self.branches[held.branch.code].pk,
            "period": held.period,
            "date": held.date,
            "starts_at": connection.ops.adapt_timefield_value(held.starts_at),
            "topic": held.topic,
            "place": held.branch.place,
            "host": secretary.display_name,
            "state": str(held.state),
            "is_demo": True,
        }
        if held.state == ActivityState.PLANNED:
            return values
        due, guests = (
            [state for _, _, is_due, state, *_ in came if is_due is on] for on in (True, False)
        )
        counts = tally(due, guests=guests)
        return values | {
            "listed": counts.roster,
            "expected": counts.expected,
            "took_part": counts.took_part,
            "guests": counts.guests,
            "agenda": wording.agenda_of(held.minutes),
            "minutes": held.minutes.format(host=secretary.display_name, lesson=held.lesson),
            "cost": COST_A_HEAD * counts.took_part,
            "recorded_by_id": secretary.pk,
            "recorded_at": _evening(held.date),
        }

    def _attendance(self, held: Held) -> Iterator[tuple[Any, ...]]:
        """Yield the values of ATTENDANCE but the first."""
        if not held.marks:
            return
        branch, by = held.branch.code, self.secretaries[held.branch.code].pk
        at = connection.ops.adapt_datetimefield_value(_evening(held.date))
        due = self.due[self.branches[branch].kind_id]
        for pk, mark in held.marks.items():
            fellow = self.fellows[pk]
            home = self.branches[fellow.home_on(held.date)].pk
            is_due = not due.isdisjoint(fellow.ties_to(branch, held.date))
            yield pk, home, is_due, str(mark.state), mark.reason, by, at


def _evening(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(19, 30)))
