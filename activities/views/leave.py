"""Who asked leave from a theme day that is still to come, as its secretary reads it."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from activities.enums import ActivityState, AttendanceState
from activities.models import Activity, Attendance
from core.models import User
from core.prepared import Prepared

_NAMED = 10


def _excused(user: User, days: tuple[int, ...]) -> "QuerySet[Attendance, tuple[int, str]]":
    """Return day and name of who is excused; who keeps a branch may change all its attendance."""
    rows = Attendance.objects.editable_by(user)
    excused = rows.filter(activity__in=days, state=AttendanceState.EXCUSED).order_by("pk")
    return excused.values_list("activity", "member__name")


EXCUSED = Prepared(_excused)


def leave_words(user: User, *days: Activity | None) -> dict[int, str]:
    """Return 已请假2人：周玉兰、吴永福 by the key of those of DAYS from which somebody asked leave.

    USER keeps the branch of DAYS. One query, and none where nobody is excused by the kept sums.
    """
    planned = [
        day.pk
        for day in days
        if day is not None and day.state == ActivityState.PLANNED and day.listed > day.expected
    ]
    if not planned:
        return {}
    names: dict[int, list[str]] = defaultdict(list)
    for day, name in EXCUSED.rows(user, tuple(planned)):
        names[day].append(name)
    return {day: f"已请假{len(found)}人：{_listed(found)}" for day, found in names.items()}


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
