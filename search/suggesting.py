"""Titles that begin as a reader types, while they type."""

from __future__ import annotations

from django.conf import settings

from publishing.languages import originals_stand_in_for
from publishing.registry import name_of
from search.engines import engine, matching
from search.finding import address_of, label_of
from search.models import Entry
from search.words import words_in

MOST = 8
# Letters before anything is suggested, and characters that are looked at.
SHORTEST, LONGEST = 2, 100
MOST_WORDS = 6


def suggestions(text: str, *, language: str) -> list[dict[str, str]]:
    """The newest live titles with these words, the last of which may go on: title, url, kind, language. One query."""
    codes = [code for code, _name in settings.LANGUAGES] if originals_stand_in_for(language) else [language]
    asked = []
    for code in codes:
        words = [word.text for word in words_in(text[:LONGEST].replace("\x00", ""), code)][:MOST_WORDS]
        if words and (len(words) > 1 or len(words[0]) >= SHORTEST):
            asked.append(engine().beginnings(code, words))
    entries = matching(Entry.objects.live().for_readers_of(language), engine().any_of(asked))
    return [
        {
            "title": entry.title,
            "url": address_of(entry),
            "kind": label_of(name_of(entry.kind, entry.form)),
            "language": entry.language,
        }
        for entry in entries.newest_first().defer("text", "teaser")[:MOST]
    ]
