"""Two rows of one file that may be one person: name, birth month and branch are the same, the numbers not.

``alike`` asks it of the register while rows are matched; within a file it is known only at the end
who would be registered anew. The first row stands, of the later ones it is a question (issue 3 §2).
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from core.bulk import parts
from members.enums import RosterRowState
from members.models import RosterBatch, RosterRow
from members.roster.findings import finding
from members.roster.register import Digests, read_members
from members.roster.reporting import Totals

_ASKED = ("batch", "row", "state", "problems", "links")


class Numbered(NamedTuple):
    """A row of a file with its ID number."""

    row: int
    number: str


def ask(batch: RosterBatch, groups: Sequence[Sequence[Numbered]], totals: Totals) -> None:
    """Hold the later rows of each of GROUPS as they are staged for BATCH, and count them so."""
    staged = _staged(batch, [each for group in groups for each in group])
    held = []
    for group in groups:
        rows = [staged[each.row] for each in group if each.row in staged]
        newcomers = [row for row in rows if row.state == RosterRowState.NEW]
        for row in newcomers[1:]:
            told = finding("ALIKE_ROW", "id_number", first=newcomers[0].row)
            row.problems = json.dumps([*json.loads(row.problems or "[]"), told], ensure_ascii=False)
            row.state = RosterRowState.ALIKE
            held.append(row)
    totals.hold_alike([len(json.loads(row.links or "[]")) for row in held])
    RosterRow.objects.bulk_create([row for row in held if row._state.adding])
    RosterRow.objects.bulk_update(
        [row for row in held if not row._state.adding], ("state", "problems")
    )


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
    """Return the rows of ASKED whose numbers nobody on the register has."""
    digest = Digests().id_number
    digests = {each.row: digest(each.number) for each in asked}
    known = read_members(("id_number_index",), "id_number_index", list(digests.values()))
    taken = {member["id_number_index"] for member in known}
    return [row for row, digest in digests.items() if digest not in taken]
