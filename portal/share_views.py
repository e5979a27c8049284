"""/media/share/<card>/<version>.jpg: made when it is first asked for, and kept in the storage until it is another.

A file a card: whatever addresses somebody makes up, only the cards of live items and of the site are ever drawn.
"""

from __future__ import annotations

import logging
from contextlib import ExitStack
from functools import partial

from django.core.files.storage import default_storage
from django.db import Error as DatabaseIsAway
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe
from PIL import Image as Picture

from library.picture_views import another_round, in_turn, lasts, moved, nothing, too_busy, without_database
from library.renditions import BusyError, UnrenderableError, base_name, done_with, ensure, ensure_base
from library.serving import YEAR, answer_with
from portal.share_cards import FOLDER, Card, card_named
from portal.share_picture import drawn

log = logging.getLogger(__name__)


@require_safe
def share_picture(request: HttpRequest, key: str, version: str) -> HttpResponseBase:
    try:
        card = card_named(key)
    except DatabaseIsAway:
        return without_database(request, f"{FOLDER}/{key}/{version}.jpg")
    if card is None:
        return nothing(404)
    if version != card.version:
        return moved(card.address)
    try:
        _ensure(card)
        file = default_storage.open(card.file_name)
    except UnrenderableError:
        # Noted by now, so that it is another card, without the picture.
        other = card_named(key)
        return moved(other.address) if other else nothing(404)
    except (BusyError, FileNotFoundError):
        return another_round(request) or too_busy()
    return answer_with(request, file, max_age=lasts(card.image) if card.image else YEAR, immutable=True)


def _ensure(card: Card) -> None:
    """Have it drawn unless it is there. Raises UnrenderableError or BusyError."""
    if default_storage.exists(card.file_name):
        return
    with in_turn(card.key) as until:
        if card.image is not None:
            try:
                ensure_base(card.image, until=until)
            except UnrenderableError as error:
                done_with(card.image, str(error))
                raise
        ensure(card.file_name, partial(_drawn, card), until=until)
    _remove_others(card)


def _drawn(card: Card) -> bytes:
    with ExitStack() as opened:
        photograph = None
        if card.image is not None:
            file = opened.enter_context(default_storage.open(base_name(card.image)))
            photograph = opened.enter_context(Picture.open(file))
            # Read no larger than it is needed.
            photograph.draft(None, (photograph.width // 2, photograph.height // 2))
        return drawn(card, photograph)


def _remove_others(card: Card) -> None:
    """Former versions of the card: pages that still name one are led to this one."""
    for name in default_storage.listdir(card.folder)[1]:
        if name != f"{card.version}.jpg":
            default_storage.delete(f"{card.folder}/{name}")
