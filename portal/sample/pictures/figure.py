"""A portrait without a face: head and shoulders in flat layers, lit from one side."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageChops

from .attire import CLOTHES, CUTS, LOOSE, dress, hair_before, hair_behind
from .body import Figure, Tones, layer, rim_light, shade, trace
from .colour import from_hex, mix
from .surface import Board, Sheet, lay, shine, smooth, wash

SKINS = tuple(from_hex(code) for code in ("e6c3a2", "d0a57f", "ab7b58", "83573c", "5d3d2c"))
_NECK = trace("0,420 68,430 66,530 85,590 130,625 60,665 0,690")
_TORSO = trace("0,575 62,578 130,617 235,652 318,700 362,790 385,930 400,1200")


def _backdrop(sheet: Sheet, side: int) -> Image.Image:
    """Return a calm ground, lighter on one side, with one large quiet disc."""
    palette, rng = sheet.palette, sheet.rng
    day = sheet.chance(0.45)
    near = mix(palette.light, palette.mid, 0.25) if day else mix(palette.deep, palette.mid, 0.55)
    far = mix(palette.mid, palette.deep, 0.25) if day else mix(palette.ink, palette.deep, 0.35)
    row = [[far, near], [mix(far, palette.ink, 0.25), mix(near, far, 0.5)]]
    image = wash(sheet.size, row if side > 0 else [line[::-1] for line in row])
    disc = Board(sheet.size, 0)
    place = (
        sheet.width * (0.5 + side * rng.uniform(0.08, 0.2)),
        sheet.height * rng.uniform(0.34, 0.42),
    )
    disc.disc(place, sheet.width * rng.uniform(0.38, 0.46), 255)
    lay(image, mix(near, palette.light, 0.55), disc.print(), 0.28)
    shine(image, place, sheet.width * 0.75, mix(palette.accent, palette.light, 0.4), 0.2)
    return image


@dataclass(frozen=True)
class Look:
    """What a figure looks like: its skin and hair, lit and shaded, its haircut and clothes."""

    skin: Tones
    hair: Tones
    cut: str
    clothes: str


def _look(sheet: Sheet) -> Look:
    """Return a look that suits the sheet's palette."""
    rng, palette = sheet.rng, sheet.palette
    skin = mix(rng.choice(SKINS), palette.mid, 0.1)
    # A grey of its own: the palette's middle tone may be close to a skin.
    grey, brown = mix(from_hex("8d98a6"), palette.light, 0.3), mix(palette.ink, from_hex("5a3a26"), 0.6)
    lock = rng.choice((palette.ink, mix(palette.ink, palette.deep, 0.4), grey, brown))
    return Look(
        (mix(skin, palette.light, 0.2), mix(skin, palette.ink, 0.36)),
        (mix(lock, palette.light, 0.16), mix(lock, palette.ink, 0.5)),
        rng.choice(CUTS),
        rng.choice(CLOTHES),
    )


def _bust(figure: Figure, image: Image.Image, look: Look, head: Image.Image) -> list[Image.Image]:
    """Lay everything below and behind the head; return the masks of its parts."""
    parts = [figure.mask(figure.both(_TORSO))]
    if behind := hair_behind(figure, look.cut):
        parts.append(figure.mask(*behind))
        layer(figure, image, parts[-1], (mix(*look.hair, 0.4), look.hair[1]))
    neck = figure.mask(figure.both(_NECK))
    covered = look.clothes in ("jacket", "stand")
    if not covered:
        parts.append(dress(figure, image, look.clothes, parts[0]))
    layer(figure, image, neck, look.skin)
    shade(figure, image, (head, neck), 0.4, (0.02, 0.05))
    if covered:
        parts.append(dress(figure, image, look.clothes, parts[0]))
    return [*parts, neck]


def paint_portrait(sheet: Sheet) -> Image.Image:
    """Return head and shoulders before a calm ground."""
    palette, side = sheet.palette, sheet.side()
    image = _backdrop(sheet, side)
    scale = min(sheet.height * 1.0, sheet.width * 1.25)
    wide = sheet.rng.uniform(0.122, 0.133)
    centre, drop = sheet.width * (0.5 - side * 0.015), sheet.height - scale * 0.97
    figure, look = Figure(sheet, centre, scale, side, wide, drop), _look(sheet)
    head = figure.mask(figure.oval(0, 0.292, wide, 0.185, 0.24))
    parts = [head, *_bust(figure, image, look, head)]
    if look.cut not in LOOSE:
        ears = (figure.oval(way * wide * 0.99, 0.305, 0.015, 0.032) for way in (-1, 1))
        parts.append(figure.mask(*ears))
        layer(figure, image, parts[-1], (mix(*look.skin, 0.35), look.skin[1]))
    layer(figure, image, head, look.skin)
    # One plain edge between light and shade: it gives the head its volume but no features.
    edge = smooth([(0.0, 0.08), (-0.012, 0.24), (-0.02, 0.36), (-0.012, 0.5)])
    dusk = figure.mask(figure.path([*edge, (-0.3, 0.5), (-0.3, 0.08)]))
    lay(image, mix(look.skin[1], palette.ink, 0.3), ImageChops.multiply(dusk, head), 0.32)
    front = figure.mask(hair_before(figure, look.cut))
    shade(figure, image, (front, head), 0.3, (0.006, 0.014))
    layer(figure, image, front, look.hair)
    outline = front
    for part in parts:
        outline = ImageChops.lighter(outline, part)
    rim_light(figure, image, outline, mix(palette.light, palette.accent, 0.12))
    return image
