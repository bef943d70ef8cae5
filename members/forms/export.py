"""The form of an export: what it is for, which columns, which kind of file."""

from django import forms

from core.forms import ReasonField
from core.registers import SignedExportForm
from core.spreadsheets.formats import SafeCsv, SafeTable, SafeXlsx

_KINDS: dict[str, type[SafeTable]] = {"xlsx": SafeXlsx, "csv": SafeCsv}


class MemberExportForm(SignedExportForm):
    """Says that no sealed column leaves in full."""

    note = (
        "导出的证件号码和联系电话中间用星号遮住，整份表格不能带完整号码。要看某一位同志的完整号码，"
        "请打开他的资料，点“查看完整信息”，写明原因；谁看过，本人能看到。"
    )


class BranchExportForm(forms.Form):
    """What a secretary's copy of his roster is for, and which kind of file."""

    purpose = ReasonField(label="做什么用", help_text="如“打印后换届时核对”。会写在文件末行。")
    format = forms.ChoiceField(
        label="哪种文件",
        choices=[("xlsx", "表格，能打印"), ("csv", "文本，给别的系统用")],
        initial="xlsx",
        widget=forms.RadioSelect,
    )

    def file_format(self) -> SafeTable:
        """Return the chosen writer."""
        return _KINDS[self.cleaned_data["format"]]()
