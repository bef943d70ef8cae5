"""A web server under load from a bounded number of clients on this machine."""

import contextlib
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.harness import processes

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PATIENCE = 30


class Load(NamedTuple):
    """What the clients saw: answers a second, and answers that were no page."""

    per_second: float
    errors: int


@contextlib.contextmanager
def server(application: str, folder: Path, **environment: str) -> Iterator[int]:
    """Serve APPLICATION by gunicorn as deployed, with two workers, and yield its port."""
    port = processes.free_port()
    told = {"PORT": str(port), "WEB_CONCURRENCY": "2"} | environment
    log = folder / f"{application.partition(':')[0]}.log"
    process = processes.start(
        [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", application],
        log=log,
        env=os.environ | told,
        cwd=ROOT,
    )
    try:
        processes.wait_until(
            lambda: processes.accepts(port), process=process, log=log, seconds=PATIENCE
        )
        yield port
    finally:
        processes.stop(process)


def press(
    port: int, path: str, headers: Mapping[str, str], *, clients: int, seconds: float
) -> Load:
    """Let CLIENTS ask for PATH one time after the other for so many SECONDS."""
    lines = [f"GET {path} HTTP/1.0", f"Host: {HOST}", *map(": ".join, headers.items())]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    until = time.monotonic() + seconds
    seen: list[bool] = []
    callers = [
        threading.Thread(target=_call, args=(port, request, until, seen)) for _ in range(clients)
    ]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return Load(seen.count(True) / seconds, seen.count(False))


def _call(port: int, request: bytes, until: float, seen: list[bool]) -> None:
    while time.monotonic() < until:
        seen.append(_ask(port, request))


def _ask(port: int, request: bytes) -> bool:
    """Return whether the answer was a whole page."""
    try:
        with socket.create_connection((HOST, port), timeout=PATIENCE) as line:
            line.sendall(request)
            answer = b"".join(iter(lambda: line.recv(262_144), b""))
    except OSError:
        return False
    return answer[9:12] == b"200" and answer.rstrip().endswith(b"</html>")
