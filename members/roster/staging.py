"""Judged rows kept in ``RosterRow`` between preview and writing, in the form the register stores."""

import json
from collections.abc import Sequence
from typing import Any

from core import crypto
from members.enums import RosterRowState
from members.models import RosterBatch, RosterRow
from members.models.roster import DERIVED_FIELDS, STAGED_FIELDS
from members.roster.bulk import insert_rows
from members.roster.columns import Layout
from members.roster.register import COLUMNS, SEALED, phone_digest
from members.roster.validation import PHONES, Judged

_CELLS_CONTEXT = f"{RosterRow._meta.db_table}.cells"
_HEAD = ("batch_id", "row", "state", "member_id", "version", "problems", "cells")
# Written for a new member whatever columns the file has.
_FOLLOWS = frozenset(DERIVED_FIELDS) - {"phone_index"} | {
    "gender",
    "id_number",
    "birth_date",
    "branch",
    "revolution_period",
}


class Stage:
    """Writes judged rows of one batch; ONLY_PROBLEMS keeps those that have findings (dry runs)."""

    def __init__(self, batch: RosterBatch, layout: Layout, *, only_problems: bool) -> None:
        self._batch_id = batch.pk
        self._only_problems = only_problems
        self._fields = staged_fields(layout)
        self._columns = (*_HEAD, *(COLUMNS[name] for name in self._fields))

    def clear(self) -> None:
        """Forget what an interrupted check left."""
        RosterRow.objects.filter(batch_id=self._batch_id).delete()

    def write(self, rows: Sequence[Judged]) -> None:
        """Keep ROWS; part of the caller's transaction."""
        kept = [row for row in rows if row.problems or not self._only_problems]
        insert_rows(RosterRow._meta.db_table, self._columns, list(map(self._record, kept)))

    def _record(self, judged: Judged) -> tuple[Any, ...]:
        rejected = judged.state == RosterRowState.REJECTED
        values = {} if rejected or self._only_problems else self._stored(judged)
        return (
            self._batch_id,
            judged.row,
            judged.state,
            judged.member_id,
            judged.version,
            json.dumps(judged.problems, ensure_ascii=False) if judged.problems else None,
            _sealed_cells(judged.cells) if rejected else None,
            *map(values.get, self._fields),
        )

    def _stored(self, judged: Judged) -> dict[str, Any]:
        """Return the values of a new member, of a known one the changes, sealed where they must be."""
        values = judged.values if judged.state == RosterRowState.NEW else judged.changes
        stored = dict(values)
        for name, context in SEALED.items():
            if plain := stored.get(name):
                stored[name] = crypto.seal(plain, context)
        if phone := values.get("phone"):
            stored["phone_index"] = phone_digest(phone)
        return stored


def staged_fields(layout: Layout) -> tuple[str, ...]:
    """Return the fields that rows of LAYOUT may fill, in the order of the staging table."""
    used = set(layout.fields) | _FOLLOWS
    if used & set(PHONES):
        used |= {*PHONES, "phone_index"}
    return tuple(name for name in STAGED_FIELDS if name in used)


def _sealed_cells(cells: Sequence[Any]) -> str:
    plain = ["" if cell is None else str(cell) for cell in cells]
    return crypto.seal(json.dumps(plain, ensure_ascii=False), _CELLS_CONTEXT)
