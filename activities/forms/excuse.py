"""Asking leave."""

from django import forms

from core import text


class ExcuseForm(forms.Form):
    """我要请假: why, if one likes to say."""

    reason = forms.CharField(label="为什么请假？", max_length=50, required=False)

    def clean_reason(self) -> str:
        """Keep the words as typed."""
        return text.prose(self.cleaned_data["reason"])
