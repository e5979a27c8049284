"""The pictures that readers are given: parts of the library's pictures, made smaller, without anything but pixels.

They lie in the storage under renditions/<pk>/<version>/. Whoever needs one has it made by `ensure`, which never makes
it twice at once, whatever processes on whatever machines ask.
"""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F
from PIL import Image as Picture

from library import claims
from library.base_pictures import base_from
from library.models import Image
from library.photographs import on_white
from library.recipe import Rendition, all_of, crop_box, crop_size, rendition_size

log = logging.getLogger(__name__)

FOLDER = "renditions"
# Found by measuring: at speed 8 AVIF takes a quarter of the time of speed 6 for a tenth more bytes.
FORMATS: dict[str, tuple[str, dict[str, Any]]] = {
    "avif": ("AVIF", {"quality": 46, "speed": 8, "max_threads": 1}),
    "webp": ("WEBP", {"quality": 72, "method": 4}),
    "jpg": ("JPEG", {"quality": 78, "progressive": True, "optimize": True}),
    "png": ("PNG", {"optimize": True}),
}
# In seconds, between looking whether another has finished.
GLANCE = 0.05
# In seconds, that a worker waits for somebody else who has a rendition in hand.
PATIENCE = 20.0
# How many of the waiting images a worker looks at for one that nobody has claimed.
CANDIDATES = 50


class UnrenderableError(Exception):
    """There is no use in trying again: the file is missing, or no picture that can be read."""


class BusyError(Exception):
    """Another is still making it."""


def folder_of(image: Image) -> str:
    return f"{FOLDER}/{image.pk}/{image.version}"


def file_name(image: Image, rendition: Rendition) -> str:
    return f"{folder_of(image)}/{rendition.name}"


def base_name(image: Image) -> str:
    return f"{folder_of(image)}/base"


def ensure(name: str, make: Callable[[], bytes], *, until: float) -> None:
    """Have a file made unless it is there. Raises BusyError if another has it in hand until then (`time.monotonic`)."""
    while not default_storage.exists(name):
        claim = claims.claim(name)
        if claim is not None:
            try:
                if not default_storage.exists(name):
                    store(name, make())
            finally:
                claim.release()
            return
        if time.monotonic() > until:
            raise BusyError(name)
        time.sleep(GLANCE)


def store(name: str, content: bytes) -> None:
    stored = default_storage.save(name, ContentFile(content))
    if stored != name:
        # Taken over from somebody who was slow and not dead: theirs is as good.
        default_storage.delete(stored)


def ensure_rendition(image: Image, rendition: Rendition, *, until: float) -> None:
    """Have a rendition made unless it is there. Raises UnrenderableError or BusyError."""
    ensure(file_name(image, rendition), partial(_made, image, rendition, until), until=until)


def _made(image: Image, rendition: Rendition, until: float) -> bytes:
    ensure_base(image, until=until)
    with default_storage.open(base_name(image)) as file, Picture.open(file) as base:
        # Read no larger than it is needed.
        share = min(1, rendition.width / crop_size(base.size, rendition.ratio)[0])
        base.draft(None, (max(1, round(base.width * share)), max(1, round(base.height * share))))
        return encoded(cut(base, _focus(image), rendition.ratio, rendition.width), rendition.extension)


def ensure_base(image: Image, *, until: float) -> None:
    ensure(base_name(image), partial(_base, image), until=until)


def _base(image: Image) -> bytes:
    try:
        file = image.file.open("rb")
    except FileNotFoundError as error:
        raise UnrenderableError("The file is missing.") from error
    with file:
        try:
            base = base_from(file)
        except MemoryError:
            raise
        except Exception as error:  # decoders raise whatever they stumble over
            raise UnrenderableError(f"The file cannot be read as a picture: {error}") from error
    target = io.BytesIO()
    if base.mode == "RGBA":
        base.save(target, "PNG", compress_level=1)
    else:
        base.save(target, "JPEG", quality=92, subsampling=0)
    return target.getvalue()


def _focus(image: Image) -> tuple[float, float]:
    return image.focal_x, image.focal_y


def cut(base: Picture.Image, focus: tuple[float, float], ratio: str, width: int) -> Picture.Image:
    """The part of a picture that has a ratio, in a width. Only whole pictures, such as logos, stay transparent."""
    box = crop_box(base.size, ratio, focus)
    size = rendition_size(base.size, ratio, width)
    part = base.resize(size, Picture.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    return part if ratio == "free" else on_white(part)


def encoded(picture: Picture.Image, extension: str) -> bytes:
    form, options = FORMATS[extension]
    target = io.BytesIO()
    (on_white(picture) if form == "JPEG" else picture).save(target, form, **options)
    return target.getvalue()


# ── In the background ────────────────────────────────────────────────────────────────────────────────────
def make_waiting() -> int:
    """A job (`publishing.work`): all renditions of the next image that waits for them. Returns 1 if there was one."""
    waiting = Image.objects.exclude(rendered=F("version")).exclude(version="").order_by("pk")[:CANDIDATES]
    for image in waiting:
        claim = claims.claim(folder_of(image))
        if claim is not None:
            _work_on(image, claim)
            return 1
    return 0


def _work_on(image: Image, claim: claims.Claim) -> None:
    failure = ""
    try:
        make_all(image, after_each=claim.renew)
    except UnrenderableError as error:
        failure = str(error)
        log.warning("Image %s has no renditions: %s", image.pk, failure)
    except Exception:
        # The storage is away, perhaps. The claim is left: it is tried again when that has grown stale, and the others
        # have their turn meanwhile.
        log.exception("The renditions of image %s are not made yet", image.pk)
        return
    done_with(image, failure)
    claim.release()


def done_with(image: Image, failure: str) -> None:
    """Note that a version has its renditions, or why it can have none."""
    rows = Image.objects.filter(pk=image.pk, version=image.version)
    if rows.update(rendered=image.version, render_failure=failure) and not failure:
        remove_others(image)


def make_all(image: Image, *, after_each: Callable[[], None] = lambda: None) -> None:
    """Make every rendition that is not there. Raises UnrenderableError, BusyError, and what the storage raises."""
    ensure_base(image, until=time.monotonic() + PATIENCE)
    after_each()
    with default_storage.open(base_name(image)) as file, Picture.open(file) as base:
        base.load()
        # Its formats follow each other, and are made from the same pixels.
        part = lru_cache(maxsize=1)(partial(cut, base, _focus(image)))

        def make(rendition: Rendition) -> bytes:
            return encoded(part(rendition.ratio, rendition.width), rendition.extension)

        for rendition in all_of((image.width, image.height), image.file.name):
            ensure(file_name(image, rendition), partial(make, rendition), until=time.monotonic() + PATIENCE)
            after_each()


def remove_others(image: Image) -> None:
    """Delete the renditions of versions that an image no longer has."""
    above = f"{FOLDER}/{image.pk}"
    for version in default_storage.listdir(above)[0]:
        if version and version != image.version:
            _remove_folder(f"{above}/{version}")


def _remove_folder(folder: str) -> None:
    for name in default_storage.listdir(folder)[1]:
        default_storage.delete(f"{folder}/{name}")
    try:
        # Object storage has no folders; on a disk an empty one is deleted like a file.
        default_storage.delete(folder)
    except OSError:
        log.info("%s is not empty yet", folder)
