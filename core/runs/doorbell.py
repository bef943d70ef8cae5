"""Telling somebody that a run waits. A lost ring loses nothing: the sweeper rings again.

``RUN_DOORBELL``: ``celery`` (a broker is configured), ``thread`` (none: a thread of this process),
``inline`` (at once, in this thread) or ``off``. Only the run's id is ever sent.
"""

import logging
import queue
import threading
import time

from celery import Celery, current_app
from django.conf import settings
from django.db import DatabaseError, connections
from kombu.exceptions import OperationalError

from core.runs import engine

log = logging.getLogger(__name__)

RING_TASK = "core.ring"
RING_EXPIRES = 300  # a broker that was away must not answer yesterday's rings
CIRCUIT_SECONDS = 30


class BrokerBell:
    """Rings through Celery; after a failure it keeps quiet for a while, so pages stay quick."""

    def __init__(self, app: Celery | None = None) -> None:
        self._app = app
        self._quiet_until = 0.0

    def ring(self, run_id: int) -> None:
        """Send the id of a run; a broker that is away is not an error."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            (self._app or current_app).send_task(RING_TASK, args=[run_id], expires=RING_EXPIRES)
        except OperationalError:
            self._quiet_until = time.monotonic() + CIRCUIT_SECONDS
            log.warning("the broker does not answer; runs wait for the sweeper")


class ThreadBell:
    """One daemon thread of this process carries out one run after another."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[int] = queue.Queue()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def ring(self, run_id: int) -> None:
        """Put a run in line and see to it that the thread is there."""
        if run_id not in self._waiting.queue:
            self._waiting.put(run_id)
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="runs", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Block until the line is empty (tests)."""
        self._waiting.join()

    def _work(self) -> None:
        while True:
            run_id = self._waiting.get()
            try:
                engine.attend(run_id)
            except DatabaseError:
                log.warning("run %s: the database is away; the sweeper rings again", run_id)
            finally:
                connections.close_all()
                self._waiting.task_done()


broker_bell = BrokerBell()
thread_bell = ThreadBell()


def ring(run_id: int) -> None:
    """Ring for a run, in the way this installation does."""
    match settings.RUN_DOORBELL:
        case "celery":
            broker_bell.ring(run_id)
        case "thread":
            thread_bell.ring(run_id)
        case "inline":
            engine.attend(run_id)
