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


def _style(painter: Painter, grain: float = GRAIN, **words: str) -> Style:
    """Return a style with its alt text, in every language that the sample speaks."""
    return Style(painter, {code: f"{ABSTRACT[code]} {text}" for code, text in words.items()}, grain)


ABSTRACT = {
    "en": "Abstract picture:",
    "fr": "Image abstraite\u00a0:",
    "uk": "Абстрактне зображення:",
    "ar": "صورة تجريدية:",
}

# Pictures with many hard edges need less grain: it is hidden there and makes heavy files.
STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "contours": _style(
            contours,
            0.02,
            en="a map’s height lines",
            fr="courbes de niveau",
            uk="лінії висот на мапі",
            ar="خطوط الارتفاع على خريطة",
        ),
        "waves": _style(
            waves,
            en="layered waves",
            fr="vagues superposées",
            uk="хвилі шарами",
            ar="أمواج متراكبة",
        ),
        "constellation": _style(
            constellation,
            en="points joined by lines",
            fr="points et lignes",
            uk="точки, з’єднані лініями",
            ar="نقاط تصل بينها خطوط",
        ),
        "flags": _style(
            flags,
            0.026,
            en="bands of colour in the wind",
            fr="bandes de couleur au vent",
            uk="кольорові смуги на вітрі",
            ar="أشرطة ملونة في مهب الريح",
        ),
        "dunes": _style(
            dunes,
            en="dunes in low light",
            fr="dunes en lumière rasante",
            uk="дюни в низькому світлі",
            ar="كثبان في ضوء منخفض",
        ),
        "aurora": _style(
            aurora,
            en="curtains of light over hills",
            fr="voiles lumineux sur des monts",
            uk="завіси світла над пагорбами",
            ar="ستائر من الضوء فوق التلال",
        ),
        "grid": _style(
            grid,
            0.012,
            en="a city grid from above",
            fr="trame urbaine vue du ciel",
            uk="сітка міста згори",
            ar="شبكة مدينة من الأعلى",
        ),
        "mosaic": _style(
            mosaic,
            0.012,
            en="a mosaic with a disc",
            fr="mosaïque avec un disque",
            uk="мозаїка з диском",
            ar="فسيفساء فيها قرص",
        ),
        "arcs": _style(
            arcs,
            en="concentric arcs",
            fr="arcs concentriques",
            uk="концентричні дуги",
            ar="أقواس متحدة المركز",
        ),
        "skyline": _style(
            skyline,
            en="a city’s skyline",
            fr="silhouette d’une ville",
            uk="обрис міста",
            ar="أفق مدينة",
        ),
        "ripples": _style(
            ripples,
            en="crossing rings on water",
            fr="cercles croisés sur une eau calme",
            uk="кола, що перетинаються на воді",
            ar="دوائر متقاطعة على الماء",
        ),
        "facets": _style(
            facets,
            en="lit triangles",
            fr="triangles éclairés",
            uk="освітлені трикутники",
            ar="مثلثات مضاءة",
        ),
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
