"""What is said on the preview before a roster is written, kept from page to page until then."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from core.forms import DateWordsField
from members.enums import OnDuplicate, RowDecision
from members.models import RosterBatch
from members.roster import octobers
from members.roster.decisions import decided
from members.roster.doubts import WITH_REASON, Doubt, doubts_of
from members.roster.reporting import Summary, summarise
from members.rules.affiliation import check_letter

_DOUBT = "doubt_"


class ConfirmForm(forms.Form):
    """What to do with people who differ, what is confirmed of warnings, who stays out for now.

    What was ticked and typed before stands in it again, as ``RosterBatch.answers`` kept it.
    """

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
    octobers = forms.CharField(
        label="末尾 .1 其实是10月的行号",
        required=False,
        max_length=octobers.LONGEST,
        help_text="如“3、8”，都是10月写“全部”，都是1月空着。写好按“按10月重新核对”，不用改表格。",
    )
    accept_good = forms.BooleanField(
        label="退回的行不写，其余照写",
        error_messages={"required": "有退回的行。要先写入其余的行，请勾选这一项。"},
    )
    leave_open = forms.BooleanField()

    def __init__(self, *args: Any, batch: RosterBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        said = octobers.in_words(batch.octobers)
        kept = {"on_duplicate": batch.on_duplicate, "octobers": said}
        self.initial = kept | batch.answers | self.initial
        self.summary = summarise(batch, self._choice(batch))
        if not self.summary.rejected:
            del self.fields["accept_good"]
        if not decided(batch, RowDecision.MOVE):
            del self.fields["moved_on"], self.fields["moved_document"]
        if not batch.has_differences:
            del self.fields["on_duplicate"]
        else:
            field: Any = self.fields["on_duplicate"]
            field.choices = [(value, _with_figures(batch, value)) for value in OnDuplicate.values]
        self._ask_about_open()
        self._doubts = doubts_of(batch)
        self._batch = batch
        if not said and octobers.CODE not in [doubt.code for doubt in self._doubts]:
            del self.fields["octobers"]
        for doubt in self._doubts:
            self.fields[f"{_DOUBT}{doubt.code}"] = _doubt_field(doubt)

    @classmethod
    def typed(cls, data: QueryDict) -> dict[str, str]:
        """Return what of DATA, a posted page, belongs to such a form."""
        return {
            name: str(value)
            for name, value in data.items()
            if value and (name in cls.base_fields or name.startswith(_DOUBT))
        }

    @property
    def may_write(self) -> bool:
        """Whether any choice on this page writes anybody, while others are not decided about."""
        return "on_duplicate" in self.fields or not self.is_open or _writes(self.summary)

    @property
    def is_open(self) -> bool:
        """Whether anybody is not decided about under the choice made."""
        return self.summary.to_confirm > 0

    def doubts(self) -> list[tuple[forms.BoundField, Doubt]]:
        """Return a field for each kind of warning."""
        return [(self[f"{_DOUBT}{doubt.code}"], doubt) for doubt in self._doubts]

    def answers(self) -> dict[str, str]:
        """Return what was said of each kind of warning: a reason, or "" for a tick."""
        said = {doubt.code: self.cleaned_data[f"{_DOUBT}{doubt.code}"] for doubt in self._doubts}
        return {code: "" if answer is True else answer for code, answer in said.items()}

    def moved(self) -> list[forms.BoundField]:
        """Return the fields about transfers."""
        return [self[name] for name in ("moved_on", "moved_document") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """Judge day and letter as a single transfer's are; at least somebody must be written."""
        given = super().clean() or {}
        if self.is_open and not _writes(self.summary):
            raise ValidationError("这样一位也不会写入。请先逐位决定，或另选一种办法。")
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

    def clean_octobers(self) -> str:
        """Refuse what was typed and not read anew: the rows shown are not those it would write."""
        typed: str = self.cleaned_data["octobers"]
        if octobers.read(typed) != self._batch.octobers:
            raise ValidationError(
                "写了行号，还没有重新核对。请按“按10月重新核对”；不是10月的，把行号去掉。"
            )
        return typed

    def _choice(self, batch: RosterBatch) -> str:
        """Return the choice for people who differ: as posted, as kept, or the batch's own."""
        source = self.data if self.is_bound else self.initial
        said = str(source.get("on_duplicate", ""))
        return said if said in OnDuplicate.values else batch.on_duplicate

    def _ask_about_open(self) -> None:
        """Ask whether the others are written before everybody is decided about."""
        left = self.summary.to_confirm
        if not left:
            del self.fields["leave_open"]
            return
        field = self.fields["leave_open"]
        field.label = f"先写其余的，这{left}位以后再说"
        field.error_messages["required"] = f"还有{left}位没有决定。请先决定，或者勾选这一项。"


def _writes(summary: Summary) -> bool:
    """Return whether anything at all is written."""
    return bool(summary.new or summary.changed or summary.moved or summary.linked or summary.links)


def _doubt_field(doubt: Doubt) -> forms.Field:
    label = f"{doubt.sentence}（{doubt.rows}行）"
    if doubt.code in WITH_REASON:
        return forms.CharField(
            label=label,
            max_length=100,
            help_text="请写一句原因，比如“以档案为准”。",
            error_messages={"required": "请写一句原因；要改的，请在表格里改好再上传。"},
        )
    return forms.BooleanField(
        label=f"核对过了：{label}",
        error_messages={"required": "请先看一看这些行，再勾选。"},
    )


def _with_figures(batch: RosterBatch, choice: str) -> str:
    """Return a choice in words with what it comes to."""
    summary = summarise(batch, choice)
    return f"{OnDuplicate(choice).label}（变更{summary.changed}人，待确认{summary.to_confirm}人）"
