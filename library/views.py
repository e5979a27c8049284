"""The library's files, served by the portal itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from library.models import CaptionTrack, Document, Download, Recording
from library.serving import answer_if_changed

# A file may be replaced at its address: after so many seconds a browser asks whether it was.
SHORT = 5 * 60


@require_safe
def document(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """/media/documents/<pk>/<name>"""
    return _answer(request, get_object_or_404(Document, pk=pk), name)


@require_safe
def recording(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """/media/recordings/<pk>/<name>"""
    return _answer(request, get_object_or_404(Recording.objects.exclude(file=""), pk=pk), name)


@require_safe
def captions(request: HttpRequest, pk: int, key: str) -> HttpResponseBase:
    """/media/captions/<pk>-<key>.vtt"""
    track = get_object_or_404(CaptionTrack, pk=pk, recording__key=key)
    return answer_if_changed(request, track.file, changed_at=track.changed_at, max_age=SHORT)


def _answer(request: HttpRequest, row: Download, name: str) -> HttpResponseBase:
    """Another title leads on to the right name, but nothing does without the key: nobody finds a file by counting."""
    if name != row.name:
        if f"-{row.key}." not in name:
            raise Http404
        return redirect(row)
    download_as = "" if row.is_shown else row.kept_as
    response = answer_if_changed(request, row.file, changed_at=row.changed_at, max_age=SHORT, download_as=download_as)
    response.headers["Content-Language"] = row.language
    if row.is_shown:
        response.headers["Content-Disposition"] = content_disposition_header(False, row.kept_as) or "inline"
    return response
