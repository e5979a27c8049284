"""What people have typed into forms and not saved yet, and who has which form open.

Errors: TypedElsewhere if keeping the words of one window would overwrite those of another.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import timezone

from publishing.models import Publishable
from publishing.records import WorkingCopy, WorkingCopyQuerySet

# A sign that a form is open tells nobody anything any more.
STALE = dt.timedelta(days=1)


class TypedElsewhere(Exception):  # noqa: N818  (an answer, not a fault)
    """The person has typed into another form of this item and decided nothing about it."""

    def __init__(self, at: dt.datetime) -> None:
        super().__init__()
        self.at = at


@dataclass(frozen=True, slots=True)
class Place:
    """The form of an item, or (key 0) of one still to be added; `query` then names what it translates, if anything."""

    model: type[Publishable]
    key: int = 0
    query: str = ""

    @property
    def copies(self) -> WorkingCopyQuerySet:
        kind = ContentType.objects.get_for_model(self.model)
        return WorkingCopy.objects.filter(content_type=kind, object_id=self.key, query=self.query)

    @property
    def is_shared(self) -> bool:
        """Whether others can have the same form open: a new item is its author's alone, a translation is not."""
        return bool(self.key or self.query)


@transaction.atomic
def keep(
    place: Place, *, by: Any, form_key: str, typed: str | None = None, seen: int = 0, left: bool = False
) -> WorkingCopy:
    """Keep what stands in a form, and that it is open or was left. Nothing of it is a revision.

    `typed` holds the form's fields as the browser would send them: "" if they are as saved, None if they are as they
    were last time. Returns the person's copy; it is not in the database if there is nothing to keep.
    """
    copy = _held(place, by, form_key)
    mine = copy.form_key == form_key
    if typed and copy.data and not mine:
        assert copy.typed_at is not None
        raise TypedElsewhere(copy.typed_at)
    now = timezone.now()
    if mine or not copy.data:
        copy.form_key = form_key
        if typed is not None:
            copy.data, copy.seen, copy.typed_at = typed, seen, now if typed else None
    if not left:
        copy.open_since = copy.open_since if copy.is_open else now
        copy.open_at = now
    elif mine:
        copy.open_since = copy.open_at = None
    if copy.data or (place.is_shared and copy.open_at):
        copy.save()
    elif copy.pk:
        copy.delete()
    return copy


def _held(place: Place, by: Any, form_key: str) -> WorkingCopy:
    """The person's copy, until the transaction ends nobody else's to change; a new one sweeps stale ones away."""
    copies = place.copies.filter(user=by).select_for_update()
    found: WorkingCopy | None = (copies if place.key else copies.filter(form_key=form_key)).first()
    if found is not None:
        return found
    WorkingCopy.objects.filter(typed_at=None, open_at__lt=timezone.now() - STALE).delete()
    kind = ContentType.objects.get_for_model(place.model)
    return WorkingCopy(content_type=kind, object_id=place.key, query=place.query, user=by, form_key=form_key)


def drop(*, by: Any, form_key: str) -> None:
    """What was typed into a form is saved, or not wanted."""
    WorkingCopy.objects.filter(user=by, form_key=form_key).delete()


def unsaved(place: Place, *, by: Any) -> WorkingCopyQuerySet:
    """What this person has typed here and not saved, newest first."""
    return place.copies.typed().filter(user=by).order_by("-typed_at")


def others(place: Place, *, than: Any) -> list[WorkingCopy]:
    """Who else has the form open, without their words."""
    if not place.is_shared:
        return []
    return list(place.copies.open().exclude(user=than).defer("data").select_related("user").order_by("open_since"))
