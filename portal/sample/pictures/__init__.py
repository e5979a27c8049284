"""Abstract sample pictures that stand in for photographs; the same seed, the same picture."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from PIL import Image

from .colour import PALETTES
from .figure import paint_portrait
from .front import paint_cover
from .plan import arcs, facets, grid, mosaic
from .relief import contours, flags, ripples, waves
from .sand import dunes
from .sky import aurora, constellation, skyline
from .surface import GRAIN, Sheet, Size, finish

__all__ = ["STYLES", "Style", "cover", "jpeg", "paint", "portrait"]


Painter: TypeAlias = Callable[[Sheet], Image.Image]


@dataclass(frozen=True)
class Style:
    """One kind of picture: how it is painted, what it shows, and how strong its grain is."""

    paint: Painter
    alt: dict[str, str]
    grain: float = GRAIN


def _style(painter: Painter, english: str, french: str, grain: float = GRAIN) -> Style:
    """Return a style with its alt texts in both languages."""
    alt = {"en": f"Abstract picture: {english}", "fr": f"Image abstraite\u00a0: {french}"}
    return Style(painter, alt, grain)


# Pictures with many hard edges need less grain: it is hidden there and makes heavy files.
STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "contours": _style(contours, "a map’s height lines", "courbes de niveau", 0.02),
        "waves": _style(waves, "layered waves", "vagues superposées"),
        "constellation": _style(constellation, "points joined by lines", "points et lignes"),
        "flags": _style(flags, "bands of colour in the wind", "bandes de couleur au vent", 0.026),
        "dunes": _style(dunes, "dunes in low light", "dunes en lumière rasante"),
        "aurora": _style(aurora, "curtains of light over hills", "voiles lumineux sur des monts"),
        "grid": _style(grid, "a city grid from above", "trame urbaine vue du ciel", 0.012),
        "mosaic": _style(mosaic, "a mosaic with a disc", "mosaïque avec un disque", 0.012),
        "arcs": _style(arcs, "concentric arcs", "arcs concentriques"),
        "skyline": _style(skyline, "a city’s skyline", "silhouette d’une ville"),
        "ripples": _style(ripples, "crossing rings on water", "cercles croisés sur une eau calme"),
        "facets": _style(facets, "lit triangles", "triangles éclairés"),
    }
)


def _sheet(kind: str, seed: str, size: Size) -> Sheet:
    """Return a sheet whose chance depends on the kind and the seed only."""
    rng = random.Random(f"{kind}:{seed}")
    return Sheet(rng, rng.choice(PALETTES), size)


def paint(style: str, seed: str, size: tuple[int, int] = (1280, 853)) -> Image.Image:
    """Return the RGB picture of a style in STYLES for a seed."""
    chosen, sheet = STYLES[style], _sheet(style, seed, size)
    return finish(chosen.paint(sheet), sheet.rng, chosen.grain)


def portrait(seed: str, size: tuple[int, int] = (960, 1200)) -> Image.Image:
    """Return the RGB picture of an invented person without a face, head and shoulders."""
    sheet = _sheet("portrait", seed, size)
    return finish(paint_portrait(sheet), sheet.rng)


def cover(seed: str, text: str, size: tuple[int, int] = (900, 1200)) -> Image.Image:
    """Return a report's cover: a year in `text` is set large, other words small above it."""
    sheet = _sheet("cover", seed, size)
    return finish(paint_cover(sheet, text), sheet.rng)


def jpeg(image: Image.Image) -> bytes:
    """Return the picture as a progressive JPEG file."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=82, subsampling="4:2:0", progressive=True, optimize=True)
    return file.getvalue()
