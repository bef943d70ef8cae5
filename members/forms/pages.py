"""Forms of the secretary's and the member's own pages."""

from typing import Any

from django import forms

from members.columns import REVEALABLE
from members.forms.acts import ActForm
from members.forms.member import MemberForm
from members.models import Member


class RevealForm(ActForm):
    """Which sealed columns to open, and why."""

    which = forms.MultipleChoiceField(label="看哪几项", widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="为什么要看", max_length=100, help_text="如“核对转接手续”。会记下来，本人看得到。"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["which"]
        columns: Any = Member._meta
        field.choices = [(name, columns.get_field(name).verbose_name) for name in REVEALABLE]


class MemberFillForm(MemberForm):
    """What a secretary keeps up: contact, and what is often still missing."""

    class Meta:
        model = Member
        fields = (
            *("phone", "phone2", "address", "community", "building", "ethnicity", "group"),
            *("member_kind", "join_date", "full_date", "person_kind", "former_unit"),
            *("emergency_name", "emergency_phone", "emergency_relation", "needs_home_study"),
        )

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        community: Any = self.fields["community"]
        community.queryset = community.queryset.order_by("path")
        community.empty_label = "未填"
        for name in ("member_kind", "person_kind"):
            choices: Any = self.fields[name]
            choices.choices = [("", "未填"), *[each for each in choices.choices if each[0]]]


class CorrectionForm(forms.Form):
    """What is wrong in one's own record."""

    text = forms.CharField(
        label="哪里不对，应该是什么",
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="不用写证件号码和电话，支部会联系您核对。",
    )
