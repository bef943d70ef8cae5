"""Input of the bureau on territory, branches and posts; the rules are those of the actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from branches import rules
from branches.actions import check_appointee, check_new_branch
from branches.branch_sheet import TIE
from branches.enums import AreaLevel, Role, Tie
from branches.levels import LevelNames
from branches.models import Appointment, Area, Branch
from branches.scoping import ScopedForm, is_editable
from core import forms as core_forms
from core.admin.selects import SearchedSelect
from core.enums import Engine
from core.exchange import SheetImportForm
from core.forms import NOT_CHOSEN, DateWordsField
from core.models import Kind, User
from core.text import clean, squeeze

_FOR_LIFE = "保存以后不能改，请核对清楚再填。"


class SearchedField(forms.ModelChoiceField):
    """A row that COLUMN (a foreign key) may name, found by typing in the admin.

    The choices are narrowed by the form's scope.
    """

    def __init__(self, column: Any, **options: Any) -> None:
        options.setdefault("empty_label", NOT_CHOSEN)
        rows = column.remote_field.model._default_manager.all()
        super().__init__(rows, widget=SearchedSelect(column, admin.site), **options)


def _hint(form: forms.BaseForm, **hints: str) -> None:
    """Put HINTS under the fields of FORM that can be filled; ``help_texts`` stay when one is only read."""
    for name in hints.keys() & form.fields.keys():
        form.fields[name].help_text = hints[name]


def offer_superiors(field: Any, kind: str = "") -> None:
    """Have a searched select of superiors offer only those that the rules accept (SYS-02).

    KIND is the key of the organisation's; where the form asks for the kind, what is chosen there
    counts (``admin.js``).
    """
    widget = getattr(field.widget, "widget", field.widget)  # the admin wraps those of its own forms
    widget.attrs["data-for-kind"] = kind


class ActForm(ScopedForm, core_forms.ActForm):
    """A form of one act on a row; choices of rows are the user's own."""


class ReorganisationForm(ActForm):
    """What every reorganisation of a branch is dated and founded by; shows what is registered now."""

    on = DateWordsField(label="从哪天起")
    document = forms.CharField(label="依据文件", max_length=100, help_text="文件名称或文号")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.order_fields([name for name in self.fields if name not in {"on", "document"}])
        self.initial.setdefault("on", timezone.localdate())
        for name in self.fields.keys() - {"on", "document"}:
            self.initial.setdefault(name, getattr(self.row, name))

    def clean(self) -> Any:
        """Ask for a change."""
        if not self.errors and not set(self.changed_data) - {"on", "document"}:
            self.add_error(None, "没有改动：填的和现在登记的一样。")
        return super().clean()


class RenamingForm(ReorganisationForm):
    """Another name or kind; with another kind often comes another superior."""

    name = forms.CharField(label="组织名称", max_length=100)
    short_name = forms.CharField(label="简称", max_length=30, required=False)
    kind = forms.ModelChoiceField(
        Kind.objects.none(), label="组织类别", empty_label=None, to_field_name="key"
    )
    tie = forms.ChoiceField(
        label="三缘",
        required=False,
        choices=[("", NOT_CHOSEN), *Tie.choices_in_words()],
        help_text="临时党组织才选。",
    )
    parent = SearchedField(
        Branch._meta.get_field("parent"),
        label="上级组织",
        required=False,
        help_text="改了类别，上级也要换的，在这里一起选；不换就不动。",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind: Any = self.fields["kind"]
        kind.queryset = Kind.objects.usable(Engine.BRANCH, keep=self.row.kind_id)
        offer_superiors(self.fields["parent"], self.row.kind_id)
        if self.row.parent and not is_editable(self.row.parent, self.user):
            del self.fields["parent"]


class MovingForm(ReorganisationForm):
    """Another superior."""

    parent = SearchedField(
        Branch._meta.get_field("parent"),
        label="新的上级组织",
        required=False,
        help_text="空着就是没有上级，自成一级。",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_superiors(self.fields["parent"], self.row.kind_id)


class RelocationForm(ReorganisationForm):
    """Another area."""

    area = SearchedField(Branch._meta.get_field("area"), label="新的所在区划")


class DissolutionForm(ActForm):
    """The end of a branch."""

    on = DateWordsField(label="撤销日期")
    document = forms.CharField(label="撤销文件", max_length=100, help_text="文件名称或文号")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())


class EndForm(ActForm):
    """The end of a post."""

    on = DateWordsField(label="免职日期", help_text="这一天是任职的最后一天，如 2026年11月22日")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())


class WithdrawForm(ActForm):
    """Why a post was registered by mistake."""

    reason = core_forms.ReasonField(label="为什么撤回", help_text="比如：选成了同名的另一位同志。")


class AreaForm(ScopedForm, core_forms.SharedForm, forms.ModelForm):
    """One area; its level follows from its superior. A grid also has who works there and its buildings."""

    class Meta:
        model = Area
        fields = ("code", "name", "parent", "grid_worker", "grid_phone", "buildings")
        # A tree's own field would put a dash a level before the one name that is shown.
        field_classes = {"parent": forms.ModelChoiceField}
        widgets = {"grid_phone": forms.TextInput, "buildings": forms.Textarea(attrs={"rows": 4})}
        help_texts = {
            "grid_phone": "社区或街道办公室的电话，不写个人手机。",
            "buildings": "一行写一个，或者用顿号隔开，例如：1号楼、2号楼。",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _hint(self, code=_FOR_LIFE)
        self.carry_what_is_shown(*self.fields.keys() - {"code"})
        if self.instance.pk is None and not self.user.is_superuser:  # type: ignore[union-attr]  # signed in
            self.fields[
                "parent"
            ].required = True  # a district comes by import, or by the first account
            self.fields["parent"].error_messages["required"] = "请选上级区划。"

    def clean(self) -> dict[str, Any]:
        """Ask the rule that the action asks."""
        given: dict[str, Any] = super().clean() or {}
        parent = given.get("parent", self.instance.parent)
        code = squeeze(given.get("code") or self.instance.code).upper()
        names = LevelNames()
        level = self.instance.level or (parent.level + 1 if parent else AreaLevel.DISTRICT)
        if level > AreaLevel.GRID:
            lowest = names[AreaLevel.GRID]
            raise ValidationError({"parent": f"{lowest}下面不能再有下级，请另选上级。"})
        if code:
            parent_level = parent.level if parent else None
            rules.check_area(code=code, level=level, parent_level=parent_level, names=names)
        if "grid_worker" in self.fields:
            rules.check_grid(
                level=level,
                worker=clean(given.get("grid_worker") or ""),
                phone=squeeze(given.get("grid_phone") or ""),
                buildings=given.get("buildings") or "",
            )
        self.say_what_was_written_meanwhile(button="保存")
        self.instance.level = level
        return given | {"code": code, "level": level}


class BranchForm(ScopedForm, core_forms.SharedForm, forms.ModelForm):
    """One Party organisation."""

    founded_on = DateWordsField(label="成立日期", required=False, may_be_year=True)

    class Meta:
        model = Branch
        fields = (
            *("code", "name", "short_name", "kind", "parent", "area", "setting", "tie"),
            *("unit", "meeting_place", "theme_day", "founded_on", "approval_doc"),
        )
        field_classes = {"parent": forms.ModelChoiceField}  # as above

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _hint(
            self,
            code=_FOR_LIFE,
            parent="只列级别比它高的组织；没有上级就不选。",
            tie="临时党组织才选。",
            approval_doc="文件名称或文号；原来的文件找不到了，写“原文件不详”。",
        )
        if (
            self.instance.pk is None
        ):  # tables found without a document: those are kept up as they are
            for name in ("founded_on", "approval_doc"):
                self.fields[name].required = True
        kind: Any = self.fields.get("kind")
        if kind is not None:
            keep = self.instance.kind_id if self.instance.pk else ""
            kind.queryset = Kind.objects.usable(Engine.BRANCH, keep=keep)
        if "tie" in self.fields:
            tie: Any = self.fields["tie"]
            tie.choices = [("", NOT_CHOSEN), *Tie.choices_in_words()]
        if "parent" in self.fields:
            offer_superiors(self.fields["parent"])
        self.carry_what_is_shown(*self.fields)

    def clean(self) -> dict[str, Any]:
        """Ask the rules that the actions ask; what is there changes kind, tie and place by acts."""
        given: dict[str, Any] = super().clean() or {}
        founded_on = given.get("founded_on")
        if self.instance.pk:
            rules.check_founding(founded_on, timezone.localdate())
            self.say_what_was_written_meanwhile(button="保存")
        elif kind := given.get("kind"):
            wanted = Branch(kind=kind, founded_on=founded_on, tie=given.get("tie") or "")
            check_new_branch(wanted, given.get("parent"))
        return given


class AppointmentForm(ScopedForm, forms.ModelForm):
    """A new post. The person is named by what he signs in with: nobody's list is shown."""

    login = forms.CharField(
        label="登录名或手机号",
        max_length=50,
        help_text="这位同志登录时用的手机号、党员编号或登录名。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    started_on = DateWordsField(label="任职日期")

    class Meta:
        model = Appointment
        fields = ("login", "role", "area", "branch", "started_on", "document")
        help_texts = {
            "area": "局、街道工作人员选这里。",
            "branch": "书记、委员、组长、站长选这里。",
            "document": "文件名称或文号",
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["area"].queryset = Area.objects.grantable_by(self.user)
        fields["branch"].queryset = Branch.objects.grantable_by(self.user)
        self.initial.setdefault("started_on", timezone.localdate())
        roles = grantable_roles(self.user)
        fields["role"].choices = [("", NOT_CHOSEN), *((role.value, role.label) for role in roles)]

    def clean_login(self) -> User:
        """Find the account by exactly what its owner types."""
        try:
            user = User.objects.get_by_natural_key(clean(self.cleaned_data["login"]))
        except User.DoesNotExist:
            raise ValidationError("没有这个账号。请核对，或先开通账号。") from None
        if user == self.user and not user.is_superuser:
            raise ValidationError("不能给自己安排任职，请由别的工作人员办理。")
        return user

    def clean(self) -> dict[str, Any]:
        """Ask the rule that the action asks."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("role") and not self.errors.keys() & {"area", "branch"}:
            rules.check_place(
                role=given["role"],
                has_area=given.get("area") is not None,
                has_branch=given.get("branch") is not None,
            )
        if user := given.get("login"):
            self.instance.user = user
            if role := given.get("role"):
                check_appointee(by=self.user, user=user, role=role)  # type: ignore[arg-type]  # signed in
        return given


class AppointmentByCodeForm(AppointmentForm):
    """A new post, its place named by code: for who sees no register (security P19)."""

    area = forms.ModelChoiceField(
        Area.objects.none(),
        label="区划代码",
        required=False,
        to_field_name="code",
        widget=forms.TextInput,
        help_text="局、街道工作人员填这里，如 990101001000。",
        error_messages={"invalid_choice": "没有这个区划代码，或不在您的管理范围内。"},
    )
    branch = forms.ModelChoiceField(
        Branch.objects.none(),
        label="组织代码",
        required=False,
        to_field_name="code",
        widget=forms.TextInput,
        help_text="书记、委员、组长、站长填这里。",
        error_messages={"invalid_choice": "没有这个组织代码，或不在您的管理范围内。"},
    )


def grantable_roles(user: Any) -> list[Role]:
    """Return the roles USER may give at all; where, the places decide."""
    everywhere = user.is_superuser or Role.SYSADMIN in user.roles
    system = {Role.SYSADMIN, Role.AUDITOR}
    return [role for role in Role if role != Role.MEMBER and (everywhere or role not in system)]


class BranchImportForm(SheetImportForm):
    """A table of organisations; one of its columns is wanted of some kinds only."""

    note = (
        f"有临时党支部的，再加一列“{TIE}”，写大家因什么聚在一起：{Tie.in_words()}；"
        "别的党组织这一列空着。"
    )


class GridImportForm(SheetImportForm):
    """A table of who works in which grid, and its buildings; areas themselves come by no table here."""

    note = (
        "只填网格员、网格员办公电话和楼栋，按区划代码找网格；名称和上级不在这里改，也不新增网格。"
        "空着的格子不动原来登记的；导出的表里电话遮住了几位，没有改的不用管。"
    )
