"""Basic tables: codes and thresholds, each with its source and the day it begins."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.http import HttpRequest
from django.utils import timezone

from core.access import signed_in
from core.actions import change_parameter
from core.admin.base import TableAdmin
from core.enums import FIXED_TABLES, RENAMED_TABLES
from core.models import Code, RuleParameter

_SEPARATORS = str.maketrans({"，": "、", ",": "、", ";": "、", "；": "、"})


class AliasField(forms.CharField):
    """A list of words, typed with 、 between them."""

    def prepare_value(self, value: Any) -> Any:
        """Show the list as one line."""
        return "、".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Return the words."""
        words = super().clean(value).translate(_SEPARATORS).split("、")
        return [word.strip() for word in words if word.strip()]


class CodeForm(forms.ModelForm):
    """A code with its aliases in one line."""

    aliases = AliasField(label="别名", required=False, help_text="导入时也认这些写法，用顿号隔开。")

    class Meta:
        model = Code
        fields = (
            "table",
            "code",
            "name",
            "aliases",
            "position",
            "source",
            "valid_from",
            "is_active",
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        table: Any = self.fields.get("table")
        if table is not None:
            table.choices = [each for each in table.choices if each[0] not in FIXED_TABLES]


@admin.register(Code)
class CodeAdmin(TableAdmin):
    """Code tables. A code keeps its meaning for ever; one that is over is put out of use.

    Of the tables that rules know code by code only the aliases are the bureau's, of some the names.
    """

    form = CodeForm
    list_display = ("table", "code", "name", "source", "valid_from", "is_active")
    list_display_links = ("code", "name")
    list_filter = ("table", "is_active")
    search_fields = ("name", "code")
    search_help_text = "名称或代码"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A code that exists is not moved: rows hold it."""
        if obj is not None and obj.table in FIXED_TABLES:
            own = {"aliases", "name"} if obj.table in RENAMED_TABLES else {"aliases"}
            return tuple(name for name in CodeForm.Meta.fields if name not in own)
        return ("table", "code") if obj else ()


class ThresholdForm(forms.ModelForm):
    """A threshold as it stands, to be changed from a day on."""

    class Meta:
        model = RuleParameter
        fields = ("value", "area_code", "valid_from", "source", "note")
        help_texts = {
            "area_code": "留空表示全系统；填区县代码（前6位）只改一个区。",
            "valid_from": "从这一天起按新数值；以前的日子仍按原来的数值。",
        }
        widgets = {"note": AdminTextareaWidget(attrs={"rows": 3})}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.fields:
            self.initial["valid_from"] = timezone.localdate()
            reading = self.instance.reading
            self.fields["value"].help_text = (
                f"填{reading.expected}。" if reading else "还没有功能按它办事，改了暂不起作用。"
            )


@admin.register(RuleParameter)
class RuleParameterAdmin(TableAdmin):
    """Thresholds with unit, source and first day. Changing one adds a row; the old one stays."""

    form = ThresholdForm
    list_display = ("name", "shown_value", "use", "area_code", "valid_from", "source")
    search_fields = ("name", "key")
    search_help_text = "名称或标识"
    readonly_fields = ("key", "name", "value_type", "unit")
    fields = (
        *("name", "key", "value_type", "unit"),
        *("value", "area_code", "valid_from", "source", "note"),
    )

    @admin.display(description="数值")
    def shown_value(self, parameter: RuleParameter) -> str:
        """Show the value with its unit."""
        return parameter.shown

    @admin.display(description="使用情况")
    def use(self, parameter: RuleParameter) -> str:
        """Tell thresholds that rules read from those that wait for their programme."""
        return "使用中" if parameter.reading else "尚未启用"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: which thresholds there are is decided by the rules that read them."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep the old row and add the new one; the same day is a correction."""
        standing = RuleParameter.objects.get(pk=obj.pk)
        change_parameter(by=signed_in(request), parameter=standing, **form.cleaned_data)
