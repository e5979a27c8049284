"""What a page writes of a picture: addresses and sizes, told by its row alone. No file is opened, no query made."""

from __future__ import annotations

from dataclasses import dataclass

from library.models import Image
from library.recipe import Rendition, fallback_of, nearest, rendition_size, widths_of
from library.serving import media_address

# For whoever fetches one picture of a page, as social networks do, or plays a film behind it.
ALONE = 1200


@dataclass(frozen=True, slots=True)
class Sources:
    """Of a picture in a ratio, as HTML's `srcset` wants it (HTML, 4.8.4.2.1)."""

    avif: str
    webp: str
    fallback: str
    src: str
    width: int
    height: int
    colour: str
    """Shown until it has come; "" for one that may be transparent."""


def sources_of(image: Image | None, ratio: str) -> Sources | None:
    """None where a neutral picture is to stand: there is none, it cannot be read, or its rights have ended."""
    if image is None or not has_renditions(image):
        return None
    size, original = (image.width, image.height), image.file.name
    widths = widths_of(size, ratio)
    folder = folder_address(image)
    extension = fallback_of(original, ratio)

    def srcset(extension: str) -> str:
        return ", ".join(f"{folder}{Rendition(ratio, width, extension).name} {width}w" for width in widths)

    across, down = rendition_size(size, ratio, widths[-1])
    # Browsers that know no srcset are old, and so are their screens.
    src = folder + Rendition(ratio, widths[len(widths) // 2], extension).name
    colour = image.colour if original.lower().endswith((".jpg", ".jpeg")) else ""
    return Sources(srcset("avif"), srcset("webp"), srcset(extension), src, across, down, colour)


def has_renditions(image: Image) -> bool:
    """Whether there is anything of it for readers."""
    return bool(image.version) and image.may_be_shown and not is_broken(image)


def is_broken(image: Image) -> bool:
    """Whether no renditions could be made of its file as it is now."""
    return bool(image.render_failure) and image.rendered == image.version


def address_of(image: Image, rendition: Rendition) -> str:
    return folder_address(image) + rendition.name


@dataclass(frozen=True, slots=True)
class Single:
    address: str
    width: int
    height: int


def rendition_alone(image: Image | None, ratio: str) -> Rendition | None:
    """One JPEG that is large enough for most; None where `sources_of` has none."""
    if image is None or not has_renditions(image):
        return None
    return nearest(Rendition(ratio, ALONE, "jpg"), (image.width, image.height), image.file.name)


def single(image: Image | None, ratio: str) -> Single | None:
    rendition = rendition_alone(image, ratio)
    if image is None or rendition is None:
        return None
    return Single(
        address_of(image, rendition), *rendition_size((image.width, image.height), ratio, rendition.width)
    )  # fmt: skip


def single_address(image: Image | None, ratio: str) -> str:
    """ "" if there is none."""
    found = single(image, ratio)
    return found.address if found else ""


def folder_address(image: Image) -> str:
    return media_address("picture", image.pk, image.version, "x")[:-1]
