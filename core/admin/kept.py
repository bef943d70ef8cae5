"""The forms of the admin survive signing in again, as the pages of secretaries do (elder rule 24)."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse

from core.drafts import discard, found, survives_sign_in

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin
else:
    _Admin = object

_KEPT = "_kept_form"
STILL_HERE = "您填好的内容都还在，只是还没有保存。请看一遍，再按保存。"


class KeptFormMixin(_Admin):
    """Adding and changing: what was sent after the session ended comes back for its owner alone.

    The hidden mark of the owner stands in ``admin/change_form.html``. Files and passwords are not kept.
    """

    @survives_sign_in
    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add a row; fill the form with what was kept."""
        _look_up(request)
        return super().add_view(request, form_url, extra_context)

    @survives_sign_in
    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Change a row; fill the form with what was kept."""
        _look_up(request)
        return super().change_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any
    ) -> Any:
        """Give the form what was kept, as if it had just been sent."""
        form = super().get_form(request, obj, change, **options)
        kept = request.__dict__.get(_KEPT)
        if kept is None:
            return form

        class Kept(form):  # type: ignore[valid-type,misc]  # made by the admin
            def __init__(self, data: Any = None, *args: Any, **given: Any) -> None:
                super().__init__(kept if data is None else data, *args, **given)

        return Kept

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Forget what was kept: it is saved."""
        super().save_related(request, form, formsets, change)
        discard(request)


def _look_up(request: HttpRequest) -> None:
    if request.method != "POST" and (kept := found(request)) is not None:
        request.__dict__[_KEPT] = kept
        messages.warning(request, STILL_HERE)
