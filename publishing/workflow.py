"""The verbs by which content changes its state. Each is one transaction; admin and importers call the same ones."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from publishing.models import Publishable

Relations = Mapping[str, Iterable[models.Model]]


def may_publish(user: object, model: type[Publishable]) -> bool:
    """Whether this person may decide what the public sees of this kind."""
    codename = f"{model._meta.app_label}.publish_{model._meta.model_name}"
    return isinstance(user, PermissionsMixin) and user.has_perm(codename)


@transaction.atomic
def save_draft(item: Publishable, *, relations: Relations | None = None) -> None:
    """Validate and store a version as it stands, with its many-to-many relations, without publishing it.

    Raises ValidationError if a rule of the model or of the database is broken.
    """
    item.full_clean()
    item.save()
    for name, related in (relations or {}).items():
        getattr(item, name).set(related)
    settle(item)


@transaction.atomic
def approve(item: Publishable, *, by: object, at: dt.datetime | None = None) -> None:
    """Let a stored version go live, now or at an instant (aware; the past is allowed for what was public elsewhere).

    Raises PermissionDenied if the person may not publish this kind, ValidationError if it cannot go live as it is.
    """
    if not may_publish(by, type(item)):
        raise PermissionDenied
    item.live_from = at or timezone.now()
    item.live_until = None
    save_draft(item)


@transaction.atomic
def withdraw(item: Publishable, *, by: object) -> None:
    """Take a version down now; one that is only scheduled becomes a draft again.

    Raises PermissionDenied if the person may not publish this kind.
    """
    if not may_publish(by, type(item)):
        raise PermissionDenied
    item.live_from, item.live_until = withdrawn(item)
    save_draft(item)


def withdrawn(item: Publishable) -> tuple[dt.datetime | None, dt.datetime | None]:
    """The two timestamps of a version that is taken down at this moment."""
    return (item.live_from, timezone.now()) if item.was_public else (None, None)


@transaction.atomic
def settle(item: Publishable) -> None:
    """Copy the facts from the original to its translations and bring dependent rows in line. Safe to repeat.

    A fact that only a translation has (the day it went live first) is handed up to the original before.
    """
    original = item.original or item
    model = type(original)
    columns = model.fact_columns()
    gained = [name for name in columns if getattr(original, name) is None and getattr(item, name) is not None]
    for name in gained:
        setattr(original, name, getattr(item, name))
    if gained:
        original.save(update_fields=gained)
    translations = model.rows().filter(original=original)
    if columns:
        translations.update(**{name: getattr(original, name) for name in columns})
    for name in set(model.shared_fields).difference(columns):
        related = list(getattr(original, name).all())
        for translation in translations:
            getattr(translation, name).set(related)
    item.settled()
