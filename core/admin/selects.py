"""Searched selects of the admin."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

from core.rules import is_key


class SearchedSelect(AutocompleteSelect):
    """Django's, that shows nothing chosen where what was sent is no key: Django's fails on it (X8)."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        """Return what was chosen, if it can be a row, and the empty choice."""
        return super().optgroups(name, [each if is_key(each) else "" for each in value], attr)
