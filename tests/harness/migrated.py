"""A database migrated once for all processes of a test run, and a copy of it for each.

To migrate takes seconds, to copy does not. The key file belongs to the contents: the processes share it.
"""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from tests.harness.aside import Database, using
from tests.harness.environment import run_folder, worker_name

ORIGINAL = "migrated"


def prepare(*, wait: bool = True) -> None:
    """Make the original unless it is there; without WAIT, leave it to the process that is at it."""
    with (run_folder() / f"{ORIGINAL}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return
        is_there = run_folder() / ORIGINAL
        if not is_there.exists():
            _make(_named(ORIGINAL))
            is_there.touch()


@contextmanager
def copied() -> Iterator[None]:
    """Use a copy of its own inside the block; it goes with the run's folder or cluster."""
    prepare()
    copy = _named(worker_name())
    _copy(_named(ORIGINAL), copy)
    with using(copy):
        yield


def _named(name: str) -> Database:
    if connection.vendor == "sqlite":
        return Database(str(run_folder() / f"{name}.sqlite3"))
    return Database(f"test_{name}")


def _make(original: Database) -> None:
    if connection.vendor == "postgresql":
        _execute(f'CREATE DATABASE "{original}"')
    with using(original):
        call_command("migrate", verbosity=0)


def _copy(original: Database, copy: Database) -> None:
    if connection.vendor == "sqlite":
        shutil.copyfile(original, copy)
    else:
        _execute(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"')


def _execute(command: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a busy machine may take long
        cursor.execute(command)
    connection.close()
