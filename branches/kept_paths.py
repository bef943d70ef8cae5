"""Columns that keep the area path of their day, and so decide who reads their rows later.

The trail is append-only: what happened in a street that has moved away stays under its old path.
Were that path given to the next new street, its staff would read what was never theirs. So a
segment that any such row has seen is not given again (house §4).
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import connection

from core.fields import prefix_end

_columns = [("core.AuditEvent", "area_path")]


def register_kept_path(label: str, *, field: str = "area_path") -> None:
    """Name a column of model LABEL that no move renews."""
    if (label, field) not in _columns:
        _columns.append((label, field))


def kept_columns() -> tuple[tuple[str, str], ...]:
    """Return the columns that no move renews, as model and field."""
    return tuple(_columns)


def highest_kept(prefix: str) -> str:
    """Return the highest path below PREFIX that any row keeps; empty when none does."""
    return highest_below(prefix, _columns)


def highest_below(prefix: str, columns: Iterable[tuple[str, str]]) -> str:
    """Return the highest path below PREFIX in any of COLUMNS, each a model and field; empty without one.

    One question: each column is answered from its index, if it has one; names of branches that
    rosters taught have none, and are few.
    """
    quote, end = connection.ops.quote_name, prefix_end(prefix)
    asked, values = [], []
    for label, field in columns:
        model = apps.get_model(label)
        column = quote(model._meta.get_field(field).column)
        below = f"{column} > %s" + (f" AND {column} < %s" if end else "")
        asked.append(
            f"(SELECT {column} FROM {quote(model._meta.db_table)} WHERE {below}"  # noqa: S608 -- our own names
            f" ORDER BY {column} DESC LIMIT 1)"
        )
        values += [prefix, end] if end else [prefix]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}", values)
        return max(path or "" for path in cursor.fetchone())
