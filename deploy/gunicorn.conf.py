"""The web server's settings, the same for the demo, systemd and containers; the environment changes them."""

import os
from typing import Any

from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import ThreadWorker


class OnceWorker(ThreadWorker):
    """A worker that may be told twice to end at once, as Ctrl-C does: by the terminal and by its arbiter.

    ThreadWorker obeys the second inside the first, waits for a lock that it holds itself, and is
    killed when the graceful timeout is over.
    """

    is_ending = False

    def handle_quit(self, sig: int, frame: Any) -> None:
        """End without the lock of the threads' pool, which the interrupted code may hold; once."""
        if not self.is_ending:
            self.is_ending = True
            Worker.handle_quit(self, sig, frame)


bind = f"{os.environ.get('BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Threads let one slow upload or download wait without holding up the other pages of its worker.
worker_class = OnceWorker
threads = int(os.environ.get("WEB_THREADS", "4"))
# A page is bounded by the database's 30 s statement limit; a worker that hangs longer is replaced.
timeout = 60
graceful_timeout = 20
keepalive = 5
# Workers are replaced now and then, at different moments, so that a slow leak never grows.
max_requests = 5000
max_requests_jitter = 500
# The heartbeat file lives in memory: on a busy disk a sleeping worker looks dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- Linux's memory file system
control_socket_disable = True
errorlog = "-"
accesslog = None
loglevel = "warning"
