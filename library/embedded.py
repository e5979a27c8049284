"""What a photographer has written into a picture's file: a first proposal for its words, and never more.

Read from IPTC (IIM 4.2), XMP (ISO 16684-1) and EXIF 2.32, in this order. Nothing of it is trusted: texts are cut,
freed of invisible characters and taken as they are; whatever cannot be read is passed over.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any
from xml.parsers import expat

from django.core.files.base import File
from PIL import ExifTags, IptcImagePlugin
from PIL import Image as Picture

from library.photographs import opened

LONGEST = {"title": 200, "caption": 2000, "credit": 200, "copyright_holder": 200}
# Of a packet of XMP that is read at all, in bytes.
LONGEST_XMP = 1024 * 1024
# What cameras write by themselves.
BY_CAMERA = re.compile(r"digital camera|^dcim?$|^untitled|^default$|^screenshot$", re.IGNORECASE)
# A name that a camera has given: IMG_1234, DSC01234, P1010101, 20240501_101112.
NUMBERED = re.compile(r"^[a-z]{0,4}[_ -]?\d[\d _-]*$", re.IGNORECASE)

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class Proposals:
    """Empty where the file says nothing."""

    title: str = ""
    caption: str = ""
    credit: str = ""
    copyright_holder: str = ""
    taken_on: dt.date | None = None


def proposals_of(file: File[Any], name: str = "") -> Proposals:
    """What a picture's file proposes; its title may come from the file's name. Raises OSError if it is no picture."""
    with opened(file) as picture:
        found = [_quietly(read, picture) for read in (_iptc, _xmp, _exif)]
    texts = {
        field: next((text for texts in found if (text := clean(texts.get(field, ""), length))), "")
        for field, length in LONGEST.items()
    }
    texts["title"] = texts["title"] or title_of_name(name)
    # The camera knows best when it was; the others may have been told the day of some later work.
    day = next((day for texts in reversed(found) if (day := _day(texts.get("taken_on", "")))), None)
    return Proposals(**texts, taken_on=day)


def title_of_name(name: str) -> str:
    """A file's name as words; "" if a camera has given it."""
    stem = clean(re.sub(r"[_+]+|%20|(?<=\w)-(?=\w)", " ", PurePath(name.replace("\\", "/")).stem), LONGEST["title"])
    return "" if NUMBERED.match(stem) else stem[:1].upper() + stem[1:]


def clean(text: str, length: int) -> str:
    """One line of visible characters: no controls, no marks that turn the direction of writing."""
    seen = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_visible(char))
    line = " ".join(seen.split())
    return "" if BY_CAMERA.search(line) else line[:length].rstrip()


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _quietly(read: Callable[[Picture.Image], Texts], picture: Picture.Image) -> Texts:
    try:
        return read(picture)
    except Exception:  # what has been tampered with fails in every way; there is simply no proposal then
        return {}


def _day(text: str) -> dt.date | None:
    """2024:05:01 10:11:12, 2024-05-01T10:11:12 and 20240501 alike."""
    match = re.match(r"(\d{4})\D?(\d\d)\D?(\d\d)(?!\d)", text)
    try:
        day = dt.date(*map(int, match.groups())) if match else None
    except ValueError:
        return None
    # A camera whose clock was never set begins at the beginning of some age.
    return day if day and dt.date(1990, 1, 1) < day <= dt.datetime.now(dt.UTC).date() else None


def _credit(person: str, organisation: str) -> str:
    """As newsrooms write it: the photographer, a stroke, the organisation."""
    return " / ".join(dict.fromkeys(part for part in (person, organisation) if part))


# ── IPTC ─────────────────────────────────────────────────────────────────────────────────────────────
def _iptc(picture: Picture.Image) -> Texts:
    info = IptcImagePlugin.getiptcinfo(picture) or {}  # type: ignore[arg-type]
    utf8 = _first(info.get((1, 90))) == b"\x1b%G"

    def text(number: int) -> str:
        return _decoded(_first(info.get((2, number))), utf8=utf8)

    return {
        "title": text(105) or text(5),
        "caption": text(120),
        "credit": _credit(text(80), text(110)),
        "copyright_holder": text(116),
        "taken_on": text(55),
    }


def _first(value: Any) -> bytes:
    value = value[0] if isinstance(value, list) and value else value
    return value if isinstance(value, bytes) else b""


def _decoded(value: bytes, *, utf8: bool) -> str:
    """Most programs write UTF-8 and do not say so; older ones write the alphabet of Windows."""
    try:
        return value.decode("utf-8", "replace" if utf8 else "strict")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")


# ── XMP ──────────────────────────────────────────────────────────────────────────────────────────────
_DC, _XMP = "http://purl.org/dc/elements/1.1/", "http://ns.adobe.com/xap/1.0/"
_PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "


def _xmp(picture: Picture.Image) -> Texts:
    packet = picture.info.get("xmp") or picture.info.get("XML:com.adobe.xmp") or b""
    packet = packet.encode() if isinstance(packet, str) else packet
    if not packet or len(packet) > LONGEST_XMP:
        return {}
    values = _values(packet.strip(b"\0 \r\n"))

    def text(*names: str) -> str:
        return next((values[name] for name in names if values.get(name)), "")

    return {
        "title": text(f"{_PHOTOSHOP} Headline", f"{_DC} title"),
        "caption": text(f"{_DC} description"),
        "credit": _credit(text(f"{_DC} creator"), text(f"{_PHOTOSHOP} Credit")),
        "copyright_holder": text(f"{_DC} rights"),
        "taken_on": text(f"{_PHOTOSHOP} DateCreated", f"{_XMP} CreateDate"),
    }


def _values(packet: bytes) -> Texts:
    """The text of each property, whether an attribute, an element or the first of a list."""
    found: Texts = {}
    complete: set[str] = set()
    path: list[str] = []

    def owner() -> str:
        return next((name for name in reversed(path) if not name.startswith(_RDF)), "")

    def start(name: str, attributes: Texts) -> None:
        path.append(name)
        for key, value in attributes.items():
            found.setdefault(key, value)

    def end(name: str) -> None:
        path.pop()
        if name == f"{_RDF}li":
            complete.add(owner())

    def read(text: str) -> None:
        if owner() not in complete:
            found[owner()] = found.get(owner(), "") + text

    def refuse(*_: object) -> None:
        raise ValueError("XMP needs no document type, and one may hold entities without end.")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = read
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(packet, True)
    return found


# ── EXIF ─────────────────────────────────────────────────────────────────────────────────────────────
def _exif(picture: Picture.Image) -> Texts:
    exif = picture.getexif()
    taken = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal, "")
    artist, rights = (_utf8(exif.get(tag)) for tag in (ExifTags.Base.Artist, ExifTags.Base.Copyright))
    return {
        "caption": _utf8(exif.get(ExifTags.Base.ImageDescription)),
        "credit": artist or rights,
        "copyright_holder": rights,
        "taken_on": str(taken),
    }


def _utf8(value: Any) -> str:
    """Pillow reads the bytes as Latin 1, which nobody has written for twenty years."""
    if not isinstance(value, str):
        return ""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
