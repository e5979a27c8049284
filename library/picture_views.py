"""/media/pictures/…: renditions, made on first request if the worker has not come to them, and full-size downloads."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files.storage import default_storage
from django.db import Error as DatabaseIsAway
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from library import full_size
from library.models import Image
from library.pictures import address_of, is_broken
from library.recipe import Rendition, exists_of, nearest, rendition_of
from library.renditions import FOLDER, BusyError, UnrenderableError, base_name, done_with, ensure_rendition, file_name
from library.serving import YEAR, answer_with
from publishing import clock

# In seconds.
A_MINUTE = 60
# How long a request waits for a rendition that somebody has in hand.
WAIT = 3.0
# How long a request waits for one of the places, of which a process has so many: the other threads serve pages.
WAIT_FOR_A_PLACE = 0.5
# Then it is sent to the end of the queue, so many times; browsers follow twenty redirects (Fetch standard).
MOST_ROUNDS = 8
_places = threading.BoundedSemaphore(3)
_maker = threading.Lock()


@require_safe
def picture(request: HttpRequest, pk: int, version: str, name: str) -> HttpResponseBase:
    """/media/pictures/<pk>/<version>/<ratio>-<width>.<extension>, or …/full.jpg"""
    wanted = rendition_of(name)
    if wanted is None and name != full_size.NAME:
        return nothing(404)
    try:
        image = Image.objects.filter(pk=pk).first()
    except DatabaseIsAway:
        return without_database(request, f"{FOLDER}/{pk}/{version}/{name}")
    if image is None or not image.version:
        return nothing(404)
    if not image.may_be_shown:
        return nothing(410)
    if wanted is None:
        return _full_size(request, image, version)
    return _rendition(request, image, version, wanted)


def _rendition(request: HttpRequest, image: Image, version: str, wanted: Rendition) -> HttpResponseBase:
    size, original = (image.width, image.height), image.file.name
    if version != image.version:
        return moved(address_of(image, nearest(wanted, size, original)))
    if not exists_of(wanted, size, original):
        return nothing(404)
    unchanged = _unchanged(request, image)
    if unchanged is not None:
        return unchanged
    try:
        file = _opened(image, wanted)
    except UnrenderableError:
        return nothing(404)
    except BusyError:
        return _meanwhile(request, image)
    return _kept(answer_with(request, file, max_age=lasts(image), immutable=True), image)


def _opened(image: Image, wanted: Rendition) -> Any:
    """The rendition's file, made if it is not there. Raises UnrenderableError, or BusyError after a while."""
    name = file_name(image, wanted)
    try:
        return default_storage.open(name)
    except FileNotFoundError:
        if is_broken(image):
            raise UnrenderableError(image.render_failure) from None
    _make(image, wanted)
    try:
        return default_storage.open(name)
    except FileNotFoundError as error:  # removed at once, because there is another version by now
        raise BusyError(name) from error


def _make(image: Image, wanted: Rendition) -> None:
    with in_turn(wanted.name) as until:
        try:
            ensure_rendition(image, wanted, until=until)
        except UnrenderableError as error:
            done_with(image, str(error))
            raise


@contextmanager
def in_turn(name: str) -> Iterator[float]:
    """Inside, nothing else is made in this process; gives how long others may be waited for (`time.monotonic`).

    Raises BusyError if the turn does not come soon.
    """
    until = time.monotonic() + WAIT
    if not _places.acquire(timeout=WAIT_FOR_A_PLACE):
        raise BusyError(name)
    try:
        if not _maker.acquire(timeout=WAIT):
            raise BusyError(name)
        try:
            yield until
        finally:
            _maker.release()
    finally:
        _places.release()


def another_round(request: HttpRequest) -> HttpResponse | None:
    """To the end of the queue; None after many rounds."""
    said = request.GET.get("round", "")
    rounds = int(said) if said.isdecimal() and len(said) < 3 else 0
    if rounds >= MOST_ROUNDS:
        return None
    return HttpResponseRedirect(f"{request.path}?round={rounds + 1}", headers={"Cache-Control": "no-store"})


def _meanwhile(request: HttpRequest, image: Image) -> HttpResponseBase:
    """Another round; at last the picture that the others are made from, larger than need be, but there."""
    again = another_round(request)
    if again is not None:
        return again
    try:
        file = default_storage.open(base_name(image))
    except FileNotFoundError:
        return too_busy()
    is_png = file.read(4) == b"\x89PNG"
    answer = answer_with(request, file, max_age=0)
    answer.headers["Content-Type"] = "image/png" if is_png else "image/jpeg"
    answer.headers["Cache-Control"] = "no-store"
    del answer.headers["Content-Disposition"]
    return answer


def _full_size(request: HttpRequest, image: Image, version: str) -> HttpResponseBase:
    """Its words may change at the same address, so it is not kept for long."""
    file = full_size.FullSize(image)
    if version != image.version:
        return moved(file.address)
    return answer_with(request, file, max_age=min(A_MINUTE, lasts(image)), download_as=file.kept_as)


def without_database(request: HttpRequest, name: str) -> HttpResponseBase:
    """What has been made is still there to be seen."""
    try:
        return answer_with(request, default_storage.open(name), max_age=A_MINUTE)
    except FileNotFoundError:
        return nothing(503)


# ── Headers ──────────────────────────────────────────────────────────────────────────────────────────────
def _unchanged(request: HttpRequest, image: Image) -> HttpResponse | None:
    """What lies at an address never changes: whoever has it has the right one, whenever they got it."""
    response = get_conditional_response(request, etag=_etag(image), last_modified=1)
    if response is not None:
        response.headers["Cache-Control"] = f"public, max-age={lasts(image)}, immutable"
    return response


def _kept(response: HttpResponseBase, image: Image) -> HttpResponseBase:
    response.headers["ETag"] = _etag(image)
    return response


def _etag(image: Image) -> str:
    return f'"{image.version}"'


def lasts(image: Image) -> int:
    """For how many seconds it may be kept: never longer than the right to show it."""
    if image.rights_end_on is None:
        return YEAR
    end = timezone.make_aware(dt.datetime.combine(image.rights_end_on + dt.timedelta(days=1), dt.time()))
    return max(0, min(YEAR, int((end - clock.now()).total_seconds())))


def moved(address: str) -> HttpResponse:
    return HttpResponseRedirect(address, headers={"Cache-Control": f"public, max-age={A_MINUTE}"})


def too_busy() -> HttpResponse:
    response = nothing(503)
    response.headers["Retry-After"] = "2"
    return response


def nothing(status: int) -> HttpResponse:
    """Without a page: it stands where a picture would."""
    return HttpResponse(status=status, headers={"Cache-Control": "no-store", "Content-Type": "text/plain"})
