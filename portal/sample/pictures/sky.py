"""Pictures under a sky: constellation, aurora and skyline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

from PIL import Image, ImageChops, ImageFilter

from .colour import Palette, Rgb, mix
from .surface import Board, Point, Sheet, Size, lay, shine, swell, wash

Block: TypeAlias = tuple[float, float, float]
NIGHT = (9, 26, 54)


def _stars(sheet: Sheet, image: Image.Image, count: int, floor: float) -> None:
    """Scatter small stars over `image` above `floor` (a share of the height)."""
    rng = sheet.rng
    mask = Board(sheet.size, 0)
    for _ in range(count):
        place = (rng.random() * sheet.width, rng.random() * sheet.height * floor)
        bright = rng.random() ** 3
        mask.disc(place, sheet.unit * (0.06 + 0.1 * bright), round(50 + 205 * bright))
    lay(image, mix(sheet.palette.light, (255, 255, 255), 0.5), mask.print(), 0.8)


def _path(sheet: Sheet) -> list[Point]:
    """Return the places of the nodes: thick along a sweeping line, thin elsewhere."""
    rng = sheet.rng
    bow, lean = rng.uniform(0.15, 0.4) * sheet.side(), rng.uniform(-0.35, 0.35)
    middle = rng.uniform(0.4, 0.6)
    nodes: list[Point] = []
    for _ in range(900):
        x = rng.uniform(-0.05, 1.05)
        line = middle + lean * (x - 0.5) + bow * (4 * (x - 0.5) ** 2 - 0.4)
        spread = 0.09 if rng.random() < 0.75 else 0.3
        place = (x * sheet.width, (line + rng.gauss(0, spread)) * sheet.height)
        apart = sheet.unit * (7.5 if abs(place[1] / sheet.height - line) < 0.12 else 13)
        if all(math.dist(place, other) > apart for other in nodes):
            nodes.append(place)
        if len(nodes) == 64:
            break
    return nodes


def _links(nodes: list[Point], reach: float) -> list[tuple[int, int]]:
    """Return the pairs of near nodes that no third node stands between."""
    links = []
    for i, first in enumerate(nodes):
        for j in range(i):
            gap = math.dist(first, nodes[j])
            if gap < reach and all(
                max(math.dist(first, other), math.dist(nodes[j], other)) >= gap
                for k, other in enumerate(nodes)
                if k not in (i, j)
            ):
                links.append((j, i))
    return links


def _chart(sheet: Sheet, mask: Board) -> None:
    """Draw a star chart's faint circles and graduations."""
    rng, unit = sheet.rng, sheet.unit
    centre = (
        sheet.width * (0.5 + sheet.side() * rng.uniform(0.2, 0.5)),
        sheet.height * rng.uniform(0.1, 0.9),
    )
    radius = unit * rng.uniform(16, 24)
    for index in range(5):
        mask.ring(centre, radius, 110 if index % 2 else 70, unit * 0.1)
        if index == 2:
            for step in range(180):
                angle = step * math.tau / 180
                depth = unit * (2.2 if step % 5 == 0 else 1.1)
                cos, sin = math.cos(angle), math.sin(angle)
                reach = radius, radius + depth
                ends = [(centre[0] + cos * r, centre[1] + sin * r) for r in reach]
                mask.line(ends, 90, unit * 0.09)
        radius *= rng.uniform(1.25, 1.5)


def constellation(sheet: Sheet) -> Image.Image:
    """Return nodes of light joined by fine lines over a faint star chart."""
    rng, unit, size = sheet.rng, sheet.unit, sheet.size
    night = sheet.chance(0.72)
    palette = sheet.palette if night else sheet.palette.by_day()
    corners = [palette.ink, mix(palette.ink, palette.deep, 0.7), palette.ink, palette.deep]
    rng.shuffle(corners)
    image = wash(size, [corners[:2], corners[2:]])
    nodes = _path(sheet)
    if night:
        for x, y in rng.sample(nodes, 7):
            shine(image, (x, y), unit * rng.uniform(22, 42), palette.mid, rng.uniform(0.12, 0.26))
        _stars(sheet, image, 260, 1.0)
    chart = Board(size, 0)
    _chart(sheet, chart)
    lay(image, palette.mid, chart.print(), 0.55)
    weights = [rng.random() ** 2.2 for _ in nodes]
    lines = Board(size, 0)
    for first, second in _links(nodes, unit * 24):
        level = round(90 + 130 * max(weights[first], weights[second]))
        lines.line((nodes[first], nodes[second]), level, unit * 0.2)
    lay(image, mix(palette.mid, palette.light, 0.6), lines.print(), 0.9)
    warm = set(rng.sample(range(len(nodes)), 5))
    dots, sparks = Board(size, 0), Board(size, 0)
    for index, (place, weight) in enumerate(zip(nodes, weights, strict=True)):
        if night and (weight > 0.35 or index in warm):
            tone = palette.accent if index in warm else palette.light
            shine(image, place, unit * (3 + 6 * weight), tone, 0.4)
        board = sparks if index in warm else dots
        board.disc(place, unit * (0.38 + 0.85 * weight + 0.35 * (index in warm)), 255)
    lay(image, palette.light, dots.print(), 1)
    lay(image, palette.accent, sparks.print(), 1)
    return image


def _rays(sheet: Sheet, size: Size) -> Image.Image:
    """Return the light of a curtain before it is draped: upright rays above a bright hem."""
    rng = sheet.rng
    rays = Image.new("L", size, 110)
    for count, share in ((26, 0.4), (80, 0.22)):
        row = Image.frombytes("L", (count, 1), rng.randbytes(count))
        rays = Image.blend(rays, row.resize(size, Image.Resampling.BICUBIC), share)
    # Long gaps, so that the curtain comes and goes along its way.
    gaps = Image.frombytes("L", (5, 1), bytes(rng.choice((30, 120, 255)) for _ in range(5)))
    rays = ImageChops.multiply(rays, gaps.resize(size, Image.Resampling.BICUBIC))
    hem, profile = 0.82, Image.new("L", (1, 64))
    for y in range(64):
        t = y / 63
        rise = math.exp(-((max(0.0, hem - t) / 0.24) ** 1.1))
        fall = max(0.0, 1 - max(0.0, t - hem) / 0.17) ** 2.4
        profile.putpixel((0, y), round(255 * rise * fall))
    light = ImageChops.multiply(rays, profile.resize(size, Image.Resampling.BICUBIC))
    return light.point([min(255, round((v / 255) ** 1.1 * 600)) for v in range(256)])


def _curtain(sheet: Sheet, size: Size, colours: Sequence[Rgb], place: float) -> Image.Image:
    """Return one curtain of light on black, draped along a curve around `place`."""
    rng, (width, height) = sheet.rng, size
    light = _rays(sheet, size)
    colour = wash(size, [[tone] for tone in colours])
    colour = ImageChops.multiply(colour, Image.merge("RGB", [light] * 3))
    sway, fine = swell(rng, width * rng.uniform(0.9, 1.4), 1), swell(rng, width * 0.3, 2)
    reach, slope = rng.uniform(0.05, 0.09), rng.uniform(0.3, 0.62) * sheet.side()
    strips, mesh = max(1, min(96, width // 4)), []
    drops = [
        height
        * (
            place
            - 0.82
            + slope * (i / strips - 0.5)
            + reach * sway(i * width / strips)
            + 0.025 * fine(i * width / strips)
        )
        for i in range(strips + 1)
    ]
    for i in range(strips):
        left, right = i * width // strips, (i + 1) * width // strips
        a, b = drops[i], drops[i + 1]
        quad = (left, -a, left, height - a, right, height - b, right, -b)
        mesh.append(((left, 0, right, height), quad))
    return colour.transform(size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _ridge(sheet: Sheet, level: float, rise: float, period: float) -> list[Point]:
    """Return a silhouette of hills that closes below the picture."""
    curve = swell(sheet.rng, sheet.unit * period, 6)
    points = [
        (float(x), sheet.height * level - sheet.unit * rise * (0.3 + curve(x)))
        for x in range(-4, sheet.width + 8, max(2, sheet.width // 220))
    ]
    return [(-4, sheet.height + 9), *points, (sheet.width + 9, sheet.height + 9)]


def _cold(palette: Palette) -> Palette:
    """Return the palette, with its dark tones turned towards blue if they are warm."""
    if palette.ink[0] <= palette.ink[2]:
        return palette
    ink, deep = mix(palette.ink, NIGHT, 0.75), mix(palette.deep, NIGHT, 0.6)
    return Palette(ink, deep, mix(palette.mid, NIGHT, 0.25), palette.light, palette.accent)


def aurora(sheet: Sheet) -> Image.Image:
    """Return curtains of light over dark hills and still water."""
    rng, palette, unit, size = sheet.rng, _cold(sheet.palette), sheet.unit, sheet.size
    dark = mix(palette.ink, (0, 0, 0), 0.45)
    image = wash(size, [[dark], [palette.ink], [mix(palette.ink, palette.deep, 0.85)]])
    _stars(sheet, image, 220, 0.8)
    small = (max(8, size[0] // 2), max(8, size[1] // 2))
    glow = Image.new("RGB", small, 0)
    cool = mix(palette.mid, (84, 214, 190), 0.5)
    hem = mix(cool, palette.light, 0.4)
    place = rng.uniform(0.56, 0.7)
    for tip in (mix(palette.accent, palette.deep, 0.3), palette.deep):
        tones = (tip, tip, mix(tip, cool, 0.5), cool, hem)
        glow = ImageChops.screen(glow, _curtain(sheet, small, tones, place))
        place -= rng.uniform(0.16, 0.3)
    glow = glow.filter(ImageFilter.BoxBlur(1)).resize(size, Image.Resampling.BICUBIC)
    image = ImageChops.screen(image, glow)
    shore = rng.uniform(0.78, 0.86)
    horizon = (rng.uniform(0.2, 0.8) * sheet.width, shore * sheet.height)
    shine(image, horizon, unit * 60, palette.accent, 0.35)
    far, near = Board(size, 0), Board(size, 0)
    far.polygon(_ridge(sheet, shore - 0.02, 5.5, 70), 255)
    lay(image, mix(palette.ink, palette.deep, 0.4), far.print(), 0.92)
    if sheet.chance(0.55):
        image = _mirror(sheet, image, round(shore * sheet.height))
        shore = 1.03
    near.polygon(_ridge(sheet, shore + 0.03, 4, 110), 255)
    lay(image, dark, near.print(), 1)
    return image


def _mirror(sheet: Sheet, image: Image.Image, shore: int) -> Image.Image:
    """Return `image` with everything below `shore` replaced by its reflection in calm water."""
    depth = sheet.height - shore
    if depth < 2:
        return image
    part = image.crop((0, max(0, shore - round(depth * 2.6)), sheet.width, shore))
    part = part.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((sheet.width, depth))
    part = part.resize((max(2, sheet.width // 40), depth)).resize((sheet.width, depth))
    water = Image.new("RGB", part.size, sheet.palette.ink)
    image.paste(Image.blend(part, water, 0.35), (0, shore))
    return image


def _tower(sheet: Sheet, board: Board, block: Block) -> None:
    """Draw one building: a block, sometimes with a setback, a slope or a mast."""
    rng, floor, roof, fill = sheet.rng, sheet.height, sheet.unit, 255
    left, right, top = block
    width = right - left
    board.polygon(((left, floor), (left, top), (right, top), (right, floor)), fill)
    kind = rng.random()
    if kind < 0.25:
        inset = width * rng.uniform(0.15, 0.28)
        rise = roof * rng.uniform(1.5, 4)
        a, b = left + inset, right - inset
        board.polygon(((a, top), (a, top - rise), (b, top - rise), (b, top)), fill)
        if kind < 0.1:
            middle = (left + right) / 2
            board.line(((middle, top), (middle, top - rise - roof * 4.5)), fill, roof * 0.2)
    elif kind < 0.4:
        rise = min(width * 0.5, roof * rng.uniform(1, 2.5))
        tip = left if kind < 0.33 else right
        board.polygon(((left, top + 1), (tip, top - rise), (right, top + 1)), fill)
    elif kind < 0.46:
        board.disc(((left + right) / 2, top), width * 0.36, fill)


def _row(sheet: Sheet, board: Board, level: float, depth: float) -> list[Block]:
    """Draw a row of buildings; return the left, right and top of each."""
    rng, unit = sheet.rng, sheet.unit
    rise = swell(rng, unit * rng.uniform(70, 110), 2)
    x, blocks = -unit * 4, []
    while x < sheet.width + unit * 2:
        width = unit * rng.uniform(2.4, 7.5) * (0.65 + 0.55 * depth)
        tall = 0.5 + 0.5 * rise(x) + rng.uniform(-0.3, 0.5) ** 3
        top = sheet.height * level - unit * 19 * max(0.05, tall) * (0.75 + 0.3 * depth)
        if sheet.chance(0.9):
            blocks.append((x, x + width, top))
            _tower(sheet, board, blocks[-1])
        x += width + (unit * rng.uniform(0, 1.6) if sheet.chance(0.35 * depth) else 0)
    return blocks


def _faces(sheet: Sheet, blocks: list[Block], sun: float) -> Image.Image:
    """Return the mask of the buildings' sides that the sun reaches."""
    # Upright edges at whole pixels need no smoothing, so this board is no larger than its print.
    board = Board(sheet.size, 0, 1)
    for left, right, top in blocks:
        if abs(sun - (left + right) / 2) > sheet.unit * 4:
            wide = (right - left) * 0.42
            start = left if sun < left else right - wide
            board.box(start, top, start + wide, sheet.height, 255)
    return board.print()


def _windows(sheet: Sheet, blocks: list[Block]) -> Image.Image:
    """Return the mask of a few lit windows in some of the buildings."""
    rng, unit, board = sheet.rng, sheet.unit, Board(sheet.size, 0, 1)
    across, down = unit * 0.95, unit * 1.25
    for left, right, top in blocks:
        lit = rng.choice((0.0, 0.0, 0.04, 0.1, 0.22))
        columns = int((right - left - unit * 0.8) / across)
        start = left + (right - left - columns * across) / 2 + across * 0.25
        for place in range(columns * int((sheet.height - top) / down)):
            if rng.random() < lit:
                x = start + place % columns * across
                y = top + down * (place // columns + 0.8)
                board.box(x, y, x + across * 0.5, y + down * 0.5, rng.randint(120, 255))
    return board.print()


def skyline(sheet: Sheet) -> Image.Image:
    """Return rows of buildings fading into the haze around a low sun."""
    rng, palette, unit, size = sheet.rng, sheet.palette, sheet.unit, sheet.size
    day = sheet.chance(0.5)
    top = mix(palette.mid, palette.light, 0.25) if day else palette.ink
    haze = mix(palette.light if day else palette.mid, palette.accent, 0.145)
    image = wash(size, [[top], [mix(top, haze, 0.6)], [haze], [haze]])
    sun = (sheet.width * rng.uniform(0.18, 0.82), sheet.height * rng.uniform(0.34, 0.52))
    shine(image, sun, unit * 85, palette.accent, 0.42)
    disc = Board(size, 0)
    disc.disc(sun, unit * rng.uniform(6, 11), 255)
    lay(image, mix(palette.accent, palette.light, 0.25), disc.print(), 0.95)
    rows = 4
    for index in range(rows):
        depth = (index + 1) / rows
        board = Board(size, 0, 2)
        blocks = _row(sheet, board, 0.66 + 0.12 * index, depth)
        body = mix(haze, mix(palette.deep, palette.ink, depth**1.5), 0.22 + 0.78 * depth**0.8)
        foot = mix(body, haze, 0.55 * (1 - depth) + 0.12)
        colour = wash(size, [[body], [body], [mix(body, foot, 0.6)], [foot]])
        lay(image, colour, board.print(), 1)
        if index > 0:
            lay(
                image,
                mix(haze, palette.accent, 0.4),
                _faces(sheet, blocks, sun[0]),
                0.1 + 0.05 * depth,
            )
        if index >= 2:
            lights = _windows(sheet, blocks)
            lay(image, mix(palette.accent, palette.light, 0.3), lights, 0.5 + 0.15 * index)
        if index < rows - 1:
            shine(image, (sun[0], sun[1] + unit * 8), unit * 60, palette.accent, 0.1)
    return image
