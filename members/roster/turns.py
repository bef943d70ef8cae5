"""Whose turn it is: a run works on its roster only while the roster waits for that very run.

A failed run can be retried for ever. By then the roster may have gone on with another run, be
written, taken back or given up; an older run must not turn that round.
"""

import hashlib
from functools import partial

from core import audit
from core.models import BackgroundRun, User
from core.runs import Progress, RunDone, RunFailed
from members.enums import RosterState
from members.models import RosterBatch

VERB = "members.import_member"
_TURNS = {
    "roster.check": ("check_run", RosterState.CHECKING),
    "roster.write": ("write_run", RosterState.WRITING),
    "roster.undo": ("undo_run", RosterState.UNDOING),
}
# Where the last chunk of each leaves its roster.
_ENDS = {
    "roster.check": (RosterState.READY, RosterState.REFUSED),
    "roster.write": (RosterState.DONE,),
    "roster.undo": (RosterState.UNDONE, RosterState.DONE, RosterState.WRITING),
}
_NOT_ALLOWED = "您现在没有导入名册的权限，名册没有写入。请联系上级老干部局。"
_TAKEN_OVER = "这项工作已由另一项接手，不用再试。"


def begun(run: BackgroundRun, progress: Progress) -> tuple[RosterBatch, User]:
    """Return the run's batch and user; every chunk asks again whether it is still the run's turn.

    RunFailed: he may no longer import (security X11), or the batch went on without this run.
    RunDone: this run ended its work before and was killed before it could say so.
    """
    user = User.objects.get(pk=run.arguments["user"])
    rows = RosterBatch.objects.editable_by(user).select_related("branch__area", "file", "by")
    batch = rows.filter(pk=run.arguments["batch"]).first()
    if batch is None or not user.has_perm(VERB):
        raise RunFailed(_NOT_ALLOWED)
    column, state = _TURNS[run.kind]
    is_ours = getattr(batch, f"{column}_id") == run.pk
    if is_ours and batch.state in _ENDS[run.kind]:
        raise RunDone
    if not is_ours or batch.state != state:
        raise RunFailed(_TAKEN_OVER)
    progress.ask_first(partial(_hold_turn, run))
    return batch, user


def may_import(user: User, batch: RosterBatch) -> bool:
    """Return whether USER may still go on with BATCH."""
    return user.has_perm(VERB) and RosterBatch.objects.editable_by(user).contains(batch)


def owner_of(batch: RosterBatch, user: User, progress: Progress) -> User:
    """Return whose roster BATCH is: whoever checks it, it is judged by what its owner may see.

    All that is found stays on the batch, for the owner to read. Of an owner who may no longer
    import it USER takes it over, so that nobody reads there what was found for another.
    """
    if batch.by_id == user.pk:
        return user
    owner = batch.by
    if may_import(owner, batch):
        return owner
    with progress.chunk():
        # A new mark: the earlier owner may upload the same file once more, as a roster of his own.
        batch.by, batch.key = user, hashlib.sha256(f"{batch.key}:{user.pk}".encode()).hexdigest()
        batch.save(update_fields=["by", "key"])
        audit.record(by=user, act="接手名册", instance=batch, note=f"原来由{owner}上传。")
    return user


def _hold_turn(run: BackgroundRun) -> None:
    """Lock the batch inside the caller's transaction; RunFailed when it no longer waits for RUN.

    The key stays free: the other lane's rows point at the batch (``members.roster.lanes``).
    """
    column, state = _TURNS[run.kind]
    rows = RosterBatch.objects.select_for_update(no_key=True).filter(
        pk=run.arguments["batch"], state=state, **{column: run.pk}
    )
    if rows.values_list("pk", flat=True).first() is None:
        raise RunFailed(_TAKEN_OVER)
