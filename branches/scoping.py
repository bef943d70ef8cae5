"""One adapter of row scope for each place that touches rows (house §3).

What is not yours looks like what does not exist: 404. What you see but may not change: 403.
The decision itself is only in ``visible_to``, ``editable_by`` and ``choosable_by``.
"""

from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import models
from django.forms import ModelChoiceField
from django.http import Http404, HttpRequest
from import_export import widgets

from core.models import User
from core.querysets import ScopedQuerySet
from core.resources import VisibleResource

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin
    _Form = Any
else:
    _Admin = _Form = object

Row = TypeVar("Row", bound=models.Model)
Visitor = User | AnonymousUser


# --- views -----------------------------------------------------------------------------------


def get_visible_or_404(
    rows: "type[Row] | models.QuerySet[Row]", user: Visitor, **lookup: Any
) -> Row:
    """Return the one row of ROWS (a model or a queryset) by LOOKUP that USER may see, or 404."""
    return _get(_scoped(rows).visible_to(user), lookup)


def get_editable_or_404(
    rows: "type[Row] | models.QuerySet[Row]", user: Visitor, **lookup: Any
) -> Row:
    """Return the one row by LOOKUP that USER may change; 403 if he only sees it, else 404."""
    try:
        return _get(_scoped(rows).editable_by(user), lookup)
    except Http404:
        _get(_scoped(rows).visible_to(user), lookup)
        raise PermissionDenied("您可以查看这条记录，但不能修改。") from None


def is_editable(row: models.Model, user: Visitor) -> bool:
    """Return whether USER may change ROW."""
    noun: Any = type(row)
    found: bool = noun._default_manager.editable_by(user).filter(pk=row.pk).exists()
    return found


def _scoped(rows: Any) -> Any:
    if isinstance(rows, models.QuerySet):
        return rows
    return rows._default_manager.all()


def _get(rows: Any, lookup: dict[str, Any]) -> Any:
    try:
        return rows.get(**lookup)
    except (rows.model.DoesNotExist, ValueError, TypeError, OverflowError, ValidationError):
        raise Http404("没有找到这条记录。") from None


# --- choices ---------------------------------------------------------------------------------


def choices_for(rows: Any, user: Visitor) -> Any:
    """Return the rows of a model or queryset that USER may choose; unscoped nouns stay whole."""
    choices = _scoped(rows)
    return choices.choosable_by(user) if isinstance(choices, ScopedQuerySet) else choices


class ScopedForm(_Form):
    """A form whose choices of rows are only those its ``user`` may choose.

    Mix in before ``ModelForm``/``Form`` and pass ``user=request.user``.
    """

    def __init__(self, *args: Any, user: Visitor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, ModelChoiceField):
                field.queryset = choices_for(field.queryset, user)


# --- admin -----------------------------------------------------------------------------------


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A list filter whose choices are the rows the reader sees."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        """Return (key, label) of the visible rows only."""
        rows = _scoped(field.remote_field.model)
        if isinstance(rows, ScopedQuerySet):
            rows = rows.visible_to(request.user)
        key = field.target_field.attname
        return [(getattr(row, key), str(row)) for row in rows]


def is_select(request: HttpRequest) -> bool:
    """Return whether a searched select of a form is asking, not a list."""
    match = request.resolver_match
    return match is not None and match.url_name == "autocomplete"


def is_list(request: HttpRequest) -> bool:
    """Return whether a list is asked for, whose columns tell more of each row than its own page does."""
    match = request.resolver_match
    return match is not None and (match.url_name or "").endswith("_changelist")


def may_edit(request: HttpRequest, row: models.Model, answer: bool | None = None) -> bool:
    """Return whether the reader may change ROW; asked once a request.

    ANSWER is what the query that fetched ROW said already of ``editable_by``.
    """
    known = request.__dict__.setdefault("_editable_rows", {})
    key = (row._meta.label, row.pk)
    if key not in known:
        known[key] = is_editable(row, request.user) if answer is None else answer
    return known[key]


class ScopedAdminMixin(_Admin):
    """A register's admin: only visible rows, changed only where editable."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows the user sees."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Ask the verb, and for one row also its reach."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or may_edit(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Narrow the choices to what the user may choose."""
        if "queryset" not in options:
            options["queryset"] = choices_for(db_field.remote_field.model, request.user)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Narrow the choices to what the user may choose."""
        if "queryset" not in options:
            options["queryset"] = choices_for(db_field.remote_field.model, request.user)
        return super().formfield_for_manytomany(db_field, request, **options)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Leave out the little links beside selects: every register has pages of its own."""
        field: Any = super().formfield_for_dbfield(db_field, request, **options)
        for link in ("can_add_related", "can_change_related", "can_view_related"):
            if hasattr(getattr(field, "widget", None), link):
                setattr(field.widget, link, False)
        return field

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Let filters by another register offer only its visible rows."""
        return [self._scoped_filter(each) for each in super().get_list_filter(request)]

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search visible rows; a select of another form is offered only what may be chosen."""
        found, distinct = super().get_search_results(request, queryset, search_term)
        if is_select(request):
            found = found.filter(pk__in=choices_for(self.model, request.user).values("pk"))
        return found, distinct

    def _scoped_filter(self, wanted: Any) -> Any:
        if not isinstance(wanted, str):
            return wanted
        try:
            field = self.model._meta.get_field(wanted)
        except FieldDoesNotExist:
            return wanted
        related = field.is_relation and isinstance(_scoped(field.related_model), ScopedQuerySet)
        return (wanted, ScopedRelatedFilter) if related else wanted


# --- import and export -----------------------------------------------------------------------


class ScopedForeignKeyWidget(widgets.ForeignKeyWidget):
    """Finds the row a cell names only among those the importing user may choose."""

    user: Visitor = AnonymousUser()

    def get_queryset(self, value: Any, row: Any, *args: Any, **options: Any) -> Any:
        """Return the choosable rows."""
        return choices_for(self.model, self.user)


class ScopedResource(VisibleResource):
    """A spreadsheet of a register: exports what USER sees, imports into what he may change.

    Pass the user by ``get_import_resource_kwargs`` / ``get_export_resource_kwargs``
    (``ScopedSheetsMixin`` does); without one there are no rows.
    """

    def __init__(self, user: Visitor | None = None, **options: Any) -> None:
        super().__init__(user, **options)
        for field in self.fields.values():
            if isinstance(field.widget, ScopedForeignKeyWidget):
                field.widget.user = self.user

    def get_queryset(self) -> Any:
        """Rows that an imported line may meet: the editable ones."""
        return super().get_queryset().editable_by(self.user)

    def after_save_instance(self, instance: Any, row: Any, **options: Any) -> None:
        """Refuse a line that put its row out of the user's reach."""
        super().after_save_instance(instance, row, **options)
        rows = type(instance)._default_manager.editable_by(self.user)
        if not rows.filter(pk=instance.pk).exists():
            raise ValidationError("这一行写的组织不在您的管理范围内。")


class ScopedSheetsMixin:
    """Hands the user of the request to the resources of an import/export admin."""

    def get_import_resource_kwargs(self, request: HttpRequest, **options: Any) -> dict[str, Any]:
        """Return the resource's arguments with the importing user."""
        base = super().get_import_resource_kwargs(request, **options)  # type: ignore[misc]  # mixin
        return base | {"user": request.user}

    def get_export_resource_kwargs(self, request: HttpRequest, **options: Any) -> dict[str, Any]:
        """Return the resource's arguments with the exporting user."""
        base = super().get_export_resource_kwargs(request, **options)  # type: ignore[misc]  # mixin
        return base | {"user": request.user}
