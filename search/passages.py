"""The passages by which a reader sees why something was found, with the words marked."""

from __future__ import annotations

import re
from collections.abc import Collection

from django.utils.html import escape
from django.utils.safestring import SafeString

from search.models import Entry
from search.words import Word, stems_in, words_in

# In characters: how long a passage is, and how far into a text one is looked for.
LENGTH = 240
DEPTH = 40_000
_space = re.compile(r"\s+")


def marked(text: str, language: str, stems: Collection[str]) -> SafeString:
    """The text as HTML, with every form of the words marked."""
    return _marked(text, [word for word in words_in(text, language) if word.stem in stems])


def _marked(text: str, hits: Collection[Word]) -> SafeString:
    parts, end = [], 0
    for word in hits:
        parts.append(f"{escape(text[end : word.start])}<mark>{escape(text[word.start : word.end])}</mark>")
        end = word.end
    return SafeString("".join([*parts, escape(text[end:])]))


def passage(entry: Entry, stems: Collection[str]) -> SafeString:
    """The teaser, unless a passage of the text holds more of the words."""
    in_teaser = set(stems_in(entry.teaser, entry.language)).intersection(stems)
    if len(in_teaser) < len(stems):
        found = _best(entry.text[:DEPTH], entry.language, stems)
        if len({word.stem for word in found}) > len(in_teaser):
            return _around(entry.text[:DEPTH], entry.language, found)
    return marked(entry.teaser, entry.language, stems)


def _best(text: str, language: str, stems: Collection[str]) -> list[Word]:
    """The words within a passage's length of each other that are most of those asked for; the first such."""
    window: list[Word] = []
    best: list[Word] = []
    for word in words_in(text, language):
        if word.stem not in stems:
            continue
        window = [other for other in window if word.end - other.start <= LENGTH * 3 // 4] + [word]
        if len({one.stem for one in window}) > len({one.stem for one in best}):
            best = window
            if len({one.stem for one in best}) == len(stems):
                break
    return best


def _around(text: str, language: str, found: list[Word]) -> SafeString:
    """So much of the text around these words, from a word's beginning to another's end."""
    room = LENGTH - (found[-1].end - found[0].start)
    start = max(0, found[0].start - room // 3)
    end = min(len(text), max(found[-1].end, start + LENGTH))
    if start:
        start = _beginning(text, start, found[0].start)
    if end < len(text):
        end = max(text.rfind(" ", found[-1].end, end), found[-1].end)
    piece = _space.sub(" ", text[start:end].strip())
    body = marked(piece, language, {word.stem for word in found})
    return SafeString(f"{'… ' if start else ''}{body}{' …' if end < len(text) else ''}")


def _beginning(text: str, start: int, before: int) -> int:
    """Where a sentence begins between two places, else a word."""
    places = (text.rfind(mark, start, before) + len(mark) for mark in (". ", "\n") if mark in text[start:before])
    word = text.find(" ", start, before) + 1
    return max(places, default=word or before)
