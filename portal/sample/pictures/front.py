"""An annual report's cover: a strong geometric composition with the year set large."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageFont

from .colour import Rgb, mix, ramp
from .surface import SUPERSAMPLE, Board, Point, Sheet, lay, model, sample, shading, throw

STROKE = 0.25
TALL = 1.5


def _arc(centre: Point, across: float, down: float, start: float, end: float) -> list[Point]:
    """Return points along part of an ellipse, angles in degrees clockwise from the right."""
    turns = [math.radians(start + (end - start) * i / 48) for i in range(49)]
    return [(centre[0] + across * math.cos(t), centre[1] + down * math.sin(t)) for t in turns]


def _strokes(digit: str) -> list[list[Point]]:
    """Return the centre lines of a digit's strokes, in a cell 1 wide and TALL high."""
    edge, reach = STROKE / 2, (1 - STROKE) / 2
    left, foot = edge, TALL - edge
    bowl, upper, lower = (TALL - STROKE) / 4, (0.5, 0.4375), (0.5, 1.0625)
    ring = _arc((0.5, 1.0), reach, reach, 180, 540)
    six = [ring, [(left, 1.0), *_arc((0.5, 0.5), reach, reach, 180, 318)]]
    digits: dict[str, list[list[Point]]] = {
        "0": [
            [
                *_arc((0.5, 0.5), reach, reach, 180, 360),
                *_arc((0.5, 1.0), reach, reach, 0, 180),
                (left, 0.5),
            ]
        ],
        "1": [[(0.62, 0), (0.62, TALL)], [(0.62, edge * 0.9), (0.16, edge * 0.9 + 0.3)]],
        "2": [[*_arc((0.5, 0.5), reach, reach, 180, 398), (0.17, foot)], [(0, foot), (1, foot)]],
        "3": [_arc(upper, reach, bowl, -165, 90), _arc(lower, reach, bowl, -90, 165)],
        "4": [[(0.66, 0.02), (0.1, 1.04)], [(0.0, 1.04), (1.0, 1.04)], [(0.7, 0), (0.7, TALL)]],
        "5": [
            [(0.12, edge), (0.94, edge)],
            [(0.22, 0.0), (0.17, 0.84)],
            _arc((0.5, 1.0), reach, reach, 214, 515),
        ],
        "6": six,
        "7": [[(0, edge), (1, edge)], [(0.9, 0.0), (0.32, TALL)]],
        "8": [_arc(upper, reach * 0.94, bowl, 0, 360), _arc(lower, reach, bowl, 0, 360)],
        "9": [[(1 - x, TALL - y) for x, y in line] for line in six],
    }
    return digits[digit]


def _ribbon(line: Sequence[Point], width: float) -> list[list[Point]]:
    """Return the outlines of the pieces of a stroke `width` broad along `line`."""
    # In pieces, because the outline of a closed ring would meet itself and leave a seam.
    sides: list[tuple[Point, Point]] = []
    for index, (x, y) in enumerate(line):
        (ax, ay), (bx, by) = line[max(0, index - 1)], line[min(len(line) - 1, index + 1)]
        if math.dist(line[0], line[-1]) < 1e-6 and index in (0, len(line) - 1):
            (ax, ay), (bx, by) = line[-2], line[1]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = (ay - by) / length * width / 2, (bx - ax) / length * width / 2
        sides.append(((x + nx, y + ny), (x - nx, y - ny)))
    return [[a, b, d, c] for (a, b), (c, d) in pairwise(sides)]


def _fan(sheet: Sheet, boards: tuple[Board, Board], tones: Sequence[Rgb], warm: Rgb) -> None:
    """Draw concentric arcs around one upper corner."""
    rng = sheet.rng
    corner = (rng.choice((0.0, 1.0)) * sheet.width, 0.0)
    count, radius = rng.randint(6, 9), sheet.width * rng.uniform(0.94, 1.12)
    step, special = radius / (count + 0.6), rng.randint(1, count - 3)
    for index in range(count):
        tone = warm if index == special else tones[index % len(tones)]
        boards[0].disc(corner, radius, tone)
        boards[1].disc(corner, radius, 25 + 18 * index)
        radius -= step * rng.uniform(0.75, 1.15)


def _discs(sheet: Sheet, boards: tuple[Board, Board], tones: Sequence[Rgb], warm: Rgb) -> None:
    """Draw a few great discs, one within the other's edge, and a small warm one."""
    rng, side = sheet.rng, sheet.side()
    x, y, radius = 0.5 + side * 0.22, 0.2, sheet.width * 0.72
    for index in range(4):
        boards[0].disc((x * sheet.width, y * sheet.height), radius, tones[index % len(tones)])
        boards[1].disc((x * sheet.width, y * sheet.height), radius, 25 + 30 * index)
        x += side * rng.uniform(0.02, 0.06)
        y += rng.uniform(-0.03, 0.02)
        radius *= rng.uniform(0.68, 0.8)
    place = ((0.5 - side * 0.27) * sheet.width, rng.uniform(0.12, 0.2) * sheet.height)
    boards[0].disc(place, sheet.width * 0.1, warm)
    boards[1].disc(place, sheet.width * 0.1, 200)


def _columns(sheet: Sheet, boards: tuple[Board, Board], tones: Sequence[Rgb], warm: Rgb) -> None:
    """Draw columns with round heads that rise towards one side, one of them warm."""
    rng, count = sheet.rng, sheet.rng.choice((5, 6))
    wide, up = sheet.width / count, sheet.chance(0.5)
    special = rng.randint(1, count - 2)
    for index in range(count):
        rank = index if up else count - 1 - index
        top = sheet.height * (0.52 - 0.44 * (rank + rng.uniform(-0.3, 0.3)) / (count - 1))
        tone = warm if index == special else tones[index % len(tones)]
        for ring, shade in enumerate((tone, mix(tone, tones[0], 0.35), tone)):
            half = wide / 2 * (1 - ring * 0.32)
            middle = (index + 0.5) * wide
            for board, fill in ((boards[0], shade), (boards[1], 30 + 25 * ring + 12 * rank)):
                board.disc((middle, top + wide / 2), half, fill)
                board.polygon(
                    (
                        (middle - half, top + wide / 2),
                        (middle + half, top + wide / 2),
                        (middle + half, sheet.height),
                        (middle - half, sheet.height),
                    ),
                    fill,
                )


def _year(sheet: Sheet, board: Board, year: str) -> None:
    """Set the four digits of a year in two rows at the lower edge."""
    margin, gap = sheet.width * 0.085, sheet.width * 0.042
    wide = min((sheet.width - 2 * margin - gap) / 2, sheet.height * 0.27 / TALL)
    left = margin if sheet.chance(0.6) else sheet.width - margin - 2 * wide - gap
    top = sheet.height - margin - 2 * wide * TALL - gap
    for index, digit in enumerate(year):
        x, y = left + index % 2 * (wide + gap), top + index // 2 * (wide * TALL + gap)
        for line in _strokes(digit):
            for piece in _ribbon(line, STROKE):
                board.polygon([(x + a * wide, y + b * wide) for a, b in piece], 255)


def _words(sheet: Sheet, board: Board, words: str, top: float, tall: float) -> None:
    """Write `words` in one line from the left margin, at most `tall` high."""
    margin, size = sheet.width * 0.085, tall * SUPERSAMPLE
    room = (sheet.width - 2 * margin) * SUPERSAMPLE
    size = min(size, size * room / max(1.0, ImageFont.load_default(size).getbbox(words)[2]))
    place = (margin * SUPERSAMPLE, top * SUPERSAMPLE)
    board.draw.text(place, words, fill=255, font=ImageFont.load_default(size))


def _lettering(sheet: Sheet, text: str) -> Image.Image:
    """Return the mask of a text: a year set large, other words small above it."""
    board = Board(sheet.size, 0)
    found = re.search(r"(?<!\d)\d{4}(?!\d)", text, re.ASCII)
    words = " ".join((text.replace(found[0], " ", 1) if found else text).split())
    if found:
        _year(sheet, board, found[0])
    if words:
        tall = sheet.height * (0.03 if found else 0.12)
        _words(sheet, board, words, sheet.width * 0.085 if found else sheet.height * 0.7, tall)
    return board.print()


def paint_cover(sheet: Sheet, text: str) -> Image.Image:
    """Return a cover with the year in `text` set large and its other words small."""
    palette = sheet.palette if sheet.chance(0.65) else sheet.palette.by_day()
    ground, unit = mix(palette.ink, palette.deep, 0.08), sheet.unit
    boards = Board(sheet.size, ground), Board(sheet.size, 0)
    places = (0.42, 0.62, 0.2, 0.85)
    tones = [ramp((palette.ink, palette.deep, palette.mid), place) for place in places]
    compose = sheet.rng.choice((_fan, _discs, _columns))
    compose(sheet, boards, tones, palette.accent)
    image, heights = boards[0].print(), boards[1].print()
    lay(image, sheet.palette.ink, throw(heights, (unit * 0.7, unit * 0.9), unit * 1.6, 3), 0.45)
    # The composition sinks into the ground behind the year, so that the year stays legible.
    fade = Image.linear_gradient("L").point([max(0, min(255, (v - 90) * 4)) for v in range(256)])
    lay(image, ground, fade.resize(sheet.size), 0.86 if compose is _columns else 0.3)
    letters = _lettering(sheet, text)
    lay(image, sheet.palette.ink, throw(letters, (unit * 0.6, unit * 0.8), unit * 1.4, 1), 0.5)
    lay(image, palette.light, letters, 1)
    wide, tall = sheet.size
    plate = sample(sheet.size, lambda x, y: 0.7 * (1 - x / wide - y / tall), 12)
    return model(image, shading(plate, sheet.size, 0.25))
