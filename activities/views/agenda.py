"""Gathering what is on a member's calendar, over his home and all linked branches."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from activities.enums import HELD, ActivityKind, ActivityState
from activities.models import Activity, Attendance
from activities.querysets import FIRST_MONTH, usual_day
from activities.rules.agenda import Event, FixedDay, monthly_uid, unannounced
from activities.rules.period import Period
from branches.models import Branch
from core.display import date_words, time_words
from core.models import User
from core.parameters import Parameters
from members.enums import AffiliationKind
from members.models import Affiliation, Member


@dataclass(frozen=True)
class OwnBranches:
    """The branches a member belongs to today, and which of them is the home."""

    branches: dict[int, Branch]
    home: int | None

    @cached_property
    def parameters(self) -> Parameters:
        """What the bureau has set about days and months; one query, when it is asked for."""
        return Parameters(FIRST_MONTH, "theme.day")

    @property
    def fixed_days(self) -> list[FixedDay]:
        """Those that meet on the same day every month."""
        return [
            FixedDay(branch.pk, branch.label, day, branch.meeting_place, self.is_home(branch))
            for branch in self.branches.values()
            if branch.dissolved_on is None and (day := self._day_of(branch)) is not None
        ]

    def _day_of(self, branch: Branch) -> int | None:
        return branch.theme_day or usual_day(branch, self.parameters)

    def is_home(self, branch: Branch) -> bool:
        """Whether BRANCH is the member's home."""
        return branch.pk == self.home


def day_and_time(day: dt.date, at: dt.time | None) -> str:
    """Return 12月3日 星期四 上午9点."""
    words = date_words(day, today=timezone.localdate())
    return f"{words} {time_words(at)}" if at else words


def what_of(activity: Activity) -> list[tuple[str, str]]:
    """Return when, what and where, without what is not known."""
    facts = [
        ("日期", day_and_time(activity.date, activity.starts_at)),
        ("内容", activity.topic),
        ("地点", activity.place),
        ("主持人", activity.host),
        ("专题活动", str(activity.campaign or "")),
    ]
    return [(word, value) for word, value in facts if value]


def own_branches(user: User, member: Member) -> OwnBranches:
    """Return the branches of MEMBER, the home first (one query)."""
    rows = (
        Affiliation.objects.visible_to(user)
        .current()
        .filter(member=member)
        .select_related("branch__area")
        .order_by("pk")
    )
    links = sorted(rows, key=lambda row: row.kind != AffiliationKind.HOME)
    home = next((row.branch_id for row in links if row.kind == AffiliationKind.HOME), None)
    return OwnBranches({row.branch_id: row.branch for row in links}, home)


def events_of(
    user: User, member: Member, own: OwnBranches, first: Period, last: Period
) -> list[Event]:
    """Return everything of FIRST to LAST by date: held, planned, and fixed days (two queries)."""
    activities = list(
        Activity.objects.visible_to(user)
        .filter(branch__in=own.branches, date__gte=first.first, date__lte=last.last)
        .select_related("branch", "kind")
    )
    attended = Attendance.objects.visible_to(user).filter(member=member, activity__in=activities)
    his = {row.activity_id: row for row in attended.select_related("by")}
    events = [
        _event(activity, own, his.get(activity.pk))
        for activity in activities
        if activity.state != ActivityState.CANCELLED
    ]
    taken = {(each.branch_id, each.period) for each in activities if each.period}
    events += unannounced(
        own.fixed_days,
        _months(first, last),
        taken=taken,
        what=str(ActivityKind.THEME_DAY.label),
        today=timezone.localdate(),
    )
    return sorted(events, key=lambda event: (event.date, event.starts_at or dt.time.max))


def _event(activity: Activity, own: OwnBranches, his: Attendance | None) -> Event:
    return Event(
        date=activity.date,
        what=activity.topic or activity.kind.name,
        branch_id=activity.branch_id,
        branch=activity.branch.label,
        period=activity.period,
        is_home=own.is_home(activity.branch),
        is_held=activity.state in HELD,
        starts_at=activity.starts_at,
        place=activity.place,
        state=his.state if his else "",
        is_elsewhere=his is not None and his.is_elsewhere,
        by=str(his.by) if his else "",
        by_id=his.by_id if his else None,
        uid=monthly_uid(activity.branch_id, activity.period)
        if activity.period and activity.kind_id == ActivityKind.THEME_DAY
        else f"activity-{activity.pk}",
    )


def _months(first: Period, last: Period) -> list[Period]:
    months = [first]
    while months[-1] < last:
        months.append(months[-1].next)
    return months
