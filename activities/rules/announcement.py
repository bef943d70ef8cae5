"""What a member is told of the theme day of a month (月通知), and when (SYS-18)."""

import datetime as dt
from dataclasses import dataclass

from core.display import date_words, time_words

_WHAT, _FIRST, _AGAIN, _OFF = "月主题党日", "定在", "改在", "取消了"
# So that the longest name of a branch and the longest place make a notice (200 characters) together.
_PLACE = 60


@dataclass(frozen=True)
class Announcement:
    """The theme day of a branch (its label) as it is planned, or as its fixed day says.

    ``is_near`` says that it is time to tell of it whoever has heard nothing yet.
    """

    branch: str
    date: dt.date
    starts_at: dt.time | None = None
    place: str = ""
    topic: str = ""
    is_near: bool = False

    @property
    def heading(self) -> str:
        """What it is about: 东城社区党支部12月主题党日. One branch has one in a month."""
        return f"{self.branch}{self.date.month}{_WHAT}"

    @property
    def facts(self) -> str:
        """When and where: 12月5日 星期六 上午9点，在社区活动室。"""
        # Without the year, so that it reads alike before New Year and after.
        day = date_words(self.date, today=self.date)
        at = f" {time_words(self.starts_at)}" if self.starts_at else ""
        place = f"，在{shortened(self.place)}" if self.place else ""
        return f"{day}{at}{place}。"

    def words(self, said: str) -> str:
        """Return the sentence to be told after SAID, the last one (perhaps none); empty when it still holds."""
        if said.endswith(self.facts):
            return ""
        stood = said and not said.startswith(f"{self.heading}{_OFF}")
        return f"{self.heading}{_AGAIN if stood else _FIRST}{self.facts}"

    def cancelled(self, reason: str) -> str:
        """Return the sentence that it falls away, with REASON (at most 50 characters) if there is one."""
        day = date_words(self.date, today=self.date)
        why = f"原因：{reason.rstrip('。')}。" if reason else ""
        return f"{self.heading}{_OFF}，原来定在{day}。{why}定了新的日子，再通知您。"


def shortened(place: str) -> str:
    """Return PLACE as far as a notice has room for it."""
    return place if len(place) <= _PLACE else f"{place[: _PLACE - 1]}…"
