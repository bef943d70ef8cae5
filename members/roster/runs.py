"""The two background runs of a roster: checking the file, writing what was confirmed.

Checking only stages, so an interrupted check begins again. Writing goes on after the last chunk
that was committed: the chunk's record is part of its transaction (security §5b F1).
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from branches.models import Branch
from core import audit, bulk, crypto
from core.enums import Verb
from core.files import plain_copy
from core.models import BackgroundRun, User
from core.runs import Progress, RunFailed, page_of, runner
from core.spreadsheets import Refusal, RefusedFile, Row, Table, open_table
from members.actions.request import settle_links
from members.actions.telling import tell_homes
from members.enums import ChunkKind, OnDuplicate, RosterRowState, RosterState
from members.models import RosterBatch, RosterRow
from members.parameters import modules_off
from members.roster import doubts, formulas, learnt, lookalikes, pages
from members.roster.applying import Writer
from members.roster.assessing import Assessed, Assessor, Terms, parameters_of
from members.roster.calm import calm_collector
from members.roster.carried import decide_again
from members.roster.columns import Layout
from members.roster.company import Chunk, Company
from members.roster.crew import Crew
from members.roster.decisions import NO_WORDS, changing
from members.roster.deeds import DEEDS_A_CHUNK, Deeds
from members.roster.guesses import Guessed
from members.roster.headings import (
    HEAD_ROWS,
    SAMPLE_ROWS,
    HeadingRefused,
    recognise,
    with_fields,
)
from members.roster.lanes import Lanes
from members.roster.linked import linked_by
from members.roster.reporting import (
    SUMS,
    Totals,
    decided_rows,
    keep_layout,
    layout_of,
    refusal_of,
    summarise,
)
from members.roster.staging import staged_fields
from members.roster.strangers import keep_strangers
from members.roster.territory import territory_held, territory_of
from members.roster.tried import Tried, hours_back
from members.roster.turns import begun, owner_of
from members.roster.twice import say_of_both
from members.roster.undoing import BuiltOn, Undo, finish_undo, keep_refusal
from members.roster.words import Words
from members.roster.workbook import FirstRows, Hidden, named, open_sheets

JUDGED_TOGETHER = 1_000
CHUNK_ROWS = 3_000  # a fifth of a second on SQLite, where a chunk keeps every other writer waiting
CHUNK_GROWTH = 4  # so many times longer where the machine is fast and the register small
KEEP_DAYS = "roster.keep_days"
_BUILT_ON_MEANWHILE = "撤回到一半，有人又在这份名册上办了事。请看下面列出的，处理好再接着做。"
_FILE_GONE = "名册文件已按期删除，请重新上传。"


_runner = partial(runner, page=pages.of_run, subjects=pages.files_of, verdict=pages.verdict_of)


@_runner("roster.check", name="核对党员名册", one_pen=True, begins_again=True)
def check(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Judge every row of the batch's file and stage it; a file that cannot be read is refused."""
    batch, user = begun(run, progress)
    owner = owner_of(batch, user, progress)
    try:
        # The notice of the end needs all addresses; to gather them first takes a while.
        gather = partial(page_of, run)
        with calm_collector(), open_file(batch, meanwhile=gather) as table:
            done = _Check(batch, owner, table, progress, by=user)
    except (RefusedFile, HeadingRefused, Guessed) as refused:
        if isinstance(refused, RefusedFile) and refused.code == Refusal.GONE:
            raise RunFailed(_FILE_GONE) from refused
        refusals = refusals_of(refused)
        with progress.chunk():
            RosterRow.objects.filter(batch=batch).delete()  # they may tell of others
            if isinstance(refused, Guessed):
                _record_check(batch, user, refused.message)
            refuse(batch, refusals)
        return {"refused": len(refusals)}
    figures = summarise(batch).sentence()
    return {"rows": done.totals.rows, "figures": figures, **done.carried._asdict()}


@_runner("roster.write", name="写入党员名册", one_pen=True)
def write(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Write the confirmed batch chunk by chunk, each with its record in one transaction."""
    batch, user = begun(run, progress)
    homes = frozenset(Branch.objects.editable_by(user).values_list("pk", flat=True))
    parameters = parameters_of(batch, user, timezone.localdate())
    fields = staged_fields(layout_of(batch), *doubts.fields_given(batch))

    def make_writer() -> Writer:
        return Writer(batch, fields, homes, by=user, parameters=parameters)

    writer = make_writer()
    with progress.chunk():
        writer.settle()
        writer.refuse_lost_branches()
    rows = RosterRow.objects.filter(batch=batch).order_by("row")
    wanted = rows.filter(Q(state=RosterRowState.NEW) | changing(batch.on_duplicate))
    deeds = Deeds(batch, by=user)
    lanes = Lanes(
        batch, wanted, make_writer, chunk_rows=CHUNK_ROWS, most_rows=CHUNK_ROWS * CHUNK_GROWTH
    )
    progress.expect(run.done + lanes.left() + deeds.left())
    with bulk.seldom_checkpoints():
        lanes.write(progress)
    while left := deeds.left():
        with progress.chunk(min(left, DEEDS_A_CHUNK)):
            deeds.carry_out()
    linked = linked_by(batch)  # outside the last chunk: it may take long
    for members in bulk.parts(sorted(linked.known)):
        with progress.chunk():
            settle_links(by=user, members=members)
    with progress.chunk():
        tell_homes(by=user, numbers=linked.homes, how="按名册")
        _finish(batch, user)
    return {"batch": batch.pk, "figures": summarise(batch).sentence()}


@_runner("roster.undo", name="撤回党员名册", one_pen=True)
def undo(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Take a written batch back, the last chunk first; none of it where later work stands on it."""
    batch, user = begun(run, progress)
    undoing = Undo(batch, by=user, beat=progress.beat)
    progress.expect(run.done + undoing.people_left())
    try:
        undoing.refuse_if_built_on()
        while chunk := undoing.left().first():
            with progress.chunk(chunk.people, checkpoint={"chunk": chunk.pk}):
                undoing.take_back(chunk)
    except BuiltOn as built:
        with progress.chunk():
            has_begun = keep_refusal(batch, built)
        if has_begun:
            raise RunFailed(_BUILT_ON_MEANWHILE) from built
        return {"obstacles": len(built.obstacles)}
    with progress.chunk():
        finish_undo(batch, by=user)
    return {"batch": batch.pk}


@contextmanager
def open_file(
    batch: RosterBatch, *, meanwhile: Callable[[], object] | None = None
) -> Iterator[Table]:
    """Open the batch's file for reading; RefusedFile, with GONE where its time is over or no key fits.

    MEANWHILE as in ``open_table``.
    """
    with ExitStack() as stack:
        try:
            stored = batch.file if batch.file and not batch.file.is_over else None
            plain = stack.enter_context(plain_copy(stored)) if stored else None
        except (FileNotFoundError, crypto.Unreadable):
            plain = None
        if plain is None:
            raise RefusedFile(Refusal.GONE)
        yield stack.enter_context(
            open_table(
                plain,
                content_name=batch.file_name,
                sheet=batch.sheet,
                keep_ends=True,
                meanwhile=meanwhile,
            )
        )


def first_rows(batch: RosterBatch) -> tuple[FirstRows | None, list[dict[str, Any]]]:
    """Return the first rows of the batch's file, or why it is refused."""
    try:
        with open_file(batch) as table:
            return FirstRows(named(table), open_sheets(table), head_of(table.rows())), []
    except RefusedFile as refused:
        return None, refusals_of(refused)


def refusals_of(refused: RefusedFile | HeadingRefused | Guessed) -> list[dict[str, Any]]:
    """Return why a file is refused, as ``RosterBatch.refusals`` keeps it."""
    if isinstance(refused, HeadingRefused):
        return [refusal_of(f.row, f.column, f.code, f.message) for f in refused.faults]
    if isinstance(refused, Guessed):
        return [refusal_of(refused.row or 0, "", "guessed", refused.message)]
    return [refusal_of(refused.row or 0, "", str(refused.code), refused.fault)]


def refuse(batch: RosterBatch, refusals: list[dict[str, Any]]) -> None:
    """Close BATCH as refused: nothing of its file is kept."""
    batch.refusals, batch.state, batch.finished_at = refusals, RosterState.REFUSED, timezone.now()
    for name, nothing in NO_WORDS.items():
        setattr(batch, name, nothing)
    batch.save(update_fields=["sheet", "refusals", "state", "finished_at", *NO_WORDS])


def head_of(rows: Iterator[Row]) -> list[Row]:
    """Take from ROWS what finding the heading needs."""
    return list(itertools.islice(rows, HEAD_ROWS + SAMPLE_ROWS))


class _Check:
    """One reading of one file, rung by BY, judged by what its OWNER may see."""

    def __init__(
        self, batch: RosterBatch, owner: User, table: Table, progress: Progress, *, by: User
    ) -> None:
        self.batch = batch
        self.owner = owner
        self.by = by
        self.totals = Totals()
        self.hidden = Hidden(table)
        self.words = Words()
        batch.sheet = named(table)
        rows = table.rows()
        head = head_of(rows)
        layout = self._layout(head, learnt.area_code_of(owner, batch.branch))
        today, is_csv = timezone.localdate(), table.kind == "csv"
        terms = Terms(layout, today, epoch_1904=table.epoch_1904, is_csv=is_csv)
        self.assessor = Assessor(batch, owner, terms)
        unsaved = formulas.unsaved_in(table, layout)
        self.company = Company(
            self.assessor.judge,
            unsaved=unsaved,
            finds_nothing_out=owner.standing.reach_for(Verb.VIEW).everything,
        )
        read = formulas.with_left_out(itertools.chain(head, rows), unsaved, layout)
        below = (row for row in read if row[0] > layout.last_row)
        progress.expect(max(0, table.lines - layout.last_row), done=0)
        with calm_collector(), Crew(self.assessor, terms, batch, owner) as crew:
            self._read(crew.assessed(self._chunks(below)), progress)
        tried = Tried(batch, self.company.alike)
        self._refuse_guesses(tried)  # outside the last chunk: it takes long
        with progress.chunk():
            lookalikes.ask(batch, self.company.lookalikes(), self.totals)
            self.totals.mended += self.words.tell(batch)
        self.carried = decide_again(batch, progress)
        with progress.chunk():  # the run's row first, then the batch's: docs/architecture.md
            if tried.others_came():
                self._refuse_guesses(tried)
            say_of_both(batch, self.company.twice)
            self._keep(layout)
            tried.keep()

    def _refuse_guesses(self, tried: Tried) -> None:
        hours = hours_back()
        self.company.refuse_guesses(tried.before(hours), hours=hours)

    def _layout(self, head: Sequence[Row], area_code: str) -> Layout:
        """Return the columns that somebody chose, else what the heading says, but none that is off."""
        needs_branch = self.batch.branch_id is None
        if self.batch.layout:
            chosen = layout_of(self.batch)
            layout = with_fields(chosen, chosen.fields, needs_branch=needs_branch)
        else:
            layout = recognise(
                head,
                needs_branch=needs_branch,
                learnt=learnt.headings_of(learnt.district_of(area_code)),
            )
        off = modules_off(area_code)
        headings = layout.headings_of(off)
        self.off = {"off": headings} if headings else {}
        return layout.without(off)

    def _chunks(self, rows: Iterator[Row]) -> Iterator[Chunk]:
        while read := list(itertools.islice(rows, JUDGED_TOGETHER)):
            self.hidden.meet(number for number, _ in read)
            yield self.company.meet(read)

    def _read(self, assessed: Iterator[Assessed], progress: Progress) -> None:
        with progress.chunk():
            self.assessor.stage.clear()
        while some := list(itertools.islice(assessed, CHUNK_ROWS // JUDGED_TOGETHER or 1)):
            for each in some:
                self.totals.join(each.totals)
                self.words.meet(each.words)
            with progress.chunk(sum(each.totals.rows for each in some)):
                self.assessor.stage.write([each.staged for each in some])

    def _keep(self, layout: Layout) -> None:
        batch, places = self.batch, self.assessor.places
        batch.layout = keep_layout(layout)
        batch.workbook = self.hidden.kept(layout) | self.off
        batch.counts, batch.decided = self.totals.counts() | decided_rows(batch), ""
        batch.totals = self.totals.by_name(places.names, distinct=self.company.distinct)
        batch.area_path = territory_of(self.totals, self.owner)
        batch.state = RosterState.READY
        if not batch.is_dry_run:  # only its page asks about them
            batch.strangers = keep_strangers(self.totals.strangers, places)
        kept = (
            "layout",
            "sheet",
            "workbook",
            "strangers",
            "counts",
            "decided",
            "totals",
            "area_path",
            "state",
        )
        batch.save(update_fields=kept)
        rows, elsewhere = self.totals.rows, self.totals.elsewhere
        note = f"{rows}行，其中{elsewhere}行的证件号码登记在管理范围以外。"
        _record_check(batch, self.by, note)


def _record_check(batch: RosterBatch, user: User, note: str) -> None:
    """Put one check that USER rang into the trail, with what it told in sum."""
    area_path = batch.area_path or territory_held(user)
    audit.record(by=user, act="核对名册", instance=batch, area_path=area_path, note=note)


def _finish(batch: RosterBatch, user: User) -> None:
    """Close the batch with what was really written, and put one row into the trail."""
    chunks = batch.chunks.filter(kind=ChunkKind.WRITE)
    written = chunks.aggregate(created=Sum("created"), changed=Sum("changed"), links=Sum("links"))
    states = RosterRow.objects.filter(batch=batch).order_by().values_list("state")
    kept = {key: batch.counts.get(key, 0) for key in SUMS}
    batch.counts = {
        **kept,
        **dict(states.annotate(number=Count("row"))),
        **decided_rows(batch),
        "created": written["created"] or 0,
        "changed": written["changed"] or 0,
        "links": written["links"] or 0,
    }
    batch.state, batch.finished_at = RosterState.DONE, timezone.now()
    batch.save(update_fields=["counts", "state", "finished_at"])
    choice = OnDuplicate(batch.on_duplicate).label
    figures = summarise(batch).sentence()
    said = doubts.in_words(batch)
    answers = {"answers": said} if said else {}
    audit.record(
        by=user,
        act="导入党员名册",
        instance=batch,
        after={"on_duplicate": choice, "counts": figures} | answers,
    )
