"""What the acts on a member ask for; each form is the confirm page of its act."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html

from branches.forms import ActForm
from core.enums import Engine
from core.forms import DateWordsField, ReasonField
from core.models import Kind
from members.enums import LINK_KINDS, AffiliationKind, MemberRequest
from members.forms.fields import BranchField


class _LinkKindForm(ActForm):
    """Of which kind a managing link is, with what each kind is for, and since when."""

    kind = forms.ChoiceField(label="关系")
    started_on = DateWordsField(label="开始日期")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["kind"]
        duties = {
            each.settings["code"]: f"{each.name}（{each.settings['duties']}）"
            for each in Kind.objects.usable(Engine.AFFILIATION)
        }
        field.choices = [
            (kind.value, duties[kind])
            for kind in AffiliationKind
            if kind in LINK_KINDS & duties.keys()
        ]
        self.initial.setdefault("started_on", timezone.localdate())


class LinkForm(_LinkKindForm):
    """A new managing link (SYS-04)."""

    field_order = ("branch",)
    branch = BranchField(
        label="活动组织",
        help_text="选在哪里，看三个有利于：有利于教育管理，有利于参加活动，有利于发挥作用。",
    )
    document = forms.CharField(label="依据", required=False, max_length=100)


class LinkProposalForm(_LinkKindForm):
    """A managing link to a branch out of the actor's reach, which is only named (SYS-04)."""

    field_order = ("branch",)
    branch = forms.CharField(
        label="到哪个党支部参加活动",
        max_length=100,
        help_text="写本区那个党支部的全称，照对方告诉您的写。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label="关系", widget=forms.RadioSelect)


class DeclineForm(ActForm):
    """Why a proposed link is refused."""

    reason = ReasonField(
        label="为什么", help_text="比如：活动室太小，这学期坐不下了。申请的党支部和这位同志看得到。"
    )


class LinkEndForm(ActForm):
    """The end of a managing link."""

    on = DateWordsField(label="最后一天", help_text="这一天仍算在内，如 2026年11月22日")
    reason = forms.CharField(label="原因", required=False, max_length=100)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())


class TransferForm(ActForm):
    """A transfer of the home (SYS-15)."""

    to = BranchField(label="转到哪个党支部")
    on = DateWordsField(label="转接日期")
    document = forms.CharField(label="介绍信编号或文件", max_length=100)


class TransferOutForm(ActForm):
    """Leaving this portal's territory."""

    on = DateWordsField(label="转出日期")
    document = forms.CharField(label="介绍信编号或文件", max_length=100)
    destination = forms.CharField(label="转往哪里", max_length=80)


class DeathForm(ActForm):
    """已故."""

    on = DateWordsField(label="已故日期")


class WithdrawalForm(ActForm):
    """What was registered by mistake: a 已故, or a whole list."""

    reason = forms.CharField(label="为什么撤回", max_length=100)


class OfficeRequestForm(ActForm):
    """What a branch asks its office to carry out."""

    kind = forms.ChoiceField(
        label="要办什么", choices=MemberRequest.choices, widget=forms.RadioSelect
    )
    on = DateWordsField(
        label="哪一天",
        help_text=format_html(
            '转出、转接、去世或开始参加活动的日期，如 <span class="nb">{}</span>', "2026年11月22日"
        ),
    )
    text = forms.CharField(
        label="去向和说明",
        required=False,
        max_length=150,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写到哪个街道、哪个党支部；登记已故的可以不写。不用写证件号码和电话。",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["text"].is_needed = True  # type: ignore[attr-defined]  # read by the templates of labels


class AccountForm(ActForm):
    """Nothing to fill in: only to confirm."""
