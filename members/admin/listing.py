"""The member list: it reads only what it shows."""

from typing import Any

from django.http import HttpRequest

from core.admin.search import SealedSearchList

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
