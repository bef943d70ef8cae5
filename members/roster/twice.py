"""Two rows with one ID number of which neither was taken, because the first was returned as well.

Rows are judged by themselves and in several processes, so what became of the first row is known only
when all are staged.
"""

from collections.abc import Mapping
from itertools import islice

from django.db.models import F, Value
from django.db.models.functions import Replace

from members.enums import RosterRowState
from members.models import RosterBatch, RosterRow
from members.rules.problems import FIRST_TAKEN, NEITHER_TAKEN

_ASKED_TOGETHER = 500


def say_of_both(batch: RosterBatch, twice: Mapping[int, int]) -> None:
    """Mend what the later rows of BATCH are told; TWICE: by row the first row with its number."""
    rejected = RosterRow.objects.filter(batch=batch, state=RosterRowState.REJECTED)
    pairs = iter(twice.items())
    while some := list(islice(pairs, _ASKED_TOGETHER)):
        firsts = {first for _, first in some}
        lost = set(rejected.filter(row__in=firsts).values_list("row", flat=True))
        later = [row for row, first in some if first in lost]
        if later:
            said = Replace(F("problems"), Value(FIRST_TAKEN), Value(NEITHER_TAKEN))
            rejected.filter(row__in=later).update(problems=said)
