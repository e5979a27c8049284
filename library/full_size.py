"""A picture in full size, for whoever prints it: without what its camera noted, with what its readers must know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Any

from django.core.files.base import File
from django.utils.text import slugify
from PIL import Image as Picture

from library.base_pictures import base_from, in_srgb
from library.models import Image
from library.photographs import format_of, on_white, one_at_a_time, opened
from library.serving import media_address

NAME = "full.jpg"
# Tags of EXIF 2.32, 4.6.4.
DESCRIPTION, ORIENTATION, ARTIST, COPYRIGHT = 0x010E, 0x0112, 0x013B, 0x8298
UPRIGHT = 1
# In bytes: what is larger is put down on the disk.
IN_MEMORY = 4 * 1024 * 1024
# One that has to be converted takes several times its memory; a larger one is made smaller first.
MOST_CONVERTED = 16_000_000

# ── JPEG's marks (ITU-T T.81, table B.1) ──
START, END, SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
APP0, APP2, APP14, APP15, COMMENT = 0xE0, 0xE2, 0xEE, 0xEF, 0xFE
# In a scan 0xFF stands before 0, a restart mark or another 0xFF; before anything else the scan has ended.
AFTER_SCAN = re.compile(rb"\xff(?=[^\x00\xd0-\xd7\xff])")


class FullSize:
    """As a stored file: it can be opened, and has a name and, once it is open, a size. Nothing is stored.

    Its words are in the language that is active when it is asked for, not when it is sent.
    """

    name = NAME

    def __init__(self, image: Image) -> None:
        self.image = image
        self.words = {
            DESCRIPTION: str(image.caption),
            ARTIST: str(image.credit),
            COPYRIGHT: image.copyright_holder,
        }
        self.size = 0

    @property
    def address(self) -> str:
        return media_address("picture", self.image.pk, self.image.version, NAME)

    @property
    def kept_as(self) -> str:
        """The name under which a reader keeps it."""
        return f"{slugify(str(self.image.title), allow_unicode=True)[:60].strip('-') or 'picture'}.jpg"

    def open(self, mode: str = "rb") -> File[Any]:
        """Raises OSError if the file is missing or no picture that can be read."""
        target: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (who reads it closes it)
        try:
            with self.image.file.open("rb") as file:
                _write(self.words, file, target)
        except OSError:
            raise
        except Exception as error:  # decoders raise whatever they stumble over
            raise OSError(f"Image {self.image.pk} cannot be read: {error}") from error
        self.size = target.tell()
        target.seek(0)
        opened = File(target, NAME)
        opened.size = self.size
        return opened


def _write(words: dict[int, str], file: Any, target: Any) -> None:
    with opened(file) as picture:
        orientation = picture.getexif().get(ORIENTATION, UPRIGHT) if format_of(picture) == "JPEG" else None
    if orientation is None:
        _convert(words, file, target)
    else:
        target.writelines(with_only(exif_of(words, orientation), file.read()))


def exif_of(words: dict[int, str], orientation: Any) -> bytes:
    """EXIF with the words that go with a picture, in UTF-8, as programs write and read it."""
    exif = Picture.Exif()
    exif.update({tag: text.encode() for tag, text in words.items() if text})
    if orientation in range(2, 9):
        exif[ORIENTATION] = orientation
    return exif.tobytes()


def with_only(exif: bytes, content: bytes) -> Iterator[bytes]:
    """A JPEG's file with other metadata. Its pixels are not decoded, and what follows its end is left out.

    Raises ValueError if its parts do not follow each other as they should.
    """
    parts = list(_parts(content))
    first = [part for part in parts[:1] if part[1] == APP0]
    mark = b"\xff\xe1" + (len(exif) + 2).to_bytes(2)
    yield from (START, *first, mark, exif, *parts[len(first) :], END)


def _parts(content: bytes) -> Iterator[bytes]:
    """What it takes to draw it: tables, profile of colours and scans."""
    place = content.index(START) + len(START)
    while content[place : place + 2] != END and place < len(content):
        if content[place] != 0xFF:
            raise ValueError("There is no mark where one should be.")
        kind = content[place + 1]
        if kind == 0xFF:  # may be repeated
            place += 1
            continue
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4])
        if kind == SCAN:
            after = AFTER_SCAN.search(content, end)
            end = after.start() if after else len(content)
        if _is_needed(kind, content[place + 4 : place + 16]):
            yield content[place:end]
        place = end


def _is_needed(kind: int, begin: bytes) -> bool:
    if kind == APP2:
        return begin.startswith(b"ICC_PROFILE\0")
    return kind in (APP0, APP14) or not (APP0 <= kind <= APP15 or kind == COMMENT)


def _convert(words: dict[int, str], file: Any, target: Any) -> None:
    options = {"quality": 95, "subsampling": 0}
    with opened(file) as picture, one_at_a_time:
        is_plain = picture.mode == "RGB" and not picture.has_transparency_data
        if is_plain or picture.width * picture.height <= MOST_CONVERTED:
            profile = picture.info.get("icc_profile")
            exif = exif_of(words, picture.getexif().get(ORIENTATION, UPRIGHT))
            if is_plain:
                picture.save(target, "JPEG", icc_profile=profile, comment=b"", exif=exif, **options)
            else:
                on_white(in_srgb(picture, profile)).save(target, "JPEG", exif=exif, **options)
            return
    on_white(base_from(file)).save(target, "JPEG", exif=exif_of(words, UPRIGHT), **options)
