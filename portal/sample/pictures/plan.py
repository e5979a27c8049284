"""Pictures seen from above or composed on a plane: grid, mosaic, arcs and facets."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TypeAlias

from PIL import Image, ImageFilter

from .colour import Palette, Rgb, mix, ramp
from .delaunay import triangulate
from .surface import (
    Board,
    Point,
    Sheet,
    lay,
    model,
    sample,
    shading,
    shine,
    swell,
    throw,
)

Box: TypeAlias = tuple[float, float, float, float]
Square: TypeAlias = tuple[float, float, float]
Boards: TypeAlias = tuple[Board, Board]


def _blocks(sheet: Sheet, box: Box, least: float) -> list[Box]:
    """Return the city blocks that a box is split into, at least `least` wide."""
    left, top, right, bottom = box
    wide, tall = right - left, bottom - top
    stop = max(wide, tall) < least * 2.6 and sheet.chance(0.35)
    if max(wide, tall) < least * 1.7 or stop:
        return [box]
    cut = sheet.rng.uniform(0.36, 0.64)
    street = sheet.unit * (0.28 if max(wide, tall) < least * 5 else 0.6)
    if wide > tall:
        at = left + wide * cut
        first, second = (left, top, at - street, bottom), (at + street, top, right, bottom)
    else:
        at = top + tall * cut
        first, second = (left, top, right, at - street), (left, at + street, right, bottom)
    return _blocks(sheet, first, least) + _blocks(sheet, second, least)


def _turned(sheet: Sheet, turn: float) -> Callable[[float, float], Point]:
    """Return the map from a plan around the picture's middle to places in the picture."""
    cos, sin = math.cos(turn), math.sin(turn)
    return lambda x, y: (
        sheet.width / 2 + x * cos - y * sin,
        sheet.height / 2 + x * sin + y * cos,
    )


def _roofs(sheet: Sheet, block: Box) -> list[Box]:
    """Return the buildings on a city block: a few slabs, or one court."""
    left, top, right, bottom = block
    gap, wide, tall = sheet.unit * 0.12, right - left, bottom - top
    count = max(1, round(max(wide, tall) / (sheet.unit * 4.4)))
    cuts = sorted(sheet.rng.uniform(0.15, 0.85) for _ in range(count - 1))
    edges = [0.0, *cuts, 1.0]
    roofs = []
    for a, b in pairwise(edges):
        if wide > tall:
            roofs.append((left + wide * a + gap, top, left + wide * b - gap, bottom))
        else:
            roofs.append((left, top + tall * a + gap, right, top + tall * b - gap))
    return [(a, b, c, d) for a, b, c, d in roofs if c - a > gap * 4 and d - b > gap * 4]


def grid(sheet: Sheet) -> Image.Image:
    """Return a city's grid from above, cut by a river, with a few blocks alight."""
    rng, unit, size = sheet.rng, sheet.unit, sheet.size
    dark = sheet.chance(0.68)
    palette = sheet.palette if dark else sheet.palette.by_day()
    street = mix(palette.ink, palette.deep, 0.35)
    colours, heights = Board(size, street), Board(size, 0)
    place = _turned(sheet, rng.uniform(0.12, 0.7) * sheet.side())
    half = math.hypot(*size) / 2
    hub = place(rng.uniform(-0.35, 0.35) * sheet.width, rng.uniform(-0.3, 0.3) * sheet.height)
    lights: list[Point] = []
    for block in _blocks(sheet, (-half, -half, half, half), unit * rng.uniform(7, 9.5)):
        park = sheet.chance(0.07)
        for left, top, right, bottom in [block] if park else _roofs(sheet, block):
            corners = [
                place(left, top),
                place(right, top),
                place(right, bottom),
                place(left, bottom),
            ]
            middle = place((left + right) / 2, (top + bottom) / 2)
            if not (-unit < middle[0] + 5 * unit < sheet.width + 10 * unit):
                continue
            near = math.exp(-((math.dist(middle, hub) / (unit * 34)) ** 2))
            if park:
                colours.polygon(corners, mix(palette.deep, street, 0.45))
                continue
            tone = ramp(palette.tones, 0.22 + 0.2 * rng.random() + 0.42 * near * rng.random())
            if rng.random() < 0.012 + 0.07 * near:
                tone = mix(palette.accent, palette.light, rng.uniform(0, 0.3))
                lights.append(middle)
            colours.polygon(corners, tone)
            heights.polygon(corners, round(70 + 60 * rng.random() + 110 * near * rng.random()))
    return _river(sheet, palette, colours.print(), heights.print(), lights if dark else [])


def _river(
    sheet: Sheet,
    palette: Palette,
    image: Image.Image,
    heights: Image.Image,
    lights: list[Point],
) -> Image.Image:
    """Return the city with its river, its shadows and its lights."""
    rng, unit, size = sheet.rng, sheet.unit, sheet.size
    bend = swell(rng, unit * rng.uniform(110, 160), 2)
    flow = _turned(sheet, rng.uniform(0, math.pi))
    reach, off = math.hypot(*size) * 0.6, unit * rng.uniform(-16, 16)
    breadth = unit * rng.uniform(5, 9)

    def bank(side: int, along: float) -> Point:
        half = breadth * (1 + 0.25 * bend(along * 1.7 + 99))
        return flow(along, off + unit * 11 * bend(along) + side * half)

    steps = [reach * (i / 60 - 1) for i in range(121)]
    banks = [[bank(side, step) for step in steps] for side in (-1, 1)]
    water = Board(size, 0)
    water.polygon([*banks[0], *reversed(banks[1])], 255)
    mask = water.print()
    heights.paste(0, (0, 0, *size), mask)
    lay(image, mix(palette.ink, palette.deep, 0.12), mask, 1)
    shadow = throw(heights, (unit * 0.4, unit * 0.6), unit * 0.35, 2.2)
    lay(image, mix(sheet.palette.ink, (0, 0, 0), 0.3), shadow, 0.6)
    for middle in lights:
        x, y = round(middle[0]), round(middle[1])
        if 0 <= x < size[0] and 0 <= y < size[1] and mask.getpixel((x, y)):
            continue
        shine(image, middle, unit * 7, palette.accent, 0.3)
    slope = sheet.side()
    plate = sample(size, lambda x, y: (0.5 - y / size[1]) + slope * (0.5 - x / size[0]), 12)
    return model(image, shading(plate, size, 0.3))


def _pattern(sheet: Sheet) -> tuple[Callable[[Point], Rgb], Rgb]:
    """Return the picture a mosaic shows, a disc over flowing bands, and the joints' colour."""
    rng, unit, palette = sheet.rng, sheet.unit, sheet.palette
    sun = (sheet.width * rng.uniform(0.2, 0.8), sheet.height * rng.uniform(0.22, 0.5))
    radius = unit * rng.uniform(12, 19)
    bend, drift = swell(rng, unit * 90, 2), swell(rng, unit * 60, 2)
    horizon = sheet.height * rng.uniform(0.45, 0.62)
    day = sheet.chance(0.5)
    sky = palette.deep, palette.ink
    if day:
        sky = palette.light, mix(palette.mid, palette.light, 0.5)
    sea = (palette.mid, palette.deep, palette.ink if day else palette.mid)

    def colour(place: Point) -> Rgb:
        x, y = place
        away = math.dist(place, sun) / radius
        line = y - horizon - unit * 7 * bend(x) - unit * 3 * drift(y)
        jitter = rng.gauss(0, 0.06)
        if line > 0:
            band = line / (sheet.height * 0.55)
            level = 0.5 + 0.5 * math.sin(line / unit / 3 + 2 * bend(x))
            tone = ramp(sea, band + 0.28 * (level - 0.5) + jitter)
            glitter = abs(x - sun[0]) < radius * (0.5 + band) and level > 0.8
            return mix(tone, palette.accent, 0.75) if glitter and rng.random() < 0.5 else tone
        if away < 1:
            return mix(palette.accent, palette.light, 0.16 + jitter * 1.5)
        halo = math.exp(-(away - 1) * 1.5)
        tone = mix(*sky, min(1.0, max(0.0, -line / sheet.height * 1.3 + jitter)))
        return mix(tone, mix(palette.accent, palette.light, 0.4), 0.5 * halo + jitter)

    return colour, mix(sky[0], sea[1], 0.55) if day else mix(palette.ink, palette.deep, 0.35)


def mosaic(sheet: Sheet) -> Image.Image:
    """Return small stones laid in curved courses: a disc over flowing bands."""
    rng, unit, size = sheet.rng, sheet.unit, sheet.size
    colour, joints = _pattern(sheet)
    board, heights = Board(size, joints, 2), Board(size, 0, 2)
    centre = (sheet.width * rng.uniform(-0.1, 1.1), sheet.height * rng.choice((-0.5, 1.5)))
    stone, joint = unit * 4, unit * 0.12
    far = max(math.dist(centre, corner) for corner in ((0, 0), (size[0], 0), (0, size[1]), size))
    radius = stone
    while radius < far + stone:
        count = max(6, round(math.tau * radius / (stone * rng.uniform(0.95, 1.15))))
        start = rng.random()
        for index in range(count):
            angle = (index + start + rng.uniform(-0.05, 0.05)) * math.tau / count
            middle = (centre[0] + radius * math.cos(angle), centre[1] + radius * math.sin(angle))
            if -stone < middle[0] < size[0] + stone and -stone < middle[1] < size[1] + stone:
                half = math.pi / count * rng.uniform(0.84, 0.96)
                inner, outer = radius - stone / 2 + joint, radius + stone / 2 - joint
                corners = [
                    (centre[0] + r * math.cos(a), centre[1] + r * math.sin(a))
                    for r, a in (
                        (inner + rng.random() * joint, angle - half),
                        (outer, angle - half * rng.uniform(0.85, 1)),
                        (outer - rng.random() * joint, angle + half),
                        (inner, angle + half * rng.uniform(0.85, 1)),
                    )
                ]
                board.polygon(corners, colour(middle))
                heights.polygon(corners, rng.randint(90, 170))
        radius += stone
    return _grout(sheet, board.print(), heights.print())


def _grout(sheet: Sheet, image: Image.Image, heights: Image.Image) -> Image.Image:
    """Return the mosaic with joints in a dark tone of the stones around them."""
    unit = sheet.unit
    joints = image.resize((24, 16), Image.Resampling.BOX).resize(image.size)
    joints = Image.blend(joints, Image.new("RGB", image.size, sheet.palette.ink), 0.24)
    joints.paste(image, (0, 0), heights.point([min(255, level * 3) for level in range(256)]))
    shadow = throw(heights, (unit * 0.16, unit * 0.2), unit * 0.2, 1.2)
    lay(joints, sheet.palette.ink, shadow, 0.28)
    # Thousands of hard edges make a heavy file: this takes a tenth off and is hardly seen.
    return joints.filter(ImageFilter.GaussianBlur(0.6))


def _fan(
    boards: Boards,
    corner: Point,
    radius: float,
    rings: list[tuple[float, Rgb, int]],
    angles: tuple[float, float],
) -> None:
    """Draw concentric slices around `corner`, the widest first, with their heights."""
    for share, colour, height in rings:
        reach = radius * share
        turn = [math.radians(angles[0] + (angles[1] - angles[0]) * i / 90) for i in range(91)]
        rim = [(corner[0] + reach * math.cos(a), corner[1] + reach * math.sin(a)) for a in turn]
        boards[0].polygon([corner, *rim], colour)
        boards[1].polygon([corner, *rim], height)


def _tile(sheet: Sheet, boards: Boards, box: Box, tones: list[Rgb], plain: float) -> None:
    """Fill one square: with nothing, a quarter or half of concentric arcs, or a disc."""
    rng = sheet.rng
    left, top, side = box[0], box[1], box[2] - box[0]
    if sheet.chance(plain):
        return
    kind = rng.random()
    count = rng.choice((3, 4, 5, 6))
    pair = rng.sample(tones, 2)
    third = rng.choice(tones)
    rings = []
    for index in range(count):
        colour = pair[index % 2] if index < count - 1 else third
        rings.append((1 - index / count, colour, 40 + 30 * index))
    x, y = rng.choice((0, 1)), rng.choice((0, 1))
    if kind < 0.68:
        start = {(0, 0): 0, (1, 0): 90, (1, 1): 180, (0, 1): 270}[x, y]
        _fan(boards, (left + x * side, top + y * side), side, rings, (start, start + 90))
    elif kind < 0.86:
        start = rng.choice((0, 90, 180, 270))
        middle = (left + side / 2, top + side / 2)
        base = {0: (0, -0.5), 90: (0.5, 0), 180: (0, 0.5), 270: (-0.5, 0)}[start]
        corner = (middle[0] + base[0] * side, middle[1] + base[1] * side)
        _fan(boards, corner, side / 2, rings, (start, start + 180))
    else:
        _fan(boards, (left + side / 2, top + side / 2), side / 2, rings[:3], (0, 360))


def arcs(sheet: Sheet) -> Image.Image:
    """Return concentric arcs in the manner of the Bauhaus: one great fan, small ones around it."""
    rng, size = sheet.rng, sheet.size
    palette = sheet.palette if sheet.chance(0.5) else sheet.palette.by_day()
    ground = mix(palette.ink, palette.deep, 0.15)
    boards = Board(size, ground), Board(size, 0)
    module = sheet.height / rng.choice((3, 4))
    columns, rows = math.ceil(sheet.width / module), math.ceil(sheet.height / module)
    tones = [palette.deep, palette.mid, palette.light, mix(palette.deep, palette.mid, 0.5)]
    large = rows - rng.choice((0, 1))
    column = rng.randint(0, max(0, columns - large))
    row = rng.choice((0, rows - large))
    for i in range(columns):
        for j in range(rows):
            if column <= i < column + large and row <= j < row + large:
                continue
            near = min(abs(i - column), abs(i - column - large + 1)) <= 1
            box = (i * module, j * module, (i + 1) * module, (j + 1) * module)
            _tile(sheet, boards, box, tones, 0.35 if near else 0.75)
    _great(sheet, boards, (column * module, row * module, large * module), palette)
    image, heights = boards[0].print(), boards[1].print()
    shadow = throw(heights, (sheet.unit * 0.5, sheet.unit * 0.6), sheet.unit * 1.1, 4)
    lay(image, sheet.palette.ink, shadow, 0.42)
    plate = sample(size, lambda x, y: 0.6 - x / size[0] * 0.6 - y / size[1] * 0.6, 12)
    return model(image, shading(plate, size, 0.22))


def _great(sheet: Sheet, boards: Boards, square: Square, palette: Palette) -> None:
    """Draw the great fan of concentric quarter circles, one of them in the accent colour."""
    left, top, side = square
    rng, count = sheet.rng, sheet.rng.randint(7, 10)
    x, y = rng.choice((0, 1)), rng.choice((0, 1))
    start = {(0, 0): 0, (1, 0): 90, (1, 1): 180, (0, 1): 270}[x, y]
    warm, share = rng.randint(1, count - 2), 1.0
    rings = []
    for index in range(count):
        tone = ramp((palette.deep, palette.mid, palette.light), index / (count - 1))
        if index % 2 == 1:
            tone = mix(palette.ink, palette.deep, 0.3 + 0.05 * index)
        rings.append((share, palette.accent if index == warm else tone, 30 + index * 20))
        share -= rng.uniform(0.5, 1.3) / count
        if share < 0.1:
            break
    _fan(boards, (left + x * side, top + y * side), side, rings, (start, start + 90))


def _scatter(sheet: Sheet, focus: Point) -> list[Point]:
    """Return points that lie densely around `focus` and sparsely elsewhere, past all edges."""
    rng, unit = sheet.rng, sheet.unit
    margin = unit * 16
    points: list[Point] = []
    for _ in range(1500):
        place = (
            rng.uniform(-margin, sheet.width + margin),
            rng.uniform(-margin, sheet.height + margin),
        )
        apart = unit * (5 + 11 * min(1.0, math.dist(place, focus) / (unit * 75)))
        if all(math.dist(place, other) > apart for other in points):
            points.append(place)
    return points


def facets(sheet: Sheet) -> Image.Image:
    """Return a low relief of lit triangles, small and bright around one place."""
    rng, unit, size, palette = sheet.rng, sheet.unit, sheet.size, sheet.palette
    focus = (sheet.width * rng.uniform(0.2, 0.8), sheet.height * rng.uniform(0.25, 0.75))
    points = _scatter(sheet, focus)
    rise = [rng.gauss(0, 1) for _ in points]
    board = Board(size, palette.deep)
    lean, day = sheet.side(), sheet.chance(0.4)
    ground = palette.tones[3:0:-1] if day else palette.tones[2::-1]
    for triangle in triangulate(points):
        corners = [points[index] for index in triangle]
        a, b, c = ((*points[i], rise[i] * unit * 2.6) for i in triangle)
        light = _light((a, b, c), lean)
        middle = (sum(x for x, _ in corners) / 3, sum(y for _, y in corners) / 3)
        away = math.dist(middle, focus) / (unit * 80)
        tone = ramp(ground, away * 0.95 + rng.uniform(-0.04, 0.04))
        end = palette.light if light > 0 else palette.ink
        tone = mix(tone, end, abs(light) * (0.55 if light > 0 else 0.6))
        if rng.random() < 0.3 * math.exp(-((away / 0.3) ** 2)):
            tone = mix(palette.accent, end, abs(light) * 0.5)
        board.polygon(corners, tone)
    image = board.print()
    glow = (focus[0] + lean * unit * 10, focus[1] - unit * 14)
    shine(image, glow, unit * 60, palette.accent, 0.2)
    return image


def _light(corners: tuple[tuple[float, float, float], ...], lean: int) -> float:
    """Return how a triangle in space is lit from the upper left or right, -1 to 1."""
    (ax, ay, az), (bx, by, bz), (cx, cy, cz) = corners
    ux, uy, uz, vx, vy, vz = bx - ax, by - ay, bz - az, cx - ax, cy - ay, cz - az
    nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
    if nz < 0:
        nx, ny, nz = -nx, -ny, -nz
    length = math.sqrt(nx * nx + ny * ny + nz * nz) or 1.0
    return max(-1.0, min(1.0, (lean * nx * 0.8 - ny) / length * 1.5))
