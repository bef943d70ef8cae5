"""Words that mean the same in every row of a file: each told once, where it stands first.

Rows are judged in several processes, each of which meets a word for itself; and of rows that were
known at a glance nothing is told. So what is first is known only when all are staged.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import connection

from core import crypto
from core.bulk import name, parts
from members.models import RosterBatch, RosterRow
from members.roster.mending import Mended


class Word(NamedTuple):
    """What a word was read as in a ROW; ALONE: reading changed nothing of the person's own there."""

    row: int
    mended: Mended
    alone: bool


class Words:
    """Gathers the words of one file."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Word] = {}

    def meet(self, words: Iterable[Word]) -> None:
        """Take in WORDS; of each the earliest row stays."""
        for word in words:
            field, before, _ = word.mended
            known = self._first.setdefault((field, before), word)
            if word.row < known.row:
                self._first[field, before] = word

    def tell(self, batch: RosterBatch) -> int:
        """Note each word in its row as it is staged for BATCH; return in how many nothing stood so far.

        A dry run keeps none of it and only counts.
        """
        told: dict[int, list[Mended]] = defaultdict(list)
        for word in self._first.values():
            told[word.row].append(word.mended)
        staged = RosterRow.objects.filter(batch=batch)
        for keys in parts([] if batch.is_dry_run else sorted(told)):
            rows = staged.filter(row__in=keys).values_list("row", "mended")
            _write(batch, {row: _joined(mended, told[row]) for row, mended in rows})
        return len({word.row for word in self._first.values() if word.alone})


def _joined(mended: str | None, words: list[Mended]) -> str:
    return json.dumps([*json.loads(mended or "[]"), *words], ensure_ascii=False)


def _write(batch: RosterBatch, mended: Mapping[int, str]) -> None:
    """Keep what was MENDED, by row; Django's own way takes a second for a thousand rows."""
    column: Any = RosterRow._meta.get_field("mended")
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {name(RosterRow._meta.db_table)} SET mended = %s"  # noqa: S608 -- our own names
            f" WHERE batch_id = %s AND {name('row')} = %s",
            [(crypto.seal(text, column.context), batch.pk, row) for row, text in mended.items()],
        )
