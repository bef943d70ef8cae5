"""Forms of the secretary's and the member's own pages."""

from typing import Any

from django import forms

from core.forms import NOT_CHOSEN, say_not_chosen
from members.columns import AGREED, REVEALABLE
from members.enums import CorrectionKind
from members.forms.acts import ActForm
from members.forms.member import MemberForm
from members.models import Member
from members.parameters import family_is_past
from members.rules.family import CONTACT
from members.rules.problems import Problem

# What is asked of those only who have no identity card: folded away for all others.
OTHER_DOCUMENT = ("id_type", "gender", "birth_date")
_UNFOLDED = {
    "ID_EMPTY": "请填公民身份号码。用别的证件的，或者确实没有号码的，在下面选证件类型。",
    "ID_OTHER_DOCUMENT": "这像是护照或通行证号码。请填公民身份号码；确实用这种证件的，在下面选证件类型。",
}


class RevealForm(ActForm):
    """Which sealed columns of a member to open, and why."""

    which = forms.MultipleChoiceField(label="看哪几项", widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label="为什么要看",
        max_length=100,
        help_text="比如：联系本人、办手续、走访慰问。会记下来，本人看得到。",
        widget=forms.TextInput(attrs={"list": "reasons", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["which"]
        columns: Any = Member._meta
        field.choices = [(name, columns.get_field(name).verbose_name) for name in REVEALABLE]
        if family_is_past(self.row):  # not offered; who still asks is refused with the reason
            offered = [each for each in field.choices if each[0] not in CONTACT]
            field.widget.choices = offered


class MemberPageForm(MemberForm):
    """A member's record on a secretary's page: a part of the columns, choices in reading order."""

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        community: Any = self.fields["community"]
        community.queryset = community.queryset.order_by("path")
        community.empty_label = NOT_CHOSEN
        for name in ("member_kind", "person_kind"):
            choices: Any = self.fields[name]
            choices.choices = [("", NOT_CHOSEN), *[each for each in choices.choices if each[0]]]


class MemberAddForm(MemberPageForm):
    """Who joins a branch: what domain §3.1 requires. Gender and birth date follow from the number;
    of another document, or none, they are asked for as on the office's form.

    The instance has its branch. As on every form, what is missing does not refuse: it stands on
    the branch's 待补资料 list.
    """

    class Meta:
        model = Member
        fields = (
            *("name", "id_number", *OTHER_DOCUMENT, "ethnicity", "person_kind", "member_kind"),
            *("join_date", "full_date", "retire_date", "former_unit", "group"),
            *("phone", "community", "address"),
        )
        widgets = {
            "id_number": forms.TextInput(attrs={"autocomplete": "off", "maxlength": 40}),
            "phone": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
            "address": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    _sent_to_fold = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].help_text = "与身份证写得一样。"
        self.fields["id_number"].help_text = "18位。性别和出生日期会按号码填好。"
        say_not_chosen(self.fields["gender"])
        self.fields["gender"].help_text = "这些证件上看不出，请选一下。"
        for name in OTHER_DOCUMENT[1:]:
            self.fields[name].is_needed = True  # type: ignore[attr-defined]  # where they are asked
        groups: Any = self.fields["group"]
        choices = [(group.pk, str(group)) for group in groups.queryset]
        groups.choices = [("", NOT_CHOSEN), *choices]
        if not choices:
            del self.fields["group"]
        self.fields["home_since"].help_text = "从别处转来的，写转来的日期；不清楚就空着。"

    @property
    def is_unfolded(self) -> bool:
        """Whether what is asked of another document is shown at once: filled in, or to be filled in."""
        return self._sent_to_fold or any(
            self.errors.get(name) or (self.is_bound and self[name].data) for name in OTHER_DOCUMENT
        )

    def _add(self, found: Problem) -> None:
        """Say of a number that is no card's where its kind is asked for on this page."""
        if said := _UNFOLDED.get(found.code):
            self._sent_to_fold = True
            found = found._replace(message=said)
        super()._add(found)


class MemberFillForm(MemberPageForm):
    """What a secretary keeps up: contact, and what is often still missing."""

    class Meta:
        model = Member
        fields = (
            *("phone", "phone2", "address", "community", "building", "ethnicity", "group"),
            *("member_kind", "join_date", "full_date", "person_kind"),
            *("work_start", "retire_date", "former_unit"),
            *("contact_agreed_on", "emergency_name", "emergency_phone", "emergency_relation"),
            "needs_home_study",
            *AGREED,
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.lacking():
            field.field.is_lacking = True  # type: ignore[attr-defined]  # read by components/field.html

    def agreed(self) -> list[forms.BoundField]:
        """Return the fields of what is kept only as the member agreed."""
        return [self[name] for name in AGREED]

    def lacking(self) -> list[forms.BoundField]:
        """Return the fields here that the branch's 待补资料 list names of this member."""
        names = self.instance.missing_fields.split(",")
        return [self[name] for name in self.fields if name in names]


class CorrectionForm(forms.Form):
    """What is wrong in one's own record, should not be kept there, or where one would take part."""

    kind = forms.ChoiceField(
        label="要怎么办",
        choices=CorrectionKind.choices,
        initial=CorrectionKind.CHANGE,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label="说说是什么事",
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="就近参加活动的，写想去哪个社区、哪个协会。不用写证件号码和电话，会联系您核对。",
    )
