"""The form of an export: what it is for, which columns, which kind of file."""

from typing import Any

from django import forms

from core.exchange import ColumnsExportForm


class PurposeExportForm(ColumnsExportForm):
    """Asks for the purpose before anything leaves the portal (domain §6.5)."""

    purpose = forms.CharField(
        label="用途", max_length=100, help_text="写清给谁用、做什么。会写进文件末行和操作记录。"
    )

    def __init__(self, formats: Any, resources: Any, **options: Any) -> None:
        super().__init__(formats, resources, **options)
        kinds: Any = self.fields["format"]
        # Each choice carries its place among the formats; the workbook is what offices open.
        kinds.initial = next((key for key, title in kinds.choices if title == "XLSX"), None)
