"""Small files of the kinds that are uploaded, made from nothing."""

from __future__ import annotations

import io
import zipfile

KINDS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def pdf(pages: int, *, trailer: bytes = b"", count: bytes | None = None) -> bytes:
    """A PDF of empty pages, with its table of objects."""
    kids = b" ".join(b"%d 0 R" % (number + 3) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %s >>" % (kids, count or str(pages).encode()),
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>"] * pages,
    ]
    file = io.BytesIO(b"%PDF-1.7\n")
    file.seek(0, io.SEEK_END)
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(file.tell())
        file.write(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    start = file.tell()
    file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    file.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    file.write(b"trailer\n<< /Root 1 0 R /Size %d %s >>\n" % (len(objects) + 1, trailer))
    file.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return file.getvalue()


def archive(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same bytes whenever it is made: tests are named after some, and every process must name them alike."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as opened:
        for name, content in entries.items():
            opened.writestr(zipfile.ZipInfo(name), content, method)
    return file.getvalue()


def office(extension: str, *, properties: bytes = b"") -> bytes:
    """A Word, Excel or PowerPoint file as far as anybody looks into it here."""
    entries = {"[Content_Types].xml": b"<Types/>", KINDS[extension]: b"<x/>"}
    if properties:
        entries["docProps/app.xml"] = properties
    return archive(entries)


def open_document(extension: str, *, meta: bytes = b"<meta/>") -> bytes:
    kind = f"application/vnd.oasis.opendocument.{OPEN[extension]}".encode()
    return archive({"mimetype": kind, "meta.xml": meta})


WEBM = b"\x1a\x45\xdf\xa3" + bytes(range(256)) * 8
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:02.000\nWords.\n"
