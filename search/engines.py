"""The full-text engines of the two databases, behind one interface.

Both are given the same words, made by `search.words`, at the same places, and know nothing of languages: a word is
`en:secur`, the beginning of a title's word `en=securi`, and what results are narrowed by `kind:news`. So a question in
one language meets only texts in it, and filters are words like others, which the engine intersects.

PostgreSQL keeps them in `search_entry.vector`, a tsvector with a GIN index; SQLite in `search_words`, an FTS5 table
whose rowid is the entry's key.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from publishing import clock
from search.models import Entry, EntryQuerySet
from search.question import Terms

# PostgreSQL holds positions up to 16,383 and a megabyte of words; what stands beyond is searched on neither database.
MOST_WORDS = 16_000
MOST_BYTES = 600_000
# So many matches are ranked, counted and shown, the newest. Whoever wants older ones narrows by year.
MOST_FOUND = 1_000


@dataclass(slots=True)
class Document:
    """What is searched of one version: its words by the place where they stand, in order."""

    title: list[str] = field(default_factory=list)
    teaser: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    # Without an order: beginnings of the title's words, and what results are narrowed by.
    facets: list[str] = field(default_factory=list)

    @property
    def places(self) -> tuple[list[str], ...]:
        return (self.title, self.teaser, self.names, self.body)

    def cut(self) -> None:
        """To what an engine can hold, from the end of the text."""
        words, size = 0, 0
        seen: set[str] = set()
        for place in self.places:
            for number, word in enumerate(place):
                words += 1
                if word not in seen:
                    seen.add(word)
                    size += len(word.encode()) + 16
                if words > MOST_WORDS or size > MOST_BYTES:
                    del place[number:]
                    break


def quarter(at: dt.datetime) -> str:
    """The quarter of an instant, as the index holds it."""
    at = at.astimezone(dt.UTC)
    return f"from:{at.year}-{(at.month + 2) // 3}"


def quarters(count: int) -> list[str]:
    """So many quarters, back from now."""
    return list(dict.fromkeys(quarter(clock.now() - dt.timedelta(days=30 * n)) for n in range(3 * count)))[:count]


class Engine(ABC):
    @abstractmethod
    def condition(self, expression: str) -> Any:
        """For `filter`: the entries that an expression finds."""

    def newest(self, entries: EntryQuerySet, expression: str) -> EntryQuerySet:
        """Those of the entries that it finds, the newest first."""
        return matching(entries, expression).newest_first()

    def ways(self, entries: EntryQuerySet, expression: str) -> list[EntryQuerySet]:
        """The same, if they may be many: the first of these that holds a page's worth is as good as the last."""
        return [self.newest(entries, expression)]

    @abstractmethod
    def with_rank(self, entries: EntryQuerySet, expression: str) -> EntryQuerySet:
        """Those of the entries that it finds, each with how well, as `rank`: the higher the better."""

    @abstractmethod
    def write(self, documents: dict[int, Document]) -> None:
        """Keep what is searched, by the entries' keys, in the place of what was."""

    @abstractmethod
    def remove(self, keys: Collection[int]) -> None:
        """Forget what is searched of entries that are about to be deleted."""

    def settle(self) -> None:  # noqa: B027  (not every engine has to)
        """After much has been written."""

    # ── Expressions ──────────────────────────────────────────────────────────────────────────────────
    def expression(self, questions: Iterable[Terms], facets: Sequence[str] = ()) -> str:
        """What finds the questions' entries, each in its language, that also have all the facets; "" for nothing."""
        asked = [self._question(terms) for terms in questions if terms or terms.beginning]
        if not asked:
            return ""
        return self._all([self._any(asked), *(self.phrase((facet,)) for facet in facets)])

    def _question(self, terms: Terms) -> str:
        prefix = f"{terms.language}:"
        wanted = [self.phrase([prefix + stem for stem in phrase]) for phrase in terms.wanted]
        if terms.beginning:
            begun = self.beginning(f"{terms.language}={terms.beginning}")
            wanted[-1:] = [self._any([*wanted[-1:], begun])]
        wanted = wanted or [self.phrase((f"lang:{terms.language}",))]
        return self._without(
            self._all(wanted), [self.phrase([prefix + s for s in phrase]) for phrase in terms.unwanted]
        )

    def beginnings(self, language: str, words: Sequence[str]) -> str:
        """What finds titles with all these words, the last of which may go on."""
        whole = [self.phrase((f"{language}={word}",)) for word in words[:-1]]
        return self._all([*whole, self.beginning(f"{language}={words[-1]}")])

    def any_of(self, expressions: list[str]) -> str:
        return self._any(expressions) if expressions else ""

    @abstractmethod
    def phrase(self, words: Sequence[str]) -> str: ...

    @abstractmethod
    def beginning(self, word: str) -> str: ...

    @abstractmethod
    def _all(self, parts: list[str]) -> str: ...

    @abstractmethod
    def _any(self, parts: list[str]) -> str: ...

    @abstractmethod
    def _without(self, found: str, unwanted: list[str]) -> str: ...


class PostgreSQL(Engine):
    LABELS = "ABCD"
    # What it takes, about, in microseconds: to look into the vectors of one entry after the other, from the newest on;
    # and to take one more match from the index.
    LOOK, TAKE = 10, 1
    # How many of the last quarters are asked first, and how many times a thousand they have to be likely to hold.
    QUARTERS, ENOUGH = (2, 6, 20), 1.3
    # So many entries are looked through for a phrase.
    MOST_READ = 10_000
    UNWANTED_PHRASE = re.compile(r" & !\('[^()]* <-> [^()]*\)")

    def condition(self, expression: str) -> Any:
        # The planner reckons with both sides of the “or”; of what has gone live, only the first is ever asked.
        sql = "(vector @@ %s::tsquery AND (live_from IS NOT NULL OR search_is_dear(id)))"
        return RawSQL(sql, [expression], output_field=models.BooleanField())  # noqa: S611

    def newest(self, entries: EntryQuerySet, expression: str) -> EntryQuerySet:
        if " <-> " in expression:
            return self._by_index(entries.filter(self._with_phrases(entries, expression)))
        return self._by_index(matching(entries, expression))

    def ways(self, entries: EntryQuerySet, expression: str) -> list[EntryQuerySet]:
        """PostgreSQL knows how frequent words are, and takes a look into a vector for free: so it would walk through
        half the archive for words that few entries have. Unless many have them, that way is closed to it; what went
        live in the last quarters is asked first, if it is likely to be enough.
        """
        if " <-> " in expression or not expression:
            return [self.newest(entries, expression)]
        recent = [self._all([expression, self._any([f"'{one}'" for one in quarters(n)])]) for n in self.QUARTERS]
        found = [matching(entries, one) for one in (expression, *recent)]
        counts = [one.order_by().values("pk") for one in (*found, Entry.objects.all())]
        plan = json.loads(counts[0].union(*counts[1:], all=True).explain(format="json"))[0]["Plan"]
        matches, *by_quarters, archive = (one["Plan Rows"] for one in plan["Plans"])
        # A thousand lie among so many of the newest.
        if MOST_FOUND * archive / max(matches, 1) * self.LOOK < matches * self.TAKE:
            return [found[0].newest_first()]
        enough = [one for one, likely in zip(found[1:], by_quarters, strict=True) if likely > self.ENOUGH * MOST_FOUND]
        return [self._by_index(one) for one in (*enough[:1], found[0])]

    def _by_index(self, found: EntryQuerySet) -> EntryQuerySet:
        """The newest first, in an order for which there is no index."""
        return found.order_by(Coalesce("live_from", "live_until").desc(), "-pk")

    def _with_phrases(self, entries: EntryQuerySet, expression: str) -> RawSQL:
        """Whether words follow each other only their vectors tell: the newest with all the words are looked through."""
        words = self.UNWANTED_PHRASE.sub("", expression).replace(" <-> ", " & ")
        found = self._by_index(matching(entries, words)).annotate(searched=RawSQL("vector", []))
        sql, params = found.values("pk", "searched")[: self.MOST_READ].query.sql_with_params()
        # An array, which is made once, whatever the planner thinks of it.
        once = f"id = ANY(ARRAY(SELECT newest.pk FROM ({sql}) AS newest WHERE newest.searched @@ %s::tsquery))"  # noqa: S608
        return RawSQL(once, [*params, expression], output_field=models.BooleanField())  # noqa: S611

    def with_rank(self, entries: EntryQuerySet, expression: str) -> EntryQuerySet:
        # Weights of D, C, B, A; by length only a little, for a long speech is about its words too.
        rank = RawSQL(
            "ts_rank('{0.1, 0.2, 0.4, 1.0}', vector, %s::tsquery, 1)", [expression], output_field=models.FloatField()
        )
        return entries.annotate(rank=rank)

    def write(self, documents: dict[int, Document]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE search_entry SET vector = %s::tsvector WHERE id = %s",
                [(self.vector(document), key) for key, document in documents.items()],
            )

    def vector(self, document: Document) -> str:
        places: dict[str, list[str]] = defaultdict(list)
        position = 0
        for label, place in zip(self.LABELS, document.places, strict=True):
            for word in place:
                position += 1
                places[word].append(f"{position}{label}")
            # No phrase goes on from the title into the text.
            position += 10
        words = [f"'{word}':{','.join(at[:255])}" for word, at in places.items()]
        return " ".join([*words, *(f"'{facet}'" for facet in document.facets)])

    def remove(self, keys: Collection[int]) -> None:
        """The vector goes with its row."""

    def settle(self) -> None:
        """Without knowing how frequent words are, PostgreSQL would choose the wrong way to find them."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE search_entry")

    def phrase(self, words: Sequence[str]) -> str:
        return "(" + " <-> ".join(f"'{word}'" for word in words) + ")"

    def beginning(self, word: str) -> str:
        return f"'{word}':*"

    def _all(self, parts: list[str]) -> str:
        return "(" + " & ".join(parts) + ")"

    def _any(self, parts: list[str]) -> str:
        return "(" + " | ".join(parts) + ")"

    def _without(self, found: str, unwanted: list[str]) -> str:
        return self._all([found, *(f"!{phrase}" for phrase in unwanted)])


class SQLite(Engine):
    def condition(self, expression: str) -> Any:
        return Q(pk__in=RawSQL("SELECT rowid FROM search_words WHERE search_words MATCH %s", [expression]))

    def with_rank(self, entries: EntryQuerySet, expression: str) -> EntryQuerySet:
        # `extra` because a full-text table ranks only in the query that names it. The lower BM25 is, the better.
        # It gives less and less for more of a word, and less for it in a long text. So titles count by themselves, with
        # a weight so high that a long text hardly matters; and all else together, by half.
        ranked: Any = entries.extra(
            select={"rank": "-bm25(search_words, 20, 0, 0, 0, 0) - 0.5 * bm25(search_words, 0, 3, 2, 0.3, 0)"},
            tables=["search_words"],
            where=["search_words MATCH %s AND search_words.rowid = search_entry.id"],
            params=[expression],
        )
        return ranked  # type: ignore[no-any-return]

    def write(self, documents: dict[int, Document]) -> None:
        self.remove(documents)
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_words (rowid, title, teaser, names, body, facets) VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    (key, *(" ".join(place) for place in (*document.places, document.facets)))
                    for key, document in documents.items()
                ],
            )

    def remove(self, keys: Collection[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany("DELETE FROM search_words WHERE rowid = %s", [(key,) for key in keys])

    def phrase(self, words: Sequence[str]) -> str:
        return f'"{" ".join(words)}"'

    def beginning(self, word: str) -> str:
        return f'"{word}" *'

    def _all(self, parts: list[str]) -> str:
        return "(" + " AND ".join(parts) + ")"

    def _any(self, parts: list[str]) -> str:
        return "(" + " OR ".join(parts) + ")"

    def _without(self, found: str, unwanted: list[str]) -> str:
        for phrase in unwanted:
            found = f"({found} NOT {phrase})"
        return found


def engine() -> Engine:
    return PostgreSQL() if connection.vendor == "postgresql" else SQLite()


def matching(entries: EntryQuerySet, expression: str) -> EntryQuerySet:
    """Those of the entries that an expression finds; none for an empty one."""
    return entries.filter(engine().condition(expression)) if expression else entries.none()
