"""The index of the site: a row for each version of everything that has a page, public or not."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from publishing import clock
from publishing.languages import originals_stand_in_for


class EntryQuerySet(models.QuerySet["Entry"]):
    def live(self, *, at: dt.datetime | None = None) -> Self:
        """What a visitor may find now: `PublishableQuerySet.live`, on the timestamps that the index holds."""
        at = at or clock.now()
        return self.filter(Q(live_until__isnull=True) | Q(live_until__gt=at), live_from__lte=at)

    def for_readers_of(self, language: str) -> Self:
        """As in lists: versions in a language and, where the site says so, originals that have none in it yet."""
        if not originals_stand_in_for(language):
            return self.filter(language=language)
        translation = Entry.objects.live().filter(kind=OuterRef("kind"), original=OuterRef("key"), language=language)
        return self.filter(Q(language=language) | Q(original=F("key")) & ~Exists(translation))

    def newest_first(self) -> Self:
        return self.order_by("-live_from", "-pk")


class Entry(models.Model):
    """One version as the search knows it.

    It carries the version's timestamps, so it appears and leaves by the clock. What its words are searched by is kept
    by the database's own full-text engine (`search.engines`).
    """

    # First, because PostgreSQL reads a row's columns in their order, and asks many rows for these and no others.
    live_from = models.DateTimeField(null=True)
    live_until = models.DateTimeField(null=True)
    language = models.CharField(max_length=10)

    kind = models.CharField(max_length=40)
    key = models.BigIntegerField()
    original = models.BigIntegerField()

    title = models.CharField(max_length=200)
    teaser = models.TextField(blank=True)
    text = models.TextField(blank=True)
    slug = models.CharField(max_length=600)
    day = models.DateField(null=True)

    # What results are narrowed by: a kind's own distinction (a press release), originals' keys, the year shown.
    form = models.CharField(max_length=40, blank=True)
    topics = models.JSONField(default=list)
    year = models.SmallIntegerField(null=True)

    # What it was made of: a hash of all words, and when the version was stored. They tell what has to be made anew.
    digest = models.CharField(max_length=32)
    changed_at = models.DateTimeField()
    # Whether its words are among those that misspelt ones are compared with.
    spelled = models.BooleanField(default=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        # Staff neither see nor change it.
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "key"], name="search_entry_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Serves the newest matches of a frequent word.
            models.Index(F("live_from").desc(), F("id").desc(), name="search_newest"),
            # Serves the question whether an original has a version in the reader's language, and topics' titles.
            models.Index(fields=["kind", "original", "language"], name="search_versions"),
            # Serves the first year that results can be narrowed to.
            models.Index(fields=["year"], name="search_years"),
            # Serves the background's look for words that are new.
            models.Index(fields=["id"], name="search_unspelled", condition=Q(spelled=False)),
        ]

    def __str__(self) -> str:
        return self.title


class Vocable(models.Model):
    """A word that stands in some version that is or was public. It is shown to who finds something by it."""

    language = models.CharField(max_length=10)
    text = models.CharField(max_length=40)
    # As it stood where it was found first, with its accents.
    written = models.CharField(max_length=80)

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["language", "text"], name="search_vocable_once")
        ]

    def __str__(self) -> str:
        return self.text
