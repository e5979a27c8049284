"""Where an image is used: in columns, in texts, and in revisions that are still to become either.

An app that keeps images elsewhere (a list of keys in one column, for example) enters a finder of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import ForeignKey, Model, Q
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from library.models import Image
from publishing.models import Publishable, Recorded
from publishing.records import OPEN, Revision
from publishing.registry import Mention

UseFinder = Callable[[Image], Iterable[Mention]]

# Of each column, so that the page stays short and quick where thousands show one picture.
LIMIT = 20

_finders: list[UseFinder] = []


def register_use_finder(finder: UseFinder) -> None:
    """Enter a way to find where an image is used; called once by an app's `ready`."""
    if finder not in _finders:
        _finders.append(finder)


def uses_of(image: Image) -> list[Mention]:
    """Every place that shows an image, or will if a waiting revision goes live; one line a place and field."""
    return list(dict.fromkeys(use for finder in _finders for use in finder(image)))


def mark_of(image: Image) -> str:
    """What a text holds for each figure that shows this image."""
    return f'data-image="{image.pk}"'


def mention(row: Model, field: str, *, title: str = "") -> Mention:
    """A line about a row of any model, with where staff change it if it has a page of its own."""
    opts = row._meta
    try:
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        url = ""
    return Mention(
        kind=capfirst(str(opts.verbose_name)),
        field=field,
        title=title or str(row),
        language=getattr(row, "language", ""),
        url=url,
    )


# ── Finders ──────────────────────────────────────────────────────────────────────────────────────────
def columns(image: Image) -> Iterator[Mention]:
    """Rows that refer to it."""
    for model in apps.get_models():
        for field in _references(model):
            rows = model._default_manager.filter(**{field.name: image.pk}).order_by("-pk")
            yield from (mention(row, str(field.verbose_name)) for row in rows[:LIMIT])


def texts(image: Image) -> Iterator[Mention]:
    """Rows with a figure of it in their text."""
    for model in apps.get_models():
        for field in _texts(model):
            rows = model._default_manager.filter(**{f"{field.name}__contains": mark_of(image)}).order_by("-pk")
            yield from (mention(row, str(field.verbose_name)) for row in rows[:LIMIT])


def revisions(image: Image) -> Iterator[Mention]:
    """Drafts and approved changes that will show it. What they replaced may still be in the columns."""
    for model in apps.get_models():
        if not issubclass(model, (Publishable, Recorded)):
            continue
        wanted = Q()
        for field in _references(model):
            wanted |= Q(**{f"content__{field.name}": image.pk})
        for field in _texts(model):
            wanted |= Q(**{f"content__{field.name}__icontains": mark_of(image)})
        if wanted:
            kind = ContentType.objects.get_for_model(model)
            waiting = Revision.objects.filter(wanted, content_type=kind, state__in=OPEN).order_by("-pk")[:LIMIT]
            yield from _lines(model, waiting, image)


def _lines(model: type[Model], waiting: Iterable[Revision], image: Image) -> Iterator[Mention]:
    rows = model._default_manager.in_bulk([revision.object_id for revision in waiting])
    for revision in waiting:
        row = rows.get(revision.object_id)
        for field in (*_references(model), *_texts(model)):
            held = revision.content.get(field.name)
            is_held = held == image.pk if field.is_relation else mark_of(image) in str(held)
            if row is not None and is_held and not _is_stored(row, field, image):
                yield mention(row, f"{field.verbose_name}, {revision.get_state_display()}")


def _is_stored(row: Model, field: Any, image: Image) -> bool:
    stored = getattr(row, field.attname)
    return stored == image.pk if field.is_relation else mark_of(image) in stored


def _references(model: type[Model]) -> list[Any]:
    return [
        field for field in model._meta.concrete_fields if isinstance(field, ForeignKey) and field.related_model is Image
    ]


def _texts(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if getattr(field, "holds_html", False)]
