"""What the site's search finds: every live item whose title or teaser holds all words that were asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast
from django.utils.text import capfirst
from django.utils.translation import override

from publishing import registry
from publishing.models import Publishable

MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One result, with what a list row shows."""

    title: str
    language: str
    url: str
    kicker: str
    teaser: str
    display_date: dt.date | None

    def get_absolute_url(self) -> str:
        return self.url


def matches(text: str, *, language: str) -> Any:
    """Rows of all kinds in one query (sliceable, newest first), to be turned into results by `found`."""
    words = text.split()[:MOST_WORDS]
    queries = [_of_kind(kind, words, language) for kind in registry.kinds_with_pages()]
    return queries[0].union(*queries[1:], all=True).order_by("-found_live_from", "found_kind", "found_title")


def _of_kind(kind: registry.ContentKind, words: list[str], language: str) -> Any:
    model: type[Publishable] = kind.model
    queryset = model.rows().live().for_readers_of(language).order_by()
    for word in words:
        queryset = queryset.filter(Q(title__icontains=word) | Q(**{f"{kind.teaser_field}__icontains": word}))
    day = F(model.address_day) if model.address_day else Cast(Value(None), models.DateField())
    return queryset.annotate(
        found_kind=Value(kind.key, output_field=models.CharField()),
        found_title=F("title"),
        found_teaser=F(kind.teaser_field),
        found_slug=F(model.address_slug),
        found_day=day,
        found_live_from=F("live_from"),
    ).values_list("found_kind", "found_title", "language", "found_teaser", "found_slug", "found_day", "found_live_from")


def found(rows: Any) -> Iterator[Found]:
    """Results, with their kinds named in the active language."""
    for key, title, language, teaser, slug, day, _live_from in rows:
        kind = registry.kind_named(key)
        if kind is not None:
            with override(language):
                url = kind.model.address(slug, day)
            yield Found(title, language, url, capfirst(str(kind.model._meta.verbose_name)), teaser, day)
