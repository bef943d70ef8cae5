"""Import and export in the admin, made safe: our formats, our sentences, every export on record."""

from contextvars import ContextVar
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import content_disposition_header
from import_export.forms import SelectableFieldsExportForm
from import_export.tmp_storages import BaseStorage
from tablib import Dataset

from core import audit
from core.access import signed_in
from core.enums import Verb
from core.files import keep_file, open_file, path_of
from core.models import StoredFile, User
from core.spreadsheets import Refusal, RefusedFile
from core.spreadsheets.formats import FORMATS, SafeTable

# Who is importing, for the length of a request: the library hands its storage no request.
_uploader: ContextVar[User] = ContextVar("uploader")


class WaitingUpload(BaseStorage):
    """An upload that waits for its confirmation, as the private file of who sent it.

    Its name is the file's number: somebody else's, or one that is gone, is not there (P13).
    """

    def save(self, data: bytes) -> None:
        """Keep DATA for a day."""
        source = ContentFile(data)
        self.name = str(keep_file(by=_uploader.get(), name="导入", source=source, keep_days=1).pk)

    def read(self) -> bytes:
        """Return what was sent. RefusedFile: gone, confirmed already, or somebody else's."""
        return b"".join(open_file(self._stored()))

    def remove(self) -> None:
        """Forget it: it is imported."""
        stored = self._stored()
        place = path_of(stored)
        stored.delete()
        place.unlink(missing_ok=True)

    def _stored(self) -> StoredFile:
        try:
            return StoredFile.objects.editable_by(_uploader.get()).get(pk=self.name)
        except (StoredFile.DoesNotExist, ValidationError) as error:
            raise RefusedFile(Refusal.GONE) from error


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

    def import_action(self, request: HttpRequest, **options: Any) -> HttpResponse:
        """Check an upload and keep it for its confirmation."""
        _uploader.set(signed_in(request))
        return super().import_action(request, **options)  # type: ignore[misc]  # of the mixin after this one

    def process_import(self, request: HttpRequest, **options: Any) -> HttpResponse:
        """Import the confirmed upload; one that is gone is uploaded again."""
        _uploader.set(signed_in(request))
        try:
            return super().process_import(request, **options)  # type: ignore[misc]  # of the mixin after this one
        except RefusedFile as refusal:
            messages.error(request, refusal.message)
            opts = self.model._meta  # type: ignore[attr-defined]  # of the ModelAdmin
            return redirect(f"admin:{opts.app_label}_{opts.model_name}_import")

    def get_tmp_storage_class(self) -> type[WaitingUpload]:
        """Keep uploads as private files, not in the machine's common folder."""
        return WaitingUpload

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        """Name the file after the noun and the day here, not in Greenwich."""
        day = timezone.localdate().isoformat()
        return f"{self.model._meta.verbose_name}-{day}.{file_format.get_extension()}"  # type: ignore[attr-defined]  # of the ModelAdmin

    def _do_file_export(
        self, file_format: SafeTable, request: HttpRequest, queryset: Any, **options: Any
    ) -> HttpResponse:
        """Send the file under its Chinese name, which a header only carries encoded (RFC 6266)."""
        name = self.get_export_filename(request, queryset, file_format)
        response = super()._do_file_export(file_format, request, queryset, **options)  # type: ignore[misc]  # of the mixin after this one
        response["Content-Disposition"] = content_disposition_header(True, name)
        return cast("HttpResponse", response)

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
