"""Lists of people in the admin: what is searched for stands in no address (security X13)."""

import base64
import binascii
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from core import crypto

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

_CONTEXT = "admin.search"
_MARK = "~"
_NOT_KEPT = frozenset({SEARCH_VAR, "p", "csrfmiddlewaretoken"})


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


class SealedSearchList(ChangeList):
    """Keeps the search sealed in links and clear in the box."""

    search_form_class = SearchForm


class SealedSearchMixin(_Admin):
    """Takes the search by POST at ``search_address`` and goes to the list with it sealed.

    The model's ``search_form.html`` includes ``admin/sealed_search_form.html``.
    """

    search_address = ""
    searched_list: type[SealedSearchList] = SealedSearchList

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[SealedSearchList]:
        """Use the list that keeps searches out of addresses."""
        return self.searched_list

    def get_urls(self) -> list[Any]:
        """Add the search."""
        search = self.admin_site.admin_view(require_POST(self._search))
        return [path("search/", search, name=self.search_address), *super().get_urls()]

    def _search(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied("您的账号不看这份名单。")
        kept = {key: value for key, value in request.POST.items() if key not in _NOT_KEPT}
        if typed := request.POST.get(SEARCH_VAR, "").strip():
            kept[SEARCH_VAR] = hide(typed)
        opts = self.opts
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        return redirect(f"{address}?{urlencode(kept)}" if kept else address)
