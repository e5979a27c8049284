"""Words drawn in the house's own typefaces, the very files that browsers are given, and Arabic in one kept for this.

FreeType reads WOFF2 and variable fonts as they are. Which letters lie in which file is told by the style sheet that
names the files (`tokens.css`), so a script that joins there joins here. What is written from right to left is joined
and brought into order by Raqm, which is part of Pillow and asks the system for FriBiDi.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from django.contrib.staticfiles import finders
from PIL import ImageDraw, ImageFont, features

SERIF, SANS, ARABIC = "Chancery Serif", "Chancery Sans", "Amiri"
FACE = re.compile(r"@font-face\s*\{(.*?)\}", re.DOTALL)
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")
# Letters that are written from right to left (Unicode Standard Annex 9, table 4).
RIGHT_TO_LEFT = {"R", "AL"}
ELLIPSIS = "…"
# From line to line, in sizes.
LEADING = {SERIF: 1.16, SANS: 1.16, ARABIC: 1.4}


@dataclass(frozen=True, slots=True)
class Face:
    """One file of a typeface, and the letters for which a page would load it."""

    path: Path
    ranges: tuple[tuple[int, int], ...]
    is_variable: bool = True

    def has(self, letter: str) -> bool:
        return any(first <= ord(letter) <= last for first, last in self.ranges)


def _ranges(rule: str) -> tuple[tuple[int, int], ...]:
    return tuple((int(first, 16), int(last or first, 16)) for first, last in RANGE.findall(rule))


# Browsers use the Arabic faces of their reader's system, and a server may have none. These letters are in the file.
AMIRI = Face(
    Path(__file__).parent / "typefaces" / "amiri-bold.woff2",
    _ranges(
        "U+20-7E, U+A0, U+AB, U+B7, U+BB, U+C0-FF, U+152-153, U+600-6FF, U+200C-200F, U+2010-2014, U+2018-201E, U+2026,"
        " U+2066-2069"
    ),
    is_variable=False,
)


@cache
def faces(family: str) -> tuple[Face, ...]:
    """The upright files of a family."""
    if family == ARABIC:
        return (AMIRI,)
    sheet = Path(str(finders.find("css/tokens.css")))
    return tuple(_read(sheet, family))


def _read(sheet: Path, family: str) -> Iterator[Face]:
    for rule in FACE.findall(sheet.read_text(encoding="utf-8")):
        source = re.search(r'src:\s*url\("([^"]+)"\)', rule)
        if source and f'font-family: "{family}"' in rule and "font-style: italic" not in rule:
            yield Face((sheet.parent / source[1]).resolve(), _ranges(rule))


@cache
def _font(face: Face, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(face.path), size)
    if face.is_variable:
        font.set_variation_by_axes([weight])
    return font


def is_from_right(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text)


def can_be_written(text: str, family: str) -> bool:
    """Whether every letter has a shape and will stand where it belongs."""
    ordered = family != ARABIC or features.check("fribidi")
    return bool(ordered) and all(_face_of(letter, family) is not None for letter in text)


def _face_of(letter: str, family: str) -> Face | None:
    return next((face for face in faces(family) if face.has(letter)), None)


@dataclass(frozen=True, slots=True)
class Style:
    """A typeface in a size and a weight, which Amiri has one of; only for text that `can_be_written` in it."""

    family: str
    size: int
    weight: int

    @property
    def leading(self) -> int:
        return round(self.size * LEADING[self.family])

    @property
    def _direction(self) -> str | None:
        return "rtl" if self.family == ARABIC else None

    def _runs(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        for face, letters in groupby(text, lambda letter: _face_of(letter, self.family)):
            assert face is not None
            yield _font(face, self.size, self.weight), "".join(letters)

    def width(self, text: str) -> float:
        return sum(font.getlength(run, direction=self._direction) for font, run in self._runs(text))

    def draw(self, on: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str) -> None:
        """`at` is the left end of the line that the letters stand on."""
        x, y = at
        for font, run in self._runs(text):
            on.text((x, y), run, font=font, fill=colour, anchor="ls", direction=self._direction)
            x += font.getlength(run, direction=self._direction)

    def lines(self, text: str, width: float) -> list[str]:
        """Broken between words into as few lines as there must be, and those of much the same length."""
        fewest = self._filled(text, width)
        narrow, wide = width / 2, width
        while wide - narrow > 4:
            middle = (narrow + wide) / 2
            lines = self._filled(text, middle)
            fits = len(lines) == len(fewest) and all(self.width(line) <= middle for line in lines)
            narrow, wide = (narrow, middle) if fits else (middle, wide)
        return self._filled(text, wide)

    def _filled(self, text: str, width: float) -> list[str]:
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return lines

    def shortened(self, text: str, width: float) -> str:
        """Cut at a word's end, or within a word that is too long by itself."""
        if self.width(text) <= width:
            return text
        while text and self.width(text + ELLIPSIS) > width:
            text = text[:-1]
        return (text.rpartition(" ")[0] or text).rstrip(" ,;:–") + ELLIPSIS
