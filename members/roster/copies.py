"""A copy of this process as a hand: there at once, with everything loaded, in little memory.

What the copy reads of the program, the code tables and the branches are the same pages of memory.
"""

import contextlib
import fcntl
import gc
import os
import signal
import subprocess
import threading
import time
from typing import Any, BinaryIO, NoReturn

from django.db import connection, connections

from members.roster.assessing import Assessor
from members.roster.pipes import PIPE_SIZE, receive, send

_MOMENT = 0.01  # seconds between two looks whether a copy has ended
_ENDING = (signal.SIGINT, signal.SIGTERM)


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
        with contextlib.ExitStack() as opened:  # closed again where a pipe or the copy fails
            theirs_in, ours_in = _pipe(opened)
            ours_out, theirs_out = _pipe(opened)
            self._pid = _forked(assessor, (theirs_in, theirs_out), (ours_in, ours_out))
            opened.pop_all()
        os.close(theirs_in)
        os.close(theirs_out)
        self.stdin: BinaryIO = os.fdopen(ours_in, "wb")
        self.stdout: BinaryIO = os.fdopen(ours_out, "rb")
        self._status: int | None = None

    def kill(self) -> None:
        """End it at once."""
        if self._status is None:
            with contextlib.suppress(ProcessLookupError):  # somebody else has waited for it
                os.kill(self._pid, signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return with what it ended; TimeoutExpired after TIMEOUT seconds."""
        until = None if timeout is None else time.monotonic() + timeout
        while self._status is None:
            try:
                ended, status = os.waitpid(self._pid, 0 if until is None else os.WNOHANG)
            except ChildProcessError:  # somebody else has waited for it: how it ended is lost
                ended, status = self._pid, 0
            if ended:
                self._status = os.waitstatus_to_exitcode(status)
            elif until is not None and time.monotonic() >= until:
                raise subprocess.TimeoutExpired("copy", timeout or 0)
            else:
                time.sleep(_MOMENT)  # waitpid knows no timeout: look again, as Popen does
        return self._status


def _forked(assessor: Assessor, theirs: tuple[int, int], ours: tuple[int, int]) -> int:
    """Copy this process; return the copy's number. No signal reaches it before it has its own ways."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        pid = os.fork()
        if not pid:
            _help(assessor, theirs, ours, before)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return pid


def _pipe(opened: contextlib.ExitStack) -> tuple[int, int]:
    reading, writing = os.pipe()
    opened.callback(os.close, reading)
    opened.callback(os.close, writing)
    with contextlib.suppress(OSError):  # a user's pipes are limited: then it takes more turns
        fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    return reading, writing


def _help(
    assessor: Assessor, theirs: tuple[int, int], ours: tuple[int, int], mask: set[Any]
) -> NoReturn:
    """Assess in the copy. Whatever happens, nothing of what the copied process was about goes on."""
    status = 1
    try:
        for end in ours:
            os.close(end)
        gc.disable()  # rows make no cyclic garbage, and the process ends with the file
        for number in _ENDING:  # whoever was copied had its own ways
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        silent = os.open(os.devnull, os.O_RDWR)  # a traceback may quote a row, and rows are people
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        asked, answers = theirs
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
