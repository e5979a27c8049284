"""Pictures made from a height or distance field: contours, waves, ripples and flags."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import Image, ImageChops, ImageFilter

from .colour import Palette, Rgb, mix, ramp
from .surface import (
    Board,
    Height,
    Point,
    Sheet,
    develop,
    extent,
    lay,
    measure,
    model,
    sample,
    shading,
    shift,
    shine,
    swell,
    through,
    throw,
    tint,
    wash,
)


def _hills(sheet: Sheet) -> Height:
    """Return a landscape's height: one great hill off the middle, lesser ones, a calm plain."""
    rng, side = sheet.rng, math.sqrt(sheet.width * sheet.height)
    lean = sheet.side()
    hills = []
    for index in range(6):
        reach = side * (rng.uniform(0.30, 0.40) if index == 0 else rng.uniform(0.10, 0.26))
        x = 0.5 + lean * (rng.uniform(0.12, 0.3) if index == 0 else rng.uniform(-0.25, 0.55))
        turn = rng.uniform(0, math.pi)
        weight = 1.0 if index == 0 else rng.uniform(0.25, 0.6)
        stretch = rng.uniform(1.2, 1.9)
        hills.append(
            (
                x * sheet.width,
                rng.uniform(0.2, 0.8) * sheet.height,
                math.cos(turn) / reach,
                math.sin(turn) / reach,
                stretch,
                weight,
            )
        )
    bend, fold = swell(rng, side * 0.5), swell(rng, side * 0.42)

    def height(x: float, y: float) -> float:
        x, y = x + side * 0.055 * bend(y), y + side * 0.055 * fold(x)
        total = 0.0
        for cx, cy, cos, sin, stretch, weight in hills:
            along = (x - cx) * cos + (y - cy) * sin
            across = ((y - cy) * cos - (x - cx) * sin) * stretch
            total += weight / (1 + (along * along + across * across) * 2.4)
        return total

    return height


def _outline(bands: Image.Image, width: int) -> Image.Image:
    """Return a mask of the borders between the bands of an image twice the print's size."""
    right, down = shift(bands, width, 0), shift(bands, 0, width)
    across, along = ImageChops.difference(bands, right), ImageChops.difference(bands, down)
    return ImageChops.lighter(across, along).point([0] + [255] * 255).reduce(2)


def contours(sheet: Sheet) -> Image.Image:
    """Return a map's height lines over layered ground, one line in the accent colour."""
    rng, size = sheet.rng, sheet.size
    palette = sheet.palette if sheet.chance(0.6) else sheet.palette.by_day()
    plate = sample(size, _hills(sheet), 76)
    low, high = extent(plate)
    large = measure(plate, (size[0] * 2, size[1] * 2), low, high)
    levels = rng.randint(11, 16)
    step = 250 // levels

    def band(place: float, group: int = 1) -> int:
        return int(max(0.0, place - 0.06) * levels / group) * step

    bands = through(large, band, 2048)
    heights = bands.reduce(2)
    tones = (
        palette.ink,
        mix(palette.ink, palette.deep, 0.55),
        palette.deep,
        mix(palette.deep, palette.mid, 0.6),
        mix(palette.mid, palette.light, 0.35),
        palette.light,
    )
    image = develop(heights, lambda level: ramp(tones, level * 255 / (levels * step)))
    reach = 0.55 * sheet.unit
    shadow = throw(heights, (reach, reach * 1.2), reach * 1.1, 150 / step / 2)
    lay(image, sheet.palette.ink, shadow, 0.5)
    pen = max(1, round(sheet.unit * 0.16))
    line = mix(palette.mid, palette.light, 0.55)
    lay(image, line, _outline(bands, pen), 0.45)
    lay(image, line, _outline(through(large, lambda place: band(place, 4), 2048), pen + 1), 0.5)
    mark = rng.uniform(0.45, 0.62)
    ridge = _outline(through(large, lambda place: 255 * (place > mark)), max(2, pen * 4))
    lay(image, palette.accent, ridge, 1)
    return image


def _crests(sheet: Sheet, horizon: float) -> list[float]:
    """Return where the waves begin, closer together towards the horizon."""
    crests, gap = [horizon], sheet.rng.uniform(0.055, 0.08)
    while crests[-1] < 1.25:
        crests.append(crests[-1] + gap * sheet.rng.uniform(0.7, 1.3))
        gap *= 1.18
    return crests


def _sea(
    palette: Palette, crests: list[float], sky: Callable[[float], Rgb], warm: int, blur: float
) -> Callable[[float], Rgb]:
    """Return the colour of each depth: the sky, then one lit fold after the other."""
    count = len(crests) - 1
    tones = (palette.mid, palette.deep, palette.ink)
    bodies = [ramp(tones, (i + 0.5) / count) for i in range(count)]
    tops = [mix(body, palette.light, 0.62 - 0.4 * i / count) for i, body in enumerate(bodies)]
    bodies[warm] = mix(bodies[warm], palette.accent, 0.35)
    tops[warm] = mix(palette.accent, palette.light, 0.12)

    def fold(place: float) -> Rgb:
        if place <= crests[0]:
            return sky(place / crests[0])
        index = next(i for i in range(count) if place <= crests[i + 1] or i == count - 1)
        along = (place - crests[index]) / (crests[index + 1] - crests[index])
        body = mix(bodies[index], palette.ink, 0.55 * max(0.0, along - 0.45) ** 1.3)
        return mix(tops[index], body, min(1.0, along) ** 0.55)

    def colour(place: float) -> Rgb:
        # The field rises by about one pixel per pixel: blending over `blur` smooths the edges.
        edge = min(crests, key=lambda crest: abs(place - crest))
        if abs(place - edge) < blur:
            share = (place - edge + blur) / (2 * blur)
            return mix(fold(edge - blur), fold(edge + blur), share)
        return fold(place)

    return colour


def _sheen(sheet: Sheet, image: Image.Image, depth: Height, start: float) -> Image.Image:
    """Return the waves with a broad light that comes and goes along them."""
    glint = swell(sheet.rng, sheet.unit * 70, 2)

    def sheen(x: float, y: float) -> float:
        # Only on the water: on the sky the same light would look like searchlights.
        return glint(x + 1.5 * y) * min(1.0, max(0.0, (depth(x, y) - start) / (sheet.unit * 12)))

    return model(image, shading(sample(sheet.size, sheen, 40), sheet.size, 0.22))


def waves(sheet: Sheet) -> Image.Image:
    """Return silky waves, lit along their crests, under a wide sky."""
    rng, palette, unit = sheet.rng, sheet.palette, sheet.unit
    turn = rng.uniform(0.05, 0.36) * sheet.side()
    cos, sin = math.cos(turn), math.sin(turn)
    swells = [swell(rng, unit * period, 2) for period in (95, 60)]
    drift = [rng.uniform(-0.9, 0.9) for _ in swells]

    def depth(x: float, y: float) -> float:
        x, y = x - sheet.width / 2, y - sheet.height / 2
        x, y = x * cos + y * sin, y * cos - x * sin
        strength = 5.5 + 4.5 * max(-0.3, y / sheet.height)
        great, small = (s(x + d * y) for s, d in zip(swells, drift, strict=True))
        return y + unit * strength * (great + 0.55 * small)

    low, high = -0.62 * sheet.height, 0.68 * sheet.height
    field = measure(sample(sheet.size, depth), sheet.size, low, high)
    crests = _crests(sheet, rng.uniform(0.26, 0.44))
    night = sheet.chance(0.45)
    top = palette.ink if night else mix(palette.light, palette.mid, 0.25)
    bottom = mix(palette.deep, palette.mid, 0.8) if night else palette.light
    warm = rng.randint(2, max(2, min(5, len(crests) - 3)))
    blur = 0.75 / (high - low)
    sea = _sea(palette, crests, lambda place: mix(top, bottom, place**1.6), warm, blur)
    image = tint(field, sea)
    image = _sheen(sheet, image, depth, low + crests[0] * (high - low))
    sun = (sheet.width * rng.uniform(0.2, 0.8), sheet.height * rng.uniform(0.1, 0.26))
    shine(image, sun, unit * rng.uniform(60, 80), palette.accent, 0.4)
    return image


def _rings(sheet: Sheet, centre: Point, squash: float, length: float, weight: float) -> Image.Image:
    """Return the rings around one drop, `length` apart, as a mask around 128."""
    span = math.hypot(sheet.width, sheet.height / squash)
    waves, fade = span / length, span / (sheet.unit * 36)

    def distance(x: float, y: float) -> float:
        return math.hypot(x - centre[0], (y - centre[1]) / squash)

    field = measure(sample(sheet.size, distance, 320), sheet.size, 0, span)
    strength, start = weight * sheet.rng.uniform(0.85, 1.0), sheet.rng.uniform(0, 1)

    def level(place: float) -> int:
        rise = min(1.0, place * waves * 0.8)
        height = math.sin(math.tau * (place * waves + start))
        return round(128 + 120 * strength * rise * height * math.exp(-fade * place))

    return through(field, level, 2048)


def _glints(sheet: Sheet, image: Image.Image, slope: Image.Image, lean: int) -> Image.Image:
    """Return the water with warm glints where it faces a low light, and white ones."""
    unit, palette = sheet.unit, sheet.palette
    glow = (sheet.width * (0.5 - lean * 0.4), -0.05 * sheet.height)
    warm = Image.new("RGB", sheet.size, (0, 0, 0))
    shine(warm, glow, unit * 115, (255, 255, 255), 1)
    crest = slope.point([min(255, max(0, v - 138) * 7) for v in range(256)])
    lay(image, palette.accent, ImageChops.multiply(warm.getchannel(0), crest), 0.9)
    bright = slope.point([min(255, max(0, v - 165) * 4) for v in range(256)])
    lay(image, palette.light, bright, 0.5)
    shine(image, glow, unit * 80, palette.accent, 0.22)
    return image


def ripples(sheet: Sheet) -> Image.Image:
    """Return the rings of a few drops on still water, crossing, in raking light."""
    rng, palette, unit = sheet.rng, sheet.palette, sheet.unit
    squash = rng.choice((1.0, 0.66, 0.5))
    lean = sheet.side()
    spots = [(0.5 + lean * rng.uniform(0.1, 0.26), rng.uniform(0.35, 0.65), 1.0)]
    spots.append((0.5 - lean * rng.uniform(0.1, 0.3), rng.choice((0.1, 0.95)), 0.7))
    if sheet.chance(0.4):
        spots.append((0.5 + lean * rng.uniform(0.4, 0.5), rng.uniform(0.0, 0.2), 0.5))
    length = unit * rng.uniform(5.5, 8.5) / math.sqrt(squash)
    surface = Image.new("L", sheet.size, 128)
    for x, y, weight in spots:
        centre = (x * sheet.width, y * sheet.height)
        rings = _rings(sheet, centre, squash, length * rng.uniform(0.8, 1.1), weight)
        surface = ImageChops.add(surface, rings, 1, -128)
    surface = surface.filter(ImageFilter.BoxBlur(1))
    step = max(1, round(unit * 0.35))
    moved = shift(surface, lean * step, step)
    slope = ImageChops.subtract(surface, moved, 1, 128)
    # The shift leaves level edges: they are cut off.
    inner = (step, step, max(step + 1, sheet.width - step), max(step + 1, sheet.height - step))
    slope = slope.resize(sheet.size, Image.Resampling.BILINEAR, box=inner)
    dark = sheet.chance(0.7)
    far, near = (palette.deep, palette.ink) if dark else (palette.light, palette.mid)
    ground = wash(sheet.size, [[mix(far, palette.mid, 0.5), far], [mix(far, near, 0.5), near]])
    if lean > 0:
        ground = ground.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    depth = 0.8 if dark else 1.0
    image = model(ground, slope.point([round(128 + (v - 128) * depth) for v in range(256)]))
    image = _glints(sheet, image, slope, lean)
    place = (spots[0][0] * sheet.width, spots[0][1] * sheet.height)
    shine(image, place, unit * 9, palette.accent, 0.4)
    drop = Board(sheet.size, 0)
    drop.disc(place, unit * 1.1, 255)
    lay(image, palette.accent, drop.print(), 1)
    return image


class Cloth:
    """One long flag in the wind: where it hangs, its bands, its folds."""

    def __init__(self, sheet: Sheet, start: float, breadth: float, slope: float) -> None:
        """Hang a cloth that begins at `start` of the height and is `breadth` of it broad."""
        rng, self.sheet = sheet.rng, sheet
        self.breadth, self.start, self.slope = breadth * sheet.height, start, slope
        self.sway = swell(rng, sheet.unit * rng.uniform(80, 120), 2)
        self.fold = sheet.unit * rng.uniform(24, 40)
        self.phase, self.lean = rng.uniform(0, math.tau), rng.uniform(0.35, 0.9) * sheet.side()
        self.drag = swell(rng, sheet.unit * 60, 2)

    def _wind(self, x: float, y: float) -> float:
        along = x + self.lean * y + self.sheet.unit * 9 * self.drag(y)
        return math.tau * along / self.fold + self.phase

    def across(self, x: float, y: float) -> float:
        """Return how far across the cloth a place is, in pixels from its upper edge."""
        unit, share = self.sheet.unit, 0.45 + 0.55 * x / self.sheet.width
        line = self.start * self.sheet.height + self.slope * x + unit * 8 * share * self.sway(x)
        return y - line - unit * 1.9 * share * math.sin(self._wind(x, y))

    def shade(self, x: float, y: float) -> float:
        """Return the light on a place, -1 to 1."""
        wind = self._wind(x, y) + 0.9
        return 0.72 * math.sin(wind) + 0.28 * math.sin(2 * wind + 0.6)

    def bands(self, colours: list[Rgb]) -> Callable[[float], Rgb]:
        """Return the colour of each place across the cloth, in bands of uneven width."""
        cuts, at = [], 0.0
        for _ in colours:
            at += self.sheet.rng.choice((0.35, 0.6, 1.0, 1.5))
            cuts.append(at)
        edges = [cut / at for cut in cuts[:-1]]
        blur = 0.8 / (self.breadth * 1.3)

        def colour(place: float) -> Rgb:
            place = place * 1.3 - 0.15
            index = sum(place > edge for edge in edges)
            for i, edge in enumerate(edges):
                if abs(place - edge) < blur:
                    return mix(colours[i], colours[i + 1], (place - edge + blur) / (2 * blur))
            return colours[index]

        return colour

    def hang(self, image: Image.Image, colours: list[Rgb], strength: float) -> Image.Image:
        """Return `image` with the cloth and its shadow hung in front."""
        size, unit = self.sheet.size, self.sheet.unit
        plate = sample(size, self.across, 88)
        field = measure(plate, size, -0.15 * self.breadth, 1.15 * self.breadth)
        pixel = 1 / (1.3 * self.breadth)

        def inside(place: float) -> int:
            edge = min(place - 0.15 / 1.3, 1.15 / 1.3 - place)
            return round(255 * min(1.0, max(0.0, edge / (1.6 * pixel) + 0.5)))

        mask = through(field, inside, 2048)
        shadow = throw(mask, (unit * 0.6, unit * 2.4), unit * 3.2, 1)
        lay(image, self.sheet.palette.ink, shadow, 0.55)
        cloth = tint(field, self.bands(colours), 2048)
        cloth = model(cloth, shading(sample(size, self.shade, 66), size, strength))
        lay(image, cloth, mask, 1)
        return image


def flags(sheet: Sheet) -> Image.Image:
    """Return bands of colour that stream across the picture like flags in the wind."""
    rng, palette = sheet.rng, sheet.palette
    day = sheet.chance(0.5)
    high = mix(palette.light, palette.mid, 0.45) if day else palette.ink
    low = palette.light if day else mix(palette.deep, palette.mid, 0.5)
    image = wash(sheet.size, [[high, mix(high, low, 0.3)], [mix(high, low, 0.7), low]])
    slope = rng.uniform(0.08, 0.3) * sheet.side()
    tones = [
        palette.ink,
        palette.deep,
        palette.mid,
        palette.light,
        mix(palette.deep, palette.mid, 0.5),
    ]
    close = sheet.chance(0.35)
    plans = [(-0.25, 1.5)] if close else [(0.1, 0.3), (0.48, 0.27)]
    rise = slope * sheet.width / sheet.height / 2
    for start, breadth in plans:
        colours = rng.sample(tones, 4 if not close else 5)
        if close:
            colours += rng.sample(tones, 2)
        colours.insert(rng.randint(1, len(colours) - 1), palette.accent)
        place = start + rng.uniform(-0.04, 0.04) - rise
        cloth = Cloth(sheet, place, breadth * rng.uniform(0.85, 1.1), slope)
        image = cloth.hang(image, colours, 0.42)
    return image
