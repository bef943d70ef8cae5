"""Asking leave."""

from collections.abc import Iterable
from typing import Any

from django import forms

from core import text


class ExcuseForm(forms.Form):
    """我要请假: why, if one likes to say."""

    reason = forms.CharField(label="为什么请假？", max_length=50, required=False)

    def clean_reason(self) -> str:
        """Keep the words as typed."""
        return text.prose(self.cleaned_data["reason"])


class ExcuseForForm(ExcuseForm):
    """代为请假: who telephoned, and why he will not come."""

    person = forms.ChoiceField(
        label="替谁请假？",
        widget=forms.RadioSelect,
        error_messages={"required": "请选一位同志。", "invalid_choice": "请从名单里选一位同志。"},
    )
    field_order = ("person", "reason")

    def __init__(self, data: Any = None, *, people: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["person"].choices = people  # type: ignore[attr-defined]  # a ChoiceField
