"""Who asked leave from a theme day that is still to come, as its secretary reads it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, QuerySet

from activities.enums import ActivityState, AttendanceState
from activities.models import Activity, Attendance
from core.models import User
from core.prepared import Prepared
from members.models import Member
from members.rules.namesakes import birth_year, with_mark

_NAMED = 10


def _excused(
    user: User, days: tuple[int, ...]
) -> "QuerySet[Attendance, tuple[int, str, dt.date | None, bool]]":
    """Return day, name, birth and whether his branch has another of his name, of who is excused.

    Who died or moved after he asked is nobody to wait for. Who keeps a branch may change all its attendance.
    """
    rows = Attendance.objects.editable_by(user)
    excused = rows.filter(activity__in=days, state=AttendanceState.EXCUSED).order_by("pk")
    excused = excused.filter(member__branch=F("activity__branch"), member__deceased_on=None)
    others = Member.objects.visible_to(user).on_register().exclude(pk=OuterRef("member"))
    same = others.filter(branch=OuterRef("member__branch"), name=OuterRef("member__name"))
    return excused.values_list("activity", "member__name", "member__birth_date", Exists(same))


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
    for day, name, born, is_shared in EXCUSED.rows(user, tuple(planned)):
        names[day].append(with_mark(name, birth_year(born) if is_shared else ""))
    return {day: f"已请假{len(found)}人：{_listed(found)}" for day, found in names.items()}


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    return "、".join(names[:_NAMED]) + ("等" if len(names) > _NAMED else "")
