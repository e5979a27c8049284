"""The body of a portrait's figure: its measures, and how its flat layers are lit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from PIL import Image, ImageChops, ImageFilter

from .colour import Rgb, mix
from .surface import Board, Point, Sheet, lay, shift, smooth, wash

Tones: TypeAlias = tuple[Rgb, Rgb]


def trace(code: str) -> list[Point]:
    """Return the points written as "x,y x,y …", in thousandths of a figure's length."""
    pairs = (pair.split(",") for pair in code.split())
    return [(int(x) / 1000, int(y) / 1000) for x, y in pairs]


@dataclass(frozen=True)
class Figure:
    """Where a figure stands: a length of 1 is about three times its head's height."""

    sheet: Sheet
    centre: float
    scale: float
    side: int
    wide: float
    drop: float

    def at(self, x: float, y: float) -> Point:
        """Return the place of a point given from the axis (right is lit) and from the top."""
        return self.centre + self.side * x * self.scale, self.drop + y * self.scale

    def path(self, points: Sequence[Point]) -> list[Point]:
        """Return the places of several points."""
        return [self.at(x, y) for x, y in points]

    def both(self, half: Sequence[Point], steps: int = 14) -> list[Point]:
        """Return a symmetrical outline from its right half, given from top to bottom."""
        line = smooth(half, steps)
        return self.path([*((-x, y) for x, y in reversed(line)), *line])

    def mask(self, *outlines: Sequence[Point]) -> Image.Image:
        """Return a mask of outlines given as places."""
        # A portrait needs a dozen masks, of soft curves only: twice the size is enough.
        board = Board(self.sheet.size, 0, 2)
        for outline in outlines:
            board.polygon(outline, 255)
        return board.print()

    def oval(self, x: float, y: float, across: float, down: float, jaw: float = 0.0) -> list[Point]:
        """Return an egg: `jaw` narrows its lower half."""
        points = []
        for step in range(96):
            angle = step * math.tau / 96
            low = max(0.0, -math.cos(angle))
            narrow = 1 - jaw * low**1.6
            points.append((x + across * math.sin(angle) * narrow, y - down * math.cos(angle)))
        return self.path(points)


def layer(figure: Figure, image: Image.Image, mask: Image.Image, tones: Tones) -> None:
    """Lay one part of a figure, from its lit to its shaded tone."""
    box = mask.getbbox()
    if box is None:
        return
    lit, shaded = tones
    row = [shaded, mix(lit, shaded, 0.45), lit]
    tone = wash((box[2] - box[0], box[3] - box[1]), [row if figure.side > 0 else row[::-1]])
    image.paste(tone, box, mask.crop(box))


def rim_light(figure: Figure, image: Image.Image, outline: Image.Image, tone: Rgb) -> None:
    """Lay a fine edge of light along the lit side of the whole figure."""
    edge = figure.scale * 0.009
    rim = ImageChops.subtract(outline, shift(outline, -figure.side * edge, edge * 0.5))
    rim = rim.filter(ImageFilter.GaussianBlur(figure.scale * 0.0025))
    lay(image, tone, ImageChops.multiply(rim, outline), 0.6)


def shade(
    figure: Figure,
    image: Image.Image,
    parts: tuple[Image.Image, Image.Image],
    share: float,
    reach: Point,
) -> None:
    """Let the first of two parts throw a soft shadow on the second."""
    caster, on = parts
    moved = shift(caster, -figure.side * reach[0] * figure.scale, reach[1] * figure.scale)
    soft = moved.reduce(2).filter(ImageFilter.GaussianBlur(figure.scale * 0.006))
    soft = soft.resize(on.size, Image.Resampling.BILINEAR)
    lay(image, figure.sheet.palette.ink, ImageChops.multiply(soft, on), share)
