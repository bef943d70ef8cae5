"""Rows make no cyclic garbage: while they are checked Python looks for it less often."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_CALM = 100_000  # new objects from one look to the next


class _Calm:
    """How many checks of this process want it calm: the last one to end gives back what was."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._before = gc.get_threshold()

    def begin(self) -> None:
        with self._lock:
            if not self._wanted:
                self._before = gc.get_threshold()
                gc.set_threshold(_CALM, *self._before[1:])
            gc.freeze()  # each time: what was made since the last is shared with hands as well
            self._wanted += 1

    def end(self) -> None:
        with self._lock:
            self._wanted -= 1
            if not self._wanted:
                gc.unfreeze()
                gc.set_threshold(*self._before)


_calm = _Calm()


@contextmanager
def calm_collector() -> Iterator[None]:
    """Let Python look for cyclic garbage less often inside the block: looking takes a seventh.

    Nor in what is there before: to look through all that is loaded takes a tenth of a second, and
    writes into it, so that hands would share no memory with us.
    """
    _calm.begin()
    try:
        yield
    finally:
        _calm.end()
