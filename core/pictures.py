"""Photos from outside: read with care, made small, stripped of all that the camera wrote into them."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import ExifTags, Image, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
LONGEST_SIDE = 1600
SMALL_SIDE = 480
QUALITY = 82
# Telephones take up to 50 million points; what claims more is meant to fill the memory.
MOST_POINTS = 52_000_000
# Only a JPEG is unpacked at a fraction of its size; the others come whole into the memory.
MOST_POINTS_WHOLE = 24_000_000
# Decoders say in many ways that bytes are broken.
_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError)
# How a photo is turned upright that says how the camera was held.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class NotAPhoto(Exception):
    """The bytes are no photo of a kind we take, or broken."""


class TooManyPoints(Exception):
    """The photo, unpacked, would take more memory than any photo needs."""


@dataclass(frozen=True)
class Picture:
    """A photo as it is kept: JPEG bytes at LONGEST_SIDE and at SMALL_SIDE, nothing else in them."""

    full: bytes
    small: bytes


def read_picture(source: BinaryIO) -> Picture:
    """Return SOURCE re-encoded: upright, no EXIF, no place, no camera (security §5a).

    Raises NotAPhoto or TooManyPoints. The same bytes give the same picture.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            most = MOST_POINTS if image.format == "JPEG" else MOST_POINTS_WHOLE
            if image.width * image.height > most:
                raise TooManyPoints
            # A JPEG is unpacked at a fraction of its size when that is enough.
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = _plain(_upright(image))
    except Image.DecompressionBombError as error:
        raise TooManyPoints from error
    except _BROKEN as error:
        raise NotAPhoto from error
    return Picture(_encoded(upright, LONGEST_SIDE), _encoded(upright, SMALL_SIDE))


def _upright(image: Image.Image) -> Image.Image:
    """Return the photo as it was seen.

    Pillow's own ``exif_transpose`` also writes anew all that the camera noted, which is thrown away
    here, and breaks where it noted anything oddly: the photo is none the worse for it.
    """
    turn = _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return image if turn is None else image.transpose(turn)


def _plain(image: Image.Image) -> Image.Image:
    """Return the points alone on white: what came beside them stays behind."""
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    points = image.convert("RGBA")
    plain = Image.new("RGB", points.size, "white")
    plain.paste(points, mask=points.getchannel("A"))
    return plain


def _encoded(image: Image.Image, longest: int) -> bytes:
    smaller = image.copy()
    smaller.thumbnail((longest, longest))
    out = io.BytesIO()
    smaller.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()
