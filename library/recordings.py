"""What may be uploaded as a recording or as its captions, beyond what the name says."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

from library.documents import beginning, extension_of


def _is_mpeg_audio(head: bytes) -> bool:
    return head.startswith(b"ID3") or (head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xE0 == 0xE0)


def _is_iso_media(head: bytes) -> bool:
    return head[4:8] == b"ftyp"


BEGINNINGS: dict[str, Callable[[bytes], bool]] = {
    "mp4": _is_iso_media,
    "m4a": _is_iso_media,
    "webm": lambda head: head.startswith(b"\x1a\x45\xdf\xa3"),
    "ogg": lambda head: head.startswith(b"OggS"),
    "mp3": _is_mpeg_audio,
}


def check_recording(file: File[Any]) -> None:
    """Raise ValidationError for a new recording whose beginning is not of the kind that its name says."""
    extension = extension_of(file)
    fits = BEGINNINGS.get(extension)
    if fits and not getattr(file, "_committed", False) and not fits(beginning(file, 16)):
        raise ValidationError(
            _("This file is named .%(extension)s and is something else. Upload the recording itself.")
            % {"extension": extension}
        )


# ── Captions ─────────────────────────────────────────────────────────────────────────────────────────────
MOST_CAPTIONS = 2 * 1024 * 1024
TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
# WebVTT (W3C), 4.4 “WebVTT cue timings”.
TIMING = re.compile(rf"{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+\S.*)?[ \t]*")


def check_captions(file: File[Any]) -> None:
    """Raise ValidationError for a new file that browsers would not read as captions (WebVTT, 4.1), saying where."""
    if getattr(file, "_committed", False):
        return
    data = beginning(file, MOST_CAPTIONS + 1)
    if len(data) > MOST_CAPTIONS:
        raise ValidationError(_("Captions of more than two megabytes are a mistake. Is it the right file?"))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValidationError(_("The captions are not in UTF-8. Save them so and upload them again.")) from error
    lines = re.split(r"\r\n|\r|\n", text)
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise ValidationError(
            _("This is no WebVTT: its first line must be WEBVTT. Other formats have to be converted.")
        )
    _check_cues(lines)


def _check_cues(lines: list[str]) -> None:
    last = None
    for number, line in enumerate(lines, start=1):
        if "-->" not in line:
            continue
        match = TIMING.fullmatch(line)
        if match is None:
            raise ValidationError(
                _("Line %(line)d: a timing is written like 00:01.000 --> 00:04.500.") % {"line": number}
            )
        begin, end = _milliseconds(*match.groups()[:4]), _milliseconds(*match.groups()[4:])
        if end <= begin:
            raise ValidationError(_("Line %(line)d: the caption ends before it begins.") % {"line": number})
        if last is not None and begin < last:
            raise ValidationError(_("Line %(line)d: the caption begins before the one above it.") % {"line": number})
        last = begin
    if last is None:
        raise ValidationError(_("There is no caption in this file."))


def _milliseconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> int:
    return ((int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(thousandths)
