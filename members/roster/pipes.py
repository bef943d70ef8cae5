"""What a process that checks a roster and its hands say to each other, through a pipe."""

import io
import pickle
import struct
from typing import Any, BinaryIO

PIPE_SIZE = 1_048_576  # holds a chunk or its answer whole
_LENGTH = struct.Struct(">Q")


def send(pipe: BinaryIO | Any, what: object) -> None:
    """Write one thing into PIPE; nothing in it may hold itself."""
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True  # keeps no book of what came before: cells are new ones in each row
    pickler.dump(what)
    content = packed.getbuffer()
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
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
