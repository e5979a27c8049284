"""Colours: the curated palettes and the few ways of mixing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Rgb: TypeAlias = tuple[int, int, int]


def from_hex(code: str) -> Rgb:
    """Return the colour written as six hexadecimal digits."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Return `first` with `share` (0 to 1) of `second` in it."""
    share = min(1.0, max(0.0, share))
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def ramp(stops: Sequence[Rgb], place: float) -> Rgb:
    """Return the colour at `place` (0 to 1) of a gradient through evenly spaced `stops`."""
    along = min(1.0, max(0.0, place)) * (len(stops) - 1)
    index = min(int(along), len(stops) - 2)
    return mix(stops[index], stops[index + 1], along - index)


@dataclass(frozen=True)
class Palette:
    """Five colours that go together: four from dark to light, and one warm accent."""

    ink: Rgb
    deep: Rgb
    mid: Rgb
    light: Rgb
    accent: Rgb

    @classmethod
    def of(cls, codes: str) -> Palette:
        """Return the palette written as five hexadecimal colours, dark to light, then accent."""
        ink, deep, mid, light, accent = (from_hex(code) for code in codes.split())
        return cls(ink, deep, mid, light, accent)

    @property
    def tones(self) -> tuple[Rgb, Rgb, Rgb, Rgb]:
        """The four tones from dark to light, without the accent."""
        return self.ink, self.deep, self.mid, self.light

    def by_day(self) -> Palette:
        """Return the same palette on a light ground: its tones run from light to dark."""
        haze = mix(self.light, self.mid, 0.38)
        return Palette(self.light, haze, mix(self.mid, self.deep, 0.45), self.ink, self.accent)


PALETTES: tuple[Palette, ...] = tuple(
    Palette.of(codes)
    for codes in (
        "0b2545 1d4372 8da9c4 f4f1ea e9a23b",  # institution: navy, steel, ivory, amber
        "0d1b2a 1f4a5a 5b9aa0 f2e9dc e0a458",  # harbour: black-blue, teal, sand
        "1c2530 3b4a57 8d9ba6 efe6d8 c0532f",  # slate and brick
        "14213d 3f4a68 c9a87a f6ecd9 e08a2c",  # desert at dusk: indigo, sand
        "07262f 0f4c5c 6aa9a6 eef2ec e8b33c",  # fjord: petrol, sea foam
        "1b1b38 443c6b a587a0 f7e8dc e5934a",  # dusk: violet-blue, rose
        "0f2d2b 2c5d55 93b39c f3efe2 d9a441",  # estuary: bottle green, sage
        "2b1820 6f302c c27d5c f4e7d6 ebb04a",  # brick: oxblood, clay
        "10304c 41719a b3c9d8 fafaf6 dd8f3a",  # winter: clear blues
        "1f2428 4d5254 a89f90 efe9df c9702f",  # graphite and linen
    )
)
