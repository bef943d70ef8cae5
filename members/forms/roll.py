"""What the two-sided roll is asked for."""

import datetime as dt

from django import forms
from django.utils import timezone

from core.forms import DateWordsField
from members.rules.affiliation import check_roll_day


class RollDayForm(forms.Form):
    """The day of a roll; blank is the register of today."""

    on = DateWordsField(label="名册日期", required=False, help_text="如 2026年6月30日；不填是今天")

    def clean_on(self) -> dt.date | None:
        """Refuse a day to come."""
        day: dt.date | None = self.cleaned_data["on"]
        if day is not None:
            check_roll_day(day, timezone.localdate())
        return day

    @property
    def day(self) -> dt.date | None:
        """The day asked for; None for the register of today, and where no day was understood."""
        return self.cleaned_data.get("on") if self.is_valid() else None
