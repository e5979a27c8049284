"""What photographers write into their files: proposed where it is good, passed over where it is not."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import struct
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import ExifTags
from PIL import Image as Picture

from library.embedded import Proposals, clean, proposals_of, title_of_name
from tests.library.hostile import plain, saved


def iptc(**fields: bytes) -> bytes:
    """A JPEG with IPTC fields (n105=b"…" for record 2, dataset 105), as Photoshop stores them."""
    records = b"".join(
        b"\x1c" + bytes([2, int(name[1:])]) + struct.pack(">H", len(value)) + value for name, value in fields.items()
    )
    resource = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(records)) + records + b"\0" * (len(records) % 2)
    segment = b"Photoshop 3.0\0" + resource
    content = saved(plain(), "JPEG")
    return content[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


def xmp(body: str, attributes: str = "", before: str = "") -> bytes:
    packet = (
        f'{before}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" '
        f'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" {attributes}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    return saved(plain(), "JPEG", xmp=packet.encode())


def exif(**tags: Any) -> bytes:
    data = Picture.Exif()
    for name, value in tags.items():
        if name == "DateTimeOriginal":
            data.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = value
        else:
            data[ExifTags.Base[name]] = value
    return saved(plain(), "JPEG", exif=data)


def proposed(content: bytes, name: str = "") -> Proposals:
    return proposals_of(ContentFile(content), name)


def test_iptc_gives_headline_caption_credit_and_day() -> None:
    words = {
        "n105": "Ministers arrive",
        "n120": "Ministers arrive in Brussels.",
        "n80": "Ana Čović",
        "n110": "Chancery",
    }
    found = proposed(
        iptc(**{name: text.encode() for name, text in words.items()}, n116=b"(c) Chancery", n55=b"20240501")
    )
    assert found == Proposals(
        title="Ministers arrive",
        caption="Ministers arrive in Brussels.",
        credit="Ana Čović / Chancery",
        copyright_holder="(c) Chancery",
        taken_on=dt.date(2024, 5, 1),
    )


def test_iptc_of_an_old_program_is_read_as_windows_wrote_it() -> None:
    assert proposed(iptc(n120="Réunion à l’Élysée".encode("cp1252"))).caption == "Réunion à l’Élysée"


def test_xmp_gives_elements_attributes_and_the_first_of_a_list() -> None:
    found = proposed(
        xmp(
            '<dc:description><rdf:Alt><rdf:li xml:lang="x-default">At sea</rdf:li><rdf:li xml:lang="fr">En mer</rdf:li>'
            "</rdf:Alt></dc:description><dc:creator><rdf:Seq><rdf:li>A. Smith</rdf:li><rdf:li>B.</rdf:li></rdf:Seq></dc:creator>",
            'photoshop:Headline="A frigate" photoshop:Credit="Navy" photoshop:DateCreated="2023-02-03T10:00:00"',
        )
    )
    assert (found.title, found.caption, found.credit) == ("A frigate", "At sea", "A. Smith / Navy")
    assert found.taken_on == dt.date(2023, 2, 3)


def test_exif_gives_photographer_and_the_day_that_the_camera_knew() -> None:
    found = proposed(exif(Artist="Zoë".encode(), Copyright="Chancery", DateTimeOriginal="2024:05:01 23:59:59"))
    assert (found.credit, found.copyright_holder, found.taken_on) == ("Zoë", "Chancery", dt.date(2024, 5, 1))


@pytest.mark.parametrize(
    "when", ["0000:00:00 00:00:00", "1980:01:01 00:00:00", "2999:01:01 00:00:00", "2024:13:40", "", "yesterday"]
)
def test_a_day_that_cannot_be_is_passed_over(when: str) -> None:
    assert proposed(exif(DateTimeOriginal=when)).taken_on is None


def test_what_a_camera_writes_by_itself_is_no_caption() -> None:
    assert proposed(exif(ImageDescription="OLYMPUS DIGITAL CAMERA")).caption == ""


@pytest.mark.parametrize(
    "before",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        "<<<",
    ],
)
def test_xmp_with_entities_or_no_sense_proposes_nothing(before: str) -> None:
    assert proposed(xmp("<dc:description>Text</dc:description>", before=before)) == Proposals()


def test_xmp_without_end_is_not_read() -> None:
    content = saved(plain(), "PNG", xmp=None)
    with Picture.open(io.BytesIO(content)) as picture:
        picture.info["xmp"] = b" " * 2_000_000
    assert proposed(xmp("")) == Proposals()


def test_texts_are_cut_and_freed_of_what_cannot_be_seen() -> None:
    found = proposed(iptc(n105=b"a" * 900, n120="One\r\n two\0 \u202egnp.exe\u202c \u200bthree".encode()))
    assert found.title == "a" * 200
    assert found.caption == "One two gnp.exe three"


def test_markup_stays_text() -> None:
    assert clean("<script>alert(1)</script>", 200) == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("defence_ministers-meeting.jpg", "Defence ministers meeting"),
        ("C:\\photos\\Visit of the King.JPG", "Visit of the King"),
        ("IMG_1234.jpg", ""),
        ("DSC01234.JPG", ""),
        ("20240501_101112.jpg", ""),
        ("P1010101.jpg", ""),
        ("2024 summit.jpg", "2024 summit"),
        ("\u202egpj.exe.jpg", "Gpj.exe"),
        ("", ""),
    ],
)
def test_a_title_is_made_of_the_files_name_unless_a_camera_gave_it(name: str, title: str) -> None:
    assert title_of_name(name) == title


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_other_formats_have_their_metadata_read_as_well(kind: str) -> None:
    data = Picture.Exif()
    data[ExifTags.Base.Artist] = "Zoe"
    assert proposed(saved(plain(), kind, exif=data)).credit == "Zoe"


def test_what_is_broken_is_passed_over() -> None:
    for content in (exif(Artist="A"), iptc(n120=b"Text"), xmp("<dc:rights>R</dc:rights>")):
        for place in range(20, min(len(content), 400), 7):
            broken = content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]
            with contextlib.suppress(OSError):  # no picture any more
                assert isinstance(proposed(broken), Proposals)
