"""The form of a member's record, in plain sections, with findings beside their fields."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils import timezone

from branches.enums import BranchKind
from branches.models import Branch
from branches.scoping import ScopedForm
from core import audit
from core.codes import CodeBook
from core.dates import words as date_in_words
from core.display import date_words, masked
from core.forms import NOT_CHOSEN, DateWordsField
from core.models import User
from members.actions.asking import ask_for_number
from members.actions.member import agreed_himself, complete, findings, holder, namesake, phone_held
from members.codes import SEVERAL, pack, unpack
from members.columns import CODED, FIELDS, MAY_BE_MONTH, SEALED
from members.enums import Severity
from members.forms.fields import SealedField
from members.models import Member
from members.parameters import family_is_past
from members.rules import affiliation, consents, family
from members.rules.id_number import CARD
from members.rules.problems import REASONED, Problem

_HELP = {
    "id_type": "不是身份证的才选。没有号码的选“无证号”，号码空着。",
    "gender": "空着就按证件号码填。",
    "degree": "如 学士、硕士。",
    "skills": "用顿号隔开，如 书法、门球。",
    "hardship": "用顿号隔开，如 低保、重病。",
    "dues_base": "每月离退休费总数，只用来计算党费。",
    "remark": "不要写证件号码和电话，备注不加密。",
}


class TicksField(forms.MultipleChoiceField):
    """Ticks whose choices are known only after all checks."""

    def valid_value(self, value: Any) -> bool:
        """Take any tick; the form asks for those it needs."""
        return True


class MemberForm(ScopedForm, forms.ModelForm):
    """One member's record. Errors refuse; what is only doubtful is ticked as checked and saved.

    ``version`` is the record's as it was opened: a form that meets a newer one shows what differs
    and keeps what was typed.
    """

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    confirmed = TicksField(label="请核对", required=False, widget=forms.CheckboxSelectMultiple)
    home_since = DateWordsField(label="从哪天起隶属", required=False)
    reason = forms.CharField(
        label="说明", required=False, max_length=200, help_text="写一句原因，记在操作记录里。"
    )

    user: User  # signed in: the pages of the register have no visitors
    holder: Member | None = None  # who has the number already, for whoever looks after him

    class Meta:
        model = Member
        fields = ("branch", *FIELDS)
        widgets = dict.fromkeys(SEALED, AdminTextInputWidget)  # stored long, written on one line

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.is_new = self.instance.pk is None
        self.opened: dict[str, Any] = {}
        self.known: list[Problem] = []
        self._set_up_dates()
        self._set_up_codes()
        for name, words in _HELP.items():
            if name in self.fields:
                self.fields[name].help_text = words
        if self.is_new:
            self._ask_for_what_begins()
        else:
            self.opened = {name: getattr(self.instance, name) for name in FIELDS}
            if family_is_past(self.instance):
                for name in family.CONTACT:
                    self.fields.pop(name, None)
            self.initial["version"] = self.instance.version
            self.known = self._found(asks_area=False)
            self._set_up_sealed()
        if self.instance.branch_id or not self.is_new:
            self._set_up_groups()

    @property
    def hints(self) -> list[str]:
        """Sentences on what is doubtful in the record as it is stored."""
        return [self._sentence(found) for found in self.known]

    def values(self) -> dict[str, Any]:
        """Return what is to be written: all that is filled on a new record, else what changed."""
        names = [
            name for name in (*FIELDS, "month_only") if name == "month_only" or name in self.fields
        ]
        if self.is_new:
            return {name: getattr(self.instance, name) for name in names}
        changed = {"month_only", *self.changed_data}
        return {name: getattr(self.instance, name) for name in names if name in changed}

    def refuse(self, refusal: ValidationError) -> None:
        """Show what the act refused: beside its field, or above where the form has no such field."""
        by_field = (
            refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
        )
        for name, sentences in by_field.items():
            self.add_error(name if name in self.fields else None, sentences)

    def clean(self) -> Any:
        """Check the home of a new member; an existing one's is changed by a transfer."""
        cleaned = super().clean() or self.cleaned_data
        for name, table in SEVERAL.items():
            if name in cleaned:
                cleaned[name] = pack(self.book, table, cleaned[name])
        if self.is_new and (branch := cleaned.get("branch")):
            try:
                affiliation.check_place(
                    branch.kind.settings, dissolved=branch.dissolved_on is not None, is_home=True
                )
            except ValidationError as refusal:
                self.add_error(None, refusal)
        since = cleaned.get("home_since")
        if since and since > timezone.localdate():
            self.add_error("home_since", "日期晚于今天，请检查年份。")
        return cleaned

    def _post_clean(self) -> None:
        self._refuse_stale()
        self.instance.month_only = ",".join(self._months())
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, not in the stubs
        gone = consents.following(self.opened, self.values(), today=timezone.localdate())
        for name, value in gone.items():
            setattr(self.instance, name, value)
        complete(self.instance)
        found = self._found(asks_area="id_number" in self.changed_data)
        found += consents.unagreed(vars(self.instance), self.changed_data)
        found += agreed_himself(self.instance, self.opened, self.values())
        if "phone" in self.changed_data and (shared := phone_held(self.instance, self.user)):
            found.append(shared)
        for each in found:
            if each.severity == Severity.ERROR and each.field not in self.errors:
                self._add(each)
        self._ask([each for each in found if each.severity == Severity.WARNING])
        self._ask_for_number()
        if self.is_new:
            self.known = [each for each in found if each.severity == Severity.INFO]

    def _found(self, *, asks_area: bool) -> list[Problem]:
        found = findings(self.instance, asks_area=asks_area)
        return [*found, same] if (same := namesake(self.instance, self.user)) else found

    def _ask(self, warnings: list[Problem]) -> None:
        """Have every new doubt ticked; some want a reason."""
        known = {(each.field, each.code) for each in self.known}
        new = [each for each in warnings if (each.field, each.code) not in known]
        choices = [(f"{each.field}:{each.code}", self._sentence(each)) for each in new]
        wants_reason = any(each.code in REASONED for each in new)
        fields: Any = self.fields
        fields["confirmed"].choices = choices
        # Read by the templates of labels: neither may be left out now.
        fields["confirmed"].is_needed = bool(choices)
        fields["reason"].is_needed = wants_reason
        ticked = set(self.cleaned_data.get("confirmed") or ())
        if self.errors:
            return
        if any(key not in ticked for key, _ in choices):
            self.add_error(None, "有几处请再核对：没有错，就在下面逐条打勾，再按保存。")
        elif wants_reason and not self.cleaned_data.get("reason"):
            self.add_error("reason", "请写一句原因。")

    def _ask_for_number(self) -> None:
        """Ask last whose the number is: what is refused for anything else tells nothing of it."""
        if self.errors or "id_number" not in self.changed_data:
            return
        if clash := ask_for_number(by=self.user, member=self.instance):
            self._add(clash)
            if clash.code == "ID_EXISTS":
                self.holder = holder(self.instance, self.user)

    def _refuse_stale(self) -> None:
        """Meet a record that somebody else saved since this form was opened."""
        opened_at = self.cleaned_data.get("version")
        if self.is_new or opened_at == self.instance.version:
            return
        data: Any = self.data
        self.data = data = data.copy()
        data[self.add_prefix("version")] = self.instance.version
        differing = [self._difference(name) for name in self.changed_data if name in self.opened]
        last = audit.latest_on(self.instance)
        who = f"{last.by_name}在{_moment(last.at)}" if last else "有人刚刚"
        listed = "；".join(differing) or "没有不同"
        self.add_error(
            None,
            f"{who}改过这位同志的资料，您填的还没有保存。与您这页不同的有：{listed}。"
            "请对照改好，再按保存。",
        )

    def _difference(self, name: str) -> str:
        label = self.fields[name].label
        stored = self.opened[name]
        if name in SEALED:
            return f"{label}（现在登记：{masked(stored, SEALED[name]) if stored else '空'}）"
        field: Any = self[name].field
        if isinstance(field, forms.ModelChoiceField):
            return f"{label}（现在登记：{stored or '空'}）"
        choices = dict(getattr(field, "choices", None) or ())
        return f"{label}（现在登记：{choices.get(stored, stored) or '空'}）"

    def _months(self) -> list[str]:
        months = []
        for name in MAY_BE_MONTH & self.fields.keys():
            field = self.fields[name]
            typed = self.cleaned_data.get(name)
            if typed and isinstance(field, DateWordsField) and field.month_only:
                months.append(name)
        return sorted(months)

    def _add(self, found: Problem) -> None:
        if found.field in self.fields:
            self.add_error(found.field, found.message)
        else:
            self.add_error(None, self._sentence(found))

    def _sentence(self, found: Problem) -> str:
        column: Any = Member._meta.get_field(found.field)
        return f"{column.verbose_name}：{found.message}"

    def _ask_for_what_begins(self) -> None:
        """Without a number and a home branch nobody is registered; the checks speak of the number."""
        fields: Any = self.fields
        if "branch" in fields:
            fields["branch"].required = True
        if "id_number" in fields:
            fields["id_number"].is_needed = True  # read by the templates of labels

    def _set_up_groups(self) -> None:
        field: Any = self.fields.get("group")
        if field is not None:
            groups = Branch.objects.visible_to(self.user).current()
            field.empty_label = NOT_CHOSEN
            field.queryset = groups.filter(parent=self.instance.branch, kind=BranchKind.PARTY_GROUP)

    def _set_up_dates(self) -> None:
        months = set((self.instance.month_only or "").split(","))
        for name, field in list(self.fields.items()):
            if not isinstance(field, forms.DateField):
                continue
            self.fields[name] = DateWordsField(
                label=field.label, required=field.required, may_be_month=name in MAY_BE_MONTH
            )
            stored = getattr(self.instance, name)
            if stored and name in months:
                self.initial[name] = date_in_words(stored, month_only=True)

    def _set_up_codes(self) -> None:
        self.book = book = CodeBook(*CODED.values(), *SEVERAL.values())
        for name, table in SEVERAL.items():
            if name in self.fields:
                self.initial[name] = unpack(book, table, getattr(self.instance, name))
        for name, table in CODED.items():
            if name not in self.fields:
                continue
            stored = getattr(self.instance, name)
            choices = book.choices(table)
            if stored and stored not in dict(choices):
                choices.append((stored, book.name(table, stored)))
            old = self.fields[name]
            nothing = ("", NOT_CHOSEN)
            if name == "id_type":  # the identity card is not stored
                nothing, *choices = (("" if code == CARD else code, word) for code, word in choices)
            self.fields[name] = forms.ChoiceField(
                label=old.label, required=False, choices=[nothing, *choices]
            )

    def _set_up_sealed(self) -> None:
        for name, mask in SEALED.items():
            if name in self.fields:
                old = self.fields[name]
                stored = getattr(self.instance, name)
                self.fields[name] = SealedField(
                    label=old.label,
                    stored=stored,
                    mask=mask,
                    needed=name == "id_number",
                    widget=forms.TextInput,
                )


def _moment(at: Any) -> str:
    local = timezone.localtime(at)
    return f"{date_words(local.date(), today=timezone.localdate())} {local:%H:%M}"
