"""All pictures of a gallery as one ZIP, written while it is sent: never a whole one in memory or on disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.utils.text import slugify
from django.utils.timezone import localtime
from django.utils.translation import gettext

from library.galleries import Picture

PIECE = 256 * 1024


class _Outlet(io.RawIOBase):
    """Holds what was written until it is taken. It cannot be wound back, so sizes follow their files in the ZIP."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self.written)
        self.written.clear()
        return taken


@dataclass(frozen=True, slots=True)
class _Packed:
    name: str
    words: str
    file: Any
    made: tuple[int, ...]


def archive_of(pictures: list[Picture], *, title: str) -> Iterator[bytes]:
    """The pictures in full size, not compressed again, then captions.txt. A file that is lost is left out.

    The words are in the language that is active now, not in the one of the moment of sending.
    """
    packed = [
        _Packed(
            name := file_name(picture),
            _entry(name, picture),
            picture.full_size,
            localtime(picture.image.created_at).timetuple()[:6],
        )
        for picture in pictures
    ]
    return _written(packed, one_line(title))


def _written(packed: list[_Packed], title: str) -> Iterator[bytes]:
    outlet = _Outlet()
    entries = [title]
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
        for one in packed:
            try:
                file = one.file.open("rb")
                size = file.size
            except OSError:
                continue
            with file, archive.open(_place(one, size), "w") as inside:
                while piece := file.read(PIECE):
                    inside.write(piece)
                    yield outlet.take()
            entries.append(one.words)
        # With a mark of UTF-8, which some editors of text ask for.
        archive.writestr("captions.txt", ("\n\n".join(entries) + "\n").encode("utf-8-sig"))
    yield outlet.take()


def _place(one: _Packed, size: int) -> zipfile.ZipInfo:
    place = zipfile.ZipInfo(one.name, one.made)  # type: ignore[arg-type]
    place.file_size = size  # so that one over two gigabytes gets the room for its size
    return place


def file_name(picture: Picture) -> str:
    words = slugify(str(picture.image.title), allow_unicode=True)[:60].strip("-") or "picture"
    return f"{picture.number:02}-{words}{PurePath(picture.full_size.name).suffix.lower()}"


def _entry(name: str, picture: Picture) -> str:
    """What whoever prints the picture has to know, and to print with it."""
    image = picture.image
    facts = (
        (gettext("Title"), image.title),
        (gettext("Caption"), picture.caption),
        (gettext("Credit"), image.credit),
        (gettext("Copyright"), image.copyright_holder),
        (gettext("Licence"), image.licence),
    )
    return "\n".join([name, *(f"{label}: {one_line(str(text))}" for label, text in facts if str(text))])


def one_line(text: str) -> str:
    return " ".join(text.split())
