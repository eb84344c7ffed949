"""Pictures as they are kept: drawn anew from their dots, so that nothing else of the file stays.

A photo of a phone says where and when it was taken and with what; a file may carry comments, a
second picture, a whole zip behind its end. None of it is evidence, all of it would be handed on.
"""

import struct
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

# MPO is what Pillow calls a JPEG with a second picture in it (HDR photos of current phones).
FORMATS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP"}
# A phone hands over 12 to 50 million dots, as JPEG, which is decoded at half its size where it is
# that large. The others have to be unpacked whole, WEBP five times over.
MAX_PIXELS = {"JPEG": 52_000_000, "MPO": 52_000_000, "PNG": 26_000_000, "WEBP": 13_000_000}
LONGEST = 4080  # dots; the longer side of 12 million, half that of 50
SAVING: dict[str, dict[str, int]] = {
    "JPEG": {"quality": 88},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 88, "method": 2},
}
WITH_ALPHA = {"PNG", "WEBP"}
# What Pillow raises for broken files; which one depends on where they are broken.
BROKEN = (
    UnidentifiedImageError,
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    EOFError,
    struct.error,
)
_one_at_a_time = Lock()  # the largest take 300 MB for a second or two: never two in one process


class NoPhoto(Exception):
    """The file is no picture of a known format, or a broken one."""


class TooManyPixels(Exception):
    """More dots than are unpacked here. `pixels` is None where the file claims absurdly many."""

    def __init__(self, pixels: int | None, limit: int):
        super().__init__()
        self.pixels, self.limit = pixels, limit


@dataclass(frozen=True)
class Drawn:
    """A picture drawn anew: JPEG, PNG or WEBP, upright, without anything but its dots."""

    kind: str
    content: bytes


def draw_anew(file: IO[bytes]) -> Drawn:
    """The first picture of the file, upright, its longer side at most LONGEST dots.

    Colours are kept as numbers: a colour profile goes too, because it can carry any text.
    Raises NoPhoto, TooManyPixels (before anything is unpacked).
    """
    file.seek(0)
    try:
        with _one_at_a_time, Image.open(file, formats=("JPEG", "PNG", "WEBP")) as image:
            found = image.format or ""
            if found not in FORMATS:
                raise NoPhoto
            if (pixels := image.width * image.height) > MAX_PIXELS[found]:
                raise TooManyPixels(pixels, MAX_PIXELS[found])
            kind = FORMATS[found]
            return Drawn(kind, _saved(_bare(image, kind), kind))
    except Image.DecompressionBombError as error:
        raise TooManyPixels(None, min(MAX_PIXELS.values())) from error
    except BROKEN as error:
        raise NoPhoto from error


def _bare(image: Image.Image, kind: str) -> Image.Image:
    """The dots alone, turned as the camera was held."""
    share = min(1.0, LONGEST / max(image.size))
    image.draft(None, (int(image.width * share), int(image.height * share)))
    image.load()
    with suppress(*BROKEN):  # a picture whose EXIF is broken stays as it lies
        ImageOps.exif_transpose(image, in_place=True)
    has_alpha = kind in WITH_ALPHA and image.has_transparency_data
    bare = image.convert("RGBA" if has_alpha else "RGB")
    bare.info.clear()  # what the formats would write again by themselves: profile, comment
    if share < 1:
        bare.thumbnail((LONGEST, LONGEST))
    return bare


def _saved(image: Image.Image, kind: str) -> bytes:
    content = BytesIO()
    image.save(content, kind, **SAVING[kind])
    return content.getvalue()
