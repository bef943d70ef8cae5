"""A private Redis with a password, as production has one."""

import contextlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from tests.harness import processes


@dataclass(frozen=True)
class RedisServer:
    """A running Redis: its URL for clients and its process id for tests that freeze or kill it."""

    url: str
    pid: int


@contextlib.contextmanager
def server(port: int = 0, password: str = "") -> Iterator[RedisServer]:
    """Run a Redis of its own on a free port of 127.0.0.1, without files, ended at the end.

    PORT and PASSWORD: those of one that is to come back.
    """
    program = processes.require("redis-server", "redis-server")
    with processes.private_folder("yinhui-redis-") as folder:
        port, password = port or processes.free_port(), password or secrets.token_hex(16)
        log = folder / "log"
        process = processes.start(
            [
                *(program, "--bind", "127.0.0.1", "--port", str(port), "--requirepass", password),
                *("--maxmemory-policy", "noeviction", "--save", "", "--appendonly", "no"),
                *("--dir", str(folder)),
            ],
            log=log,
        )
        try:
            processes.wait_until(
                lambda: processes.accepts(port), process=process, log=log, seconds=20
            )
            yield RedisServer(url=f"redis://:{password}@127.0.0.1:{port}/0", pid=process.pid)
        finally:
            processes.stop(process)
