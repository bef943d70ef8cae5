"""Starting, cancelling and retrying runs."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit
from core.enums import RunState
from core.models import BackgroundRun
from core.runs import doorbell, registry

if TYPE_CHECKING:
    from core.models import User


def start_run(
    *,
    by: "User | None",
    kind: str,
    key: str,
    arguments: dict[str, Any] | None = None,
    ring: bool = True,
) -> BackgroundRun:
    """Queue a run, or return the one that has KEY already: asking twice does it once.

    ARGUMENTS hold ids only. BY is None for the system's own work. With RING the doorbell goes
    after the commit; without, the caller carries it out by ``run_now``.
    """
    run, created = BackgroundRun.objects.get_or_create(
        key=key, defaults={"kind": kind, "by": by, "arguments": arguments or {}}
    )
    if created and ring:
        transaction.on_commit(partial(doorbell.ring, run.pk), robust=True)
    return run


@transaction.atomic
def cancel_run(*, by: "User", run: BackgroundRun) -> BackgroundRun:
    """Cancel RUN: at once while it waits, else after the chunk in hand. A finished one stays."""
    rows = BackgroundRun.objects.filter(pk=run.pk)
    rows.filter(state=RunState.RUNNING).update(cancel_requested=True)
    rows.filter(state=RunState.QUEUED).update(
        state=RunState.CANCELLED, cancel_requested=True, finished_at=timezone.now()
    )
    audit.record(by=by, act="取消后台工作", instance=run, label=registry.title_of(run))
    run.refresh_from_db()
    return run


@transaction.atomic
def retry_run(*, by: "User", run: BackgroundRun) -> BackgroundRun:
    """Queue a failed RUN again; it goes on from its checkpoint."""
    again = BackgroundRun.objects.filter(pk=run.pk, state=RunState.FAILED).update(
        state=RunState.QUEUED,
        attempts=0,
        error="",
        holder="",
        cancel_requested=False,
        heartbeat_at=timezone.now(),
        finished_at=None,
    )
    if again:
        audit.record(by=by, act="重做后台工作", instance=run, label=registry.title_of(run))
        transaction.on_commit(partial(doorbell.ring, run.pk), robust=True)
    run.refresh_from_db()
    return run
