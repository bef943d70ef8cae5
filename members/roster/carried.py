"""Decisions about single rows that outlive a second check of the same file.

Naming an unknown branch has every row judged again. What was decided stays where the row stands to
the register as it did, to the same record as it was; elsewhere it must be decided anew.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from core.bulk import parts
from core.runs import Progress
from members.models import RosterBatch, RosterRow

_DECIDED = ("decision", "detail", "reason")
# What a decision was made upon: how the row stood, to whom, to which state of the record, and where.
_GROUNDS = ("state", "member_id", "version", "branch")


class Carried(NamedTuple):
    """How many decisions stayed, and how many must be made again."""

    stayed: int
    lost: int


def keep_decisions(batch: RosterBatch) -> str:
    """Return what ``RosterBatch.decided`` keeps: [decision, its rows with their grounds] of each kind."""
    rows = RosterRow.objects.filter(batch=batch, decision__isnull=False).order_by("row")
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for decision, detail, reason, *row in rows.values_list(*_DECIDED, "row", *_GROUNDS).iterator():
        alike[decision, detail, reason].append(row)
    return json.dumps(list(alike.items()), ensure_ascii=False) if alike else ""


def decide_again(batch: RosterBatch, progress: Progress) -> Carried:
    """Put what was kept on the rows of BATCH, as they are staged now."""
    stayed = lost = 0
    for decided, rows in json.loads(batch.decided or "[]"):
        for some in parts(rows):
            with progress.chunk():
                number = _decide(batch, decided, some)
            stayed, lost = stayed + number, lost + len(some) - number
    return Carried(stayed, lost)


def carried_words(batch: RosterBatch) -> Iterator[str]:
    """Say what became of the decisions made before BATCH was checked again."""
    result = batch.check_run.result if batch.check_run else {}
    if stayed := result.get("stayed"):
        yield f"先前在{stayed}行上选好的都保留着，不用再选。"
    if lost := result.get("lost"):
        yield f"有{lost}行的情况和先前选的时候不一样了，那几行的选择没有保留，请再选一次。"


def _decide(batch: RosterBatch, decided: list[Any], rows: Sequence[Any]) -> int:
    grounds = {number: tuple(stood) for number, *stood in rows}
    staged = RosterRow.objects.filter(batch=batch)
    now = staged.filter(row__in=grounds).values_list("row", *_GROUNDS)
    still = [number for number, *stands in now if tuple(stands) == grounds[number]]
    return staged.filter(row__in=still).update(**dict(zip(_DECIDED, decided, strict=True)))
