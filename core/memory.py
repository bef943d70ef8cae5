"""Files that live in memory only."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


@contextmanager
def in_memory(pieces: Iterable[bytes]) -> Iterator[int]:
    """Lend PIECES as an open file without a name: however the process ends, nothing is left of it.

    For readers that must seek, and their child processes: as large as the file, at most an upload.
    """
    handle = os.memfd_create("plain")
    try:
        with os.fdopen(handle, "wb", closefd=False) as copy:
            copy.writelines(pieces)
        yield handle
    finally:
        os.close(handle)
