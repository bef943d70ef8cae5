"""The sweeper: rings again for runs that wait or whose holder died, and starts the nightly work."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import request_started
from django.db import DatabaseError, connections
from django.db.models import Q
from django.utils import timezone

from core.enums import RunState
from core.models import BackgroundRun
from core.runs import doorbell, engine, registry
from core.runs.start import start_run

log = logging.getLogger(__name__)

NIGHT_HOUR = 2
AT_ONCE = 200  # a broker that comes back is not flooded


def sweep_runs(*, ring: Callable[[int], None] = doorbell.ring) -> int:
    """Start what is due tonight, then RING for every run that waits or fell silent; return how many."""
    _start_nightly()
    left = Q(state=RunState.QUEUED) | Q(
        state=RunState.RUNNING, heartbeat_at__lt=engine.stale_before()
    )
    waiting = list(
        BackgroundRun.objects.filter(left).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
    )
    for run_id in waiting:
        ring(run_id)
    return len(waiting)


def _start_nightly() -> None:
    """Queue each nightly work once for the time that it is due; the key says whether it is there."""
    now = timezone.localtime()
    if now.hour < NIGHT_HOUR:
        return
    keys = {}
    for kind, hours in registry.nightly_kinds().items():
        again = (now.hour - NIGHT_HOUR) // hours
        keys[f"{kind}:{now.date().isoformat()}" + (f":{again}" if again else "")] = kind
    there = set(BackgroundRun.objects.filter(key__in=keys).values_list("key", flat=True))
    for key, kind in keys.items():
        if key not in there:
            start_run(by=None, kind=kind, key=key, ring=False)


class SweeperThread:
    """Sweeps from a daemon thread of the web process, where no Celery beat does it."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._pause = threading.Event()

    def connect(self) -> None:
        """Start with the first request: commands and builds get no thread."""
        request_started.connect(self.ensure, dispatch_uid="run-sweeper")

    def ensure(self, **_: Any) -> None:
        """Start the thread unless it is there, or this installation rings otherwise."""
        if settings.RUN_DOORBELL != "thread":
            return
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._sweep, name="sweeper", daemon=True)
                self._thread.start()

    def _sweep(self) -> None:
        while True:
            try:
                sweep_runs()
            except DatabaseError:
                log.warning("the database is away; sweeping again soon")
            finally:
                connections.close_all()
            self._pause.wait(settings.RUN_SWEEP_SECONDS)


sweeper_thread = SweeperThread()
