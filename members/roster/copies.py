"""A copy of this process as a hand: there at once, with everything loaded, in little memory.

What the copy reads of the program, the code tables and the branches are the same pages of memory.
"""

import contextlib
import fcntl
import gc
import os
import signal
import threading
from typing import Any, BinaryIO, NoReturn

from django.db import connection, connections

from members.roster.assessing import Assessor
from members.roster.pipes import receive, send

_PIPE = 1_048_576  # holds a chunk or its answer whole


def may_copy() -> bool:
    """Whether a copy would be whole: no other thread holds a lock, no transaction is open."""
    return threading.active_count() == 1 and not connection.in_atomic_block


class Copy:
    """A copy of this process that assesses with ASSESSOR what comes through a pipe, until it ends.

    It has what ``subprocess.Popen`` has of a process: ``stdin``, ``stdout``, ``kill``, ``wait``.
    """

    def __init__(self, assessor: Assessor) -> None:
        # SQLite keeps a process's locks beside the file's number; a copy must not believe them its own.
        connections.close_all()
        theirs_in, ours_in = _pipe()
        ours_out, theirs_out = _pipe()
        self._pid = os.fork()
        if not self._pid:
            os.close(ours_in)
            os.close(ours_out)
            _help(assessor, theirs_in, theirs_out)
        os.close(theirs_in)
        os.close(theirs_out)
        self.stdin: BinaryIO = os.fdopen(ours_in, "wb")
        self.stdout: BinaryIO = os.fdopen(ours_out, "rb")
        self._status: int | None = None

    def kill(self) -> None:
        """End it at once."""
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end and return with what it ended."""
        if self._status is None:
            _, status = os.waitpid(self._pid, 0)
            self._status = os.waitstatus_to_exitcode(status)
        return self._status


def _pipe() -> tuple[int, int]:
    reading, writing = os.pipe()
    with contextlib.suppress(OSError):  # a user's pipes are limited: then it takes more turns
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE)
    return reading, writing


def _help(assessor: Assessor, asked: int, answers: int) -> NoReturn:
    """Assess in the copy. Whatever happens, nothing of what the copied process was about goes on."""
    status = 1
    try:
        gc.disable()  # rows make no cyclic garbage, and the process ends with the file
        for number in (signal.SIGINT, signal.SIGTERM):  # whoever was copied had its own ways
            signal.signal(number, signal.SIG_DFL)
        silent = os.open(os.devnull, os.O_RDWR)  # a traceback may quote a row, and rows are people
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        with os.fdopen(asked, "rb") as pipe, os.fdopen(answers, "wb") as out:
            serve(assessor, pipe, out)
        status = 0
    finally:
        os._exit(status)


def serve(assessor: Assessor, pipe: BinaryIO | Any, out: BinaryIO | Any) -> None:
    """Assess the chunks that come through PIPE until it ends; nothing is written but answers."""
    # Whoever started it may be gone: then nobody waits for the answer.
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            send(out, assessor.assess(receive(pipe)))
