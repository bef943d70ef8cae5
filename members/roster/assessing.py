"""Rows of a file into what is staged and counted: read, judged, matched, sealed.

The same in the process that runs the check and in its hands (``members.roster.crew``). It reads the
register and writes nothing.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.codes import CodeBook
from core.models import User
from members.models import RosterBatch
from members.parameters import check_parameters
from members.roster import columns, learnt, octobers
from members.roster.columns import Layout
from members.roster.company import Chunk
from members.roster.familiar import Familiar, Marks
from members.roster.hints import Hints
from members.roster.lookups import Home, Places
from members.roster.matching import Matcher
from members.roster.register import Digests
from members.roster.remembered import Remembered
from members.roster.reporting import Totals
from members.roster.staging import Stage, Staged
from members.roster.strangers import Strangers
from members.roster.validation import Judge, Judged
from members.roster.words import Word
from members.rules.parameters import CheckParameters


@dataclass(frozen=True)
class Terms:
    """What the rows of one file are judged by: its heading, its form and the day."""

    layout: Layout
    today: dt.date
    epoch_1904: bool
    is_csv: bool


@dataclass(frozen=True, slots=True)
class Assessed:
    """What came of some rows: what to stage, their sums, and what their words were read as."""

    staged: Staged
    totals: Totals
    words: Sequence[Word]


def parameters_of(batch: RosterBatch, user: User, day: dt.date) -> CheckParameters:
    """Return the thresholds by which the batch's rows are judged on a day."""
    return check_parameters(on=day, area_code=learnt.area_code_of(user, batch.branch))


class Assessor:
    """Assesses the rows of BATCH for USER."""

    def __init__(self, batch: RosterBatch, user: User, terms: Terms) -> None:
        layout, today = terms.layout, terms.today
        parameters = parameters_of(batch, user, today)
        digests = Digests()
        marks = Marks(layout, parameters, epoch_1904=terms.epoch_1904)
        self.places = Places(
            user, today=today, aliases=learnt.aliases_of(user), named=learnt.named_in(batch)
        )
        self.strangers = Strangers(layout)
        self.remembered = Remembered(layout, self.places)
        self.judge = Judge(
            layout,
            places=self.places,
            books=CodeBook(*{column.codes for column in columns.COLUMNS if column.codes}),
            parameters=parameters,
            today=today,
            home=self._home(batch),
            epoch_1904=terms.epoch_1904,
            is_csv=terms.is_csv,
            octobers=octobers.rows_of(batch.octobers),
        )
        self.familiar = Familiar(layout, judge=self.judge, marks=marks, digests=digests)
        self.matcher = Matcher(
            layout,
            places=self.places,
            user=user,
            choice=batch.on_duplicate,
            digests=digests,
            parameters=parameters,
            today=today,
        )
        self.hints = Hints(self.places)
        self.stage = Stage(
            batch,
            layout,
            digests=digests,
            marks=marks,
            parameters=parameters,
            only_problems=batch.is_dry_run,
        )

    def assess(self, chunk: Chunk) -> Assessed:
        """Return what comes of CHUNK."""
        familiar, others, unknown = self.familiar.pick(chunk)
        found = self._judged(others, chunk)
        words = self.judge.words_of(found)
        self.matcher.match(found, unknown)
        self.hints.give(found)
        totals = Totals(notes=len(others) - len(found))
        judged = familiar + found
        totals.add(judged)
        totals.strangers.update(self.strangers.named_in(found))
        totals.remembered.update(self.remembered.named_in(chunk.rows))
        return Assessed(self.stage.prepare(judged), totals, words)

    def _judged(self, rows: Sequence[tuple[int, Sequence[Any]]], chunk: Chunk) -> list[Judged]:
        judge, shared = self.judge.judge, chunk.shared
        judged = [judge(number, cells, shared) for number, cells in rows]
        return [row for row in judged if row is not None]

    def _home(self, batch: RosterBatch) -> Home | None:
        return self.places.homes.get(batch.branch_id) if batch.branch_id else None
