"""The database's own way to take many rows: COPY, or one prepared statement."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db import connection, models

from branches import bulk

Row = TypeVar("Row", bound=models.Model)


def write(model: type[Row], rows: Iterable[Row]) -> list[Row]:
    """Append new ROWS of MODEL and give them their keys; fields seal and index their values.

    About four times as fast as ``bulk_create``.
    """
    objects = list(rows)
    for row, key in zip(objects, bulk.fresh_ids(model, len(objects)), strict=True):
        row.pk = key
    fields = model._meta.concrete_fields
    load(
        model,
        [field.name for field in fields],
        [
            [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
            for row in objects
        ],
    )
    return objects


def load(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Append ROWS, whose values stand in the order of the fields NAMES and in database form.

    Nothing is returned, no default is filled in.
    """
    quote = connection.ops.quote_name
    known = {field.name: quote(str(field.column)) for field in model._meta.concrete_fields}
    columns = ", ".join(known[name] for name in names)
    target = f"{quote(model._meta.db_table)} ({columns})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", rows)  # noqa: S608 -- names of our own model
