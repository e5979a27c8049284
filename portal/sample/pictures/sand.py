"""Dunes: a lit and a shaded face each, divided by a winding ridge."""

from __future__ import annotations

import math

from PIL import Image

from .colour import Rgb, mix
from .surface import Board, Point, Sheet, lay, shine, swell, wash


def _dune(sheet: Sheet, level: float, rise: float) -> tuple[list[Point], Point]:
    """Return a dune's crest line and its summit."""
    rng, unit = sheet.rng, sheet.unit
    middle = rng.uniform(0.1, 0.9) * sheet.width
    curve = swell(rng, unit * 130, 2)
    slopes = (unit * rng.uniform(26, 48), unit * rng.uniform(26, 48))

    def crest(x: float) -> float:
        away = abs(x - middle) / slopes[x > middle]
        peak = 1.25 / (1 + math.pow(away, 1.35)) - 0.25
        return sheet.height * level - unit * rise * (peak + 0.22 * curve(x))

    step = max(2, sheet.width // 240)
    xs = sorted({middle, *(float(x) for x in range(-step, sheet.width + 2 * step, step))})
    return [(x, crest(x)) for x in xs], (middle, crest(middle))


def _face(sheet: Sheet, crest: list[Point], summit: Point, side: int) -> list[Point]:
    """Return the shaded face of a dune: from its crest to a ridge that winds down to the viewer."""
    rng, unit = sheet.rng, sheet.unit
    drop = sheet.height - summit[1] + unit * 4
    bow, slide = unit * rng.uniform(5, 11), rng.uniform(0.25, 0.8) * drop
    turns = rng.uniform(0.8, 1.3)
    ridge = []
    for i in range(61):
        t = i / 60
        wind = math.sin(t * math.tau * turns) * bow * (0.25 + t)
        ridge.append((summit[0] - side * (slide * t**1.3 + wind), summit[1] + drop * t))
    beyond = [point for point in crest if (point[0] - summit[0]) * side > 0]
    end = sheet.width + 9 if side > 0 else -9
    if side < 0:
        beyond.reverse()
    return [*reversed(ridge), *beyond, (end, sheet.height + unit * 4)]


def dunes(sheet: Sheet) -> Image.Image:
    """Return dunes with a lit and a shaded face each, under a low sun or moon."""
    rng, palette, unit, size = sheet.rng, sheet.palette, sheet.unit, sheet.size
    day = sheet.chance(0.6)
    side = sheet.side()
    top = mix(palette.light, palette.mid, 0.7) if day else palette.ink
    low = mix(palette.light, palette.accent, 0.1) if day else mix(palette.deep, palette.mid, 0.6)
    image = wash(size, [[top], [mix(top, low, 0.7)], [low], [low]])
    sun = (
        sheet.width * (0.5 - side * rng.uniform(0.15, 0.35)),
        sheet.height * rng.uniform(0.14, 0.3),
    )
    shine(image, sun, unit * 62, palette.accent, 0.45)
    disc = Board(size, 0)
    disc.disc(sun, unit * rng.uniform(4, 7.5), 255)
    lay(image, mix(palette.light, palette.accent, 0.12 if day else 0.5), disc.print(), 0.95)
    sand = mix(palette.light, palette.accent, 0.38)
    count = rng.choice((3, 4))
    for index in range(count):
        depth = index / (count - 1)
        level = 0.6 + 0.36 * depth**1.1
        crest, summit = _dune(sheet, level, 7 + 17 * depth)
        near = mix(sand, palette.accent, 0.22 * depth)
        lit = mix(mix(low, near, 0.35 + 0.65 * depth), palette.deep, 0.0 if day else 0.25)
        dark = mix(mix(low, palette.deep, 0.6 + 0.4 * depth), palette.ink, 0.65 * depth)
        face = _face(sheet, crest, summit, side)
        _heap(sheet, image, (crest, face), (lit, mix(lit, palette.deep, 0.4), dark))
    return image


def _heap(
    sheet: Sheet,
    image: Image.Image,
    shape: tuple[list[Point], list[Point]],
    colours: tuple[Rgb, Rgb, Rgb],
) -> None:
    """Lay one dune, its crest and its shaded face, over `image`."""
    crest, face = shape
    lit, foot, dark = colours
    top = max(0, min(sheet.height - 2, int(min(y for _, y in crest)) - 2))
    size = (sheet.width, sheet.height - top)
    body, shade = Board(size, 0), Board(size, 0)
    ends = ((-9, size[1] + 9), (size[0] + 9, size[1] + 9))
    body.polygon([ends[0], *((x, y - top) for x, y in crest), ends[1]], 255)
    shade.polygon([(x, y - top) for x, y in face], 255)
    sand = wash(size, [[lit], [mix(lit, foot, 0.35)], [foot]])
    gloom = wash(size, [[dark], [mix(dark, foot, 0.3)], [mix(dark, foot, 0.55)]])
    sand.paste(gloom, (0, 0), shade.print())
    image.paste(sand, (0, top), body.print())
