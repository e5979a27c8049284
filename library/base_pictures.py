"""A picture's file taken apart, once: what comes out is upright, in sRGB, of moderate size, and nothing but pixels."""

from __future__ import annotations

import io
from itertools import chain
from typing import Any

from PIL import Image as Picture
from PIL import ImageCms, ImageOps

from library.photographs import format_of, in_eight_bits, one_at_a_time, opened
from library.recipe import BASE, base_size

# Modes in which a mean of pixels is a pixel; Pillow sees to it that what is transparent does not count.
_PLAIN = ("RGB", "L", "CMYK", "RGBA")
# In rows of the outcome: as many are held a second time while a picture is made smaller.
_STRIP = 64


def base_from(file: Any) -> Picture.Image:
    """In red, green and blue, with transparency if it has any; of a film, its first picture.

    Raises whatever the decoders stumble over.
    """
    with one_at_a_time:
        picture = _shrunk(file)
        profile = picture.info.get("icc_profile")
        picture = in_srgb(ImageOps.exif_transpose(picture), profile)
    picture.thumbnail((BASE, BASE), Picture.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def _shrunk(file: Any) -> Picture.Image:
    """Decoded, and made smaller at once to less than twice the size that is needed.

    Strip by strip, for every way of Pillow's to make a whole one smaller or to convert it would copy it first; and it
    is out of memory before anything else is done.
    """
    with opened(file) as original:
        if format_of(original) == "JPEG":
            original.draft(original.mode, base_size(original.size))
        width, height = original.size
        factor = max(1, max(width, height) // BASE)
        parts = (
            _plain(original.crop((0, top, width, min(top + factor * _STRIP, height)))).reduce(factor)
            for top in range(0, height, factor * _STRIP)
        )
        first = next(parts)
        smaller = Picture.new(first.mode, (first.width, -(-height // factor)))
        for row, part in enumerate(chain([first], parts)):
            smaller.paste(part, (0, row * _STRIP))
        smaller.info = {key: value for key, value in original.info.items() if key != "transparency"}
        return smaller


def _plain(picture: Picture.Image) -> Picture.Image:
    picture = in_eight_bits(picture)
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in _PLAIN else picture.convert("RGB")


def in_srgb(picture: Picture.Image, profile: bytes | None) -> Picture.Image:
    """In eight bits each of red, green, blue and, where it has any, transparency."""
    picture, alpha = _plain(picture), None
    if picture.mode == "RGBA":
        picture, alpha = picture.convert("RGB"), picture.getchannel("A")
    colours = _converted(picture, profile) if profile else picture.convert("RGB")
    if alpha is not None and alpha.getextrema() != (255, 255):
        colours.putalpha(alpha)
    return colours


def _converted(picture: Picture.Image, profile: bytes) -> Picture.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        # A profile that cannot be read, or one for other colours than the picture has.
        return picture.convert("RGB")
    return converted or picture.convert("RGB")
