"""Assessing on every processor: this process and, for longer files, hands that it starts.

A hand is a fresh process (``manage.py roster_hand``): no connection or lock is inherited, nothing
of a person stands in its arguments, and it ends when its input does, so it never outlives whoever
started it. A hand that is lost loses nothing: its chunks are assessed here.
"""

import contextlib
import os
import pickle
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, BinaryIO

from django.conf import settings

from core.models import User
from members.models import RosterBatch
from members.roster.assessing import Assessed, Assessor, Terms
from members.roster.company import Chunk

_WORTH_IT = 3  # so many chunks are done sooner than a hand is ready
_AHEAD = 3  # chunks that a hand has in its pipe, so that it never waits
_PIPE = 1_048_576  # holds a chunk or its answer whole
_KEPT = 40  # assessed chunks that wait for one before them: what that takes of memory
_LENGTH = struct.Struct(">Q")


class HandLost(Exception):
    """A hand ended before its work."""


class Crew:
    """Assesses chunks in order with as many processes as there are processors."""

    def __init__(self, assessor: Assessor, terms: Terms, batch: RosterBatch, user: User) -> None:
        self._assessor = assessor
        self._order = (batch.pk, user.pk, terms)
        self._hands: list[_Hand] = []

    def __enter__(self) -> "Crew":
        """Nothing to do: hands are started when there is work for them."""
        return self

    def __exit__(self, *_: object) -> None:
        """Send the hands away."""
        for hand in self._hands:
            hand.end()

    def assessed(self, chunks: Iterator[Chunk]) -> Iterator[Assessed]:
        """Yield what came of each of CHUNKS, in their order."""
        waiting: deque[tuple[Chunk, Assessed | Future[Assessed]]] = deque()
        for count, chunk in enumerate(chunks, 1):
            if count == _WORTH_IT:
                self._start()
            waiting.append((chunk, self._given(chunk) or self._assessor.assess(chunk)))
            while waiting and (_is_there(waiting[0][1]) or len(waiting) > _KEPT):
                yield self._taken(*waiting.popleft())
        while waiting:
            yield self._taken(*waiting.popleft())

    def _start(self) -> None:
        with contextlib.suppress(OSError):  # no memory for another process: we do it ourselves
            for _ in range(settings.ROSTER_HANDS):
                self._hands.append(_Hand(self._order))

    def _given(self, chunk: Chunk) -> "Future[Assessed] | None":
        """Give CHUNK to a hand that is ready for more; None when this process is to do it."""
        for hand in self._hands:
            if hand.is_free:
                try:
                    return hand.give(chunk)
                except OSError:
                    self._hands.remove(hand)
                    hand.end()
        return None

    def _taken(self, chunk: Chunk, result: "Assessed | Future[Assessed]") -> Assessed:
        if isinstance(result, Assessed):
            return result
        try:
            return result.result()
        except HandLost:
            return self._assessor.assess(chunk)


def _is_there(result: "Assessed | Future[Assessed]") -> bool:
    return isinstance(result, Assessed) or result.done()


class _Hand:
    """One process that assesses; a thread reads its answers in order."""

    def __init__(self, order: tuple[int, int, Terms]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "django", "roster_hand"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote a row, and rows are people
            pipesize=_PIPE,
        )
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="roster-hand")
        self._asked: deque[Future[Any]] = deque()
        try:
            self._ready = self._ask(order)
        except OSError:
            self.end()
            raise

    @property
    def is_free(self) -> bool:
        """Whether it is ready and has not enough to do."""
        while self._asked and self._asked[0].done():
            self._asked.popleft()
        return self._ready.done() and len(self._asked) < _AHEAD

    def give(self, chunk: Chunk) -> "Future[Assessed]":
        """Let it assess CHUNK; OSError when it is gone, the result raises HandLost."""
        return self._ask(chunk)

    def end(self) -> None:
        """Send it away, whatever it is at."""
        self._process.kill()
        self._process.wait()
        self._reader.shutdown()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):  # what it did not take is done here
                    pipe.close()

    def _ask(self, asked: object) -> "Future[Any]":
        if self._process.stdin is not None:
            send(self._process.stdin, asked)
        answer = self._reader.submit(self._answer)
        self._asked.append(answer)
        return answer

    def _answer(self) -> Any:
        try:
            return receive(self._process.stdout) if self._process.stdout is not None else None
        except (EOFError, OSError) as gone:
            raise HandLost from gone


def send(pipe: BinaryIO | Any, what: object) -> None:
    """Write one thing into PIPE."""
    content = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(content)) + content)
    pipe.flush()


def receive(pipe: BinaryIO | Any) -> Any:
    """Read one thing from PIPE, which our own process wrote; EOFError at its end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)  # noqa: S301 -- what our own process has written into a pipe
