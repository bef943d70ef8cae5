"""Photos from outside: made small, upright, stripped; what is no photo is refused."""

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image

from core.pictures import LONGEST_SIDE, SMALL_SIDE, NotAPhoto, TooManyPoints, read_picture

GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F


def photo(size=(2400, 1200), kind="JPEG", mode="RGB", **options) -> bytes:
    """A photo: the left half red, the rest blue."""
    image = Image.new(mode, size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def taken_with_a_telephone(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[MAKE] = "SECRETPHONE"
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (31.0, 14.0, 5.0)
    return photo(exif=exif, comment=b"SECRETWORDS")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.once
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_is_kept_as_a_small_jpeg(kind):
    picture = read_picture(io.BytesIO(photo(kind=kind)))
    full, small = opened(picture.full), opened(picture.small)
    assert (full.format, full.size) == ("JPEG", (LONGEST_SIDE, LONGEST_SIDE // 2))
    assert (small.format, small.size) == ("JPEG", (SMALL_SIDE, SMALL_SIDE // 2))
    assert picture == read_picture(io.BytesIO(photo(kind=kind)))


@pytest.mark.once
def test_nothing_that_the_camera_wrote_is_left():
    source = taken_with_a_telephone()
    assert b"SECRETPHONE" in source
    assert b"SECRETWORDS" in source
    picture = read_picture(io.BytesIO(source))
    for content in (picture.full, picture.small):
        assert b"SECRET" not in content
        assert b"Exif" not in content
        assert dict(opened(content).getexif()) == {}


@pytest.mark.once
def test_a_photo_stands_upright():
    picture = read_picture(io.BytesIO(taken_with_a_telephone(orientation=6)))
    full = opened(picture.full)
    assert full.size == (LONGEST_SIDE // 2, LONGEST_SIDE)
    top: Any = full.getpixel((400, 50))
    assert top[0] > top[2]


@pytest.mark.once
@pytest.mark.parametrize(("tag", "kind"), [(0x0100, 2), (0x010F, 11), (0x011A, 7), (0x0128, 1)])
def test_a_photo_with_an_odd_note_of_the_camera_is_taken_and_stands_upright(tag, kind):
    """Width, maker, points an inch and their unit, each of a kind that it cannot be."""
    notes = sorted([(ORIENTATION, 3, 1, b"\6\0\0\0"), (tag, kind, 1, b"A\0\0\0")])
    written = b"".join(struct.pack("<HHI", *note[:3]) + note[3] for note in notes)
    exif = b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(notes)) + written + bytes(4)
    full = opened(read_picture(io.BytesIO(photo(exif=exif))).full)
    assert full.size == (LONGEST_SIDE // 2, LONGEST_SIDE)


@pytest.mark.once
def test_what_is_see_through_lies_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(read_picture(out).full).getpixel((5, 5)) == (255, 255, 255)


def bomb(side: int = 20_000) -> bytes:
    """A PNG of a few hundred bytes that claims SIDE × SIDE points."""

    def chunk(name: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.once
@pytest.mark.parametrize("side", [5_000, 9_000, 20_000, 2**31 - 1])
def test_a_bomb_is_not_unpacked(side):
    with pytest.raises((TooManyPoints, NotAPhoto)):
        read_picture(io.BytesIO(bomb(side)))


@pytest.mark.once
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<html><script>alert(1)</script>",
        b"MZ\x90\x00" * 100,
        photo()[:3000],
        photo(kind="PNG")[:800],
        photo((20, 20), kind="GIF"),
        photo((20, 20), kind="BMP"),
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 200,
    ],
)
def test_what_is_no_photo_is_refused(content):
    with pytest.raises(NotAPhoto):
        read_picture(io.BytesIO(content))
