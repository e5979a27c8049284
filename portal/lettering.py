"""Words drawn in the house's own typefaces, the very files that browsers are given.

FreeType reads WOFF2 and variable fonts as they are. Which letters lie in which file is told by the style sheet that
names the files (`tokens.css`), so a script that joins there joins here.
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
from PIL import ImageDraw, ImageFont

SERIF, SANS = "Chancery Serif", "Chancery Sans"
FACE = re.compile(r"@font-face\s*\{(.*?)\}", re.DOTALL)
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?")
# Letters that are written from right to left, and digits among them (Unicode Standard Annex 9, table 4).
RIGHT_TO_LEFT = {"R", "AL", "AN", "RLE", "RLO", "RLI"}
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Face:
    """One file of a typeface, and the letters for which a page would load it."""

    path: Path
    ranges: tuple[tuple[int, int], ...]

    def has(self, letter: str) -> bool:
        return any(first <= ord(letter) <= last for first, last in self.ranges)


@cache
def faces(family: str) -> tuple[Face, ...]:
    """The upright files of a family."""
    sheet = Path(str(finders.find("css/tokens.css")))
    return tuple(_read(sheet, family))


def _read(sheet: Path, family: str) -> Iterator[Face]:
    for rule in FACE.findall(sheet.read_text(encoding="utf-8")):
        source = re.search(r'src:\s*url\("([^"]+)"\)', rule)
        if source and f'font-family: "{family}"' in rule and "font-style: italic" not in rule:
            ranges = tuple((int(first, 16), int(last or first, 16)) for first, last in RANGE.findall(rule))
            yield Face((sheet.parent / source[1]).resolve(), ranges)


@cache
def _font(path: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(path), size)
    font.set_variation_by_axes([weight])
    return font


def can_be_written(text: str, family: str) -> bool:
    """Whether every letter has a shape and stands where it belongs.

    What is written from right to left does not: its letters join and change their order with what is beside them, and
    without a typeface of the house that has them nobody could see whether it came out right.
    """
    return all(
        unicodedata.bidirectional(letter) not in RIGHT_TO_LEFT and _face_of(letter, family) is not None
        for letter in text
    )


def _face_of(letter: str, family: str) -> Face | None:
    return next((face for face in faces(family) if face.has(letter)), None)


@dataclass(frozen=True, slots=True)
class Style:
    """A typeface in a size and a weight; only for text that `can_be_written` in it."""

    family: str
    size: int
    weight: int

    @property
    def leading(self) -> int:
        return round(self.size * 1.16)

    def _runs(self, text: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        for face, letters in groupby(text, lambda letter: _face_of(letter, self.family)):
            assert face is not None
            yield _font(face.path, self.size, self.weight), "".join(letters)

    def width(self, text: str) -> float:
        return sum(font.getlength(run) for font, run in self._runs(text))

    def draw(self, on: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str) -> None:
        """`at` is where its first letter stands on the line."""
        x, y = at
        for font, run in self._runs(text):
            on.text((x, y), run, font=font, fill=colour, anchor="ls")
            x += font.getlength(run)

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
