"""Form fields for what members have and Django does not: their branches, sealed values."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from branches.forms import SearchedField
from core.display import masked
from members.models import Affiliation
from members.rules import cells


class BranchField(SearchedField):
    """A branch that a member may belong to."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Affiliation._meta.get_field("branch"), **options)


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
        """Tell whether something else is to be stored; what cannot be read is something else."""
        try:
            return self.clean(data) != self.stored
        except ValidationError:
            return True
