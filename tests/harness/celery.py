"""A real Celery worker as a process of its own, on a private Redis and the database under test."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from django.db import connection

from tests.harness import processes

ROOT = Path(__file__).resolve().parents[2]


def database_url() -> str:
    """Return the address of the database that the running test uses."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(settings['NAME']))}"
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)


def worker_environment(broker: str) -> dict[str, str]:
    """Return the environment of a portal process that shares the running test's data and keys."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
    }


@dataclass
class Worker:
    """A running worker: its process (to kill or stop) and its log (to read)."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it as a power cut would: it and its children, without a word."""
        processes.kill_tree(self.process)


@contextlib.contextmanager
def worker(
    broker: str,
    *,
    concurrency: int = 1,
    options: tuple[str, ...] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Worker]:
    """Run `celery -A portal worker` until it is ready to take tasks; stop it at the end.

    ENVIRONMENT adds to, or replaces, what a portal process of the tests has.

    Tests that use it need committed rows: `transactional_db`.
    """
    with processes.private_folder("yinhui-celery-") as folder:
        log = folder / "log"
        process = processes.start(
            [
                *(sys.executable, "-m", "celery", "-A", "portal", "worker"),
                *("--loglevel=INFO", "--without-gossip", "--without-mingle"),
                *(f"--concurrency={concurrency}", *options),
            ],
            log=log,
            env=worker_environment(broker) | dict(environment),
            cwd=ROOT,
        )
        try:
            processes.wait_until(
                lambda: b" ready." in log.read_bytes(), process=process, log=log, seconds=60
            )
            yield Worker(process, log)
        finally:
            processes.stop(process)
            processes.kill_tree(process)
