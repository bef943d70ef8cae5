"""Import and export in the admin, made safe: our formats, our sentences, every export on record."""

import io
from contextvars import ContextVar
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.forms import BaseForm, CharField, HiddenInput, Media
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from import_export.forms import ConfirmImportForm, ImportForm, SelectableFieldsExportForm
from import_export.tmp_storages import BaseStorage

from core import exports
from core.access import signed_in
from core.actions import start_export
from core.drafts import discard, found, survives_sign_in
from core.files import keep_file, open_file, remove_file
from core.forms import PurposeField, say_not_chosen
from core.impersonation import closed
from core.models import StoredFile, User
from core.parameters import Parameters
from core.rendering import FileDrop
from core.rules import is_key
from core.spreadsheets import Refusal, RefusedFile
from core.spreadsheets.formats import FORMATS, KIND_OF_FILE, SafeTable
from core.uploads import refuse_too_large

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
        remove_file(self._stored())

    def _stored(self) -> StoredFile:
        try:
            return StoredFile.objects.editable_by(_uploader.get()).get(pk=self.name)
        except (StoredFile.DoesNotExist, ValidationError) as error:
            raise RefusedFile(Refusal.GONE) from error


class SheetImportForm(ImportForm):
    """Takes a table by a button of our own words; of which kind it is, its contents tell (``SafeTable``)."""

    # What whoever uploads should know of the columns beforehand.
    note = ""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        file: Any = self.fields["import_file"]
        file.validators.append(refuse_too_large)
        file.widget = FileDrop("选择表格文件")
        # Any of the formats reads all of them: which one the library names matters to nobody.
        kind, _ = self.fields["format"].choices[-1]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["format"] = CharField(required=False, widget=HiddenInput)
        self.initial["format"] = self.kind = kind

    @property
    def media(self) -> Media:
        """Leave out the script that guesses the kind of the file."""
        return super(ImportForm, self).media

    def clean_format(self) -> str:
        """Read the file as a table, whatever was sent here."""
        return self.kind


class SheetConfirmForm(ConfirmImportForm):
    """Confirms an upload; of which kind it is and how it is read nobody is asked here either."""

    format = CharField(required=False, widget=HiddenInput)

    def clean_format(self) -> str:
        """Name the first of the formats: any of them reads all."""
        return "0"

    def clean_resource(self) -> str:
        """Read the rows in the one way that there is."""
        return "0"


class ColumnsExportForm(SelectableFieldsExportForm):
    """Chooses columns by their own names; asks what for before anything leaves the portal (domain §6.5)."""

    # What whoever exports should know of the file beforehand.
    note = ""
    purpose = PurposeField(help_text="写清给谁用、做什么。会记在操作记录里。")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        say_not_chosen(self.fields["format"])
        kinds: Any = self.fields["format"]
        kinds.label = KIND_OF_FILE
        # Each choice carries its place among the formats; the workbook is what offices open.
        kinds.initial = next((key for key, title in kinds.choices if title == "XLSX"), None)
        words = {each.title: f"{each.words}（{each.title}）" for each in FORMATS}
        kinds.choices = [(key, words.get(title, title)) for key, title in kinds.choices]

    def fill(self, kept: QueryDict) -> None:
        """Show what was KEPT of this form: a column that was not ticked then is not ticked now."""
        ticks = {name: name in kept for name in self.fields if name in self._columns}
        self.initial |= kept.dict() | ticks | {"export_items": kept.getlist("export_items")}

    @property
    def _columns(self) -> set[str]:
        return {name for names in self.resource_fields.values() for name in names}

    def _get_field_label(self, resource: Any, field_name: str) -> str:
        return resource.fields[field_name].column_name


class SafeExchangeMixin:
    """Put before the mixins of django-import-export on a ModelAdmin."""

    export_form_class: type[SelectableFieldsExportForm] = ColumnsExportForm

    import_form_class: type[ImportForm] = SheetImportForm
    confirm_form_class: type[ConfirmImportForm] = SheetConfirmForm
    import_formats = FORMATS
    export_formats = FORMATS
    # A last line says who exported when and for what (domain §6.5); not where the file comes back.
    export_is_signed = False

    def export_note(self, request: HttpRequest) -> str:
        """Say of the list asked for what its rows do not, for the last line; nothing as a rule."""
        return ""

    @closed
    @survives_sign_in
    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Ask what is exported; what was kept stands in the form again, and nothing goes out by it."""
        answer: Any = super().export_action(request)  # type: ignore[misc]  # of the mixin after this one
        if request.method != "POST" and (kept := found(request)) is not None:
            answer.context_data["form"].fill(kept)
        return answer

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

    def get_valid_export_item_pks(self, request: HttpRequest) -> "QuerySet[Any]":
        """Return those of the rows ticked that the list shows to this user."""
        ticked = [key for key in request.POST.getlist("export_items") if is_key(key)]
        shown = self.get_export_queryset(request)  # type: ignore[attr-defined]  # of the mixin after this one
        return shown.filter(pk__in=ticked).values_list("pk", flat=True)

    def get_export_context_data(self, **context: Any) -> dict[str, Any]:
        """Tell the page from how many rows on an export goes on in the background."""
        limits = Parameters(exports.ROWS_AT_ONCE, exports.KEEP_DAYS)
        return super().get_export_context_data(**context) | {  # type: ignore[misc]  # of the mixin after this one
            "rows_at_once": limits.number(exports.ROWS_AT_ONCE),
            "keep_days": limits.number(exports.KEEP_DAYS),
        }

    def _do_file_export(
        self,
        file_format: SafeTable,
        request: HttpRequest,
        queryset: "QuerySet[Any]",
        export_form: Any = None,
    ) -> HttpResponse:
        """Send the file, or start the run that makes it when there are many rows."""
        user = signed_in(request)
        if export_form is not None and "export_items" not in export_form.changed_data:
            at_once = Parameters(exports.ROWS_AT_ONCE).number(exports.ROWS_AT_ONCE)
            if queryset.order_by()[: at_once + 1].count() > at_once:
                order = self._order(request, file_format, export_form)
                return redirect("run", start_export(by=user, order=order).pk)
        content = self.get_export_data(file_format, request, queryset, export_form=export_form)
        discard(request)
        name = exports.file_name(self._title, file_format)
        return sent_file(content, name, file_format)

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
        form = options.get("export_form")
        resource_class = self.choose_export_resource_class(form, request)  # type: ignore[attr-defined]  # as above
        resource = resource_class(**self.get_export_resource_kwargs(request))  # type: ignore[attr-defined]  # as above
        columns = self.get_export_resource_fields_from_form(form)  # type: ignore[attr-defined]  # as above
        return hand_out(
            exports.Sheet(resource, queryset, columns),
            file_format,
            by=signed_in(request),
            title=self._title,
            purpose=_purpose(form),
            is_signed=self.export_is_signed,
            what=self.export_note(request),
        )

    @property
    def _title(self) -> str:
        return str(self.model._meta.verbose_name)  # type: ignore[attr-defined]  # of the ModelAdmin

    def _order(self, request: HttpRequest, file_format: SafeTable, form: Any) -> exports.Order:
        """Return what the form asks for, as a run can keep it."""
        return exports.Order(
            register=self.model._meta.label_lower,  # type: ignore[attr-defined]  # of the ModelAdmin
            columns=form.get_selected_resource_export_fields(),
            kind=file_format.get_title(),
            purpose=_purpose(form),
            asked=request.GET.urlencode(),
            resource=int(form.cleaned_data.get("resource") or 0),
        )

    def add_data_read_fail_error_to_form(self, form: BaseForm, error: Exception) -> None:
        """Say beside the file field why the file was refused."""
        if not isinstance(error, RefusedFile):
            raise error  # a fault of ours: the error page, not a riddle
        form.add_error("import_file", error.message)


def hand_out(
    sheet: exports.Sheet,
    file_format: SafeTable,
    *,
    by: User,
    title: str,
    purpose: str,
    area_path: str = "",
    is_signed: bool = True,
    what: str = "",
) -> bytes:
    """Return the rows of SHEET in their order as a file, and put its leaving on record.

    Signed, its last line says who exported when and for what (domain §6.5). Files that are meant
    to come back are not.
    """
    stream = io.BytesIO()
    signature = exports.signature_of(by, purpose, what) if is_signed else ""
    rows = sheet.write(stream, file_format, sheet.rows, title=title, signature=signature)
    exports.record_export(
        by=by,
        title=title,
        rows=rows,
        file_format=file_format,
        purpose=purpose,
        area_path=area_path,
    )
    return stream.getvalue()


def sent_file(content: bytes, name: str, file_format: SafeTable) -> HttpResponse:
    """Send CONTENT under its Chinese NAME, which a header only carries encoded (RFC 6266)."""
    response = HttpResponse(content, content_type=file_format.get_content_type())
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response


def _purpose(form: Any) -> str:
    return str(form.cleaned_data.get("purpose", "")) if form else ""
