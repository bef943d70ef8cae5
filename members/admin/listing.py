"""Lists of members and of what is about them: how people are found, and that only what is shown is read."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest

from branches.scoping import ScopedAdminMixin
from core.access import signed_in
from core.admin.search import SealedSearchList, SealedSearchMixin
from members.actions.asking import SEARCHED_OUT, count_search

# All that a line shows; the other sealed columns stay closed.
COLUMNS = (
    *("name", "gender", "birth_date", "id_number", "phone", "missing_fields", "deceased_on"),
    *("member_kind", "person_kind", "area_path", "branch__name", "branch__short_name"),
)


class MemberList(SealedSearchList):
    """Reads only the columns shown."""

    def get_queryset(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Return the rows with the columns of the list."""
        return super().get_queryset(request, *args, **options).only(*COLUMNS)


class PeopleSearchMixin(SealedSearchMixin):
    """Finds people by number, letters or name, in lists whose querysets have ``search``."""

    search_help_text = "姓名、名字、拼音或首字母（如 zjg），或者完整的证件号码、电话、党员编号。"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[Any, bool]:
        """Search in the rows of the list; a select of another form offers what may be chosen."""
        found: Any = super().get_search_results(request, queryset, "")[0]
        if not search_term.strip():
            return found, False
        if not count_search(by=signed_in(request), typed=search_term):
            self.message_user(request, SEARCHED_OUT, messages.WARNING)
            return found.none(), False
        return found.search(search_term), False


class OneVerbMixin(ScopedAdminMixin):
    """Asks one verb for all of a noun; nothing is typed into a row."""

    verb = ""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Ask the one verb."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who has the verb sees what came of it."""
        return bool(request.user.has_perm(self.verb))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse: rows are changed by acts."""
        return False
