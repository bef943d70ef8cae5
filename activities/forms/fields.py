"""Parts that several forms use."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities.rules.period import Period

OTHER = "other"


class OpenChoiceField(forms.ChoiceField):
    """A choice that also takes what the page before offered: places and days come and go."""

    def valid_value(self, value: str) -> bool:
        """Take any value; ``clean`` of the form reads it."""
        return True


class OpenRadioSelect(forms.RadioSelect):
    """Choices of which the last, ``other``, opens a field of its own beneath (docs/pages.md)."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Mark the choice that opens more."""
        option = super().create_option(name, value, *args, **options)
        if value == OTHER:
            option["attrs"]["data-more"] = True
        return option


class DayInput(forms.DateInput):
    """The browser's own calendar, kept within one month."""

    input_type = "date"

    def __init__(self, month: Period | None = None) -> None:
        limits = {"min": month.first.isoformat(), "max": month.last.isoformat()} if month else {}
        super().__init__(attrs=limits, format="%Y-%m-%d")


def take_over(form: forms.Form, refusal: ValidationError, renamed: Mapping[str, str]) -> None:
    """Show what an action refused: beside the field it names, else at the top."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        field = renamed.get(name, name)
        form.add_error(field if field in form.fields else None, errors)
