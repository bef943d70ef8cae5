"""One record opened at one go: what its page asks again and again comes with the row itself."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, Model, OuterRef
from django.http import HttpRequest

from branches.models import Branch
from branches.scoping import may_edit
from core.access import signed_in
from core.admin.links import may_open
from core.admin.selects import SearchedSelect
from members.models import Member

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

AROUND = ("branch__area", "branch__kind", "group", "community", "grid")
SEARCHED = ("community", "grid")


class KnownChoice(SearchedSelect):
    """A searched select that need not ask for the name of the row that stands in it."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """Return the one choice, and the empty one; what was typed instead is looked up."""
        row: Model | None = getattr(self, "row", None)
        if row is None or list(value) != [str(row.pk)]:
            return super().optgroups(name, value, attr)
        label = self.choices.field.label_from_instance(row)
        chosen = [
            self.create_option(name, "", "", False, 0),
            self.create_option(name, row.pk, label, True, 1),
        ]
        return [(None, chosen, 0)]


class OpenedAtOnce(_Admin):
    """Puts before the admin of members: its change page keeps within twelve queries."""

    def get_queryset(self, request: HttpRequest) -> Any:
        """Bring along, for the page of one record, what is around it and whether it may be changed."""
        rows = super().get_queryset(request)
        match = request.resolver_match
        if match is None or match.url_name != "members_member_change":
            return rows
        user = signed_in(request)
        mine = Member.objects.editable_by(user).filter(pk=OuterRef("pk"))
        home = Branch.objects.visible_to(user).filter(pk=OuterRef("branch"))
        return rows.select_related(*AROUND).annotate(is_mine=Exists(mine), home_opens=Exists(home))

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Fetch the record and keep what came with it."""
        found: Any = super().get_object(request, object_id, from_field)
        if found is not None and hasattr(found, "is_mine"):
            may_edit(request, found, found.is_mine)
            if found.branch is not None:
                may_open(request, self.admin_site, found.branch, found.home_opens)
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Search community and grid by a select that knows its row."""
        if db_field.name in SEARCHED:
            options["widget"] = KnownChoice(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_form(self, request: HttpRequest, obj: Any = None, *args: Any, **options: Any) -> Any:
        """Tell the selects the rows of the record in hand."""
        form: Any = super().get_form(request, obj, *args, **options)
        for name in SEARCHED:
            field = form.base_fields.get(name)
            if obj is not None and field is not None:
                widget = getattr(field.widget, "widget", field.widget)
                widget.row = getattr(obj, name)
        return form
