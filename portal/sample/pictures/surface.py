"""Surfaces to paint on: smooth washes, sampled fields, antialiased drawing, light and grain."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .colour import Palette, Rgb

Point: TypeAlias = tuple[float, float]
Size: TypeAlias = tuple[int, int]
Curve: TypeAlias = Callable[[float], float]
Height: TypeAlias = Callable[[float, float], float]

SUPERSAMPLE = 3
FIELD_TOP = 65535
GRAIN = 0.03
VIGNETTE = 0.2


@dataclass(frozen=True)
class Sheet:
    """What a painter works with: its own chance, a palette, and the size to fill."""

    rng: random.Random
    palette: Palette
    size: Size

    @property
    def width(self) -> int:
        """The width in pixels."""
        return self.size[0]

    @property
    def height(self) -> int:
        """The height in pixels."""
        return self.size[1]

    @property
    def unit(self) -> float:
        """A hundredth of the mean side, so that shapes keep their weight at any size."""
        return math.sqrt(self.width * self.height) / 100

    def chance(self, share: float) -> bool:
        """Return true in `share` (0 to 1) of all cases."""
        return self.rng.random() < share

    def side(self) -> int:
        """Return -1 or 1."""
        return self.rng.choice((-1, 1))


class Board:
    """A drawing board that is larger than its print, which gives smooth edges."""

    def __init__(self, size: Size, ground: Rgb | int, scale: int = SUPERSAMPLE) -> None:
        """Make a board for a print of `size`: in colour, or a mask if `ground` is one number."""
        self.scale, mode = scale, "L" if isinstance(ground, int) else "RGB"
        large = (size[0] * scale, size[1] * scale)
        self.image = Image.new(mode, large, ground)
        self.draw = ImageDraw.Draw(self.image)

    def polygon(self, points: Iterable[Point], fill: Rgb | int) -> None:
        """Fill the polygon through `points`."""
        self.draw.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=fill)

    def box(self, left: float, top: float, right: float, bottom: float, fill: Rgb | int) -> None:
        """Fill an upright rectangle."""
        x, y = round(left * self.scale), round(top * self.scale)
        end = (max(x, round(right * self.scale) - 1), max(y, round(bottom * self.scale) - 1))
        self.draw.rectangle((x, y, *end), fill=fill)

    def line(self, points: Iterable[Point], fill: Rgb | int, width: float) -> None:
        """Draw a line through `points`."""
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        self.draw.line(scaled, fill=fill, width=max(1, round(width * self.scale)), joint="curve")

    def disc(self, centre: Point, radius: float, fill: Rgb | int) -> None:
        """Fill a circle."""
        x, y, reach = (value * self.scale for value in (*centre, radius))
        self.draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)

    def ring(self, centre: Point, radius: float, fill: Rgb | int, width: float) -> None:
        """Draw a circle's outline, `width` thick towards the inside."""
        x, y, reach = (value * self.scale for value in (*centre, radius))
        box = (x - reach, y - reach, x + reach, y + reach)
        self.draw.ellipse(box, outline=fill, width=max(1, round(width * self.scale)))

    def print(self) -> Image.Image:
        """Return the drawing at its true size."""
        return self.image if self.scale == 1 else self.image.reduce(self.scale)


def wash(size: Size, rows: Sequence[Sequence[Rgb]]) -> Image.Image:
    """Return a smooth gradient that passes through a small grid of colours, edge to edge."""
    across, down = len(rows[0]), len(rows)
    plate = Image.new("RGB", (max(2, across), down))
    for y, row in enumerate(rows):
        for x in range(plate.width):
            plate.putpixel((x, y), row[min(x, across - 1)])
    box = (0.5, 0.5, plate.width - 0.5, down - 0.5)
    return plate.resize(size, Image.Resampling.BILINEAR, box=box)


def sample(size: Size, height: Height, cells: int = 128) -> Image.Image:
    """Return `height(x, y)` over the picture as a coarse F image, with one cell of margin."""
    step = max(size) / cells
    across, down = (max(2, round(side / step)) for side in size)
    xs = [(i + 0.5) * size[0] / across for i in range(-1, across + 1)]
    ys = [(j + 0.5) * size[1] / down for j in range(-1, down + 1)]
    plate = Image.new("F", (len(xs), len(ys)))
    plate.putdata([height(x, y) for y in ys for x in xs])
    return plate


def enlarge(plate: Image.Image, size: Size) -> Image.Image:
    """Return a sampled plate smoothly enlarged to `size`, without its margin."""
    box = (1, 1, plate.width - 1, plate.height - 1)
    return plate.resize(size, Image.Resampling.BICUBIC, box=box)


def measure(plate: Image.Image, size: Size, low: float, high: float) -> Image.Image:
    """Return a plate enlarged as whole numbers: `low` becomes 0, `high` becomes FIELD_TOP."""
    factor = FIELD_TOP / (high - low)
    return enlarge(plate.point(lambda value: value * factor - low * factor), size).convert("I")


def extent(plate: Image.Image) -> tuple[float, float]:
    """Return a plate's lowest and highest value."""
    low, high = plate.getextrema()
    if isinstance(low, tuple) or isinstance(high, tuple):
        raise TypeError(low)
    return low, max(high, low + 1e-6)


def through(field: Image.Image, value: Callable[[float], int], steps: int = 4096) -> Image.Image:
    """Return a mask: `value` (0 to 255) of each place (0 to 1) of a measured field."""
    repeat = (FIELD_TOP + 1) // steps
    table = [level for i in range(steps) for level in [value(i / (steps - 1))] * repeat]
    return field.point(table, "L")


def tint(field: Image.Image, colour: Callable[[float], Rgb], steps: int = 4096) -> Image.Image:
    """Return a picture: the `colour` of each place (0 to 1) of a measured field."""
    repeat = (FIELD_TOP + 1) // steps
    colours = [colour(i / (steps - 1)) for i in range(steps)]
    bands = []
    for channel in range(3):
        table = [level for entry in colours for level in [entry[channel]] * repeat]
        bands.append(field.point(table, "L"))
    return Image.merge("RGB", bands)


def develop(mask: Image.Image, colour: Callable[[float], Rgb]) -> Image.Image:
    """Return a picture: the `colour` of each level (0 to 1) of a mask."""
    colours = [colour(level / 255) for level in range(256)]
    bands = [mask.point([entry[channel] for entry in colours]) for channel in range(3)]
    return Image.merge("RGB", bands)


def lay(image: Image.Image, colour: Rgb | Image.Image, mask: Image.Image, share: float) -> None:
    """Lay a colour or a picture over `image` where `mask` is set, at most to `share`."""
    box = mask.getbbox()
    if box is None:
        return
    mask = mask.crop(box)
    if share < 1:
        mask = mask.point([round(level * share) for level in range(256)])
    image.paste(colour.crop(box) if isinstance(colour, Image.Image) else colour, box, mask)


@cache
def _spot() -> Image.Image:
    """Return a soft round light, bright in the middle and black at its rim."""
    # Pillow's gradient reaches 255 in its corners, so the inscribed circle lies at 255 / √2.
    fall = [round(255 * max(0.0, 1 - level / 180) ** 2.2) for level in range(256)]
    return Image.radial_gradient("L").point(fall)


@cache
def _noise() -> Image.Image:
    """Return a tile of even noise, always the same."""
    return Image.frombytes("L", (512, 512), random.Random("dither").randbytes(512 * 512))


def _dither(size: Size, top: int) -> Image.Image:
    """Return noise from 0 to below `top`."""
    tile = _noise().point([level * top // 256 for level in range(256)])
    noise = Image.new("L", size)
    for x in range(0, size[0], 512):
        for y in range(0, size[1], 512):
            noise.paste(tile, (x, y))
    return noise


def shine(image: Image.Image, centre: Point, radius: float, colour: Rgb, share: float) -> None:
    """Add a soft round light to `image`."""
    reach = max(2, round(radius))
    left, top = round(centre[0]) - reach, round(centre[1]) - reach
    box = (
        max(0, left),
        max(0, top),
        min(image.width, left + 2 * reach),
        min(image.height, top + 2 * reach),
    )
    if box[0] >= box[2] or box[1] >= box[3]:
        return
    scale = 256 / (2 * reach)
    part = tuple((edge - origin) * scale for edge, origin in zip(box, (left, top) * 2, strict=True))
    target = (box[2] - box[0], box[3] - box[1])
    window = (part[0], part[1], part[2], part[3])
    spot = _spot().resize(target, Image.Resampling.BILINEAR, box=window)
    # A faint light has few levels: without noise before rounding it would show as rings.
    spot = ImageChops.add(spot, _dither(target, int(255 / max(1.0, max(colour) * share))))
    tables = ([int(level * tone * share / 255) for level in range(256)] for tone in colour)
    bands = [spot.point(table) for table in tables]
    light = Image.merge("RGB", bands)
    image.paste(ImageChops.screen(image.crop(box), light), box)


def shift(image: Image.Image, across: float, down: float) -> Image.Image:
    """Return `image` moved to the right and down; its first rows and columns are repeated."""
    moved = ImageChops.offset(image, round(across), round(down))
    for box in (
        (0, 0, image.width, max(0, round(down))),
        (0, 0, max(0, round(across)), image.height),
        (image.width + min(0, round(across)), 0, image.width, image.height),
    ):
        if box[0] < box[2] and box[1] < box[3]:
            moved.paste(image.crop(box), box)
    return moved


def throw(heights: Image.Image, reach: Point, softness: float, gain: float) -> Image.Image:
    """Return the mask of the shadows that the higher parts of `heights` throw on the lower."""
    small = heights.reduce(2)
    move = (1, 0, -reach[0] / 2, 0, 1, -reach[1] / 2)
    moved = small.transform(small.size, Image.Transform.AFFINE, move)
    soft = moved.filter(ImageFilter.GaussianBlur(softness / 2))
    soft = soft.resize(heights.size, Image.Resampling.BILINEAR)
    return ImageChops.subtract(soft, heights).point([min(255, round(v * gain)) for v in range(256)])


def model(image: Image.Image, shade: Image.Image) -> Image.Image:
    """Return `image` lit by a mask: 128 leaves it alone, less darkens, more lightens."""
    return ImageChops.hard_light(image, Image.merge("RGB", (shade, shade, shade)))


def shading(plate: Image.Image, size: Size, strength: float) -> Image.Image:
    """Return a sampled plate of values about -1 to 1 as a mask for `model`."""
    return enlarge(plate.point(lambda value: value * (127 * strength) + 128), size).convert("L")


def smooth(points: Sequence[Point], steps: int = 14) -> list[Point]:
    """Return a smooth line through `points` (a Catmull-Rom curve)."""
    padded = [points[0], *points, points[-1]]
    line: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(steps):
            t = step / steps
            p, q = -0.5 * t + t * t - 0.5 * t**3, 1 - 2.5 * t * t + 1.5 * t**3
            r, s = 0.5 * t + 2 * t * t - 1.5 * t**3, -0.5 * t * t + 0.5 * t**3
            line.append(
                (
                    p * a[0] + q * b[0] + r * c[0] + s * d[0],
                    p * a[1] + q * b[1] + r * c[1] + s * d[1],
                )
            )
    return [*line, points[-1]]


def swell(rng: random.Random, period: float, octaves: int = 3) -> Curve:
    """Return a smooth random curve with values about -1 to 1 and roughly this period."""
    terms = []
    for octave in range(octaves):
        pace = math.tau / period * 1.9**octave * rng.uniform(0.8, 1.2)
        terms.append((pace, rng.uniform(0, math.tau), 0.5**octave))
    total = sum(weight for _, _, weight in terms)
    return lambda x: sum(w * math.sin(k * x + phase) for k, phase, w in terms) / total


def finish(image: Image.Image, rng: random.Random, grain: float = GRAIN) -> Image.Image:
    """Return the picture with a vignette and a light film grain."""
    size = image.size
    fall = [round(255 * (1 - VIGNETTE * (level / 255) ** 2.6)) for level in range(256)]
    frame = Image.radial_gradient("L").point(fall)
    frame = frame.resize(size, Image.Resampling.BILINEAR)
    image = ImageChops.multiply(image, Image.merge("RGB", (frame, frame, frame)))
    # Image.effect_noise draws from the C library's shared chance: the same seed would not
    # give the same bytes.
    noise = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
    noise = noise.point([round(128 + (level - 128) * grain) for level in range(256)])
    return ImageChops.add(image, Image.merge("RGB", (noise, noise, noise)), 1, -128)
