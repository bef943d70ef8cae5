"""Looking up code tables by what people write (domain §3.2)."""

from collections import defaultdict

from django.utils import timezone

from core import rules, text
from core.models import Code


class CodeBook:
    """Some code tables, read in one query; for imports and pages that need several."""

    def __init__(self, *tables: str) -> None:
        self._names: dict[str, dict[str, str]] = {table: {} for table in tables}
        self._in_use: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._codes: dict[str, dict[str, str]] = defaultdict(dict)
        rows = Code.objects.filter(table__in=tables).order_by("table", "position", "code")
        today = timezone.localdate()
        for table, code, name, aliases, active, begins in rows.values_list(
            "table", "code", "name", "aliases", "is_active", "valid_from"
        ):
            self._names[table][code] = name
            if not rules.in_use(is_active=active, valid_from=begins, today=today):
                continue
            self._in_use[table].append((code, name))
            for spelling in (code, name, *aliases):
                self._codes[table].setdefault(_comparable(spelling), code)

    def code(self, table: str, typed: str) -> str | None:
        """Return the code that TYPED (a code, a name or an alias) means; None when unknown.

        A numeric code may have lost its leading zero to a spreadsheet: ``1`` finds ``01``.
        """
        wanted = _comparable(typed)
        known = self._codes[table]
        return known.get(wanted) or (known.get(wanted.zfill(2)) if wanted.isdecimal() else None)

    def name(self, table: str, code: str) -> str:
        """Return the name of CODE, also of one no longer in use; an unknown code shows as itself."""
        return self._names[table].get(code, code)

    def names(self, table: str) -> dict[str, str]:
        """Return all names by code, in the table's order."""
        return self._names[table]

    def choices(self, table: str) -> list[tuple[str, str]]:
        """Return what may be chosen: pairs of code and name in use."""
        return list(self._in_use[table])


def code_of(table: str, typed: str) -> str | None:
    """Return the code in TABLE that TYPED means, None when unknown (one query)."""
    return CodeBook(table).code(table, typed)


def names(table: str) -> dict[str, str]:
    """Return the names of TABLE by code, in order (one query)."""
    return CodeBook(table).names(table)


def _comparable(spelling: str) -> str:
    return text.squeeze(spelling).casefold()
