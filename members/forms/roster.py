"""Input of the roster pages: the file, its columns, the choice before it is written."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from branches.models import Branch
from core.models import User
from members.enums import OnDuplicate, RowDecision
from members.forms.fields import DateWordsField
from members.models import RosterBatch
from members.roster.columns import BY_FIELD, COLUMNS
from members.roster.decisions import decided
from members.roster.reporting import layout_of, summarise
from members.rules.affiliation import check_letter

NOT_IMPORTED = "（不导入）"


class UploadForm(forms.Form):
    """A roster file, and the branch of the rows that name none."""

    file = forms.FileField(
        label="名册文件",
        help_text=".xlsx 或 .csv，最多20兆、20万行。表头里要有姓名和公民身份号码。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "请选择名册文件。", "empty": "文件是空的，请检查后重新上传。"},
    )
    branch = forms.CharField(
        label="没有写支部的行归入",
        required=False,
        max_length=100,
        help_text="可不填。填组织代码或完整名称，比如整份名册都是一个支部的。",
    )
    again = forms.BooleanField(
        label="这份文件导入过，再核对一遍", required=False, help_text="不会重复登记。"
    )

    def __init__(
        self, *args: Any, user: User, branch: Branch | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.user = user
        self._branch = branch
        if branch is not None:
            del self.fields["branch"]
            self.fields[
                "file"
            ].help_text = "电子表格，最多20兆、20万行。表头里要有姓名和公民身份号码。"

    def clean(self) -> dict[str, Any]:
        """Put in the branch that was settled before the form was shown."""
        return {"branch": self._branch} | (super().clean() or {})

    def clean_branch(self) -> Branch | None:
        """Find the branch by code or name among those the user may change."""
        typed = self.cleaned_data["branch"].strip()
        if not typed:
            return None
        mine = Branch.objects.editable_by(self.user).current()
        found = list(mine.filter(code=typed)) or list(mine.filter(name=typed)[:2])
        if not found:
            raise ValidationError("没有找到这个党支部。请填完整的名称或组织代码。")
        if len(found) > 1:
            raise ValidationError("有两个以上的党支部叫这个名称。请改填组织代码。")
        return found[0]


class ColumnsForm(forms.Form):
    """Which field each column of the sheet fills."""

    def __init__(self, *args: Any, batch: RosterBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        layout = layout_of(batch)
        choices = [("", NOT_IMPORTED), *((column.field, column.heading) for column in COLUMNS)]
        for place, (heading, field) in enumerate(zip(layout.headings, layout.fields, strict=True)):
            if heading:
                self.fields[f"column{place}"] = forms.ChoiceField(
                    label=heading, choices=choices, required=False, initial=field
                )
        self._width = len(layout.headings)

    def known(self) -> list[tuple[forms.BoundField, str]]:
        """Return the columns that were recognised, each with the heading of its field."""
        fields = [] if self.is_bound else [field for field in self if field.initial]
        return [(field, BY_FIELD[field.initial].heading) for field in fields]

    def unknown(self) -> list[forms.BoundField]:
        """Return the columns to ask about: those not recognised, after a refusal all."""
        return [field for field in self if self.is_bound or not field.initial]

    def chosen(self) -> list[str]:
        """Return one field a column, "" for one that is not imported."""
        return [self.cleaned_data.get(f"column{place}", "") for place in range(self._width)]


class ConfirmForm(forms.Form):
    """What to do with people who differ, and that rejected rows stay out."""

    on_duplicate = forms.ChoiceField(
        label="已登记、与名册不一致的同志",
        choices=OnDuplicate,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一种办法。"},
    )
    moved_on = DateWordsField(
        label="转接日期",
        error_messages={"required": "有要转接的同志，请填写转接日期。"},
    )
    moved_document = forms.CharField(
        label="介绍信编号或文件",
        max_length=100,
        help_text="这份名册里要转接的同志都用这一份。",
        error_messages={"required": "有要转接的同志，请填写介绍信编号或文件名称。"},
    )
    accept_good = forms.BooleanField(
        label="退回的行不写，其余照写",
        error_messages={"required": "有退回的行。要先写入其余的行，请勾选这一项。"},
    )

    def __init__(self, *args: Any, batch: RosterBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["on_duplicate"] = batch.on_duplicate
        summary = summarise(batch, OnDuplicate.ASK)
        if not summary.rejected:
            del self.fields["accept_good"]
        if not decided(batch, RowDecision.MOVE):
            del self.fields["moved_on"], self.fields["moved_document"]
        if not batch.has_differences:
            del self.fields["on_duplicate"]
        else:
            field: Any = self.fields["on_duplicate"]
            field.choices = [(value, _with_figures(batch, value)) for value in OnDuplicate.values]

    def moved(self) -> list[forms.BoundField]:
        """Return the fields about transfers."""
        return [self[name] for name in ("moved_on", "moved_document") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Judge day and letter as a single transfer's are."""
        given = super().clean() or {}
        if given.get("moved_on") and given.get("moved_document"):
            try:
                check_letter(
                    on=given["moved_on"],
                    today=timezone.localdate(),
                    document=given["moved_document"],
                )
            except ValidationError as refused:
                for name, sentences in refused.message_dict.items():
                    self.add_error(f"moved_{name}", sentences)
        return given


def _with_figures(batch: RosterBatch, choice: str) -> str:
    """Return a choice in words with what it comes to."""
    summary = summarise(batch, choice)
    return f"{OnDuplicate(choice).label}：变更{summary.changed}人，待确认{summary.to_confirm}人"
