"""What the registers of this room have in common in the admin."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from branches.refusal import ChangedMeanwhile
from branches.scoping import ScopedAdminMixin
from core.admin.base import HouseAdmin


class RegisterAdmin(ScopedAdminMixin, HouseAdmin):
    """Rows written by actions only: never deleted, not edited in lists, not dragged."""

    sortable_by = ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        """Tell the form who fills it."""
        form = super().get_form(request, obj, change, **options)
        user = request.user

        class Filled(form):  # type: ignore[valid-type,misc]  # made by the admin
            def __init__(self, *args: Any, **given: Any) -> None:
                super().__init__(*args, user=user, **given)

        return Filled

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page again with the sentence when an action refused what the form let through.

        Somebody else may write between the form's check and the action's; where the form itself
        says so beside its field, nothing typed is lost.
        """
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ChangedMeanwhile:
            return self.changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
            request.method = "GET"
            return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Leave one button to save."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **options)
