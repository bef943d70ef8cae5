"""What comes of a row: how it stands to the register, what was decided about it, what for the file.

One rule for the figures of the preview and for what is written.
"""

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from django.db.models import Q

from members.enums import OnDuplicate, RosterRowState, RowDecision
from members.models import RosterBatch

KNOWN = (RosterRowState.FILLS, RosterRowState.DIFFERS, RosterRowState.MIXED)
# Which rows about known people each choice for the file writes.
WRITTEN: dict[str, tuple[str, ...]] = {
    OnDuplicate.ASK: (),
    OnDuplicate.SKIP: (),
    OnDuplicate.FILL: (RosterRowState.FILLS, RosterRowState.MIXED),
    OnDuplicate.OVERWRITE: KNOWN,
}
# Which decisions a row in each state can have; any other state has none.
OPEN_TO: dict[str, tuple[RowDecision, ...]] = {
    **dict.fromkeys(KNOWN, (RowDecision.TAKE, RowDecision.KEEP)),
    RosterRowState.ALIKE: (
        RowDecision.SAME,
        RowDecision.NUMBER,
        RowDecision.OTHER,
        RowDecision.OMIT,
    ),
    RosterRowState.ELSEWHERE: (RowDecision.LEAVE, RowDecision.MOVE, RowDecision.LINK),
}
# Decisions by which the member's record becomes what the row says, in the fields taken.
CHANGING = (RowDecision.TAKE, RowDecision.SAME, RowDecision.NUMBER)
# Key of the rows that are the same person and bring nothing: CHANGING, but nothing changes.
NOTHING_NEW = "nothing_new"
# Acts beside the roster, each with a right of its own: asked when decided, written, taken back.
VERBS: dict[str, str] = {
    RowDecision.MOVE: "members.transfer_member",
    RowDecision.LINK: "members.add_affiliation",
}
ACTS = tuple(VERBS)


# What a batch keeps, sealed, of the words of its file beside the rows, for the pages before it is
# written; and what was chosen there. Giving it up forgets all of it.
NO_WORDS: dict[str, Any] = {"head": "", "strangers": "", "decided": "", "named": ""}
NOTHING_KEPT: dict[str, Any] = {**NO_WORDS, "answers": {}}


class Outcome(StrEnum):
    """What happens to a row when the batch is written."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MOVED = "moved"
    LINKED = "linked"
    TO_CONFIRM = "to_confirm"
    REJECTED = "rejected"


_BY_DECISION = {
    **dict.fromkeys(CHANGING, Outcome.CHANGED),
    RowDecision.KEEP: Outcome.UNCHANGED,
    RowDecision.LEAVE: Outcome.UNCHANGED,
    RowDecision.OMIT: Outcome.UNCHANGED,
    RowDecision.OTHER: Outcome.NEW,
    RowDecision.MOVE: Outcome.MOVED,
    RowDecision.LINK: Outcome.LINKED,
}
_BY_STATE = {
    RosterRowState.NEW: Outcome.NEW,
    RosterRowState.SAME: Outcome.UNCHANGED,
    RosterRowState.REJECTED: Outcome.REJECTED,
}


def outcome(state: str, decision: str, choice: str) -> Outcome:
    """Return what comes of a row in STATE under DECISION ("" when nobody decided) and CHOICE."""
    if decision:
        return _BY_DECISION[RowDecision(decision)]
    if state not in KNOWN:
        return _BY_STATE.get(RosterRowState(state), Outcome.TO_CONFIRM)
    if state in WRITTEN[choice]:
        return Outcome.CHANGED
    return Outcome.TO_CONFIRM if choice == OnDuplicate.ASK else Outcome.UNCHANGED


def tally(batch: RosterBatch, choice: str) -> Counter[Outcome]:
    """Return how many rows of BATCH come to what under CHOICE, by the figures kept on it."""
    sums: Counter[Outcome] = Counter()
    for state, decision, number in _figures(batch):
        sums[outcome(state, decision, choice)] += number
    nothing_new = batch.counts.get(NOTHING_NEW, 0)
    sums[Outcome.CHANGED] -= nothing_new
    sums[Outcome.UNCHANGED] += nothing_new
    return sums


def _figures(batch: RosterBatch) -> Iterator[tuple[str, str, int]]:
    """Yield (state, decision, number of rows); what is left of a state is undecided."""
    for state in RosterRowState.values:
        left = batch.counts.get(state, 0)
        for decision in OPEN_TO.get(state, ()):
            if number := batch.counts.get(f"{state}:{decision}", 0):
                left -= number
                yield state, decision, number
        if left:
            yield state, "", left


def has_nothing_to_write(batch: RosterBatch) -> bool:
    """Whether every row of BATCH is rejected, held, or says what the register says."""
    idle = (RosterRowState.REJECTED, RosterRowState.HELD, RosterRowState.SAME)
    return sum(batch.counts.get(state, 0) for state in idle) == batch.counts.get("rows", 0)


def decided(batch: RosterBatch, *decisions: str) -> int:
    """Return how many rows of BATCH have one of DECISIONS."""
    ends = tuple(f":{decision}" for decision in decisions)
    return sum(number for key, number in batch.counts.items() if key.endswith(ends))


def changing(choice: str) -> Q:
    """Return the condition on staged rows that a known member's record is changed by them."""
    by_file = Q(state__in=WRITTEN[choice], decision__isnull=True)
    return by_file | Q(decision__in=CHANGING)
