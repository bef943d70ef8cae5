"""The member list: searches that leave nothing personal in the address, columns that are masked."""

import base64
import binascii
from typing import Any

from django.contrib.admin.views.main import SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.http import HttpRequest

from core import crypto

_CONTEXT = "members.search"
_MARK = "~"
# All that a line shows; the other sealed columns stay closed.
COLUMNS = (
    *("name", "gender", "birth_date", "id_number", "phone", "missing_fields", "deceased_on"),
    *("member_kind", "person_kind", "area_path", "branch__name", "branch__short_name"),
)


def hide(typed: str) -> str:
    """Return a search as it may stand in an address: sealed."""
    sealed = base64.b64decode(crypto.seal(typed, _CONTEXT))
    return _MARK + base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def show(asked: str) -> str:
    """Return the search that an address holds; what is not sealed stands for itself."""
    if not asked.startswith(_MARK):
        return asked
    padded = asked[len(_MARK) :] + "=" * (-len(asked[len(_MARK) :]) % 4)
    try:
        sealed = base64.b64encode(base64.urlsafe_b64decode(padded)).decode()
        return crypto.unseal(sealed, _CONTEXT)
    except (binascii.Error, ValueError, crypto.Unreadable):
        return ""


class SearchForm(ChangeListSearchForm):
    """The search of the list, opened where the address holds it sealed."""

    def clean(self) -> dict[str, Any]:
        """Return the search in the clear."""
        cleaned = super().clean() or self.cleaned_data
        return cleaned | {SEARCH_VAR: show(cleaned.get(SEARCH_VAR) or "")}


class MemberList(ChangeList):
    """Reads only the columns shown; keeps the search sealed in links and clear in the box."""

    search_form_class = SearchForm

    def get_queryset(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        """Return the rows with the columns of the list."""
        return super().get_queryset(request, *args, **options).only(*COLUMNS)
