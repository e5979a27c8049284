"""What a picture's own file tells of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from PIL import Image as Picture

# What is opened as a picture, by its content, and the extension that it gets. Pillow's other decoders are never asked.
FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
_ORIENTATION = 0x0112  # EXIF 2.32, 4.6.4 A
_SIDEWAYS = 5  # and above: lies on its side
# Large enough for a mean, small enough for any memory.
_SAMPLE = 256
# So that pictures sent at the same time do not take their memory at the same time.
one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Facts:
    width: int
    """In pixels, as the picture is seen: after the camera's orientation."""
    height: int
    content_hash: str
    """SHA-256 of the file, in hexadecimal digits."""
    colour: str
    """The mean colour, as #rrggbb."""


def facts_of(file: File[Any]) -> Facts:
    """Read a picture's file from its beginning; the file is left there. Raises OSError if it is none."""
    file.seek(0)
    content_hash = hashlib.file_digest(file, "sha256").hexdigest()
    with opened(file) as picture, one_at_a_time:
        width, height = reversed(picture.size) if _lies(picture) else picture.size
        picture.draft("RGB", (_SAMPLE, _SAMPLE))
        colour = _mean_colour(picture)
    return Facts(width, height, content_hash, colour)


@contextmanager
def opened(file: File[Any]) -> Iterator[Picture.Image]:
    """A picture's file, not decoded yet; it is left at its beginning. Raises OSError if it is none."""
    file.seek(0)
    with Picture.open(file, formats=tuple(FORMATS)) as picture:
        yield picture
    file.seek(0)


def format_of(picture: Picture.Image) -> str:
    """One of FORMATS. A JPEG with further pictures in it, as telephones make them, is a JPEG."""
    return "JPEG" if picture.format == "MPO" else str(picture.format)


def in_eight_bits(picture: Picture.Image) -> Picture.Image:
    """Deep greys as other pictures have them: Pillow would cut them off instead of scaling them."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    return picture


def on_white(picture: Picture.Image) -> Picture.Image:
    """In red, green and blue, of eight bits each; what was transparent is white."""
    picture = in_eight_bits(picture)
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Picture.new("RGBA", picture.size, "white")
    return Picture.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")


def _lies(picture: Picture.Image) -> bool:
    turned = picture.getexif().get(_ORIENTATION, 1)
    return isinstance(turned, int) and turned >= _SIDEWAYS


def _mean_colour(picture: Picture.Image) -> str:
    width, height = (min(side, _SAMPLE) for side in picture.size)
    # The nearest pixels: every other way to make it smaller would first copy the whole.
    small = on_white(picture.resize((width, height), Picture.Resampling.NEAREST))
    red, green, blue = small.resize((1, 1), Picture.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return f"#{red:02x}{green:02x}{blue:02x}"
