"""Stored files for readers, from whatever storage they lie in, as something that no browser executes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any, BinaryIO

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import get_script_prefix, reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date

# Types that are safe to show; everything else is a download. Never guessed from the content.
TYPES = {
    "avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png",
    "pdf": "application/pdf", "txt": "text/plain; charset=utf-8", "csv": "text/csv; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8", "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg",
    "m4a": "audio/mp4", "ogg": "audio/ogg", "zip": "application/zip",
}  # fmt: skip
DOWNLOAD = "application/octet-stream"
YEAR = 365 * 24 * 3600
DAY = 24 * 3600
# RFC 9110, 14.1.2: one range; more than one may be answered with the whole.
ONE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
PIECE = 64 * 1024


# Whatever a browser makes of a file, it runs nothing and asks nobody.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


def media_address(name: str, *args: object) -> str:
    """The same within a preview as outside, for files have no drafts."""
    return "/" + reverse(f"library:{name}", args=args).removeprefix(get_script_prefix())


def answer_if_changed(
    request: HttpRequest, file: Any, *, changed_at: dt.datetime, max_age: int, download_as: str = ""
) -> HttpResponseBase:
    """As `answer_with`, for an address whose file may be replaced: 304 to who has it already (RFC 9110, 13).

    `changed_at` is when what lies at the address was last changed.
    """
    etag = f'"{changed_at.timestamp():.6f}"'
    if request.headers.get("If-Range", etag) != etag:
        # A part of what lies here now would not fit to the part that they have.
        request.META.pop("HTTP_RANGE", None)
        del request.headers
    unchanged = get_conditional_response(request, etag=etag, last_modified=int(changed_at.timestamp()))
    response = unchanged or answer_with(request, file, max_age=max_age, download_as=download_as)
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(changed_at.timestamp())
    response.headers["Cache-Control"] = f"public, max-age={max_age}"
    return response


def answer_with(
    request: HttpRequest, file: Any, *, max_age: int, download_as: str = "", immutable: bool = False
) -> HttpResponseBase:
    """A stored file, whole or the part that a player asks for (RFC 9110, 14). `max_age` is in seconds.

    With `download_as` it is kept under that name instead of shown. Raises Http404 if the file is missing.
    """
    try:
        opened, size = file.open("rb"), file.size
    except OSError as error:
        raise Http404 from error
    extension = PurePath(file.name).suffix.lstrip(".").lower()
    headers = {
        "Content-Type": TYPES.get(extension, DOWNLOAD),
        "Cache-Control": f"public, max-age={max_age}{', immutable' if immutable else ''}",
        "Accept-Ranges": "bytes",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": POLICY,
    }
    if download_as or extension not in TYPES:
        headers["Content-Disposition"] = content_disposition_header(True, download_as or PurePath(file.name).name) or ""
    wanted = _range(request.headers.get("Range", ""), size)
    if wanted is None:
        return _file(opened, {**headers, "Content-Length": str(size)})
    first, last = wanted
    if first > last:
        opened.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers |= {"Content-Range": f"bytes {first}-{last}/{size}", "Content-Length": str(last - first + 1)}
    return _file(_piecewise(opened, first, last), headers, status=206)


def _file(content: Any, headers: dict[str, str], *, status: int = 200) -> FileResponse:
    """The headers are set last: Django would guess a type and a disposition from the file's name."""
    response = FileResponse(content, status=status)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _range(header: str, size: int) -> tuple[int, int] | None:
    """The first and the last byte asked for; None for the whole; first > last for what does not exist."""
    match = ONE_RANGE.fullmatch(header.strip())
    if not match or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) else (1, 0)
    end = min(int(last), size - 1) if last else size - 1
    return (int(first), end) if int(first) < size else (1, 0)


def _piecewise(file: BinaryIO, first: int, last: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        left = last - first + 1
        while left and (piece := file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece
