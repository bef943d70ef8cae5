"""Input of the bureau on territory, branches and posts; the rules are those of the actions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from branches import rules
from branches.actions import check_branch
from branches.enums import AreaLevel, Role
from branches.models import Appointment, Area, Branch
from branches.scoping import ScopedForm
from core.enums import Engine
from core.models import Kind, User
from core.text import clean, squeeze

_DAY_FORMATS = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y%m%d"]


class DayField(forms.DateField):
    """A day, in the ways people write one."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "如 2026-11-22")
        options.setdefault("error_messages", {"invalid": "日期不对，请写成2026-11-22的样子。"})
        options.setdefault("widget", forms.DateInput(format=_DAY_FORMATS[0]))
        super().__init__(input_formats=_DAY_FORMATS, **options)
        self.widget.attrs.setdefault("autocomplete", "off")


class ActForm(ScopedForm, forms.Form):
    """A form of one act; choices of rows are the user's own."""


class DissolutionForm(ActForm):
    """The end of a branch."""

    on = DayField(label="撤销日期")
    document = forms.CharField(label="撤销文件", max_length=100, help_text="文件名称或文号")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())


class EndForm(ActForm):
    """The end of a post."""

    on = DayField(label="免职日期", help_text="这一天是任职的最后一天，如 2026-11-22")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("on", timezone.localdate())


class AreaForm(ScopedForm, forms.ModelForm):
    """One area; its level follows from its superior."""

    class Meta:
        model = Area
        fields = ("code", "name", "parent")

    def clean(self) -> dict[str, Any]:
        """Ask the rule that the action asks."""
        given: dict[str, Any] = super().clean() or {}
        parent = given.get("parent", self.instance.parent)
        code = squeeze(given.get("code") or self.instance.code).upper()
        if parent is None and self.instance.pk is None and not self.user.is_superuser:  # type: ignore[union-attr]  # signed in
            raise ValidationError({"parent": "请选上级区划。"})
        level = self.instance.level or (parent.level + 1 if parent else AreaLevel.DISTRICT)
        if level > AreaLevel.GRID:
            raise ValidationError({"parent": "网格下面不能再有下级，请另选上级。"})
        if code:
            parent_level = parent.level if parent else None
            rules.check_area(code=code, level=level, parent_level=parent_level)
        self.instance.level = level
        return given | {"code": code, "level": level}


class BranchForm(ScopedForm, forms.ModelForm):
    """One Party organisation."""

    founded_on = DayField(label="成立日期", required=False)

    class Meta:
        model = Branch
        fields = (
            *("code", "name", "short_name", "kind", "parent", "area", "setting", "tie"),
            *("unit", "meeting_place", "theme_day", "founded_on", "approval_doc"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind: Any = self.fields.get("kind")
        if kind is not None:
            keep = self.instance.kind_id if self.instance.pk else ""
            kind.queryset = Kind.objects.usable(Engine.BRANCH, keep=keep)

    def clean(self) -> dict[str, Any]:
        """Ask the rules that the actions ask."""
        given: dict[str, Any] = super().clean() or {}
        parent = given.get("parent", self.instance.parent)
        if kind := given.get("kind"):
            wanted = Branch(
                pk=self.instance.pk,
                kind=kind,
                founded_on=given.get("founded_on"),
                tie=given.get("tie", self.instance.tie) or "",
            )
            check_branch(wanted, parent)
        return given


class AppointmentForm(ScopedForm, forms.ModelForm):
    """A new post. The person is named by what he signs in with: nobody's list is shown."""

    login = forms.CharField(
        label="登录名或手机号",
        max_length=50,
        help_text="这位同志登录时用的手机号、党员编号或登录名。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    started_on = DayField(label="任职日期")

    class Meta:
        model = Appointment
        fields = ("login", "role", "area", "branch", "started_on", "document")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: Any = self.fields
        fields["area"].queryset = Area.objects.grantable_by(self.user)
        fields["branch"].queryset = Branch.objects.grantable_by(self.user)
        self.initial.setdefault("started_on", timezone.localdate())
        roles = grantable_roles(self.user)
        fields["role"].choices = [("", "请选择"), *((role.value, role.label) for role in roles)]

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
        if "login" in given:
            self.instance.user = given["login"]
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
