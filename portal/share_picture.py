"""Draws a share card: the house's navy with the title in its serif, and beside it the item's picture.

One whose title is written from right to left is the mirror image of the others. A card whose words cannot be written
well, for no typeface here has the script, has none: the picture alone, over a band with the mark, says less and nothing
wrong.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image as Picture
from PIL import ImageDraw

from library.photographs import on_white
from portal.lettering import ARABIC, SANS, SERIF, Style, can_be_written, is_from_right
from portal.share_cards import SIZE, Card

# The colours of tokens.css in daylight.
NAVY, LINE, WHITE, SOFT, AMBER, AMBER_ON_NAVY = "#0b2347", "#16335f", "#ffffff", "#bccae0", "#e29a1d", "#f2b654"
WIDTH, HEIGHT = SIZE
MARGIN = 64
# Where the picture begins beside the words.
SPLIT = 672
BAND = 112
MARK = 52
TITLE_SIZES = (68, 62, 56, 50, 45, 40, 36)
# The title's room, between the line above it and the name below.
TITLE_TOP, TITLE_BOTTOM = 150, HEIGHT - MARGIN - MARK - 36
# Edges are drawn so many times larger and made smaller, which smooths them.
FINE = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is drawn on. Places are told as for one that is read from the left; one `from_right` is its mirror image."""

    canvas: Picture.Image
    from_right: bool

    def _left(self, x: float, width: float) -> float:
        return WIDTH - x - width if self.from_right else x

    def fill(
        self, at: tuple[int, int], size: tuple[int, int], ink: str | Picture.Image, mask: Picture.Image | None = None
    ) -> None:
        """With a colour or a picture; where there is a mask, only where it is white."""
        left = round(self._left(at[0], size[0]))
        self.canvas.paste(ink, (left, at[1], left + size[0], at[1] + size[1]), mask)

    def write(self, style: Style, at: tuple[float, float], text: str, colour: str) -> None:
        left = self._left(at[0], style.width(text))
        style.draw(ImageDraw.Draw(self.canvas), (left, at[1]), text, colour)


def drawn(card: Card, photograph: Picture.Image | None) -> bytes:
    """The card as a JPEG; `photograph` is the base of its picture (`library.base_pictures`)."""
    texts = [(card.title, SERIF), (card.line, SANS), (card.name, SANS)]
    has_words = all(can_be_written(text, _family(text, family)) for text, family in texts)
    sheet = Sheet(Picture.new("RGB", SIZE, NAVY), from_right=has_words and is_from_right(card.title))
    if has_words:
        _beside(sheet, card, photograph)
        _words(sheet, card, SPLIT if photograph else WIDTH - 160)
    else:
        _above(sheet, card, photograph)
    target = io.BytesIO()
    # Without subsampling: it would blur the letters' edges.
    sheet.canvas.save(target, "JPEG", quality=88, subsampling=0, progressive=True, optimize=True)
    return target.getvalue()


def _family(text: str, family: str) -> str:
    return ARABIC if is_from_right(text) else family


def _style(text: str, family: str, size: int) -> Style:
    """In the size that looks like so many pixels of the Latin faces."""
    family = _family(text, family)
    return Style(family, round(size * 1.15) if family == ARABIC else size, 600)


def _beside(sheet: Sheet, card: Card, photograph: Picture.Image | None) -> None:
    if photograph is None:
        _mark(sheet, (WIDTH - 330, HEIGHT - 400), 560, LINE, LINE)
        return
    size = (WIDTH - SPLIT, HEIGHT)
    sheet.fill((SPLIT, 0), size, _part(card, photograph, size))


def _above(sheet: Sheet, card: Card, photograph: Picture.Image | None) -> None:
    """No words: the picture as large as it can be."""
    if photograph is not None:
        size = (WIDTH, HEIGHT - BAND)
        sheet.fill((0, 0), size, _part(card, photograph, size))
        _mark(sheet, (MARGIN, HEIGHT - BAND // 2 - MARK // 2), MARK, WHITE, AMBER)
    else:
        _mark(sheet, (WIDTH // 2 - 150, HEIGHT // 2 - 150), 300, WHITE, AMBER)


def _part(card: Card, photograph: Picture.Image, size: tuple[int, int]) -> Picture.Image:
    """As much of it as there is room for, around the focal point."""
    assert card.image is not None
    scale = max(size[0] / photograph.width, size[1] / photograph.height)
    width, height = (min(whole, round(side / scale)) for whole, side in zip(photograph.size, size, strict=True))
    left = min(max(0, round(photograph.width * card.image.focal_x - width / 2)), photograph.width - width)
    top = min(max(0, round(photograph.height * card.image.focal_y - height / 2)), photograph.height - height)
    box = (left, top, left + width, top + height)
    return on_white(photograph.resize(size, Picture.Resampling.LANCZOS, box=box, reducing_gap=3.0))


def _words(sheet: Sheet, card: Card, right: int) -> None:
    room = right - MARGIN - 48
    sheet.fill((MARGIN, MARGIN), (56, 6), AMBER)
    small = _style(card.line, SANS, 26)
    sheet.write(small, (MARGIN, MARGIN + 52), small.shortened(card.line, room), AMBER_ON_NAVY)
    style, lines = _fitted(card.title, room)
    top = TITLE_TOP if card.line else MARGIN + 40
    for number, line in enumerate(lines):
        sheet.write(style, (MARGIN, top + style.size * 0.86 + number * style.leading), line, WHITE)
    _foot(sheet, card, room)


def _fitted(title: str, room: int) -> tuple[Style, list[str]]:
    """The largest size in which the title has room; what is too long even for the smallest is cut."""
    for size in TITLE_SIZES:
        style = _style(title, SERIF, size)
        lines, most = style.lines(title, room), (TITLE_BOTTOM - TITLE_TOP) // style.leading
        if len(lines) <= most and all(style.width(line) <= room for line in lines):
            return style, lines
    kept = lines[:most]
    if len(lines) > most:
        kept[-1] = " ".join(lines[most - 1 :])
    return style, [style.shortened(line, room) for line in kept]


def _foot(sheet: Sheet, card: Card, room: int) -> None:
    """Who says it."""
    left, middle = MARGIN, HEIGHT - MARGIN - MARK // 2
    if not card.has_logo:
        _mark(sheet, (left, middle - MARK // 2), MARK, WHITE, AMBER)
        left += MARK + 18
    room = MARGIN + room - left
    style = _style(card.name, SANS, 27)
    if style.width(card.name) > room:
        style = _style(card.name, SANS, 22)
    lines = style.lines(card.name, room)
    lines = [*lines[:1], style.shortened(" ".join(lines[1:]), room)] if len(lines) > 1 else lines
    baseline = middle + 9 - style.leading * (len(lines) - 1) / 2
    for number, line in enumerate(lines):
        sheet.write(style, (left, baseline + number * style.leading), style.shortened(line, room), SOFT)


def _mark(sheet: Sheet, at: tuple[int, int], size: int, colour: str, accent: str) -> None:
    """The house's neutral mark (components/mark.html), drawn on a grid of 48 units."""
    unit = size * FINE / 48
    for shape, ink in ((_ring_and_bow, colour), (_diamond, accent)):
        mask = Picture.new("L", (size * FINE, size * FINE), 0)
        shape(ImageDraw.Draw(mask), unit)
        sheet.fill(at, (size, size), ink, mask.resize((size, size), Picture.Resampling.LANCZOS))


def _ring_and_bow(draw: ImageDraw.ImageDraw, unit: float) -> None:
    def arc(radius: float, width: float, first: float, last: float) -> None:
        outer = radius + width / 2
        box = [(24 - outer) * unit, (24 - outer) * unit, (24 + outer) * unit, (24 + outer) * unit]
        draw.arc(box, first, last, fill=255, width=round(width * unit))

    arc(22.5, 1.5, 0, 360)
    arc(13.2, 4.5, 39.5, 320.5)


def _diamond(draw: ImageDraw.ImageDraw, unit: float) -> None:
    draw.polygon([(x * unit, y * unit) for x, y in ((24, 18.5), (29.5, 24), (24, 29.5), (18.5, 24))], fill=255)
