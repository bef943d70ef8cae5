"""Read-only values link to another row only where the reader may open it.

Django links every foreign key it shows; who may not open the row would meet a refusal.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import helpers
from django.db.models import Model
from django.http import HttpRequest


def may_open(request: HttpRequest, admin_site: Any, row: Model, answer: bool | None = None) -> bool:
    """Return whether ROW has a page in the admin that the reader may open (at most one query).

    ANSWER is what another query said already of its being in sight.
    """
    known = request.__dict__.setdefault("_opened_rows", {})
    key = (row._meta.label, row.pk)
    if key not in known:
        page = admin_site._registry.get(type(row))  # noqa: SLF001 -- Django's own way to ask
        known[key] = (
            page is not None
            and page.has_view_or_change_permission(request)
            and (
                page.get_queryset(request).filter(pk=row.pk).exists() if answer is None else answer
            )
        )
    return known[key]


class OpenLinksForm(helpers.AdminForm):
    """An admin form as it was made, with the links that open."""

    def __init__(self, request: HttpRequest, made: helpers.AdminForm) -> None:
        self.__dict__.update(made.__dict__)
        self.request = request

    def __iter__(self) -> Iterator[helpers.Fieldset]:
        for name, options in self.fieldsets:
            yield _Section(
                self.request,
                self.form,
                name,
                readonly_fields=self.readonly_fields,
                model_admin=self.model_admin,
                **options,
            )


class _Section(helpers.Fieldset):
    fields: Any

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def __iter__(self) -> Iterator[helpers.Fieldline]:
        for field in self.fields:
            yield _Line(
                self.request, self.form, field, self.readonly_fields, model_admin=self.model_admin
            )


class _Line(helpers.Fieldline):
    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def __iter__(self) -> Iterator[Any]:
        for position, field in enumerate(self.fields):
            first = position == 0
            if field in self.readonly_fields:
                yield _Value(self.request, self.form, field, first, self.model_admin)
            else:
                yield helpers.AdminField(self.form, field, is_first=first)


class _Value(helpers.AdminReadonlyField):
    def __init__(
        self, request: HttpRequest, form: Any, field: Any, is_first: bool, model_admin: Any
    ) -> None:
        super().__init__(form, field, is_first, model_admin)
        self.request, self.pages = request, model_admin.admin_site

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> Any:
        """Return the link, or only the words."""
        if may_open(self.request, self.pages, remote_obj):
            return super().get_admin_url(remote_field, remote_obj)
        return str(remote_obj)
