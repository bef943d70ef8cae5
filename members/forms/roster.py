"""Input of the roster pages: the file, its columns, the choice before it is written."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from branches.models import Branch
from core.display import masked
from core.models import User
from core.rendering import FileDrop
from core.spreadsheets import Limits
from core.uploads import refuse_too_large
from members.columns import SEALED
from members.models import RosterBatch, RosterHeading
from members.roster.columns import BY_FIELD, COLUMNS, NOT_IMPORTED, heading_key, is_no_field
from members.roster.headings import AMBIGUOUS, HEAD_ROWS, MEANINGS, HeadingFault, faults_of
from members.roster.reporting import layout_of
from members.roster.strangers import MOST, Stranger
from members.roster.workbook import first_rows_of, sheets_of

_CELLS_SHOWN = 6
_MEGABYTE = 1_048_576
_EXAMPLES = 2
_OFF = "本地没有启用这一栏，不会保存。"
_STRANGE = "没认出，请指一下是什么；不用导入的不用管。"


class UploadForm(forms.Form):
    """A roster file, and the branch of the rows that name none."""

    file = forms.FileField(
        label="名册文件",
        widget=FileDrop("选择名册文件", attrs={"accept": ".xlsx,.csv"}),
        validators=[refuse_too_large],
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
        limits = Limits.of_settings()
        size = f"最多{limits.file_bytes // _MEGABYTE}兆"
        rows, csv_rows = (f"{number / 10_000:g}万行" for number in (limits.rows, limits.csv_rows))
        kinds = f".xlsx 或 .csv，{size}，.xlsx 最多{rows}，.csv 最多{csv_rows}"
        if branch is not None:
            del self.fields["branch"]
            kinds = f"电子表格，{size}、{rows}"
        self.fields["file"].help_text = f"{kinds}。表头里要有姓名和公民身份号码。"

    def clean(self) -> dict[str, Any]:
        """Put in the branch that was settled before the form was shown."""
        return {"branch": self._branch} | (super().clean() or {})

    def clean_branch(self) -> Branch | None:
        """Find the branch by code or name among those the user may change."""
        typed = self.cleaned_data["branch"].strip()
        if not typed:
            return None
        return find_branch(self.user, typed)


class SheetForm(forms.Form):
    """Which sheet of the workbook is read."""

    sheet = forms.ChoiceField(label="换一张工作表", error_messages={"required": "请选一张工作表。"})

    def __init__(self, *args: Any, batch: RosterBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["sheet"]
        field.choices = [(name, name) for name in sheets_of(batch)]
        self.initial.setdefault("sheet", batch.sheet)


class HeadingForm(forms.Form):
    """Where the heading stands, when nobody could tell."""

    row = forms.ChoiceField(
        label="哪一行是表头",
        widget=forms.RadioSelect,
        error_messages={"required": "请选一行。"},
    )
    two_lines = forms.BooleanField(label="表头有两行，连同下一行", required=False)

    def __init__(self, *args: Any, batch: RosterBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("row", str(batch.layout.get("first_row") or ""))
        lines = first_rows_of(batch)[:HEAD_ROWS]
        self._numbers = [number for number, _ in lines]
        field: Any = self.fields["row"]
        field.choices = [
            *((str(number), _line(number, cells)) for number, cells in lines),
            ("0", "没有表头，第一行就是一位同志"),
        ]

    def place(self) -> tuple[int, int]:
        """Return the first and the last row of the heading as chosen; (0, 0) where there is none."""
        first = int(self.cleaned_data["row"])
        below = [number for number in self._numbers if number > first]
        return first, below[0] if first and below and self.cleaned_data["two_lines"] else first


def _line(number: int, cells: Sequence[str]) -> str:
    said = [cell for cell in cells if cell][:_CELLS_SHOWN]
    return f"第{number}行：{'、'.join(said)}"


class ColumnsForm(forms.Form):
    """Which field each column of the sheet fills."""

    def __init__(
        self,
        *args: Any,
        batch: RosterBatch,
        said: Mapping[str, RosterHeading] | None = None,
        off: Collection[str] = frozenset(),
        every: bool = False,
        **options: Any,
    ) -> None:
        """SAID: what was said of headings before, by key. EVERY: ask about the known ones too.

        OFF: columns that are not kept here.
        """
        super().__init__(*args, **options)
        layout = layout_of(batch)
        self._every = every or self.is_bound
        self._width = len(layout.headings)
        self.asks = [
            _asking(fault)
            for fault in faults_of(layout, needs_branch=batch.branch_id is None)
            if layout.headings
        ]
        below = [cells for number, cells in first_rows_of(batch) if number > layout.last_row]
        for place, (heading, field) in enumerate(zip(layout.headings, layout.fields, strict=True)):
            if heading:
                self.fields[f"column{place}"] = forms.ChoiceField(
                    label=heading,
                    choices=_choices(heading, off),
                    required=False,
                    initial="" if field in off else field,
                    help_text=_OFF
                    if field in off
                    else _hint(heading, field, place, below, said or {}),
                )

    def known(self) -> list[tuple[forms.BoundField, str]]:
        """Return the columns that were recognised, each with the heading of its field."""
        fields = [] if self._every else [field for field in self if field.initial]
        return [(field, BY_FIELD[field.initial].heading) for field in fields]

    def unknown(self) -> list[forms.BoundField]:
        """Return the columns to ask about: those not recognised, after a refusal all."""
        return [field for field in self if self._every or not field.initial]

    def chosen(self) -> list[str]:
        """Return one field a column, "" for one that is not imported."""
        return [self.cleaned_data.get(f"column{place}", "") for place in range(self._width)]


def _choices(heading: str, off: Collection[str]) -> list[tuple[str, str]]:
    """Return what a column may be; of an ambiguous one the two that it is likely to be come first."""
    first = MEANINGS if heading_key(heading) in AMBIGUOUS else ()
    fields = [*first, *(column.field for column in COLUMNS if column.field not in first)]
    named = [(name, BY_FIELD[name].heading) for name in fields if name not in off]
    return [("", NOT_IMPORTED), *named]


def _hint(
    heading: str,
    field: str,
    place: int,
    below: Sequence[Sequence[str]],
    said: Mapping[str, RosterHeading],
) -> str:
    """Return that a column was not recognised, what stands in it, and who said before what it is."""
    cells = (row[place] for row in below if place < len(row))
    if SEALED.get(field) in {"address", "name"}:  # long numbers are hidden already
        cells = (masked(cell, SEALED[field]) for cell in cells)
    values = list(dict.fromkeys(cell for cell in cells if cell))[:_EXAMPLES]
    parts = [f"例：{'、'.join(values)}。"] if values else []
    before = said.get(heading_key(heading))
    if before is not None and before.field == field:
        day = timezone.localdate(before.at)
        parts.append(f"上次这样认的（{before.by}，{day.year}年{day.month}月{day.day}日）。")
    elif not field and not is_no_field(heading) and heading_key(heading) not in AMBIGUOUS:
        return format_html("<strong>{}</strong>{}", _STRANGE, "".join(parts))
    return "".join(parts)


def _asking(fault: HeadingFault) -> str:
    """Return what a person is asked about FAULT, where the command could only refuse the file."""
    if fault.code == "missing_column":
        return f"还没有“{fault.column}”。请指出是哪一列；表格里没有的，请补上再上传。"
    if fault.code == "ambiguous_heading":
        return f"“{fault.column}”这一列，从内容分不清是党员类别还是人员类别。请选一个。"
    return fault.message


class BranchesForm(forms.Form):
    """Which branches the names mean that were not found."""

    def __init__(
        self, *args: Any, strangers: Sequence[Stranger], user: User, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._user = user
        self._strangers = strangers
        for place, stranger in enumerate(strangers):
            near = [(str(branch.pk), _named_with_code(branch)) for branch in stranger.near]
            if near:
                self.fields[f"near{place}"] = forms.ChoiceField(
                    label=f"“{stranger.name}”（{stranger.rows}行）是哪个党支部",
                    choices=[*near, ("", "都不是")],
                    required=False,
                    widget=forms.RadioSelect,
                )
            self.fields[f"named{place}"] = forms.CharField(
                label="都不是的，填组织代码或完整名称"
                if near
                else f"“{stranger.name}”（{stranger.rows}行）是哪个党支部（代码或完整名称）",
                required=False,
                max_length=100,
            )

    def clean(self) -> dict[str, Any]:
        """Find the branches typed among those the user may change; what is typed wins."""
        data = super().clean() or {}
        for place, stranger in enumerate(self._strangers):
            near = {str(branch.pk): branch for branch in stranger.near}
            answer = near.get(data.get(f"near{place}", ""))
            if typed := data.get(f"named{place}"):
                try:
                    answer = find_branch(self._user, typed)
                except ValidationError as fault:
                    self.add_error(f"named{place}", fault)
            data[f"answer{place}"] = answer
        return data

    def names(self) -> list[list[forms.BoundField]]:
        """Return the fields of each name: the near branches where there are any, the typed one."""
        return [
            [self[name] for name in (f"near{place}", f"named{place}") if name in self.fields]
            for place in range(len(self._strangers))
        ]

    @property
    def counted(self) -> str:
        """How many names are asked about, and whether there are more."""
        number = len(self._strangers)
        return f"共{number}个名称" if number < MOST else f"只列出行数最多的{MOST}个名称"

    def answers(self) -> dict[str, Branch]:
        """Return the branch by name, of those that were answered."""
        answers = {
            stranger.name: self.cleaned_data.get(f"answer{place}")
            for place, stranger in enumerate(self._strangers)
        }
        return {name: branch for name, branch in answers.items() if branch is not None}


def _named_with_code(branch: Branch) -> SafeString:
    """Return BRANCH as a choice, the code on a line of its own: in a bracket it broke."""
    return format_html("<span>{} <small>组织代码 {}</small></span>", branch.name, branch.code)


def find_branch(user: User, typed: str) -> Branch:
    """Return the branch that TYPED names by code or name among those USER may change."""
    mine = Branch.objects.editable_by(user).current().select_related("kind")
    found = list(mine.filter(code=typed)) or list(mine.filter(name=typed)[:2])
    if not found:
        raise ValidationError("没有找到这个党支部。请填完整的名称或组织代码。")
    if len(found) > 1:
        raise ValidationError("有两个以上的党支部叫这个名称。请改填组织代码。")
    return found[0]


class UndoForm(forms.Form):
    """Why a written roster is taken back."""

    reason = forms.CharField(
        label="为什么撤回",
        max_length=100,
        help_text="如“传错了文件”。会留在操作记录里。",
        error_messages={"required": "请写明为什么撤回。"},
    )
