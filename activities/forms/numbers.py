"""Typing back a printed sheet."""

from collections.abc import Iterable
from typing import Any

from django import forms

from activities.models import SignInSheet
from activities.rules.sheet import parse_numbers


class NumbersForm(forms.Form):
    """Which rows of a printed sheet nobody signed (paper in)."""

    sheet = forms.ChoiceField(label="是哪一张签到表？", widget=forms.RadioSelect)
    numbers = forms.CharField(
        label="没来的是几号？",
        max_length=400,
        required=False,
        help_text="比如：3、7、12。用点、逗号或者空格隔开都行。表上已印请假、送学的不用填。都到了就空着。",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, sheets: Iterable[SignInSheet]) -> None:
        super().__init__(data)
        self.sheets = {str(sheet.serial): sheet for sheet in sheets}
        self.fields["sheet"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (serial, f"编号 {sheet.code}，共{len(sheet.member_ids)}人")
            for serial, sheet in self.sheets.items()
        ]
        self.initial["sheet"] = next(iter(self.sheets), "")

    def clean(self) -> dict[str, Any]:
        """Read the numbers against the rows of the sheet."""
        cleaned = super().clean() or {}
        sheet = self.sheets.get(cleaned.get("sheet", ""))
        if sheet is not None and "numbers" in cleaned:
            typed = parse_numbers(cleaned["numbers"], rows=len(sheet.member_ids))
            if typed.fault:
                self.add_error("numbers", typed.fault)
            cleaned["numbers"] = sorted(typed.numbers)
        return cleaned
