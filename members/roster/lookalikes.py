"""Two rows of one file that may be one person: name, birth month and branch are the same, the numbers not.

``alike`` asks it of the register while rows are matched; within a file it is known only at the end
who would be registered anew. The first row stands, of the later ones it is a question (issue 3 §2).
Where both numbers are whole it is answered beforehand: a slip of the pen spoils the check digit, so
they are two people. Somebody confirms it, and may answer otherwise.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from core.bulk import parts
from members.enums import RosterRowState, RowDecision
from members.models import RosterBatch, RosterRow
from members.roster.findings import finding
from members.roster.register import Digests, read_members
from members.roster.reporting import Totals
from members.rules.id_number import WHOLE
from members.rules.problems import Problem

_ASKED = ("batch", "row", "state", "decision", "problems", "links")
_HELD = ("state", "decision", "problems")


class Numbered(NamedTuple):
    """A row of a file with its ID number; "" of who has none."""

    row: int
    number: str


def ask(batch: RosterBatch, groups: Sequence[Sequence[Numbered]], totals: Totals) -> None:
    """Hold the later rows of each of GROUPS as they are staged for BATCH, and count them so."""
    staged = _staged(batch, [each for group in groups for each in group])
    held = []
    for group in groups:
        newcomers = [each for each in group if _is_new(staged.get(each.row))]
        for each in newcomers[1:]:
            row = staged[each.row]
            _hold(row, first=newcomers[0], number=each.number, totals=totals)
            held.append(row)
    totals.hold_alike([len(json.loads(row.links or "[]")) for row in held])
    RosterRow.objects.bulk_create([row for row in held if row._state.adding])
    RosterRow.objects.bulk_update([row for row in held if not row._state.adding], _HELD)


def _is_new(row: RosterRow | None) -> bool:
    return row is not None and row.state == RosterRowState.NEW


def _hold(row: RosterRow, *, first: Numbered, number: str, totals: Totals) -> None:
    """Make ROW, of NUMBER, a question; answered where its number and that of FIRST are whole."""
    told = [Problem(*each) for each in json.loads(row.problems or "[]")]
    are_two = len(first.number) == len(number) == WHOLE
    asked = "ALIKE_ROW" if first.number and number else "ALIKE_ROW_NO_NUMBER"
    found = finding("TWIN_ROW" if are_two else asked, "id_number", first=first.row)
    if are_two:
        row.decision = RowDecision.OTHER
        totals.doubt(RosterRowState.ALIKE, told, found)
    row.state = RosterRowState.ALIKE
    row.problems = json.dumps([*told, found], ensure_ascii=False)


def _staged(batch: RosterBatch, asked: Sequence[Numbered]) -> dict[int, RosterRow]:
    """Return the rows as they are kept, by row; a dry run keeps no newcomer of whom nothing is told."""
    staged: dict[int, RosterRow] = {}
    rows = RosterRow.objects.filter(batch=batch).only(*_ASKED)
    for some in parts(asked):
        found = {row.row: row for row in rows.filter(row__in=[each.row for each in some])}
        if batch.is_dry_run:
            left = [each for each in some if each.row not in found]
            found |= {
                row: RosterRow(batch=batch, row=row, state=RosterRowState.NEW)
                for row in _newcomers(left)
            }
        staged |= found
    return staged


def _newcomers(asked: Sequence[Numbered]) -> list[int]:
    """Return the rows of ASKED whose numbers nobody on the register has, or that have none."""
    digest = Digests().id_number
    digests = {each.row: digest(each.number) if each.number else "" for each in asked}
    known = read_members(
        ("id_number_index",), "id_number_index", [digest for digest in digests.values() if digest]
    )
    taken = {member["id_number_index"] for member in known}
    return [row for row, digest in digests.items() if digest not in taken]
