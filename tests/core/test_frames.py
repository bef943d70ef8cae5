"""Files sealed in frames: they open whole or not at all."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import frames
from core.crypto import Unreadable

KEY = frames.new_key()
SEALED_FRAME = frames.FRAME + 16


def sealed(content: bytes, piece: int = 100_000) -> bytes:
    """Return CONTENT as it lies on the disk, written in pieces."""
    stream = io.BytesIO()
    writer = frames.SealedWriter(stream, KEY)
    for start in range(0, len(content), piece):
        writer.write(content[start : start + piece])
    writer.end()
    return stream.getvalue()


def opened(lying: bytes, key: str = KEY) -> bytes:
    return b"".join(frames.plain_frames(io.BytesIO(lying), key))


@pytest.mark.parametrize(
    "length", [0, 1, frames.FRAME - 1, frames.FRAME, frames.FRAME + 1, 2 * frames.FRAME]
)
def test_what_was_written_is_read_whatever_its_length(length):
    content = bytes(range(256)) * (length // 256 + 1)
    assert opened(sealed(content[:length])) == content[:length]


@given(st.binary(max_size=50), st.integers(1, 60))
def test_the_pieces_it_came_in_do_not_matter(content, piece):
    assert opened(sealed(content, piece)) == content


def test_what_was_cut_changed_or_put_together_otherwise_does_not_open():
    lying = sealed(b"x" * (2 * frames.FRAME + 5))
    first, second = lying[:SEALED_FRAME], lying[SEALED_FRAME : 2 * SEALED_FRAME]
    changed = bytearray(lying)
    changed[3] ^= 1
    wrong = {
        "cut at a frame": lying[: 2 * SEALED_FRAME],
        "cut inside": lying[:-1],
        "swapped": second + first + lying[2 * SEALED_FRAME :],
        "longer": lying + b"y",
        "changed": bytes(changed),
        "empty": b"",
    }
    for bad in wrong.values():
        with pytest.raises(Unreadable):
            opened(bad)
    with pytest.raises(Unreadable):
        opened(lying, frames.new_key())
