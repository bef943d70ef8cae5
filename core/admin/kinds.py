"""Kinds of organisations, links and activities: what the rules read of each, asked in Chinese words."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminIntegerFieldWidget, AdminTextInputWidget
from django.http import HttpRequest

from core import readings
from core.admin.base import TableAdmin
from core.enums import Engine
from core.forms import NOT_CHOSEN
from core.models import Kind


def _asked(engine: str) -> Iterator[tuple[str, str, readings.Setting]]:
    """Give the settings of ENGINE: the field that asks, the name that is kept, the setting."""
    for name, setting in readings.settings_of(engine).items():
        yield f"{engine}_{name}", name, setting


def _field(setting: readings.Setting) -> forms.Field:
    """Return what asks for SETTING. Whether it may be missing is asked once its engine is known."""
    shown: dict[str, Any] = {"label": setting.word, "required": False, "help_text": setting.hint}
    what, choices = setting.reading.what, setting.choices
    if what == "whole":
        return forms.IntegerField(widget=AdminIntegerFieldWidget, **shown)
    if what == "yes_no":
        return forms.BooleanField(**shown)
    if what == "list":
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=choices, widget=widget, **shown)
    if choices:
        return forms.ChoiceField(choices=[("", NOT_CHOSEN), *choices], **shown)
    return forms.CharField(widget=AdminTextInputWidget, **shown)


class KindForm(forms.ModelForm):
    """A kind. Settings that no rule reads are not asked and stay as they are."""

    class Meta:
        model = Kind
        fields = ("engine", "key", "name", "position", "source", "valid_from", "is_active")
        help_texts = {"key": "程序认这个类别用的代号；建好以后不改。"}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "key" in self.fields:
            like = "，".join(f"{engine.label}像“{engine}.new”" for engine in Engine)
            self.fields["key"].help_text += f"小写字母，点前面的照写：{like}。"
        for field, name, setting in _asked(self.instance.engine):
            is_ticked = setting.reading.what == "yes_no"
            self.fields[field].required = not (setting.reading.may_be_missing or is_ticked)
            self.initial.setdefault(field, self.instance.settings.get(name))

    def clean(self) -> dict[str, Any]:
        """Put the answers into the settings; what the rules cannot read is told beside its field."""
        super().clean()
        answers, settings = self.cleaned_data, dict(self.instance.settings)
        for field, name, setting in _asked(self.instance.engine or answers.get("engine", "")):
            value = answers.get(field)
            is_nothing = value is None or value in ("", [])
            if is_nothing or (value is False and setting.reading.may_be_missing):
                settings.pop(name, None)
            else:
                settings[name] = value
            if field not in self.errors and not setting.reading.accepts_value(settings.get(name)):
                self.add_error(field, setting.fault)
        self.instance.settings = settings
        return answers


@admin.register(Kind)
class KindAdmin(TableAdmin):
    """Kinds of organisations, links and activities: adding a programme adds a row."""

    form = KindForm
    list_display = ("name", "engine", "source", "valid_from", "is_active")
    list_filter = ("engine", "is_active")
    search_fields = ("name", "key")
    search_help_text = "名称或标识"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A kind that exists keeps its key: rows and rules hold it."""
        return ("engine", "key") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Kind | None = None) -> Any:
        """Ask for the settings of the kind's own engine; of a new one each engine's under its name."""
        return [
            (None, {"fields": ("engine", "key", "name")}),
            *(_fieldset(engine, is_new=obj is None) for engine in _engines(obj)),
            ("来源和启用", {"fields": ("position", "source", "valid_from", "is_active")}),
        ]

    def get_form(
        self, request: HttpRequest, obj: Kind | None = None, change: bool = False, **options: Any
    ) -> Any:
        """Ask for what the rooms have registered by now."""
        asked = {
            field: _field(setting)
            for engine in _engines(obj)
            for field, _, setting in _asked(engine)
        }
        options["form"] = type("KindForm", (KindForm,), asked)
        return super().get_form(request, obj, change, **options)


def _engines(kind: Kind | None) -> Iterable[str]:
    return [kind.engine] if kind else list(Engine)


def _fieldset(engine: str, *, is_new: bool) -> tuple[str, dict[str, Any]]:
    word = str(Engine(engine).label)
    said = {"description": f"所属选了“{word}”，才填这一块。"} if is_new else {}
    fields = [field for field, _, _ in _asked(engine)]
    return f"{word}的设置" if is_new else "设置", {"fields": fields, **said}
