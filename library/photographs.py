"""What a picture's own file tells of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from PIL import Image as Picture
from PIL import ImageOps


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
    file.seek(0)
    with Picture.open(file) as picture:
        turned = picture.getexif().get(0x0112, 1) >= 5  # EXIF 2.32, 4.6.4 A: lies on its side
        width, height = reversed(picture.size) if turned else picture.size
        picture.draft("RGB", (64, 64))
        small = ImageOps.exif_transpose(picture).convert("RGB").resize((1, 1), Picture.Resampling.BOX)
    file.seek(0)
    red, green, blue = small.getpixel((0, 0))  # type: ignore[misc]
    return Facts(width, height, content_hash, f"#{red:02x}{green:02x}{blue:02x}")
