"""What a document's own file tells: whether it is what its name says, and how many pages it has."""

from __future__ import annotations

import codecs
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

PIECE = 64 * 1024
# Of a ZIP's table of contents, and of one entry that is read: more than any document needs, and little memory.
MOST_CONTENTS = 4 * 1024 * 1024
MOST_ENTRY = 1024 * 1024
MOST_PAGES = 100_000
# How long an upload waits for the pages of a PDF. Longer than the reader's own limit of computing time.
PATIENCE = 8

OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN_DOCUMENT = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
# Numbers are looked for in the text of the XML, which is never parsed: so no entity is ever expanded.
PAGES_IN_OFFICE = re.compile(rb"<(?:\w{1,20}:)?(?:Pages|Slides)>\s{0,9}(\d{1,6})\s{0,9}</")
PAGES_IN_OPEN_DOCUMENT = re.compile(rb"meta:page-count=[\"'](\d{1,6})[\"']")
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError,
)  # fmt: skip


def check_document(file: File[Any]) -> None:
    """Raise ValidationError for a new document whose content is not what its name says."""
    if getattr(file, "_committed", False):
        return  # checked when it came
    extension = extension_of(file)
    if extension in ("txt", "csv"):
        _check_text(file)
    elif extension == "pdf":
        if not beginning(file, 1024).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
            raise ValidationError(_("This file is named .pdf and is no PDF. Save it as PDF and upload it again."))
    elif not _is_archive(file, extension):
        raise ValidationError(
            _("This file is named .%(extension)s and is something else. Save it in that format and upload it again.")
            % {"extension": extension}
        )


def pages_of(file: File[Any]) -> int | None:
    """Of a PDF or an office document; None where the file does not tell, or cannot be read."""
    extension = extension_of(file)
    try:
        if extension == "pdf":
            pages = _pages_of_pdf(file)
        elif extension in OPEN_DOCUMENT:
            pages = _number_in(file, "meta.xml", PAGES_IN_OPEN_DOCUMENT)
        elif extension in ("docx", "pptx"):
            pages = _number_in(file, "docProps/app.xml", PAGES_IN_OFFICE)
        else:
            return None
    except UNREADABLE:
        return None
    finally:
        file.seek(0)
    return pages if pages is not None and 0 < pages <= MOST_PAGES else None


def extension_of(file: File[Any]) -> str:
    """Of the file's name, without the dot, in small letters."""
    return PurePath(file.name or "").suffix.lstrip(".").lower()


def beginning(file: File[Any], size: int) -> bytes:
    """Its first bytes; the file is left at its beginning."""
    file.seek(0)
    read: bytes = file.read(size)
    file.seek(0)
    return read


def _check_text(file: File[Any]) -> None:
    """Readers' browsers are told that it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while piece := file.read(PIECE):
            if b"\0" in piece:
                raise UnicodeError
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError as error:
        raise ValidationError(
            _("This is no text in UTF-8. Save it so (in a spreadsheet: “CSV UTF-8”) and upload it again.")
        ) from error
    finally:
        file.seek(0)


class _Careful:
    """A file of which nobody reads more at once than a ZIP's table of contents may hold."""

    def __init__(self, file: File[Any]) -> None:
        self.file = file

    def read(self, size: int = -1) -> bytes:
        data: bytes = self.file.read(MOST_CONTENTS + 1 if size is None or size < 0 else min(size, MOST_CONTENTS + 1))
        if len(data) > MOST_CONTENTS:
            raise zipfile.BadZipFile("Too much at once.")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def _is_archive(file: File[Any], extension: str) -> bool:
    # A ZIP may hide behind something else, which a browser would take for a page.
    if beginning(file, 4) not in (b"PK\3\4", b"PK\5\6"):
        return False
    try:
        with zipfile.ZipFile(_Careful(file)) as archive:
            if extension in OFFICE:
                names = archive.NameToInfo
                return "[Content_Types].xml" in names and OFFICE[extension] in names
            if extension in OPEN_DOCUMENT:
                kind = _entry(archive, "mimetype").decode("ascii").strip()
                return kind == f"application/vnd.oasis.opendocument.{OPEN_DOCUMENT[extension]}"
            return True
    except UNREADABLE:
        return False
    finally:
        file.seek(0)


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """An entry's content; of a longer one its first bytes. Raises one of UNREADABLE if it cannot be read."""
    entry = archive.getinfo(name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError("Other methods may ask for any amount of memory.")
    with archive.open(entry) as opened:
        return opened.read(MOST_ENTRY)


def _number_in(file: File[Any], name: str, pattern: re.Pattern[bytes]) -> int | None:
    with zipfile.ZipFile(_Careful(file)) as archive:
        match = pattern.search(_entry(archive, name))
    return int(match[1]) if match else None


def _pages_of_pdf(file: File[Any]) -> int | None:
    file.seek(0)
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy, PIECE)
        copy.seek(0)
        try:
            said = subprocess.run(  # noqa: S603 (our own program, and nothing of the file in its arguments)
                [sys.executable, "-I", str(Path(__file__).with_name("pdf_pages.py"))],
                stdin=copy, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE, check=False,
            ).stdout  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
    return int(said) if said.isdigit() else None
