"""Parts that several forms use."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities.rules.record import MOST_AGENDA, cost_text
from core import text
from core.display import date_words
from core.forms import NOT_CHOSEN

OTHER = "other"
# With thousands set off in threes, or not at all.
_AMOUNT = re.compile(r"¥? ?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?) ?元?")


class OpenChoiceField(forms.ChoiceField):
    """A choice that also takes what the page before offered: places and days come and go."""

    def valid_value(self, value: str) -> bool:
        """Take any value; ``clean`` of the form reads it."""
        return True


class _OpensMore(forms.widgets.ChoiceWidget):
    """Choices of which the last, ``other``, opens a field of its own beneath (docs/pages.md)."""

    def create_option(self, name: str, value: Any, *args: Any, **options: Any) -> dict[str, Any]:
        """Mark the choice that opens more."""
        option = super().create_option(name, value, *args, **options)
        if value == OTHER:
            option["attrs"]["data-more"] = True
        return option


class OpenRadioSelect(_OpensMore, forms.RadioSelect):
    """Such choices all in sight."""


class OpenSelect(_OpensMore, forms.Select):
    """Such choices as a list."""


class DaySelect(forms.Select):
    """A list of days without the blanks of Django's own: a month of them is a kilobyte less."""

    template_name = "activities/_days.html"


class DayField(forms.TypedChoiceField):
    """A day of one month, chosen from a list in words: 12月3日 星期四, no calendar to be handled.

    Which days can be is for the action to say; what is no day at all is refused here.
    """

    widget = DaySelect

    def __init__(self, **options: Any) -> None:
        errors = {"invalid_choice": "这个日期看不懂，请重新选一天。", "required": "请选一天。"}
        super().__init__(
            coerce=dt.date.fromisoformat, empty_value=None, error_messages=errors, **options
        )

    def valid_value(self, value: str) -> bool:
        """Take any value: days come and go between two pages."""
        return True


def day_choices(days: Iterable[dt.date]) -> list[tuple[str, str]]:
    """Return what a ``DayField`` offers of DAYS, all of one month."""
    words = ((day.isoformat(), date_words(day, today=day)) for day in days)
    return [("", NOT_CHOSEN), *words]


class AgendaField(forms.CharField):
    """The steps of a meeting, a line each."""

    widget = forms.Textarea(attrs={"rows": 4, "cols": False, "maxlength": MOST_AGENDA})

    def __init__(self) -> None:
        words = "一行写一项，比如：重温入党誓词。"
        super().__init__(label="议程", help_text=words, required=False)

    def clean(self, value: Any) -> str:
        """Return the lines as typed, without empty ones."""
        typed = text.paragraphs(super().clean(value))
        lines = "\n".join(line for line in typed.splitlines() if line)
        if len(lines) > MOST_AGENDA:
            raise ValidationError(f"最多写{MOST_AGENDA}字，现在有{len(lines)}字。请写短一点。")
        return lines


class CostField(forms.DecimalField):
    """What was spent, in yuan as people write it: 1,280.50元; None where it is left out."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self) -> None:
        words = "请写成数字，比如 1280 或 1280.50，不能是负数，也不能超过一百万元。"
        errors = dict.fromkeys(
            ("invalid", "min_value", "max_digits", "max_whole_digits", "max_decimal_places"), words
        )
        super().__init__(
            label="费用（元）",
            help_text="一共花了多少钱。没有花钱就写0。",
            required=False,
            min_value=0,
            max_digits=8,
            decimal_places=2,
            error_messages=errors,
        )

    def to_python(self, value: Any) -> Any:
        """Read the number without its marks; what only computers write, 1e3 or 1_000, is none."""
        typed = text.clean(str(value or ""))
        if not typed:
            return None
        if (amount := _AMOUNT.fullmatch(typed)) is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(amount[1].replace(",", ""))

    def clean(self, value: Any) -> Decimal | None:
        """Return the amount to the fen."""
        amount = super().clean(value)
        return None if amount is None else amount.quantize(Decimal("0.01"))

    def prepare_value(self, value: Any) -> Any:
        """Show an amount with its thousands set off."""
        return cost_text(value) if isinstance(value, Decimal) else value


def take_over(form: forms.Form, refusal: ValidationError, renamed: Mapping[str, str]) -> None:
    """Show what an action refused: beside the field it names, else at the top."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        field = renamed.get(name, name)
        form.add_error(field if field in form.fields else None, errors)
