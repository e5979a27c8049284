"""Small pictures for the desk. Readers are given renditions; staff see a picture as soon as it is stored."""

from __future__ import annotations

import io

from django.urls import reverse
from PIL import Image as Picture
from PIL import ImageOps

from library.models import Image
from library.photographs import on_white, one_at_a_time, opened

# In pixels, of the longer side: sharp in the focal point's editor, light in a grid.
LARGE, SMALL = 960, 320


def preview_url(image: Image, *, small: bool = False) -> str:
    """The address of a picture as the desk shows it; another file makes another address."""
    size = SMALL if small else LARGE
    return reverse("admin:library_image_preview", args=[image.pk, size]) + f"?{image.content_hash[:12]}"


def preview_of(image: Image, size: int) -> bytes:
    """A JPEG of which neither side is longer than `size`, upright and without metadata.

    Raises OSError if the file is missing or no picture.
    """
    with image.file.open("rb") as file, opened(file) as picture, one_at_a_time:
        picture.draft("RGB", (size, size))
        # Sampled before anything else, so that a large picture is in memory only once.
        share = min(1, 2 * size / max(picture.size))
        width, height = (max(1, round(side * share)) for side in picture.size)
        upright = ImageOps.exif_transpose(picture.resize((width, height), Picture.Resampling.NEAREST))
    small = on_white(upright)
    small.thumbnail((size, size), Picture.Resampling.LANCZOS)
    target = io.BytesIO()
    small.save(target, "JPEG", quality=80, progressive=True)
    return target.getvalue()
