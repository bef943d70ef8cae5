"""What the admins of core have in common."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse

from core import audit, rules
from core.access import signed_in
from core.admin.history import HistoryPage
from core.admin.kept import KeptFormMixin
from core.admin.links import OpenLinksForm
from core.admin.selects import SearchedSelect
from core.forms import NOT_CHOSEN, say_not_chosen
from core.paging import ListPaginator

# What Django's own filters append to the name of a column.
_ENDINGS = ("exact", "id__exact", "pk__exact", "key__exact", "isnull")


class HouseAdmin(KeptFormMixin, HistoryPage, admin.ModelAdmin):
    """What all lists and records of the admin have in common.

    A list shows a page at a time, never all: no page grows with the register (elder_ux rule 30).
    It answers only the questions of its filters: any other could ask a hidden column letter by
    letter, or keep the database busy with a pattern.
    """

    # Questions of links to the list, such as a tile's, beside those of its filters.
    linked_lookups: frozenset[str] = frozenset()

    actions: Any = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = ListPaginator

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow the parameters of the list's filters and ``linked_lookups``."""
        allowed = set(self.linked_lookups)
        filters: list[Any] = list(self.get_list_filter(request))
        for each in filters:
            if isinstance(each, str | tuple):
                name = each if isinstance(each, str) else each[0]
                allowed |= {name, *(f"{name}__{ending}" for ending in _ENDINGS)}
            elif issubclass(each, admin.SimpleListFilter):
                allowed.add(str(each.parameter_name))
        return lookup in allowed

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Say of a blank choice what is said everywhere."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        say_not_chosen(field)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Search by a select that no junk breaks."""
        if db_field.name in self.get_autocomplete_fields(request):
            options.setdefault("widget", SearchedSelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_action_choices(self, request: HttpRequest, default_choices: Any = None) -> Any:
        """Say the same where an act on several rows is chosen."""
        return super().get_action_choices(request, default_choices or [("", NOT_CHOSEN)])

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return the row by its key where no other field is named: Django asks for the field ``""``."""
        return super().get_object(request, object_id, from_field or None)

    def response_action(  # type: ignore[override]  # the stubs know an argument of a later Django
        self, request: HttpRequest, queryset: Any
    ) -> Any:
        """Act on what can be a row of what is ticked: a database asked for anything else fails."""
        sent: Any = request.POST.copy()
        ticked = [key for key in sent.getlist(ACTION_CHECKBOX_NAME) if rules.is_key(key)]
        sent.setlist(ACTION_CHECKBOX_NAME, ticked)
        request.POST = sent
        return super().response_action(request, queryset)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: what was valid once is still read by what was written then."""
        return False

    def _get_obj_does_not_exist_redirect(self, *_: Any) -> Any:
        # Django would redirect with a message; not yours and not there are both 404.
        raise Http404("没有找到这条记录。")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Link to other rows only where the reader may open them."""
        context["adminform"] = OpenLinksForm(request, context["adminform"])
        context["tells_history"] = self.tells_history and self.has_history_permission(request)
        return super().render_change_form(request, context, *args, **options)


class TableAdmin(HouseAdmin):
    """Rows that are put out of use instead of deleted; every change is on record."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save, and record what changed."""
        name = self.opts.verbose_name
        before = audit.snapshot(self.model._default_manager.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        audit.record(
            by=signed_in(request),
            act=f"修改{name}" if change else f"新增{name}",
            instance=obj,
            before=before,
            after=audit.snapshot(obj),
        )


class ReadOnlyAdmin(TableAdmin):
    """Rows that are only looked at, and only those the reader may see."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the visible rows."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: they are made by what happens."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: they are only read."""
        return False
