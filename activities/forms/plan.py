"""Announcing the next theme day."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities.actions.cancel import cancel_plan
from activities.actions.theme_day import plan_activity
from activities.forms.contents import pack_contents, read_contents
from activities.forms.fields import AgendaField, DayField, day_choices, take_over
from activities.models import Activity
from activities.rules.period import Period
from branches.models import Branch
from core import text
from core.display import date_words, time_words
from core.forms import written_meanwhile

if TYPE_CHECKING:
    from core.models import User

# Every half hour of the day in which people meet.
TIMES = [dt.time(hour, minute) for hour in range(7, 20) for minute in (0, 30)]


_PLANNED = ("date", "starts_at", "topic", "place", "agenda")


class PlanForm(forms.Form):
    """When and where the next theme day will be, and what about.

    The page carries what it showed (``base``): what somebody else wrote since stays where this form
    leaves it alone, and is shown where both wrote (F17). ``version`` is that of what stands now.
    """

    version = 0

    date = DayField(label="哪一天？")
    starts_at = forms.TypedChoiceField(
        label="几点开始？",
        required=False,
        choices=[("", "还没定"), *((time.isoformat(), time_words(time)) for time in TIMES)],
        coerce=dt.time.fromisoformat,
        empty_value=None,
    )
    topic = forms.CharField(
        label="学什么、做什么？",
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    place = forms.CharField(label="在哪里？", max_length=100, required=False)
    agenda = AgendaField()

    def __init__(
        self, data: Any = None, *, by: "User", branch: Branch, month: Period, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.by, self.branch, self.month = by, branch, month
        planned, today = self.initial.get("date"), timezone.localdate()
        coming = (day for day in month.days if day >= today or day == planned)
        self.fields["date"].choices = day_choices(coming)  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def base(self) -> str:
        """What stands now, for the page to carry."""
        return pack_contents(self._stored)

    def clean_topic(self) -> str:
        """Keep the words as typed, without what cannot be seen."""
        return text.prose(self.cleaned_data["topic"])

    def clean_place(self) -> str:
        """Keep the words as typed, without what cannot be seen."""
        return text.prose(self.cleaned_data["place"])

    def clean(self) -> dict[str, Any]:
        """Put together with what was written since the page was shown."""
        cleaned = super().clean() or {}
        stored = self._stored
        seen = read_contents(self.data.get("base", "")) or stored
        if seen["planned"] and not stored["planned"]:
            self.add_error(None, "刚才有人取消了这次安排。要重新安排，再按一次“保存安排”。")
            return cleaned
        mine = _contents(cleaned)
        for name in _PLANNED:
            theirs = stored[name]
            if theirs in (seen[name], mine[name] if name in cleaned else None):
                continue
            if name in cleaned and mine[name] == seen[name]:
                self._take(name, theirs)
            else:
                self.add_error(name, _moved_on(name, theirs))
        return cleaned

    def save(self) -> Activity | None:
        """Plan; None when the action refused."""
        cleaned = self.cleaned_data
        try:
            return plan_activity(
                by=self.by,
                branch=self.branch,
                period=str(self.month),
                date=cleaned["date"],
                starts_at=cleaned["starts_at"],
                topic=cleaned["topic"],
                place=cleaned["place"],
                agenda=cleaned["agenda"],
                version=self.version,
            )
        except ValidationError as refusal:
            take_over(self, refusal, {})
            return None

    @property
    def _stored(self) -> dict[str, str]:
        return _contents(self.initial) | {"planned": str(self.initial.get("planned") or "")}

    def _take(self, name: str, theirs: str) -> None:
        """Take over THEIRS, also on the page where it is shown again."""
        data: Any = self.data
        data = data.copy()
        data[name] = theirs
        self.data = data
        self.cleaned_data[name] = self.fields[name].clean(theirs)


def _contents(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(values.get(name) or "") for name in _PLANNED}


def _moved_on(name: str, theirs: str) -> str:
    words = "；".join(theirs.splitlines())
    if theirs and name == "date":
        words = date_words(dt.date.fromisoformat(theirs), today=timezone.localdate())
    elif theirs and name == "starts_at":
        words = time_words(dt.time.fromisoformat(theirs))
    return written_meanwhile(words, button="保存安排")


class CancelForm(forms.Form):
    """取消安排: why, if one likes to say."""

    reason = forms.CharField(
        label="为什么取消？",
        help_text="会写在给同志们的通知里，比如：活动室在修。",
        max_length=50,
        required=False,
    )

    def clean_reason(self) -> str:
        """Keep the words as typed."""
        return text.prose(self.cleaned_data["reason"])

    def save(self, *, by: "User", branch: Branch, month: Period) -> bool:
        """Take the plan back; False when the action refused, with its sentence on the page."""
        try:
            cancel_plan(by=by, branch=branch, period=str(month), reason=self.cleaned_data["reason"])
        except ValidationError as refusal:
            take_over(self, refusal, {})
            return False
        return True
