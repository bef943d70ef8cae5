"""Writing many nodes of a tree at once (``core.bulk``). The caller holds the locks."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

from branches import locks
from core import bulk
from core.bulk import Row, name


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert ROWS of a tree, values in the order of COLUMNS, primary key included."""
    locks.require_any(model)
    bulk.append(model, columns, rows)


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Set COLUMNS of the rows whose keys come first in each of ROWS.

    Paths are unique and may change places: they are first set aside, then set.
    """
    locks.require_any(model)
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _update_by_copy(cursor, model._meta.db_table, columns, rows)
        else:
            _update_one_by_one(cursor, model._meta.db_table, columns, rows)


def delete(model: type[models.Model], keys: Iterable[int]) -> None:
    """Delete the rows with KEYS, for removable demonstration data only: registers never do.

    A tree that keeps other rows has gaps in its bounds afterwards; ``repair_trees`` closes them.
    """
    locks.require_any(model)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"DELETE FROM {name(model._meta.db_table)} WHERE id = %s",  # noqa: S608 -- names are the model's
            [(key,) for key in keys],
        )


def _update_by_copy(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    with bulk.staged(cursor, table, columns, rows) as staging:
        if "path" in columns:
            cursor.execute(
                f"UPDATE {name(table)} t SET path = '~' || t.id FROM {staging} s"  # noqa: S608 -- names are the model's
                " WHERE t.id = s.id AND t.path <> s.path"
            )
        bulk.set_from(cursor, table, columns, staging)


def _update_one_by_one(
    cursor: Any, table: str, columns: Sequence[str], rows: Sequence[Row]
) -> None:
    if "path" in columns:
        path = columns.index("path") + 1
        cursor.executemany(
            f"UPDATE {name(table)} SET path = '~' || id WHERE id = %s AND path <> %s",  # noqa: S608 -- names are the model's
            [(row[0], row[path]) for row in rows],
        )
    bulk.set_one_by_one(cursor, table, columns, rows)
