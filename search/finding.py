"""What readers find: the newest thousand matches, ranked, narrowed and counted; a page of them with passages."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Count, Min
from django.utils.safestring import SafeString
from django.utils.translation import override

from publishing import clock, registry
from publishing.languages import originals_stand_in_for
from search.engines import MOST_FOUND, engine
from search.indexing import facets
from search.models import Entry, EntryQuerySet
from search.passages import marked, passage
from search.question import Question

# What being new is worth beside how well it matches (0 to 1), and in how many days half of that is lost.
NEWNESS, HALVED_IN = 0.25, 365
ALL_LANGUAGES = "all"


class Match(NamedTuple):
    pk: int
    kind: str
    form: str
    topics: list[int]
    year: int | None
    language: str
    live_from: dt.datetime
    rank: float

    @property
    def what(self) -> str:
        """Its kind, or its form if its kind has several: what results are narrowed by."""
        return registry.name_of(self.kind, self.form)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What a reader wants to see only."""

    what: str = ""
    topic: int | None = None
    year: int | None = None
    language: str = ""
    """A code, or all languages; empty: what lists in the reader's language show."""

    @property
    def facets(self) -> list[str]:
        kind, _separator, form = self.what.partition(":")
        return facets(kind=kind, form=form, topic=self.topic, year=self.year)

    def lets(self, match: Match, *, but: str = "") -> bool:
        """Whether it shows a match; `but` names one of its conditions that is left out."""
        return (
            (but == "what" or self.what in ("", match.what, match.kind))
            and (but == "topic" or self.topic is None or self.topic in match.topics)
            and (but == "year" or self.year in (None, match.year))
        )


@dataclass
class Results:
    """`matches` in the order in which they are shown. Each counter says what narrowing by one thing alone would leave,
    beside what else is chosen, among the newest matches."""

    matches: list[Match] = field(default_factory=list)
    more: bool = False
    whats: Counter[str] = field(default_factory=Counter)
    topics: Counter[int] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)


def languages_of(narrowed: Narrowed, language: str) -> list[str]:
    """The languages in which a reader's question is asked."""
    if narrowed.language == ALL_LANGUAGES or (not narrowed.language and originals_stand_in_for(language)):
        return [code for code, _name in settings.LANGUAGES]
    return [narrowed.language or language]


def scope_of(narrowed: Narrowed, language: str) -> EntryQuerySet:
    """What a reader may find at all."""
    live = Entry.objects.live()
    if narrowed.language == ALL_LANGUAGES:
        return live
    return live.filter(language=narrowed.language) if narrowed.language else live.for_readers_of(language)


def expression(question: Question, languages: Iterable[str], facets: Sequence[str] = ()) -> str:
    return engine().expression([question.terms(code) for code in languages], facets)


def search(question: Question, *, language: str, narrowed: Narrowed, by_date: bool = False) -> Results:
    """Two queries to four, whatever is found."""
    languages, scope = languages_of(narrowed, language), scope_of(narrowed, language)
    words = expression(question, languages)
    if not words:
        return Results()
    newest = _newest(engine().ways(scope, words), "" if by_date else words)
    results = Results(more=len(newest) > MOST_FOUND)
    newest = newest[:MOST_FOUND]
    found = [match for match in newest if narrowed.lets(match)]
    if results.more and narrowed.facets:
        narrow = expression(question, languages, narrowed.facets)
        found = _newest([engine().newest(scope, narrow)], "" if by_date else words)
        results.more = len(found) > MOST_FOUND
    results.matches = found[:MOST_FOUND] if by_date else in_order(found[:MOST_FOUND])
    _count(results, newest, narrowed)
    return results


def _newest(ways: list[EntryQuerySet], words: str) -> list[Match]:
    """One more than are shown, the newest first, with ranks by these words, which are worked out for no others."""
    columns = Match._fields[:-1]
    matches: list[Match] = []
    for way in ways:
        chosen = way[: MOST_FOUND + 1]
        if words:
            ranked = engine().with_rank(Entry.objects.filter(pk__in=chosen.values("pk")), words)
            matches = [Match(*row) for row in ranked.values_list(*columns, "rank")]
        else:
            matches = [Match(*row, 0.0) for row in chosen.values_list(*columns)]  # type: ignore[call-arg]
        if len(matches) > MOST_FOUND:
            break
    return sorted(matches, key=lambda match: (match.live_from, match.pk), reverse=True)


def in_order(matches: list[Match]) -> list[Match]:
    """The best first: how well they match, and a little how new they are."""
    best = max((match.rank for match in matches), default=0.0) or 1.0
    now = clock.now()

    def worth(match: Match) -> float:
        age = max(0.0, (now - match.live_from).total_seconds() / 86_400)
        return float(match.rank / best + NEWNESS * 2.0 ** (-age / HALVED_IN))

    return sorted(matches, key=lambda match: (worth(match), match.live_from, match.pk), reverse=True)


def _count(results: Results, newest: list[Match], narrowed: Narrowed) -> None:
    for match in newest:
        if narrowed.lets(match, but="what"):
            results.whats[match.what] += 1
        if narrowed.lets(match, but="topic"):
            results.topics.update(match.topics)
        if match.year is not None and narrowed.lets(match, but="year"):
            results.years[match.year] += 1


def in_each_language(question: Question) -> Counter[str]:
    """How many of the newest matches there are in each language, whatever else is chosen."""
    words = expression(question, [code for code, _name in settings.LANGUAGES])
    newest = engine().newest(Entry.objects.live(), words).values("pk")[:MOST_FOUND]
    counted = Entry.objects.filter(pk__in=newest).order_by().values_list("language").annotate(Count("pk"))
    return Counter(dict(counted))


def first_year() -> int | None:
    """Of all that is live. Whoever wants more than the newest thousand narrows by year."""
    first: int | None = Entry.objects.live().aggregate(first=Min("year"))["first"]
    return first


# ── What is shown of them ────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Found:
    """One result, with what a list row shows."""

    title: str | SafeString
    language: str
    url: str
    kicker: str
    teaser: str | SafeString
    display_date: dt.date | None


def shown(
    matches: Iterable[Match], question: Question, *, language: str, topics: Iterable[int] = ()
) -> tuple[list[Found], dict[int, str]]:
    """The rows of some matches, in their order, and the titles of those topics that readers of a language find; in one
    query."""
    matches = list(matches)
    entries = Entry.objects.filter(pk__in=[match.pk for match in matches])
    kind, asked = topics_kind(), set(topics)
    if kind and asked:
        titles = Entry.objects.live().for_readers_of(language).filter(kind=kind.key, original__in=asked)
        entries = entries.union(titles, all=True)
    by_key = {entry.pk: entry for entry in entries}
    names = {e.original: e.title for e in by_key.values() if kind and e.kind == kind.key and e.original in asked}
    return [_found(by_key[match.pk], question) for match in matches], names


def topics_kind() -> registry.ContentKind | None:
    """The kind that other kinds' topics are of."""
    for kind in registry.kinds_with_pages():
        if kind.topics_field:
            model: Any = kind.model._meta.get_field(kind.topics_field).related_model
            return registry.kind_of(model)
    return None


def address_of(entry: Entry) -> str:
    kind = registry.kind_named(entry.kind)
    assert kind is not None
    with override(entry.language):
        return kind.model.address(entry.slug, entry.day)


def label_of(what: str) -> str:
    """What readers call items of a kind, or of a form of it."""
    key, _separator, form = what.partition(":")
    kind = registry.kind_named(key)
    return kind.form_label(form) if kind else ""


def _found(entry: Entry, question: Question) -> Found:
    stems = {word.stem for word in question.words(entry.language)}
    return Found(
        title=marked(entry.title, entry.language, stems),
        language=entry.language,
        url=address_of(entry),
        kicker=label_of(registry.name_of(entry.kind, entry.form)),
        teaser=passage(entry, stems),
        display_date=entry.day,
    )
