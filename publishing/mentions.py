"""What leads to an item, so that nobody takes it down without knowing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from django.db.models import Q
from django.utils import timezone

from publishing.models import Publishable, PublishableQuerySet
from publishing.registry import Mention, kind_with_page, kinds
from publishing.targets import target_of

# Of each kind, so that the page stays short and quick where thousands lead to one.
LIMIT = 20


def path_of(item: Publishable) -> str:
    """The path of an item's page, as it is written for people; "" if it has none, or none yet."""
    if not kind_with_page(type(item)) or (item.address_day and getattr(item, item.address_day) is None):
        return ""
    return unquote(item.get_absolute_url())


def texts_with(item: Publishable) -> Iterator[Mention]:
    """Items with a link to this one in their text, by its key or by its address."""
    path = path_of(item)
    if not path:
        return
    for kind in kinds():
        for field in kind.model._meta.concrete_fields:
            if getattr(field, "holds_html", False):
                rows = _not_ended(kind.model).filter(_links_to(field.name, item, path))
                yield from (Mention.of(row, field) for row in rows.order_by("-pk")[:LIMIT] if row != item)


def _links_to(field: str, item: Publishable, path: str) -> Q:
    """By its key, or the address as a link ends: so the page above is not taken for the page below.

    A key stands for the item in every language; it is this version that readers of the language would miss.
    """
    condition = Q(**{f"{field}__contains": f'"target:{target_of(item)}"', "language": item.language})
    for address in {path, item.get_absolute_url()}:
        for end in '"#?':
            condition |= Q(**{f"{field}__contains": f"{address}{end}"})
    return condition


def items_about(item: Publishable) -> Iterator[Mention]:
    """Items in the same language that refer to this one: a topic's news, the pages below a page."""
    for kind in kinds():
        name = kind.field_to(type(item))
        if name:
            rows = _not_ended(kind.model).in_language(item.language).filter(**{name: item.original_key})
            for row in rows.order_by("-pk")[:LIMIT]:
                yield Mention.of(row, kind.model._meta.get_field(name))


def _not_ended(model: type[Publishable]) -> PublishableQuerySet[Any]:
    return model.rows().filter(Q(live_until__isnull=True) | Q(live_until__gt=timezone.now()))
