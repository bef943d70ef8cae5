"""The form of an export: what it is for, which columns, which kind of file."""

from django import forms

from core.forms import PurposeField
from core.registers import SignedExportForm
from core.spreadsheets.formats import KIND_OF_FILE, SafeCsv, SafeTable, SafeXlsx

_KINDS: dict[str, type[SafeTable]] = {"xlsx": SafeXlsx, "csv": SafeCsv}


class MemberExportForm(SignedExportForm):
    """Says that no sealed column leaves in full."""

    note = (
        "导出的证件号码和联系电话中间用星号遮住，整份表格不能带完整号码。要看某一位同志的完整号码，"
        "请打开他的资料，点“查看完整信息”，写明原因；谁看过，本人能看到。"
    )


class BranchExportForm(forms.Form):
    """What a secretary's copy of his roster is for, and which kind of file."""

    purpose = PurposeField()
    format = forms.ChoiceField(
        label=KIND_OF_FILE,
        choices=[(key, each.words) for key, each in _KINDS.items()],
        initial="xlsx",
        widget=forms.RadioSelect,
    )

    def file_format(self) -> SafeTable:
        """Return the chosen writer."""
        return _KINDS[self.cleaned_data["format"]]()
