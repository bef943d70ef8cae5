"""An installation of its own for the faults: PostgreSQL that may fall, web and worker that are killed."""

import http.client
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any, NamedTuple
from urllib.parse import urlencode

import psycopg
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.harness import celery, postgres, processes, redis

PATIENCE = 60
_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


class Answer(NamedTuple):
    """What the server said: 0 and nothing when it was killed before it said anything."""

    status: int
    text: str = ""
    where: str = ""


def wait_for(true: Callable[[], object], what: str) -> None:
    """Wait until something in another process has come TRUE."""
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)  # other processes: there is nothing to wait on


class Installation:
    """The portal on a database of its own: ask it, hold it, kill it, and look at what is left."""

    def __init__(self, cluster: postgres.Cluster, folder: Path, cookie: str) -> None:
        self.cluster = cluster
        self.redis_port, self.redis_password = processes.free_port(), "long-away"
        self.broker = f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}/0"
        self.gates = folder / "gates"
        self.gates.mkdir()
        self._folder, self._cookie = folder, cookie
        self.uploads = folder / "uploads"
        self.uploads.mkdir()
        self._own = {
            "DATABASE_URL": cluster.url,
            "FAULT_GATES": str(self.gates),
            "FAULT_UPLOADS": str(self.uploads),
        }
        self._port = 0
        self._web: Popen[bytes] | None = None

    # --- processes ---------------------------------------------------------------------------

    @contextmanager
    def web(self) -> Iterator[None]:
        """Serve the portal until the block ends."""
        self._port, log = processes.free_port(), self._folder / f"web{self._port}"
        command = [
            *(sys.executable, "-m", "gunicorn", "tests.faults.served:application"),
            *("--bind", f"127.0.0.1:{self._port}", "--threads", "4"),
        ]
        environment = celery.worker_environment(self.broker) | self._own
        self._web = process = processes.start(command, log=log, env=environment, cwd=celery.ROOT)
        try:
            processes.wait_until(
                lambda: processes.accepts(self._port), process=process, log=log, seconds=PATIENCE
            )
            yield
        except BaseException:
            print(log.read_text(errors="replace")[-4000:])  # noqa: T201 -- pytest shows it with the failure
            raise
        finally:
            processes.kill_tree(process)

    def kill_web(self) -> None:
        """End master and worker as a power cut would."""
        if self._web is not None:
            processes.kill_tree(self._web)

    @contextmanager
    def redis(self) -> Iterator[None]:
        """Let the broker that was away come back."""
        with redis.server(self.redis_port, self.redis_password):
            yield

    @contextmanager
    def worker(self) -> Iterator[celery.Worker]:
        """Let a Celery worker of one process work."""
        options = ("-I", "tests.faults.served")
        with celery.worker(self.broker, options=options, environment=self._own) as worker:
            yield worker

    # --- the database ------------------------------------------------------------------------

    def one(self, question: str) -> Any:
        """Return the one value that QUESTION finds."""
        with psycopg.connect(self.cluster.url) as connection:
            row = connection.execute(question).fetchone()  # type: ignore[call-overload]  # our own words
        return row[0] if row else None

    # --- asking ------------------------------------------------------------------------------

    def get(self, address: str) -> Answer:
        """Open ADDRESS as the signed-in user."""
        return self._ask("GET", address)

    def post(self, address: str, page: str, **fields: Any) -> Answer:
        """Send the form of PAGE to ADDRESS; with a file as the browser sends files."""
        shown = self._ask("GET", page)
        token = _CSRF.search(shown.text)
        assert token is not None, shown
        filled = fields | {"csrfmiddlewaretoken": token[1]}
        if any(hasattr(value, "read") for value in filled.values()):
            body, kind = encode_multipart(BOUNDARY, filled), MULTIPART_CONTENT
        else:
            body, kind = urlencode(filled).encode(), "application/x-www-form-urlencoded"
        return self._ask("POST", address, body, kind)

    def _ask(self, method: str, address: str, body: bytes = b"", kind: str = "") -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        headers = {"Cookie": self._cookie, "Accept": "text/html"}
        if kind:
            headers |= {"Content-Type": kind}
        try:
            connection.request(method, address, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (ConnectionError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()
        self._remember(answer.headers.get_all("Set-Cookie") or [])
        return Answer(answer.status, text, answer.headers.get("Location", ""))

    def _remember(self, cookies: list[str]) -> None:
        for cookie in cookies:
            if cookie.startswith("csrf="):
                kept = [part for part in self._cookie.split("; ") if not part.startswith("csrf=")]
                self._cookie = "; ".join([*kept, cookie.split(";")[0]])

    # --- gates -------------------------------------------------------------------------------

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Hold whoever comes back from NAME until the block ends."""
        gate = self.gates / name
        gate.touch()
        try:
            yield
        finally:
            gate.unlink()
            gate.with_suffix(".reached").unlink(missing_ok=True)

    def somebody_at(self, name: str) -> None:
        """Wait until somebody is held at NAME."""
        wait_for((self.gates / f"{name}.reached").exists, name)


def child_of(worker: celery.Worker) -> int:
    """Return the process in which a worker of one does the work."""
    main = worker.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    return int(children[-1])


def kill(pid: int) -> None:
    """End one process without a word."""
    os.kill(pid, signal.SIGKILL)
