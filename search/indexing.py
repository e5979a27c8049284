"""How versions get into the index: with the verbs, in their transaction; and whatever came another way, by a sweep."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Collection
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Exists, OuterRef, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from publishing import registry
from publishing.models import Publishable
from search.engines import Document, engine, quarter
from search.models import Entry, Vocable
from search.words import LONGEST, stems_in, words_in

# So many versions are in memory at once.
BATCH = 100
# In seconds: between two looks for what came into the database without a verb.
SWEEP = 600.0
# What is kept of a text to show passages from.
LONGEST_TEXT = 300_000
# Part of every digest: after a change in how words are made, another number has entries made anew when they are next
# written; `manage.py search_index` does it for all.
EDITION = 1
# For comparing what may be null.
LONG_AGO = Value(dt.datetime(1, 1, 2, tzinfo=dt.UTC), output_field=DateTimeField())
# Of an entry's words those are learnt that a slip of the finger can be told from: no short ones, and not without end.
SHORTEST_LEARNT, MOST_LEARNT = 4, 5_000

COLUMNS = [
    "original", "language", "title", "teaser", "text", "slug", "day", "form", "topics", "year", "digest", "spelled",
]  # fmt: skip
DATES = ["live_from", "live_until", "changed_at"]


def follow(model: type[Publishable], keys: Collection[int]) -> None:
    """Bring the index in line with these versions, which the caller holds, or which are gone."""
    kind = registry.kind_with_page(model)
    if kind is not None:
        index(kind, keys)


@transaction.atomic
def index(kind: registry.ContentKind, keys: Collection[int], *, anew: bool = False) -> None:
    """Write the entries of versions and drop those of versions that are gone. What has not changed costs little.

    `anew`: also what seems not to have changed.
    """
    related = dict.fromkeys(path.partition("__")[0] for path in kind.searched if "__" in path)
    rows = kind.model.rows().filter(pk__in=keys).prefetch_related(*related, *filter(None, [kind.topics_field]))
    made = {row.pk: _entry(kind, row) for row in rows}
    before = {entry.key: entry for entry in Entry.objects.filter(kind=kind.key, key__in=keys).defer("text", "teaser")}
    changed = []
    for key, (entry, document) in made.items():
        old = before.pop(key, None)
        if old is None or anew or old.digest != entry.digest:
            changed.append((entry, document))
        elif any(getattr(old, name) != getattr(entry, name) for name in DATES):
            Entry.objects.filter(pk=old.pk).update(**{name: getattr(entry, name) for name in DATES})
    _store(kind, changed)
    if gone := [entry.pk for entry in before.values()]:
        engine().remove(gone)
        Entry.objects.filter(pk__in=gone).delete()


def _store(kind: registry.ContentKind, changed: list[tuple[Entry, Callable[[], Document]]]) -> None:
    if not changed:
        return
    entries = [entry for entry, _document in changed]
    Entry.objects.bulk_create(
        entries, update_conflicts=True, unique_fields=["kind", "key"], update_fields=[*COLUMNS, *DATES]
    )
    stored = Entry.objects.filter(kind=kind.key, key__in=[entry.key for entry in entries])
    keys = dict(stored.values_list("key", "pk"))
    engine().write({keys[entry.key]: document() for entry, document in changed})


def _entry(kind: registry.ContentKind, row: Any) -> tuple[Entry, Callable[[], Document]]:
    """The entry of a version, and what makes its document when it is needed."""
    names, bodies = _searched(kind, row)
    day = getattr(row, row.address_day) if row.address_day else None
    year = day.year if day else timezone.localtime(row.live_from).year if row.live_from else None
    topics = sorted(topic.pk for topic in getattr(row, kind.topics_field).all()) if kind.topics_field else []
    entry = Entry(
        kind=kind.key,
        key=row.pk,
        original=row.original_key,
        language=row.language,
        title=row.title,
        teaser=kind.teaser_of(row),
        text="\n".join(filter(None, (*names, *bodies)))[:LONGEST_TEXT],
        slug=getattr(row, row.address_slug),
        day=day,
        form=kind.form_of(row),
        topics=topics,
        year=year,
        live_from=row.live_from,
        live_until=row.live_until,
        changed_at=row.updated_at,
    )
    told = (EDITION, entry.original, entry.language, entry.title, entry.teaser, entry.text, entry.slug, entry.day)
    since = quarter(row.live_from) if row.live_from else ""
    written = repr((*told, entry.form, entry.topics, entry.year, since))
    entry.digest = hashlib.blake2b(written.encode(errors="replace"), digest_size=16).hexdigest()
    return entry, lambda: document_of(entry, "\n".join(names), "\n".join(bodies)[:LONGEST_TEXT])


def _searched(kind: registry.ContentKind, row: Any) -> tuple[list[str], list[str]]:
    """The texts of what else is searched: short ones (names, places), and those of fields that tell their `words`."""
    names: list[str] = []
    bodies: list[str] = []
    for path in kind.searched:
        name, _separator, column = path.partition("__")
        for holder in _related(row, name) if column else [row]:
            field = holder._meta.get_field(column or name)
            value = getattr(holder, field.attname)
            if hasattr(field, "words"):
                bodies.append(field.words(value, row.language))
            elif value:
                names.append(str(value))
    return names, bodies


def _related(row: Any, name: str) -> list[Any]:
    field = row._meta.get_field(name)
    if field.many_to_many:
        return list(getattr(row, name).all())
    other = getattr(row, name)
    return [] if other is None else [other]


def document_of(entry: Entry, names: str, body: str) -> Document:
    """What is searched of a version, as its language has it."""
    language = entry.language
    title = list(words_in(entry.title, language))

    def written(text: str) -> list[str]:
        return [f"{language}:{stem}" for stem in stems_in(text, language)]

    document = Document(
        title=[f"{language}:{word.stem}" for word in title],
        teaser=written(entry.teaser),
        names=written(names),
        body=written(body),
        facets=list(dict.fromkeys(f"{language}={word.text}" for word in title)),
    )
    document.facets += facets(language=language, kind=entry.kind, form=entry.form, year=entry.year)
    document.facets += [f"topic:{topic}" for topic in entry.topics]
    document.facets += [quarter(entry.live_from)] if entry.live_from else []
    document.cut()
    return document


def facets(
    *, language: str = "", kind: str = "", form: str = "", topic: int | None = None, year: int | None = None
) -> list[str]:
    """What results are narrowed by, as the index holds it."""
    told = {"lang": language, "kind": kind, "form": f"{kind}:{form}" if form else "", "topic": topic, "year": year}
    return [f"{name}:{value}" for name, value in told.items() if value]


# ── What came another way ────────────────────────────────────────────────────────────────────────────────
class Sweep:
    """The background's job: entries that are missing or out of date are made, words that are new are learnt.

    Comparing a table with the index takes a second for a million rows, so a worker does it when it begins and then
    every ten minutes; while there is something to do, at once again.
    """

    def __init__(self) -> None:
        self.next_at = 0.0

    def __call__(self) -> int:
        done = 0
        if time.monotonic() >= self.next_at:
            done = mend()
            if not done:
                self.next_at = time.monotonic() + SWEEP
        return done + learn()


def mend() -> int:
    """Make up to a batch of each kind's entries that are missing or out of date. Returns how many."""
    return sum(_mend(kind) for kind in registry.kinds_with_pages())


def _mend(kind: registry.ContentKind) -> int:
    model = kind.model
    same = Entry.objects.filter(kind=kind.key, key=OuterRef("pk"), changed_at=OuterRef("updated_at"))
    for name in ("live_from", "live_until"):
        same = same.alias(**{f"{name}_or": Coalesce(name, LONG_AGO)})
        same = same.filter(**{f"{name}_or": Coalesce(OuterRef(name), LONG_AGO)})
    wrong = model.rows().order_by("pk").filter(~Exists(same)).values_list("pk", flat=True)[:BATCH]
    row = model.rows().order_by().filter(pk=OuterRef("key"))
    orphans = Entry.objects.filter(kind=kind.key).filter(~Exists(row)).values_list("key", flat=True)[:BATCH]
    return len(make(kind, [*wrong, *orphans]))


@transaction.atomic
def make(kind: registry.ContentKind, keys: Collection[int], *, anew: bool = False, wait: bool = False) -> set[int]:
    """Index versions that no verb holds at the moment, or wait for them. Returns the keys that are done."""
    rows = kind.model.rows().order_by("pk").filter(pk__in=keys)
    there = set(rows.values_list("pk", flat=True))
    free = set(rows.select_for_update(of=("self",), skip_locked=not wait).values_list("pk", flat=True))
    done = free | (set(keys) - there)
    if done:
        index(kind, done, anew=anew)
    return done


def make_all(told: Callable[[int], None]) -> None:
    """Every entry anew, while the search goes on to answer from those that are there. `told` of every batch."""
    for kind in registry.kinds_with_pages():
        last = 0
        while keys := list(kind.model.rows().order_by("pk").filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
            # One at a time if others hold them: who waits for one must not hold another.
            for key in set(keys) - make(kind, keys, anew=True):
                make(kind, [key], anew=True, wait=True)
            last = keys[-1]
            told(len(keys))
    while mend():
        pass
    while learn():
        pass
    engine().settle()


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────
def learn() -> int:
    """Add the words of some entries to those that misspelt ones are compared with. Returns how many entries.

    Only of what is public: whoever asks cleverly can find out which words there are.
    """
    entries = list(Entry.objects.live().filter(spelled=False).order_by("pk")[:BATCH])
    words: dict[tuple[str, str], str] = {}
    for entry in entries:
        for text in (entry.title, entry.teaser, entry.text):
            for word in islice(words_in(text, entry.language), MOST_LEARNT):
                if SHORTEST_LEARNT <= len(word.text) < LONGEST and word.text.isalpha():
                    words.setdefault((entry.language, word.text), text[word.start : word.end].lower()[:80])
    # In one order, so that two who learn never wait for each other.
    new = [Vocable(language=language, text=text, written=words[language, text]) for language, text in sorted(words)]
    Vocable.objects.bulk_create(new, ignore_conflicts=True, batch_size=400)
    for entry in entries:
        Entry.objects.filter(pk=entry.pk, digest=entry.digest).update(spelled=True)
    return len(entries)
