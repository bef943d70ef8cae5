"""Who is expected, who took part, and what a page assumes before anybody has said so (SYS-18)."""

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from activities.enums import (
    AWAY,
    HELD,
    TOOK_PART,
    TOOK_PART_ORDER,
    ActivityState,
    AttendanceState,
)
from members.enums import AffiliationKind

ELSEWHERE = "异地参加"


class Mark(NamedTuple):
    """One person's attendance: state and, for 请假 and 缺席, a reason."""

    state: str
    reason: str = ""


@dataclass(frozen=True)
class Tally:
    """Head counts of one activity. Guests are counted apart: they are due elsewhere."""

    roster: int
    expected: int
    took_part: int
    online: int
    home_study: int
    excused: int
    absent: int
    guests: int

    @property
    def present(self) -> int:
        """Those who came to the place."""
        return self.took_part - self.apart

    @property
    def apart(self) -> int:
        """Those who took part without coming: 线上, 送学."""
        return self.online + self.home_study

    @property
    def away(self) -> int:
        """Those who did not take part here: 请假, 缺席."""
        return self.excused + self.absent

    @property
    def percent(self) -> int:
        """Share of the expected who took part, rounded; 0 when nobody was expected."""
        return round(100 * self.took_part / self.expected) if self.expected else 0

    @property
    def due_words(self) -> str:
        """Who is due, and where the rest went: 名单28人，请假5人不计，应到23人."""
        excused = f"请假{self.excused}人不计，" if self.excused else ""
        return f"名单{self.roster}人，{excused}应到{self.expected}人"


def tally(marks: Iterable[str], *, guests: Iterable[str] = ()) -> Tally:
    """Count the states of the roster: 应到 = roster less the excused."""
    states = list(marks)
    excused = states.count(AttendanceState.EXCUSED)
    return Tally(
        roster=len(states),
        expected=len(states) - excused,
        took_part=sum(state in TOOK_PART for state in states),
        online=states.count(AttendanceState.ONLINE),
        home_study=states.count(AttendanceState.HOME),
        excused=excused,
        absent=states.count(AttendanceState.ABSENT),
        guests=sum(state in TOOK_PART for state in guests),
    )


def due_ties(settings: Mapping[str, Any]) -> frozenset[str]:
    """Return which ties to a branch make a member due at its meetings (``expects`` of its kind).

    隶属 unless the kind says otherwise: a temporary branch has nobody's 隶属 and expects those it
    has gathered (SYS-09).
    """
    return frozenset(settings.get("expects") or (AffiliationKind.HOME,))


def settle(mark: Mark, *, frail: bool) -> Mark:
    """Return MARK as it is stored: the frail are 送学, never 缺席 (R-BR-26); who took part has no reason."""
    if frail and mark.state == AttendanceState.ABSENT:
        return Mark(AttendanceState.HOME)
    return mark if mark.state in AWAY else Mark(mark.state)


def assumed(*, frail: bool, elsewhere: bool) -> Mark:
    """Return what the log page ticks before the secretary has looked.

    Who took part in another branch this month is not expected at home too.
    """
    if elsewhere:
        return Mark(AttendanceState.EXCUSED, ELSEWHERE)
    return Mark(AttendanceState.HOME if frail else AttendanceState.PRESENT)


def reason_for(state: str, *, stored: Mark | None, elsewhere: bool) -> str:
    """Return why somebody whose STATE was chosen is away: as on record, else excused since he was ELSEWHERE.

    So a branch that logged its day first can put right whom it took for absent (SYS-04).
    """
    if state not in AWAY:
        return ""
    kept = stored.reason if stored is not None and stored.state == state else ""
    return kept or (ELSEWHERE if elsewhere and state == AttendanceState.EXCUSED else "")


def no_leave_because(day: dt.date | None, *, state: str, today: dt.date) -> str:
    """Return why nobody can ask leave from the theme day of DAY, or take it back; empty when it can be."""
    if day is None or state == ActivityState.CANCELLED:
        return "这个月的主题党日还没有定下日期，定了以后再请假。"
    if state in HELD or day < today:
        return "这次主题党日已经开过，不能再请假。有出入，支部书记在登记里可以改。"
    return ""


def best_state(states: Iterable[str]) -> str:
    """Return what a member's month is called when he is on two branches' records."""
    order = [*TOOK_PART_ORDER, AttendanceState.EXCUSED, AttendanceState.ABSENT]
    return min((AttendanceState(state) for state in states), key=order.index)


def count_once(records: Iterable[tuple[str | None, Hashable]]) -> int:
    """Count a member's activities from (period, activity): one a period, whichever branch (SYS-04)."""
    return len({period or activity for period, activity in records})
