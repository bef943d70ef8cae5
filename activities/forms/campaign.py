"""Opening a campaign."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from activities.actions.campaign import refuse_stranded
from activities.models import Campaign
from branches.scoping import ScopedForm
from core import text
from core.forms import DateWordsField


class CampaignForm(ScopedForm, forms.ModelForm):
    """Title, area, first and last day."""

    starts_on = DateWordsField(label="开始日期")
    ends_on = DateWordsField(label="结束日期", help_text="最后一天也算，如 2026年11月22日")

    class Meta:
        model = Campaign
        fields = ("title", "area", "starts_on", "ends_on")
        help_texts = {"area": "这个范围里的党支部登记主题党日时，可以选这项专题活动。"}

    def clean_title(self) -> str:
        """Keep the words as typed, without what cannot be seen."""
        title = text.prose(self.cleaned_data["title"])
        if not title:
            raise ValidationError("请写一写专题活动的名称。")
        return title

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # of Django's model forms
        if not self.errors:
            try:
                refuse_stranded(self.instance)
            except ValidationError as refusal:
                self.add_error(None, refusal)

    def clean(self) -> dict[str, Any]:
        """Say beside the field which day is wrong."""
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        return given
