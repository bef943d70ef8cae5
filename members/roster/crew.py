"""Assessing on every processor: this process and, for longer files, hands that it starts.

A hand is a copy of this process (``members.roster.copies``), or a fresh one (``manage.py
roster_hand``) where other threads run that a copy would tear in two. Either way it inherits no
connection and no lock, nothing of a person stands in its arguments, and it ends when its input
does, so it never outlives whoever started it. A hand that is lost loses nothing: its chunks are
assessed here.
"""

import contextlib
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import Any

from django.conf import settings

from core.models import User
from members.models import RosterBatch
from members.roster.assessing import Assessed, Assessor, Terms
from members.roster.company import Chunk
from members.roster.copies import Copy, may_copy
from members.roster.pipes import PIPE_SIZE, receive, send

_WORTH_A_COPY = 2  # so many chunks are work for two: a copy is there at once
_WORTH_IT = 3  # so many chunks are done sooner than a fresh process is ready
_AHEAD = 3  # chunks that a hand has in its pipe, so that it never waits
_KEPT = 40  # assessed chunks that wait for one before them: what that takes of memory


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
        """Send the hands away, each of them, also where another does not go quietly."""
        with contextlib.ExitStack() as all_of_them:
            for hand in self._hands:
                all_of_them.callback(hand.end)

    def assessed(self, chunks: Iterator[Chunk]) -> Iterator[Assessed]:
        """Yield what came of each of CHUNKS, in their order."""
        waiting: deque[tuple[Chunk, Assessed | Future[Assessed]]] = deque()
        first = list(islice(chunks, _WORTH_A_COPY))
        if len(first) == _WORTH_A_COPY and may_copy():
            self._start(lambda: _Hand(Copy(self._assessor)))
        for count, chunk in enumerate(chain(first, chunks), 1):
            if count == _WORTH_IT and not self._hands:
                self._start(lambda: _hired(self._order))
            waiting.append((chunk, self._given(chunk) or self._assessor.assess(chunk)))
            while waiting and (_is_there(waiting[0][1]) or len(waiting) > _KEPT):
                yield self._taken(*waiting.popleft())
        self._help_out(waiting)
        while waiting:
            yield self._taken(*waiting.popleft())

    def _help_out(self, waiting: "deque[tuple[Chunk, Assessed | Future[Assessed]]]") -> None:
        """Assess here what the hands have not come to yet, the last of it first: nothing else is left."""
        while True:
            late = [place for place, (_, result) in enumerate(waiting) if not _is_there(result)]
            if len(late) <= len(self._hands):  # each is at one
                return
            chunk, _ = waiting[late[-1]]
            waiting[late[-1]] = chunk, self._assessor.assess(chunk)

    def _start(self, make_hand: "Callable[[], _Hand]") -> None:
        """Start the hands, all of them before the first has work: then a thread reads its answers."""
        with contextlib.suppress(OSError):  # no memory for another process: we do it ourselves
            for _ in range(settings.ROSTER_HANDS):
                self._hands.append(make_hand())

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


def _hired(order: tuple[int, int, Terms]) -> "_Hand":
    """Return a fresh process that is told whose roster it is to help with."""
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "roster_hand"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback may quote a row, and rows are people
        pipesize=PIPE_SIZE,
    )
    hand = _Hand(process)
    try:
        hand.order(order)
    except OSError:
        hand.end()
        raise
    return hand


class _Hand:
    """One process that assesses; a thread reads its answers in order."""

    def __init__(self, process: "subprocess.Popen[bytes] | Copy") -> None:
        self._process = process
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="roster-hand")
        self._asked: deque[Future[Any]] = deque()
        self._ready: Future[Any] | None = None

    def order(self, order: tuple[int, int, Terms]) -> None:
        """Tell it what the chunks belong to; until it says that it is ready it is not free."""
        self._ready = self._ask(order)

    @property
    def is_free(self) -> bool:
        """Whether it is ready and has not enough to do."""
        while self._asked and self._asked[0].done():
            self._asked.popleft()
        is_ready = self._ready is None or self._ready.done()
        return is_ready and len(self._asked) < _AHEAD

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
