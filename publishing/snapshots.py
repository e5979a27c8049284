"""The content of an item as data: taken from a form or a row, put back into a row, merged field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from publishing.models import Part, Publishable, Recorded

Content = dict[str, Any]
Relations = Mapping[str, Iterable[models.Model]]

# Decided by the verbs or set in lists, not written by an author.
OUTSIDE = {"language", "original", "live_from", "live_until", "position"}

_encode = DjangoJSONEncoder().default


def fields_of(item: Publishable | Recorded) -> Iterator[models.Field[Any, Any] | Part]:
    """The fields whose values an author writes in this item; a translation's facts are its original's."""
    if isinstance(item, Recorded):
        yield from _columns(item, item.outside)
        yield from item.parts
    else:
        yield from _columns(item, {*OUTSIDE, *(item.shared_fields if item.original_id else ())})


def _columns(item: models.Model, outside: Collection[str]) -> Iterator[models.Field[Any, Any]]:
    for field in (*item._meta.concrete_fields, *item._meta.many_to_many):
        if field.editable and not field.primary_key and field.name not in outside:
            yield field


def snapshot(item: Publishable | Recorded, relations: Relations | None = None) -> Content:
    """The item as it stands in memory; its many-to-many relations as `relations` says, else as stored."""
    return {field.name: _value(field, item, relations or {}) for field in fields_of(item)}


def _value(field: models.Field[Any, Any] | Part, item: Any, relations: Relations) -> Any:
    if isinstance(field, models.Field) and field.many_to_many:
        related = relations.get(field.name)
        if related is None:
            related = getattr(item, field.name).all() if item.pk else ()
        return sorted(other.pk for other in related)
    value = field.value_from_object(item)
    return value if value is None or isinstance(value, (str, int, float, bool, dict, list)) else _encode(value)


def overlay(item: Publishable | Recorded, content: Content) -> dict[str, list[models.Model]]:
    """Write content into an item's columns in memory. Returns the many-to-many relations that go with it.

    What was deleted since is left out, also where one thing is referred to: no revision protects it. A field that the
    model no longer has is passed over.
    """
    relations: dict[str, list[models.Model]] = {}
    for field in fields_of(item):
        if field.name not in content or isinstance(field, Part):
            continue
        value = content[field.name]
        related: Any = field.related_model
        if field.many_to_many:
            relations[field.name] = list(related._default_manager.filter(pk__in=value))
        elif related is not None and value is not None and not related._default_manager.filter(pk=value).exists():
            setattr(item, field.attname, None)
        else:
            setattr(item, field.attname, field.to_python(value))
    return relations


def changed(old: Content, new: Content) -> list[str]:
    """The names of the fields that differ. A field that the model has got since, and that is empty, does not."""
    return [name for name in new if (name in old or new[name]) and old.get(name) != new[name]]


def before_and_after(old: Content, new: Content) -> dict[str, list[Any]]:
    """Of each field that differs, its two values: what the audit trail keeps."""
    return {name: [old.get(name), new[name]] for name in changed(old, new)}


def merge(base: Content, mine: Content, theirs: Content) -> tuple[Content, list[str]]:
    """Three-way, field by field: what only one of the two changed is taken from them.

    Returns the merged content, with mine where both changed a field, and the names of those fields.
    """
    merged = {**theirs, **{name: mine[name] for name in changed(base, mine)}}
    both = [name for name in changed(base, mine) if theirs.get(name) not in (base.get(name), mine[name])]
    return merged, both
