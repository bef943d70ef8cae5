"""Parts that several forms use."""

from collections.abc import Mapping

from django import forms
from django.core.exceptions import ValidationError

from activities.rules.period import Period


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
