"""Form fields for what members have and Django does not: dates without a day, sealed values."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError

from branches.models import Branch
from core.display import masked
from members.models import Affiliation
from members.rules import cells, dates
from members.rules.problems import problem


class DateWordsField(forms.CharField):
    """A date in any of the forms people write; ``month_only`` tells whether the day is unknown."""

    month_only = False

    def __init__(self, *, may_be_month: bool = False, **options: Any) -> None:
        self.may_be_month = may_be_month
        options.setdefault("max_length", 20)
        options.setdefault("help_text", "如 1952年3月8日" + "；只知年月写 1952年3月" * may_be_month)
        super().__init__(**options)
        self.widget.attrs.setdefault("autocomplete", "off")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored date as it is said."""
        return dates.words(value) if isinstance(value, dt.date) else value

    def clean(self, value: Any) -> Any:
        """Return the date, or None when blank."""
        read = dates.read(super().clean(value))
        code = read.code
        if read.month_only and not self.may_be_month:
            code = "DATE_UNREADABLE"
        if code:
            raise ValidationError(problem(code, "date").message)
        self.month_only = read.month_only
        return read.value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as dates: another way of writing the same day is no change."""
        before = dates.read(initial)
        try:
            return (self.clean(data), self.month_only) != (before.value, before.month_only)
        except ValidationError:
            return True


class BranchField(forms.ModelChoiceField):
    """A branch, found by typing in the admin; the choices are narrowed by the form's scope."""

    def __init__(self, **options: Any) -> None:
        widget = AutocompleteSelect(Affiliation._meta.get_field("branch"), admin.site)
        super().__init__(Branch.objects.all(), widget=widget, empty_label="请选择", **options)


class SealedField(forms.CharField):
    """A sealed value on a change form: shown masked, blank leaves it, 无 empties it.

    NEEDED: it cannot be emptied.
    """

    def __init__(self, *, stored: str, mask: str, needed: bool = False, **options: Any) -> None:
        self.stored = stored
        shown = f"现在登记：{masked(stored, mask)}。不改就空着"
        shown += "。" if needed else "；要清空请填“无”。"
        options["help_text"] = shown if stored else "还没有登记。"
        super().__init__(**options | {"required": False})
        self.widget.attrs["autocomplete"] = "off"

    def prepare_value(self, value: Any) -> Any:
        """Show nothing of what is stored, but keep what was typed."""
        return "" if value == self.stored else value

    def clean(self, value: Any) -> Any:
        """Return what was typed, what is stored when nothing was, or nothing for 无."""
        typed = super().clean(value)
        return cells.plain(typed) if typed else self.stored

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether something else is to be stored."""
        return self.clean(data) != self.stored
