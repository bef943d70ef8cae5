"""Carrying out one run: claim, chunks with checkpoint, heartbeat, the end."""

import logging
import os
import secrets
import socket
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from core import bulk
from core.enums import RunState
from core.models import BackgroundRun, Notice
from core.runs import registry

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
BEAT_SECONDS = 2
_SUBJECT_SHOWN = 60  # of a long file name, so that figures have their place in the notice
GAVE_UP = (
    "试了{attempts}次都没有做完，已做完的部分都保留着。"
    "请打开这项工作，按“接着再试一次”；还是不行，请打求助电话，报编号{pk}。"
)
UNKNOWN = "系统里没有这项工作了，不用再试。请打求助电话，报编号{pk}。"


Watch = Callable[[BackgroundRun], None]


class RunFailed(Exception):
    """The run can never succeed; the message is the Chinese sentence the user reads."""


class RunDone(Exception):
    """An earlier attempt did all the work and fell silent before it could say so."""


class RunStopped(Exception):
    """The run is no longer this holder's: cancelled, or taken over after a silence."""


class Progress:
    """What a runner tells while it works; each chunk is one transaction with its checkpoint."""

    def __init__(self, run: BackgroundRun, watch: Watch | None = None) -> None:
        self.run = run
        self._watch = watch
        self._ask: Callable[[], None] | None = None
        self._beaten = time.monotonic()
        self._released = self._held = self._last = 0.0
        known = registry.find(run.kind)
        self._gets_on = known is None or not known.begins_again

    def ask_first(self, ask: Callable[[], None]) -> None:
        """Let ASK be called at the start of every chunk from now on, in its transaction.

        It raises RunFailed where the work is no longer this run's to do.
        """
        self._ask = ask

    def expect(self, total: int, *, done: int | None = None) -> None:
        """Say how much there is to do, in the unit that chunks count.

        DONE: how much of it is done; work that begins again says 0.
        """
        self.run.total = total
        self.run.done = self.run.done if done is None else done
        _held(self.run).update(total=total, done=self.run.done, heartbeat_at=timezone.now())

    def beat(self, count: int = 0) -> None:
        """Show a sign of life between chunks (cheap to call); raise RunStopped when cancelled.

        COUNT units more are done, of work that would begin again: only chunks keep what they did.
        """
        self.run.done += count
        if time.monotonic() - self._beaten >= BEAT_SECONDS:
            self._beaten = time.monotonic()
            self._hold()
            self._tell()

    @contextmanager
    def chunk(self, count: int = 0, *, checkpoint: dict[str, Any] | None = None) -> Iterator[None]:
        """Write COUNT units in one transaction together with CHECKPOINT.

        The first statement takes the run's row: a holder that was given up for dead writes nothing.
        """
        self._let_others_write()
        began = time.monotonic()
        with transaction.atomic():
            self._hold()
            if self._ask is not None:
                self._ask()
            yield
            self.run.done += count
            if checkpoint is not None:
                self.run.checkpoint = checkpoint
            # Only tries that get nowhere count: a long run survives any number of restarts.
            if self._gets_on:
                self.run.attempts = 1
            _held(self.run).update(
                done=self.run.done, checkpoint=self.run.checkpoint, attempts=self.run.attempts
            )
        self._beaten = self._released = time.monotonic()
        self._last = self._released - began
        self._held += self._last
        self._tell()

    def add(self, count: int) -> None:
        """Tell of COUNT units more that were written beside the last chunk."""
        self.run.done += count
        _held(self.run).update(done=self.run.done)

    def _tell(self) -> None:
        if self._watch is not None:
            self._watch(self.run)

    @property
    def last_seconds(self) -> float:
        """How long the last chunk kept its transaction open."""
        return self._last

    def _let_others_write(self) -> None:
        """On SQLite, leave the pages' own writes a gap before they have waited for long.

        One writer at a time: without a gap they starve (security §0.7). Work between two chunks
        is a gap as well; short chunks follow each other as long as together they are no long one.
        """
        gap = time.monotonic() - self._released
        if gap >= settings.RUN_PAUSE_SECONDS:
            self._held = 0.0
        elif connection.vendor == "sqlite" and self._held + self._last > settings.RUN_HOLD_SECONDS:
            bulk.carry_over()  # keeps nobody from writing, and would have to be done anyway
            gap = time.monotonic() - self._released
            # The gap itself: on SQLite the pages' own writes wait for it.
            time.sleep(max(0, settings.RUN_PAUSE_SECONDS - gap))
            self._held = 0.0

    def _hold(self) -> None:
        mine = _held(self.run).filter(cancel_requested=False)
        if not mine.update(heartbeat_at=timezone.now(), done=self.run.done):
            raise RunStopped(self.run.pk)


class Attempt:
    """The end of one attempt, whatever it is, written to the row."""

    def __init__(self, run: BackgroundRun, *, quiet: bool, notify: bool) -> None:
        self.run = run
        self.quiet = quiet
        self.notify = notify

    def __enter__(self) -> None:
        """Nothing to do: the run is claimed."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> bool:
        """Record the end; let the error through unless it was said in the row, or QUIET."""
        if error is None or isinstance(error, RunDone):
            self._finish(RunState.DONE)
        elif isinstance(error, RunStopped):
            self._stopped()
        elif isinstance(error, RunFailed):
            self._finish(RunState.FAILED, error=str(error))
        elif isinstance(error, Exception):
            self._broke(error)
            return self.quiet
        return isinstance(error, RunDone | RunStopped | RunFailed)

    def _finish(self, state: RunState, error: str = "") -> None:
        _finish(self.run, state, error=error, notify=self.notify)

    def _stopped(self) -> None:
        if _held(self.run).filter(cancel_requested=True).exists():
            self._finish(RunState.CANCELLED)

    def _broke(self, error: Exception) -> None:
        # Kind and place only: the message may quote a row, and rows are people.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "run %s (%s) broke: %s at %s:%s",
            self.run.pk,
            self.run.kind,
            type(error).__name__,
            place.filename,
            place.lineno,
        )
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        try:
            if self.run.attempts >= MAX_ATTEMPTS:
                self._finish(RunState.FAILED, _gave_up(self.run))
            else:
                _held(self.run).update(state=RunState.QUEUED, holder="")
        except DatabaseError:
            log.warning("run %s: the database is away; the sweeper resumes it", self.run.pk)


def attend(run_id: int) -> None:
    """Answer the doorbell: carry out the run unless somebody else does. Never raises for the work.

    Then whatever waited for it to lay the pen down, what broke already last and each once: what
    breaks again and again keeps nobody's work waiting.
    """
    run, done = _claim(run_id), []
    while run is not None:
        _carry_out(run, quiet=True)
        done.append(run.pk)
        queue = _rivals(run).filter(state=RunState.QUEUED).exclude(pk__in=done)
        waiting = queue.order_by("attempts", "pk").first()
        run = _claim(waiting.pk) if waiting else None


def run_now(
    run: BackgroundRun, *, watch: Watch | None = None, notify: bool = True
) -> BackgroundRun:
    """Carry out RUN in this process (commands, tests); what breaks the work is raised.

    WATCH is told after each chunk. Without NOTIFY the user gets no notice of the end.
    Returns the run as it ended. RunFailed is not raised: it is the run's state and error.
    """
    claimed = _claim(run.pk)
    if claimed is not None:
        _carry_out(claimed, quiet=False, watch=watch, notify=notify)
    run.refresh_from_db()
    return run


def stale_before() -> datetime:
    """Return the moment before which a heartbeat means that the holder is dead."""
    return timezone.now() - timedelta(seconds=settings.RUN_STALE_SECONDS)


def _claim(run_id: int) -> BackgroundRun | None:
    """Take the run if it waits, or if its holder fell silent; None when it is not to be had."""
    free = Q(state=RunState.QUEUED) | Q(state=RunState.RUNNING, heartbeat_at__lt=stale_before())
    with transaction.atomic():
        run = (
            BackgroundRun.objects.select_for_update(skip_locked=True)
            .filter(free, pk=run_id)
            .first()
        )
        if run is None or _pen_is_held(run):
            return None
        if run.attempts >= MAX_ATTEMPTS:
            # It fell silent three times: it takes its process with it.
            _finish(run, RunState.FAILED, error=_gave_up(run))
            return None
        now = timezone.now()
        run.state, run.attempts = RunState.RUNNING, run.attempts + 1
        run.holder = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        run.heartbeat_at, run.started_at = now, run.started_at or now
        run.save(update_fields=["state", "attempts", "holder", "heartbeat_at", "started_at"])
    return run


def _rivals(run: BackgroundRun) -> QuerySet[BackgroundRun]:
    """Return the runs that RUN may not share SQLite's only pen with: people would wait for a gap."""
    kinds = registry.pen_kinds()
    if connection.vendor != "sqlite" or run.kind not in kinds:
        return BackgroundRun.objects.none()
    return BackgroundRun.objects.filter(kind__in=kinds).exclude(pk=run.pk)


def _pen_is_held(run: BackgroundRun) -> bool:
    return _rivals(run).filter(state=RunState.RUNNING, heartbeat_at__gte=stale_before()).exists()


def _carry_out(
    run: BackgroundRun, *, quiet: bool, watch: Watch | None = None, notify: bool = True
) -> None:
    with Attempt(run, quiet=quiet, notify=notify):
        known = registry.find(run.kind)
        if known is None:
            raise RunFailed(UNKNOWN.format(pk=run.pk))
        run.result = known.work(run, Progress(run, watch)) or {}


def _held(run: BackgroundRun) -> QuerySet[BackgroundRun]:
    """Return RUN's row as long as this holder has it."""
    return BackgroundRun.objects.filter(pk=run.pk, state=RunState.RUNNING, holder=run.holder)


def _finish(run: BackgroundRun, state: RunState, *, error: str = "", notify: bool = True) -> None:
    """Write the end and, with NOTIFY, tell the user; a holder that lost the run changes nothing."""
    told = run.by_id if notify and state != RunState.CANCELLED else None
    run.state = state
    text, url = ("", "") if told is None else (_told(run), registry.page_of(run))
    now = timezone.now()
    with transaction.atomic():
        ended = _held(run).update(
            state=state, error=error[:300], result=run.result, finished_at=now
        )
        if ended and told is not None:
            Notice.objects.create(user_id=told, text=text, url=url, created_at=now)


def _told(run: BackgroundRun) -> str:
    """Say in one sentence what was done to what, how it ended and, if the work tells, in which figures."""
    subject = registry.subjects_of([run]).get(run.pk, "")
    about = f"“{subject[:_SUBJECT_SHOWN]}”" if subject else ""
    said = "已经做完" if run.state == RunState.DONE else "没有做完"
    figures = run.result.get("figures", "") if run.state == RunState.DONE else ""
    verdict = registry.verdict_of(run)
    how = verdict.word if verdict else figures
    return f"{registry.title_of(run)}{about}{f'：{how}' if how else said}。"


def _gave_up(run: BackgroundRun) -> str:
    return GAVE_UP.format(attempts=run.attempts, pk=run.pk)
