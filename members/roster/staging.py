"""Judged rows kept in ``RosterRow`` between preview and writing, in the form the register stores."""

import datetime as dt
import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from core import bulk, crypto
from members.enums import RosterRowState
from members.models import RosterBatch, RosterRow
from members.models.roster import DERIVED_FIELDS, STAGED_FIELDS
from members.roster.cells import Memo
from members.roster.columns import Layout
from members.roster.familiar import Marks
from members.roster.register import COLUMNS, DATES, SEALED, Digests
from members.roster.validation import PHONES, Judged
from members.rules.derived import search_forms
from members.rules.parameters import CheckParameters
from members.rules.problems import Problem

_CELLS_CONTEXT = f"{RosterRow._meta.db_table}.cells"
_MENDED_CONTEXT = f"{RosterRow._meta.db_table}.mended"
_ALIKE = 100
Record = tuple[Any, ...]
# Kept with all their values: these may yet be registered.
_WHOLE = frozenset({RosterRowState.NEW.value, RosterRowState.ALIKE.value})
_SAME, _REJECTED = RosterRowState.SAME.value, RosterRowState.REJECTED.value


class Staged(NamedTuple):
    """Rows ready to be kept: those that are unchanged, of which little is kept, and the others."""

    same: bulk.Packed
    others: bulk.Packed


_SHORT_HEAD = ("batch_id", "row", "state", "member_id")
_HEAD = (
    *("batch_id", "row", "state", "member_id", "version", "problems", "cells", "mended"),
    "links",
)
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

    def __init__(
        self,
        batch: RosterBatch,
        layout: Layout,
        *,
        digests: Digests,
        marks: Marks,
        parameters: CheckParameters,
        only_problems: bool,
    ) -> None:
        self._batch_id = batch.pk
        self._parameters = parameters
        self._only_problems = only_problems
        self._digests = digests
        self._marks = marks
        self._fields = staged_fields(layout)
        self._columns = (*_HEAD, *(COLUMNS[name] for name in self._fields))
        self._sealers = [
            (name, crypto.sealer(context))
            for name, context in SEALED.items()
            if name in self._fields
        ]
        self._dates = [name for name in self._fields if name in DATES]
        self._day_text = Memo(dt.date.isoformat)

    def clear(self) -> None:
        """Forget what an interrupted check left."""
        RosterRow.objects.filter(batch_id=self._batch_id).delete()

    def prepare(self, rows: Sequence[Judged]) -> Staged:
        """Return what to keep of ROWS; sealing takes its time."""
        same: list[Record] = []
        others: list[Record] = []
        for row in rows:
            told = row.problems or row.hints or (row.mended and not self._only_problems)
            if told or (not self._only_problems and row.state != _SAME):
                others.append(self._record(row))
            elif not self._only_problems:
                same.append((self._batch_id, row.row, row.state, row.member_id))
        return Staged(bulk.pack(same), bulk.pack(others))

    def write(self, staged: Sequence[Staged]) -> None:
        """Keep what was prepared; part of the caller's transaction."""
        for columns, packed in (
            (_SHORT_HEAD, [each.same for each in staged if each.same.number]),
            (self._columns, [each.others for each in staged if each.others.number]),
        ):
            if packed:
                bulk.append_packed(RosterRow, columns, packed)

    def _record(self, judged: Judged) -> Record:
        rejected = judged.state == _REJECTED
        values = {} if rejected or self._only_problems else self._stored(judged)
        return (
            self._batch_id,
            judged.row,
            judged.state,
            judged.member_id,
            judged.version,
            _packed((*judged.problems, *judged.hints)),
            _sealed_cells(judged.cells) if rejected else None,
            self._sealed_mended(judged),
            json.dumps(judged.links) if judged.links and not rejected else None,
            *map(values.get, self._fields),
        )

    def _sealed_mended(self, judged: Judged) -> str | None:
        if not judged.mended or self._only_problems:
            return None
        return crypto.seal(json.dumps(judged.mended, ensure_ascii=False), _MENDED_CONTEXT)

    def _stored(self, judged: Judged) -> dict[str, Any]:
        """Return the values of a new member, of a known one the changes, sealed where they must be."""
        is_new = judged.state in _WHOLE
        values = judged.values if is_new else judged.changes
        stored = dict(values)
        if is_new:
            stored |= search_forms(values, self._parameters)
            number = values["id_number"]
            stored["id_number_index"] = self._digests.id_number(number) if number else None
        for name, seal in self._sealers:
            if plain := stored.get(name):
                stored[name] = seal(plain)
        for name in self._dates:
            if day := stored.get(name):
                stored[name] = self._day_text[day]
        if phone := values.get("phone"):
            stored["phone_index"] = values.get("phone_index") or self._digests.phone(phone)
        if values and not judged.problems:
            version = 1 if is_new else (judged.version or 0) + 1
            branch = judged.values["branch"]
            stored["roster_mark"] = self._marks.of(judged.cells, version=version, branch=branch)
        return stored


def staged_fields(layout: Layout, *given: str) -> tuple[str, ...]:
    """Return the fields that rows of LAYOUT may fill, in the order of the staging table.

    GIVEN: further fields, filled by what was answered on the preview.
    """
    used = set(layout.fields) | _FOLLOWS | set(given)
    if used & set(PHONES):
        used |= {*PHONES, "phone_index"}
    return tuple(name for name in STAGED_FIELDS if name in used)


@lru_cache(_ALIKE)
def _packed(findings: tuple[Problem, ...]) -> str | None:
    """Return FINDINGS as they are kept; what is told of many rows is packed once."""
    return json.dumps(findings, ensure_ascii=False) if findings else None


def _sealed_cells(cells: Sequence[Any]) -> str:
    plain = ["" if cell is None else str(cell) for cell in cells]
    return crypto.seal(json.dumps(plain, ensure_ascii=False), _CELLS_CONTEXT)
