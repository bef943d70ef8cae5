"""Writes the year's activities and attendance in bulk."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from activities.enums import ActivityKind, ActivityState
from activities.models import Activity, Attendance
from activities.rules.attendance import due_ties
from branches.models import Branch
from core import bulk
from core.models import User
from portal.demo import loading
from portal.demo.months import Fellow, Held
from portal.demo.register import chunks

ACTIVITIES_AT_ONCE = 200
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

    def write(self, year: Iterable[Held]) -> None:
        """Write the activities of YEAR with their attendance."""
        for chunk in chunks(year, ACTIVITIES_AT_ONCE):
            activities = loading.write(Activity, [self._activity(held) for held in chunk])
            rows = [
                row
                for activity, held in zip(activities, chunk, strict=True)
                for row in self._attendance(activity, held)
            ]
            bulk.append(Attendance, ATTENDANCE, rows)

    def _activity(self, held: Held) -> Activity:
        secretary = self.secretaries[held.branch.code]
        is_held = held.state != ActivityState.PLANNED
        activity = Activity(
            kind_id=ActivityKind.THEME_DAY,
            branch=self.branches[held.branch.code],
            period=held.period,
            date=held.date,
            starts_at=held.starts_at,
            topic=held.topic,
            place=held.branch.place,
            host=secretary.display_name,
            state=held.state,
            is_demo=True,
        )
        if is_held:
            activity.minutes = held.minutes.format(host=secretary.display_name, lesson=held.lesson)
            activity.recorded_by = secretary
            activity.recorded_at = _evening(held.date)
        return activity

    def _attendance(self, activity: Activity, held: Held) -> Iterator[tuple[Any, ...]]:
        at = connection.ops.adapt_datetimefield_value(activity.recorded_at)
        due, by = due_ties(activity.branch.kind.settings), activity.recorded_by_id
        for pk, mark in held.marks.items():
            fellow = self.fellows[pk]
            home = self.branches[fellow.home_on(held.date)]
            ties = fellow.ties_to(held.branch.code, held.date)
            is_due = not due.isdisjoint(ties)
            yield activity.pk, pk, home.pk, is_due, str(mark.state), mark.reason, by, at


def _evening(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(19, 30)))
