"""Announcing the next theme day."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from activities.actions.cancel import cancel_plan
from activities.actions.theme_day import plan_activity
from activities.forms.fields import AgendaField, DayField, day_choices, take_over
from activities.models import Activity
from activities.rules.period import Period
from branches.models import Branch
from core import text
from core.display import time_words

if TYPE_CHECKING:
    from core.models import User

# Every half hour of the day in which people meet.
TIMES = [dt.time(hour, minute) for hour in range(7, 20) for minute in (0, 30)]


class PlanForm(forms.Form):
    """When and where the next theme day will be, and what about."""

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
                topic=text.prose(cleaned["topic"]),
                place=text.prose(cleaned["place"]),
                agenda=cleaned["agenda"],
            )
        except ValidationError as refusal:
            take_over(self, refusal, {})
            return None


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
