"""Acts on a roster: open, check, confirm, discard (house §5).

Each is safe to ask twice: two uploads of one file meet in one batch (security §5b F18).
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from branches.models import Branch
from core import audit
from core.files import keep_file
from core.long_numbers import hide_personal_numbers, kept_reason
from core.models import BackgroundRun, StoredFile, User
from core.parameters import Parameters
from core.runs import cancel_run, start_run
from core.text import clean
from members.actions import grip
from members.enums import OnDuplicate, RosterState, RowDecision
from members.models import RosterBatch, RosterRow
from members.roster import octobers
from members.roster.decisions import NOTHING_KEPT, decided
from members.roster.doubts import doubts_of, give_reasons, left_open
from members.roster.runs import KEEP_DAYS
from members.roster.territory import territory_held
from members.roster.turns import VERB
from members.rules.affiliation import check_letter, check_place

UNWRITTEN = (RosterState.UPLOADED, RosterState.CHECKING, RosterState.READY)
CONFIRMED = (  # what confirming writes
    *("on_duplicate", "answers", "moved_on", "moved_document"),
    *("state", "confirmed_at", "write_run", "strangers"),
)


def keep_roster(*, by: User, name: str, source: "Path | File[bytes]") -> StoredFile:
    """Keep an uploaded roster as BY's private file for as long as the bureau wants; RefusedFile."""
    days = Parameters(KEEP_DAYS).number(KEEP_DAYS)
    return keep_file(by=by, name=name, source=source, keep_days=days)


def open_roster(
    *,
    by: User,
    file: StoredFile,
    branch: Branch | None = None,
    on_duplicate: str = OnDuplicate.ASK,
    sheet: str = "",
    dry_run: bool = False,
    october_rows: str = "",
) -> RosterBatch:
    """Return the open batch of FILE, made now unless the same file is on its way already.

    BRANCH takes the rows that name none. DRY_RUN batches keep only findings and are never written.
    OCTOBER_ROWS, as typed, are to be read as October once it is checked (``read_as_october``):
    said otherwise of the same file it is another batch. ValidationError: they are no row numbers.
    """
    _require_verb(by)
    if branch is not None:
        _require_home(by, branch)
    said = octobers.read(october_rows)
    place = branch.pk if branch else 0
    key = _digest(file.sha256, by.pk, place, sheet, on_duplicate, dry_run, *said)
    try:
        with transaction.atomic():
            batch = RosterBatch.objects.create(
                by=by,
                file=file,
                file_name=file.name,
                content=file.sha256,
                key=key,
                sheet=sheet,
                branch=branch,
                on_duplicate=on_duplicate,
                is_dry_run=dry_run,
            )
            _record(by, "上传名册", batch)
            return batch
    except IntegrityError:
        return RosterBatch.objects.get(key=key, state__in=RosterState.open_states())


def _digest(*asked: object) -> str:
    """Return what the same file asked for in the same way has in common."""
    return hashlib.sha256(":".join(map(str, asked)).encode()).hexdigest()


def earlier_import(*, by: User, file: StoredFile) -> RosterBatch | None:
    """Return the last batch of a file with the same content, written or in a colleague's hands.

    Within BY's scope (security §5a 84); his own open batch is not meant, it simply goes on.
    """
    same = RosterBatch.objects.editable_by(by).filter(content=file.sha256, is_dry_run=False)
    others = Q(state__in=RosterState.open_states()) & ~Q(by=by)
    return same.filter(Q(state=RosterState.DONE) | others).select_related("by").first()


@transaction.atomic
def check_roster(*, by: User, batch: RosterBatch, ring: bool = True) -> RosterBatch:
    """Start checking BATCH in the background; one that is being checked, or was, stays so."""
    batch = gripped(by, batch, *RosterState)
    if batch.state not in {RosterState.UPLOADED, RosterState.CHECKING}:
        return batch
    run = batch.check_run
    if run is None or (run.is_finished and batch.state == RosterState.CHECKING):
        batch.check_run = _started(by, batch, "roster.check", after=run, ring=ring)
    batch.state, batch.head = RosterState.CHECKING, ""  # its columns are settled
    batch.save(update_fields=["state", "check_run", "head"])
    return batch


@transaction.atomic
def confirm_roster(
    *,
    by: User,
    batch: RosterBatch,
    on_duplicate: str = "",
    moved_on: dt.date | None = None,
    moved_document: str = "",
    answers: Mapping[str, str] | None = None,
    passes_over: bool = False,
    ring: bool = True,
) -> RosterBatch:
    """Start writing BATCH in the background; ON_DUPLICATE is the choice made on the preview.

    ANSWERS: what was said of each kind of warning, by code; a reason, or "" for a tick. While one
    is open nothing is written, unless PASSES_OVER: then the trail says of which nobody looked.
    MOVED_ON and MOVED_DOCUMENT (day, letter) hold for all transfers that were decided.
    Confirming again what is being written, or was stopped, goes on with it; what somebody else
    has finished meanwhile stays as it is.
    """
    batch = gripped(by, batch, RosterState.READY, RosterState.WRITING, RosterState.DONE)
    if batch.state == RosterState.DONE:
        return batch
    if batch.is_dry_run:
        raise ValidationError("这一次只是核对，不写入。请去掉“只核对”再上传一次。")
    if batch.state == RosterState.READY:
        _take_letter(batch, moved_on, moved_document)
        batch.answers = _answers(batch, answers or {}, passes_over=passes_over)
        give_reasons(batch)
        batch.on_duplicate = on_duplicate or batch.on_duplicate
        batch.state, batch.strangers, batch.confirmed_at = RosterState.WRITING, "", timezone.now()
    run = batch.write_run
    if run is None or run.is_finished:
        batch.write_run = _started(by, batch, "roster.write", after=run, ring=ring)
    batch.save(update_fields=CONFIRMED)
    return batch


def _answers(batch: RosterBatch, given: Mapping[str, str], *, passes_over: bool) -> dict[str, str]:
    """Return what is kept of GIVEN; a kind of warning that it leaves open has no answer."""
    said = {code: kept_reason(reason) for code, reason in given.items()}
    open_kinds = left_open(batch, said)
    if open_kinds and not passes_over:
        named = "；".join(f"{doubt.sentence}（{doubt.rows}行）" for doubt in open_kinds)
        raise ValidationError(
            f"还有提醒没有核对：{named}。请看过这些行，逐项打勾；要写原因的，写一句原因。"
        )
    return {doubt.code: said[doubt.code] for doubt in doubts_of(batch) if doubt not in open_kinds}


def _started(
    by: User, batch: RosterBatch, kind: str, *, after: BackgroundRun | None, ring: bool
) -> BackgroundRun:
    """Return a run of KIND for BATCH; two who ask at once AFTER the same one get the same."""
    key = f"{kind}:{batch.pk}:{after.pk if after else 0}"
    arguments = {"batch": batch.pk, "user": by.pk}
    return start_run(by=by, kind=kind, key=key, arguments=arguments, ring=ring)


def _take_letter(batch: RosterBatch, on: dt.date | None, document: str) -> None:
    """Keep the day and the letter of the transfers that were decided; none are needed without."""
    if decided(batch, RowDecision.MOVE):
        check_letter(on=on, today=timezone.localdate(), document=document)
        batch.moved_on, batch.moved_document = on, hide_personal_numbers(clean(document))


@transaction.atomic
def discard_roster(*, by: User, batch: RosterBatch) -> RosterBatch:
    """Give BATCH up before anything of it was written; its rows go at once.

    They may tell of people out of BY's reach, and a check that did not end is not on record.

    Safe to ask twice: one that was given up already stays so.
    """
    checking = RosterBatch.objects.editable_by(by).select_related("check_run").get(pk=batch.pk)
    run = checking.check_run
    # The run before the batch, as its chunks take them (docs/architecture.md).
    if run is not None and not run.is_finished:
        cancel_run(by=by, run=run)
    batch = gripped(by, batch, *UNWRITTEN, RosterState.DISCARDED)
    if batch.state == RosterState.DISCARDED:
        return batch
    if batch.check_run_id != checking.check_run_id:
        raise ValidationError("这份名册刚刚开始核对，请再按一次放弃。")
    batch.state, batch.finished_at = RosterState.DISCARDED, timezone.now()
    for name, nothing in NOTHING_KEPT.items():
        setattr(batch, name, nothing)
    batch.save(update_fields=["state", "finished_at", *NOTHING_KEPT])
    RosterRow.objects.filter(batch=batch).delete()
    _record(by, "放弃名册", batch)
    return batch


@transaction.atomic
def record_rejected(*, by: User, batch: RosterBatch) -> None:
    """Put on record that BY takes the rejected rows of BATCH out, whole numbers and all."""
    _record(by, "下载退回的行", batch)


def _record(by: User, act: str, batch: RosterBatch) -> None:
    note = "" if batch.by_id == by.pk else f"由{batch.by}上传。"
    area_path = batch.area_path or territory_held(by)
    audit.record(by=by, act=act, instance=batch, area_path=area_path, note=note)


@transaction.atomic
def undo_roster(
    *, by: User, batch: RosterBatch, reason: str = "", ring: bool = True
) -> RosterBatch:
    """Start taking BATCH back as a whole, for a typed REASON (house §5): written, or stopped halfway.

    Asking again goes on with what was stopped. Later work on it is found by the run, which then
    leaves everything as it is and keeps what stands against it.
    """
    states = (RosterState.DONE, RosterState.WRITING, RosterState.UNDOING, RosterState.UNDONE)
    batch = gripped(by, batch, *states)
    if batch.state == RosterState.UNDONE:
        return batch
    if batch.state == RosterState.WRITING and not may_take_back(batch):
        raise ValidationError("这份名册还在写入。请先按“停下来”，停下以后再撤回。")
    if batch.state != RosterState.UNDOING:
        batch.undo_reason = kept_reason(reason)[:100]
        if not batch.undo_reason:
            raise ValidationError({"reason": "请写明为什么撤回。"})
        batch.state = RosterState.UNDOING
    run = batch.undo_run
    if run is None or run.is_finished:
        batch.undo_run = _started(by, batch, "roster.undo", after=run, ring=ring)
        batch.undo_refusals = []
    batch.save(update_fields=["undo_reason", "state", "undo_run", "undo_refusals"])
    return batch


def may_take_back(batch: RosterBatch) -> bool:
    """Return whether BATCH is written, or its writing was stopped and nobody goes on with it."""
    run = batch.write_run
    is_stopped = batch.state == RosterState.WRITING and run is not None and run.is_finished
    return is_stopped or batch.state == RosterState.DONE


def _require_home(by: User, branch: Branch) -> None:
    grip.require_editable(by, branch)
    gone = branch.dissolved_on is not None
    check_place(branch.kind.settings, dissolved=gone, is_home=True)


def _require_verb(by: User) -> None:
    if not by.has_perm(VERB):
        raise PermissionDenied("您没有导入名册的权限。请联系上级老干部局。")


def gripped(by: User, batch: RosterBatch, *states: str) -> RosterBatch:
    """Return BATCH read again and locked; it must be BY's to change and in one of STATES."""
    _require_verb(by)
    rows = RosterBatch.objects.select_for_update(of=("self",)).editable_by(by)
    locked = rows.select_related("branch", "file", "check_run", "write_run", "undo_run").get(
        pk=batch.pk
    )
    if locked.state not in states:
        raise ValidationError(f"这份名册{locked.state_words}，不能再做这一步。")
    return locked
