"""Rosters and theme days for tests."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from activities.actions.campaign import save_campaign
from activities.actions.theme_day import record_theme_day
from activities.enums import AttendanceState
from activities.models import Activity, Campaign
from branches.models import Area, Branch
from core.models import RuleParameter, User
from members.actions import add_link
from members.enums import AffiliationKind
from members.models import Affiliation, Member
from tests.factories.members import make_member

NAMES = (
    "陈建国",
    "周秀英",
    "黄长江",
    "杨德明",
    "吴永福",
    "张桂兰",
    "胡志强",
    "朱素芬",
    "孙文斌",
    "赵淑珍",
    "李卫东",
    "徐玉梅",
)


def make_link(
    member: Member, branch: Branch, kind: str = AffiliationKind.COMMUNITY, **values: Any
) -> Affiliation:
    """Tie MEMBER to BRANCH by a managing link, since October."""
    values = {"started_on": dt.date(2026, 10, 1)} | values
    return add_link(by=None, member=member, branch=branch, kind=kind, **values)


def make_roster(branch: Branch, count: int = 3) -> list[Member]:
    """COUNT members of BRANCH."""
    return [make_member(branch, name) for name in NAMES[:count]]


def ask_from(month: str, area_code: str = "") -> None:
    """Ask for theme days from MONTH on, everywhere or in one area."""
    standing = RuleParameter.objects.filter(key="theme.first_month", area_code="").get()
    RuleParameter.objects.update_or_create(
        key=standing.key,
        area_code=area_code,
        valid_from=standing.valid_from,
        defaults={"value": month, "value_type": standing.value_type, "source": "测试"},
    )


def make_campaign(
    by: User,
    area: Area,
    title: str = "回望百年路，助力新征程",
    *,
    starts_on: dt.date = dt.date(2026, 10, 1),
    ends_on: dt.date = dt.date(2026, 11, 30),
) -> Campaign:
    """A campaign of AREA, in October and November by default."""
    return save_campaign(by=by, title=title, area=area, starts_on=starts_on, ends_on=ends_on)


def record(
    by: User,
    branch: Branch,
    present: Iterable[Member],
    *,
    period: str = "2026-11",
    day: dt.date | None = None,
    version: int = 0,
    topic: str = "学习全会精神",
    place: str = "社区活动室",
    campaign: int | None = None,
    host: str = "",
    minutes: str = "",
    agenda: str = "",
    cost: Decimal | None = None,
    **other: Iterable[Member],
) -> Activity:
    """Record a theme day: PRESENT came; further states by name, such as ``excused=[member]``."""
    marks = {member.pk: (AttendanceState.PRESENT.value, "") for member in present}
    for state, members in other.items():
        marks |= {member.pk: (AttendanceState[state.upper()].value, "") for member in members}
    return record_theme_day(
        by=by,
        branch=branch,
        period=period,
        version=version,
        date=day or dt.date.fromisoformat(f"{period}-05"),
        topic=topic,
        place=place,
        marks=marks,
        campaign=campaign,
        host=host,
        minutes=minutes,
        agenda=agenda,
        cost=cost,
    )


def fix_theme_day(branch: Branch, day: int) -> None:
    """Give BRANCH a fixed day."""
    Branch.objects.filter(pk=branch.pk).update(theme_day=day)
    branch.theme_day = day
