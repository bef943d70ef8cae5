"""Registers that only go out as tables: who may take one, what for, and only what he sees (house §5)."""

from typing import Any

from django.http import HttpRequest
from import_export.admin import ExportMixin

from core.exchange import ColumnsExportForm, SafeExchangeMixin
from core.forms import PurposeField


class SignedExportForm(ColumnsExportForm):
    """The form of a file that says itself what it was taken out for."""

    purpose = PurposeField()


class RegisterExport(SafeExchangeMixin, ExportMixin):
    """Put before a ModelAdmin whose list may be taken out by who has ``export_verb`` and sees it."""

    export_verb = ""
    export_form_class = SignedExportForm
    export_is_signed = True
    # Its button stands in change_list_object_tools.html.
    import_export_change_list_template = "admin/change_list.html"

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Ask the verb, and whether the list is his to see."""
        may_see: bool = self.has_view_permission(request)  # type: ignore[attr-defined]  # of the ModelAdmin
        return may_see and bool(request.user.has_perm(self.export_verb))

    def get_export_resource_kwargs(self, request: HttpRequest, **options: Any) -> dict[str, Any]:
        """Return the resource's arguments with the exporting user."""
        return super().get_export_resource_kwargs(request, **options) | {"user": request.user}
