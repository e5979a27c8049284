"""Where something of the library is used: in columns, in texts, and in revisions that are still to become either.

What keeps images elsewhere (a list of keys in one column, for example) enters a finder of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, Model, Q
from django.urls import NoReverseMatch
from django.utils.text import capfirst

from library.models import Document, Image, Recording
from publishing.admin_urls import admin_url
from publishing.models import Publishable, Recorded
from publishing.records import OPEN, Revision
from publishing.registry import Mention

Thing = Image | Document | Recording
UseFinder = Callable[[Any], Iterable[Mention]]

# Of each column, so that the page stays short and quick where thousands show one thing.
LIMIT = 20

_finders: list[UseFinder] = []


def register_use_finder(finder: UseFinder) -> None:
    """Enter a way to find where a thing is used; called once by an app's `ready`."""
    if finder not in _finders:
        _finders.append(finder)


def uses_of(thing: Thing) -> list[Mention]:
    """Every place that shows it, or will if a waiting revision goes live; one line a place and field."""
    return list(dict.fromkeys(use for finder in _finders for use in finder(thing)))


def marks_of(thing: Thing) -> list[str]:
    """What a text holds wherever it shows this, or leads to it."""
    name = type(thing)._meta.model_name
    leads = [f"/media/{name}s/{thing.pk}/"] if isinstance(thing, (Document, Recording)) else []
    return [f'data-{name}="{thing.pk}"', *leads]


def mention(row: Model, field: str, *, title: str = "") -> Mention:
    """A line about a row of any model, with where staff change it if it has a page of its own."""
    try:
        url = admin_url(row, "change")
    except NoReverseMatch:
        url = ""
    return Mention(
        kind=capfirst(str(row._meta.verbose_name)),
        field=field,
        title=title or str(row),
        language=getattr(row, "language", ""),
        url=url,
    )


# ── Finders ──────────────────────────────────────────────────────────────────────────────────────────
def columns(thing: Thing) -> Iterator[Mention]:
    """Rows that refer to it."""
    for model in apps.get_models():
        for field in _references(model, thing):
            rows = model._default_manager.filter(**{field.name: thing.pk}).order_by("-pk")
            yield from (mention(row, str(field.verbose_name)) for row in rows[:LIMIT])


def texts(thing: Thing) -> Iterator[Mention]:
    """Rows that show it in their text, or have a link to it there."""
    for model in apps.get_models():
        for field in _texts(model):
            rows = model._default_manager.filter(_holding(f"{field.name}__contains", thing)).order_by("-pk")
            yield from (mention(row, str(field.verbose_name)) for row in rows[:LIMIT])


def revisions(thing: Thing) -> Iterator[Mention]:
    """Drafts and approved changes that will show it. What they replaced may still be in the columns."""
    for model in apps.get_models():
        if not issubclass(model, (Publishable, Recorded)):
            continue
        wanted = Q()
        for field in _references(model, thing):
            if field.many_to_many:
                wanted |= Q(**{f"content__{field.name}__iregex": rf"[\[ ,]{thing.pk}[],]"})
            else:
                wanted |= Q(**{f"content__{field.name}": thing.pk})
        for field in _texts(model):
            wanted |= _holding(f"content__{field.name}__icontains", thing)
        if wanted:
            kind = ContentType.objects.get_for_model(model)
            waiting = Revision.objects.filter(wanted, content_type=kind, state__in=OPEN).order_by("-pk")[:LIMIT]
            yield from _lines(model, waiting, thing)


def _lines(model: type[Model], waiting: Iterable[Revision], thing: Thing) -> Iterator[Mention]:
    rows = model._default_manager.in_bulk([revision.object_id for revision in waiting])
    for revision in waiting:
        row = rows.get(revision.object_id)
        for field in (*_references(model, thing), *_texts(model)):
            if (
                row is not None
                and _is_in(revision.content.get(field.name), thing)
                and not _is_in(field.value_from_object(row), thing)
            ):
                yield mention(row, f"{field.verbose_name}, {revision.get_state_display()}")


def _is_in(value: Any, thing: Thing) -> bool:
    """Whether a column's or a revision's value refers to it: a key, several, or a text."""
    if isinstance(value, str):
        return any(mark in value for mark in marks_of(thing))
    if isinstance(value, list):
        return thing.pk in (getattr(one, "pk", one) for one in value)
    return bool(value == thing.pk)


def _holding(lookup: str, thing: Thing) -> Q:
    return reduce(or_, (Q(**{lookup: mark}) for mark in marks_of(thing)))


def _references(model: type[Model], thing: Thing) -> list[Any]:
    """The columns in which a row refers to something of its kind that it does not belong to."""
    return [
        field
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.related_model is type(thing) and getattr(field.remote_field, "on_delete", None) is not CASCADE
    ]


def _texts(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if getattr(field, "holds_html", False)]
