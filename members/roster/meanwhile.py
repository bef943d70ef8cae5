"""Who has no number and was registered after his row had been checked.

Of a number the register's index keeps the second away. Of who has none only the check asks whether
he is a member already, so it is asked again when he is written.
"""

from django.db.models import QuerySet

from core.bulk import parts
from members.enums import RosterRowState, RowDecision
from members.models import Member, RosterBatch, RosterRow
from members.roster.alike import namesakes_of
from members.roster.changing import mark
from members.roster.findings import finding
from members.rules.id_number import NO_NUMBER
from members.rules.namesakes import BIRTHS, alike

_WHO = ("row", "branch", "name", *BIRTHS, "decision")


def hold_registered_meanwhile(batch: RosterBatch, rows: "QuerySet[RosterRow]") -> None:
    """Hold those of ROWS, of BATCH, without a number who look like a member by now.

    Of whom somebody said that he is another person only those count who came since the check.
    """
    asked = list(rows.filter(state=RosterRowState.NEW, id_type=NO_NUMBER).values(*_WHO))
    checked_at = batch.check_run.started_at if batch.check_run else None
    others = Member.objects.on_register().exclude(roster_batch=batch)
    held = []
    for some in parts(asked):
        namesakes = namesakes_of(some, others)
        for row in some:
            found = alike(row, namesakes.get((row["branch"], row["name"]), ()))
            if row["decision"] == RowDecision.OTHER and checked_at:
                found = [member for member in found if member["created_at"] > checked_at]
            if found:
                held.append(row["row"])
    for some in parts(held):
        mark(
            rows.filter(row__in=some),
            finding("ALIKE_MEANWHILE", "id_number"),
            state=RosterRowState.HELD,
        )
