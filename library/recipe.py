"""Which renditions exist of a picture: of which part of it, how wide, in which formats, under which names.

Nothing else is ever made, and nothing here opens a file: pages ask for addresses only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

# What the style sheets draw (static/css/components/picture.css); None is the whole picture.
RATIOS: dict[str, tuple[int, int] | None] = {
    "wide": (16, 9),
    "photo": (3, 2),
    "square": (1, 1),
    "portrait": (4, 5),
    "cover": (3, 4),
    "free": None,
}
# In pixels: what the layout needs on windows of 320 to 1440 pixels, from one to three of a screen's pixels each.
WIDTHS: dict[str, tuple[int, ...]] = {
    "wide": (400, 800, 1200, 1600, 2400),
    "photo": (160, 240, 320, 480, 640, 960, 1440),
    "square": (120, 240, 360, 540, 800),
    "portrait": (160, 320, 480, 720),
    "cover": (120, 240, 360, 540),
    "free": (160, 320, 480, 640, 960, 1280, 1920),
}
# In the order in which a browser is to choose.
EXTENSIONS = ("avif", "webp", "jpg", "png")
# All renditions are made from one of this many pixels on its longer side: the original is decoded only once.
BASE = 2560
# A width between two others is worth making if it is so much larger than the one before it.
STEP = 1.2

NAME = re.compile(rf"({'|'.join(RATIOS)})-([1-9]\d{{0,3}})\.({'|'.join(EXTENSIONS)})")
Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Rendition:
    ratio: str
    width: int
    extension: str

    @property
    def name(self) -> str:
        """The last part of its address and of its file's name."""
        return f"{self.ratio}-{self.width}.{self.extension}"


def rendition_of(name: str) -> Rendition | None:
    """What a name means; None if it means nothing."""
    match = NAME.fullmatch(name)
    return Rendition(match[1], int(match[2]), match[3]) if match else None


def base_size(size: Size) -> Size:
    """The size of what all renditions of a picture are made from."""
    share = min(1, BASE / max(*size, 1))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def crop_size(size: Size, ratio: str) -> Size:
    """The largest part of a picture that has a ratio."""
    shape = RATIOS[ratio]
    if shape is None:
        return size
    width = min(size[0], size[1] * shape[0] / shape[1])
    return max(1, int(width)), max(1, int(width * shape[1] / shape[0]))


def crop_box(size: Size, ratio: str, focus: tuple[float, float]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of that part, with the focal point as near to its middle as the edges allow."""
    width, height = crop_size(size, ratio)
    left = min(max(0, round(size[0] * focus[0] - width / 2)), size[0] - width)
    top = min(max(0, round(size[1] * focus[1] - height / 2)), size[1] - height)
    return left, top, left + width, top + height


def rendition_size(size: Size, ratio: str, width: int) -> Size:
    """Width and height of a rendition of a picture."""
    across, down = RATIOS[ratio] or size
    return width, max(1, round(width * down / across))


@lru_cache(maxsize=2048)
def widths_of(size: Size, ratio: str) -> tuple[int, ...]:
    """The widths that are made of a picture of a size, in rising order: never more pixels than it has."""
    most = crop_size(base_size(size), ratio)[0]
    widths = tuple(width for width in WIDTHS[ratio] if width <= most)
    largest = min(most, WIDTHS[ratio][-1])
    return widths if widths and largest < widths[-1] * STEP else (*widths, largest)


def fallback_of(file_name: str, ratio: str) -> str:
    """The extension for browsers that know neither AVIF nor WebP. What may be a logo keeps its transparent parts."""
    return "png" if ratio == "free" and file_name.lower().endswith(".png") else "jpg"


def exists_of(rendition: Rendition, size: Size, file_name: str) -> bool:
    """Whether the recipe has this rendition of a picture."""
    return rendition.width in widths_of(size, rendition.ratio) and (
        rendition.extension in ("avif", "webp", fallback_of(file_name, rendition.ratio))
    )


def nearest(rendition: Rendition, size: Size, file_name: str) -> Rendition:
    """The one that the recipe has in place of another: of the next larger width, else the largest."""
    widths = widths_of(size, rendition.ratio)
    width = next((width for width in widths if width >= rendition.width), widths[-1])
    extension = rendition.extension
    if extension not in ("avif", "webp"):
        extension = fallback_of(file_name, rendition.ratio)
    return Rendition(rendition.ratio, width, extension)


def all_of(size: Size, file_name: str) -> Iterator[Rendition]:
    """Every rendition of a picture, the ones of the same part in the same width together."""
    for ratio in RATIOS:
        extensions = ("avif", "webp", fallback_of(file_name, ratio))
        for width in widths_of(size, ratio):
            yield from (Rendition(ratio, width, extension) for extension in extensions)
