"""The hair and the clothes of a portrait's figure."""

from __future__ import annotations

from PIL import Image

from .body import Figure, Tones, layer, shade, trace
from .colour import mix
from .surface import Board, Point, lay, smooth

CUTS = ("short", "parted", "bob", "crop", "long")
CLOTHES = ("jacket", "round", "jacket", "stand")
LOOSE = ("bob", "long")

# The right half of the hair behind the head; the measures across are in half heads.
_BEHIND = {
    "bob": "0,85 850,130 1260,300 1220,470 900,520 0,500",
    "long": "0,90 800,125 1200,280 1240,460 1420,620 1250,700 0,660",
}
# For each cut: how high it rises over the head, how far it reaches down beside the face, where
# the hairline is highest (across, in half heads) and how high that is.
_FRONT = {
    "short": (0.008, 0.29, 0.3, 0.158),
    "parted": (0.02, 0.29, 0.45, 0.16),
    "bob": (0.018, 0.37, -0.2, 0.16),
    "crop": (0.0, 0.25, 0.0, 0.15),
    "long": (0.016, 0.37, 0.1, 0.16),
}
_SHIRT = trace("-85,585 85,585 70,660 4,930 -4,930 -70,660")
_TIE = trace("-22,640 22,640 15,675 33,860 0,930 -33,860 -15,675")
_LAPEL = trace("66,575 104,598 168,730 120,745 138,775 4,960 0,930")
_COLLAR = trace("50,575 88,580 74,665 0,640")
_STAND = trace("0,535 50,530 82,545 90,600 0,640")
_SEAM = trace("-4,635 4,635 4,1100 -4,1100")
_CHAIN = trace("100,600 85,680 45,730 0,745")


def hair_behind(figure: Figure, cut: str) -> list[list[Point]]:
    """Return the outlines of the hair that lies behind the head and neck."""
    if cut not in _BEHIND:
        return []
    return [figure.both([(x * figure.wide, y) for x, y in trace(_BEHIND[cut])])]


def hair_before(figure: Figure, cut: str) -> list[Point]:
    """Return the outline of the hair over the forehead: around the head, and along the face."""
    wide = figure.wide
    rise, low, part, high = _FRONT[cut]
    around = ((-1.02, low), (-1.07, 0.24), (-0.82, 0.135 - rise), (-0.08, 0.096 - rise))
    right = ((0.8, 0.128 - rise * 0.7), (1.07, 0.23), (1.02, low))
    along = ((0.97, low), (0.92, 0.245), (0.74, 0.188), (part, high))
    left = ((-0.72, 0.196), (-0.93, 0.25), (-0.97, low))
    lines = ([(x * wide, y) for x, y in line] for line in ((*around, *right), (*along, *left)))
    return figure.path([point for line in lines for point in smooth(line)])


def dress(figure: Figure, image: Image.Image, kind: str, torso: Image.Image) -> Image.Image:
    """Lay the clothes over the shoulders; return the mask of a part that stands out, or `torso`."""
    cloth = figure.sheet.palette
    dark = mix(cloth.deep, cloth.mid, 0.12), mix(cloth.ink, cloth.deep, 0.15)
    layer(figure, image, torso, dark)
    if kind == "jacket":
        _jacket(figure, image, torso, dark)
    elif kind == "stand":
        return _stand(figure, image, torso, dark)
    else:
        board = Board(figure.sheet.size, 0)
        board.line(figure.both(_CHAIN), 255, figure.scale * 0.006)
        board.disc(figure.at(0, 0.752), figure.scale * 0.011, 255)
        lay(image, cloth.accent, board.print(), 0.95)
    return torso


def _jacket(figure: Figure, image: Image.Image, torso: Image.Image, dark: Tones) -> None:
    """Lay a shirt, sometimes a tie, and a jacket's lapels."""
    cloth = figure.sheet.palette
    pale = mix(cloth.light, (255, 255, 255), 0.2), mix(cloth.light, cloth.mid, 0.65)
    layer(figure, image, figure.mask(figure.path(_SHIRT)), pale)
    if figure.sheet.chance(0.5):
        warm = cloth.accent, mix(cloth.accent, cloth.ink, 0.45)
        layer(figure, image, figure.mask(figure.path(_TIE)), warm)
    for way in (-1, 1):
        lapel = figure.mask(figure.path([(way * x, y) for x, y in _LAPEL]))
        shade(figure, image, (lapel, torso), 0.35, (0.008, 0.008))
        layer(figure, image, lapel, (mix(dark[0], cloth.mid, 0.16), dark[1]))
        collar = figure.mask(figure.path([(way * x, y) for x, y in _COLLAR]))
        layer(figure, image, collar, pale)


def _stand(figure: Figure, image: Image.Image, torso: Image.Image, dark: Tones) -> Image.Image:
    """Lay a standing collar and a seam; return the collar's mask."""
    mid = figure.sheet.palette.mid
    collar = figure.mask(figure.both(_STAND))
    shade(figure, image, (collar, torso), 0.4, (0.008, 0.012))
    layer(figure, image, collar, (mix(dark[0], mid, 0.3), dark[1]))
    lay(image, mid, figure.mask(figure.path(_SEAM)), 0.4)
    return collar
