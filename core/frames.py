"""Files sealed piece by piece: AES-256-GCM in frames, so that nobody holds a whole file in memory.

Every file has a key of its own. A frame is FRAME plain bytes, the last one fewer, with its tag
behind; the nonce is the frame's number and whether it is the last one. So a file that was cut off,
put together otherwise or changed does not open.
"""

import base64
import secrets
from collections.abc import Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.crypto import Unreadable

FRAME = 256 * 1024
_TAG = 16
_NUMBER_BYTES = 11  # the twelfth byte of a nonce says whether the frame is the last


def new_key() -> str:
    """Return the key of a new file, as text."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


class SealedWriter:
    """Writes what it is given to STREAM in sealed frames; ``end`` writes the last one."""

    def __init__(self, stream: IO[bytes], key: str) -> None:
        self._stream = stream
        self._cipher = AESGCM(base64.b64decode(key))
        self._waiting = bytearray()
        self._number = 0

    def write(self, data: bytes) -> int:
        """Take DATA; return its length."""
        self._waiting += data
        while len(self._waiting) > FRAME:
            self._put(bytes(self._waiting[:FRAME]), is_last=False)
            del self._waiting[:FRAME]
        return len(data)

    def end(self) -> None:
        """Write the last frame; the stream stays open."""
        self._put(bytes(self._waiting), is_last=True)
        self._waiting.clear()

    def _put(self, plain: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last=is_last), plain, None)
        self._stream.write(sealed)
        self._number += 1


def plain_frames(stream: IO[bytes], key: str) -> Iterator[bytes]:
    """Yield the plain bytes of a sealed STREAM, frame by frame. Unreadable: it is not as it was written."""
    cipher = AESGCM(base64.b64decode(key))
    number, sealed = 0, stream.read(FRAME + _TAG)
    while True:
        following = stream.read(FRAME + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), sealed, None)
        except InvalidTag as error:
            raise Unreadable("file") from error
        if not following:
            return
        number, sealed = number + 1, following


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(_NUMBER_BYTES, "big") + bytes((is_last,))
