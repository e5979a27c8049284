"""A picture's file taken apart, once: what comes out is upright, in sRGB, of moderate size, and nothing but pixels."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image as Picture
from PIL import ImageCms, ImageOps

from library.photographs import format_of, in_eight_bits, one_at_a_time, opened
from library.recipe import BASE

# Modes in which a mean of pixels is a pixel.
_PLAIN = ("RGB", "L", "CMYK")


def base_from(file: Any) -> Picture.Image:
    """In red, green and blue, with transparency if it has any; of a film, its first picture.

    Raises whatever the decoders stumble over.
    """
    with opened(file) as original, one_at_a_time:
        profile = original.info.get("icc_profile")
        picture = ImageOps.exif_transpose(_shrunk(original))
    picture = in_srgb(picture, profile)
    picture.thumbnail((BASE, BASE), Picture.Resampling.LANCZOS)
    picture.info.clear()
    return picture


def _shrunk(picture: Picture.Image) -> Picture.Image:
    """Decoded, at not much more than the size that is needed, so that it takes its memory only once."""
    share = BASE / max(picture.size)
    if share < 1 and format_of(picture) == "JPEG":
        picture.draft(picture.mode, (max(1, round(picture.width * share)), max(1, round(picture.height * share))))
    factor = max(picture.size) // BASE
    if factor < 2:
        return picture
    if picture.mode in _PLAIN:
        return picture.reduce(factor)
    # Every better way would first copy the whole.
    size = max(1, round(picture.width * 2 * share)), max(1, round(picture.height * 2 * share))
    return picture.resize(size, Picture.Resampling.NEAREST)


def in_srgb(picture: Picture.Image, profile: bytes | None) -> Picture.Image:
    """In eight bits each of red, green, blue and, where it has any, transparency."""
    picture = in_eight_bits(picture)
    alpha = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    if picture.mode not in _PLAIN:
        picture = picture.convert("RGB")
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
