"""Import and export in the admin, made safe: our formats, our sentences, every export on record."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils import timezone
from import_export.forms import SelectableFieldsExportForm
from tablib import Dataset

from core import audit
from core.access import signed_in
from core.enums import Verb
from core.models import User
from core.spreadsheets import RefusedFile
from core.spreadsheets.formats import FORMATS, SafeTable


class ColumnsExportForm(SelectableFieldsExportForm):
    """Chooses columns by their own names."""

    def _get_field_label(self, resource: Any, field_name: str) -> str:
        return resource.fields[field_name].column_name


class SafeExchangeMixin:
    """Put before the mixins of django-import-export on a ModelAdmin."""

    export_form_class: type[SelectableFieldsExportForm] = ColumnsExportForm

    import_formats = FORMATS
    export_formats = FORMATS
    # A last line says who exported when and for what (domain §6.5); not where the file comes back.
    export_is_signed = False

    def add_data_read_fail_error_to_form(self, form: BaseForm, error: Exception) -> None:
        """Say beside the file field why the file was refused."""
        if not isinstance(error, RefusedFile):
            raise error  # a fault of ours: the error page, not a riddle
        form.add_error("import_file", error.message)

    def get_export_data(
        self,
        file_format: SafeTable,
        request: HttpRequest,
        queryset: "QuerySet[Any]",
        **options: Any,
    ) -> bytes:
        """Return the file with its values as they are (numbers as numbers), and record the export."""
        if not self.has_export_permission(request):  # type: ignore[attr-defined]  # of the mixin after this one
            raise PermissionDenied
        data = self.get_data_for_export(request, queryset, force_native_type=True, **options)  # type: ignore[attr-defined]  # of the mixin after this one
        form = options.get("export_form")
        return hand_out(
            data,
            file_format,
            by=signed_in(request),
            title=str(queryset.model._meta.verbose_name),
            purpose=form.cleaned_data.get("purpose", "") if form else "",
            area_path=next(iter(signed_in(request).standing.reach_for(Verb.VIEW).area_paths), ""),
            is_signed=self.export_is_signed,
        )


def hand_out(
    data: Dataset,
    file_format: SafeTable,
    *,
    by: User,
    title: str,
    purpose: str,
    area_path: str,
    is_signed: bool = True,
) -> bytes:
    """Return DATA as a file and put its leaving on record: who, when, what for (domain §6.5).

    Signed, its last line says the same. Files that are meant to come back are not.
    """
    audit.record(
        by=by,
        act="导出",
        label=title,
        area_path=area_path,
        note=f"{len(data)}行，{file_format.get_title()}。{purpose}",
    )
    data.title = title
    if is_signed:
        moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
        signature = f"{by}于{moment}导出，用途：{purpose or '未写'}"
        data.append([signature, *[""] * (data.width - 1)])
    return file_format.export_data(data)
