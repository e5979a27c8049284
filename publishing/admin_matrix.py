"""Which of the newest items lack a translation, or have one that the original has left behind."""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from publishing import rights
from publishing.admin_urls import admin_url
from publishing.languages import language_choices, own_name
from publishing.models import State
from publishing.records import Revision
from publishing.registry import ContentKind

# How many originals are looked at, newest first.
LATEST = 30

MISSING, OUT_OF_DATE, ORIGINAL = "missing", "outdated", "original"
WORDS: dict[str, str | Promise] = {
    MISSING: _("Missing"),
    OUT_OF_DATE: _("Out of date"),
    ORIGINAL: _("Original"),
    **dict(State.choices),
}

# Of a version that exists: its key, live_from, live_until and withdrawn_at.
Version = tuple[int, dt.datetime | None, dt.datetime | None, dt.datetime | None]
Versions = dict[tuple[str, int, str], Version]


@dataclass(frozen=True, slots=True)
class Cell:
    """How an item stands in one language, and where to do something about it ("": this person may not)."""

    language: str
    key: str
    url: str

    @property
    def label(self) -> str | Promise:
        return WORDS[self.key]


@dataclass(frozen=True, slots=True)
class Original:
    kind: ContentKind
    pk: int
    title: str
    language: str
    live_from: dt.datetime


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    url: str
    kind: str
    language: str
    cells: list[Cell]


class Matrix:
    """The newest public originals of the given kinds by language; only those where something is to be done."""

    def __init__(self, user: Any, kinds: list[ContentKind], now: dt.datetime) -> None:
        self.user, self.kinds, self.now = user, kinds, now
        self.languages = [(code, own_name(code)) for code, _name in language_choices()]
        originals = self._originals()
        versions = self._versions(originals)
        outdated = self._outdated(originals, versions)
        rows = [self._row(original, versions, outdated) for original in originals]
        self.looked_at = len(rows)
        self.rows = [row for row in rows if any(cell.key in (MISSING, OUT_OF_DATE) for cell in row.cells)]

    def _originals(self) -> list[Original]:
        found = (
            Original(kind, *values)
            for kind in self.kinds
            for values in kind.model.rows()
            .live(at=self.now)
            # The originals, said so that the database goes by the index of live_from and stops after a few.
            .annotate(item=Coalesce("original_id", "pk"))
            .filter(item=F("pk"))
            .order_by("-live_from")
            .values_list("pk", "title", "language", "live_from")[:LATEST]
        )
        return heapq.nlargest(LATEST, found, key=lambda original: original.live_from)

    def _versions(self, originals: list[Original]) -> Versions:
        """The translations by kind, original and language."""
        queries = [
            kind.model.rows()
            .filter(original__in=keys)
            .order_by()
            .annotate(kind_key=Value(kind.key, output_field=CharField()))
            .values_list("kind_key", "original_id", "language", "pk", "live_from", "live_until", "withdrawn_at")
            for kind, keys in _by_kind(originals)
        ]
        return {(kind, original, language): version for kind, original, language, *version in together(queries)}

    def _outdated(self, originals: list[Original], versions: Versions) -> set[tuple[str, int, str]]:
        """The translations that render an older revision than the one that their original shows."""
        types, queries = {}, []
        for kind, keys in _by_kind(originals):
            types[kind.key] = ContentType.objects.get_for_model(kind.model).pk
            translations = [version[0] for (key, _original, _language), version in versions.items() if key == kind.key]
            live = Revision.objects.filter(content_type=types[kind.key], state=Revision.State.LIVE)
            queries.append(
                live.filter(object_id__in=[*keys, *translations])
                .order_by()
                .values_list("content_type", "object_id", "number", "renders")
            )
        numbers = {(content_type, key): values for content_type, key, *values in together(queries)}
        found = set()
        for (kind_key, original, language), version in versions.items():
            source, mine = (numbers.get((types[kind_key], key)) for key in (original, version[0]))
            if source and mine and (mine[1] or 0) < source[0]:
                found.add((kind_key, original, language))
        return found

    def _row(self, original: Original, versions: Versions, outdated: set[tuple[str, int, str]]) -> Row:
        kind = original.kind
        return Row(
            title=original.title,
            url=admin_url(kind.model, "change", original.pk),
            kind=capfirst(str(kind.model._meta.verbose_name)),
            language=original.language,
            cells=[self._cell(original, code, versions, outdated) for code, _name in self.languages],
        )

    def _cell(
        self, original: Original, code: str, versions: Versions, outdated: set[tuple[str, int, str]]
    ) -> Cell:  # fmt: skip
        model, place = original.kind.model, (original.kind.key, original.pk, code)
        if code == original.language:
            return Cell(code, ORIGINAL, admin_url(model, "change", original.pk))
        if place in versions:
            key, live_from, live_until, withdrawn_at = versions[place]
            row = model(live_from=live_from, live_until=live_until, withdrawn_at=withdrawn_at)
            state = OUT_OF_DATE if place in outdated else row.state_at(self.now).value
            return Cell(code, state, admin_url(model, "change", key))
        add = f"{admin_url(model, 'add')}?{urlencode({'original': original.pk, 'language': code})}"
        return Cell(code, MISSING, add if rights.may(self.user, "add", model, code) else "")


def together(queries: list[QuerySet[Any, Any]]) -> Any:
    """Rows of several kinds, of none or of one, in one query."""
    queries = [query.order_by() for query in queries]
    return queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0] if queries else ()


def _by_kind(originals: list[Original]) -> Iterator[tuple[ContentKind, list[int]]]:
    for kind in dict.fromkeys(original.kind for original in originals):
        yield kind, [original.pk for original in originals if original.kind is kind]
