"""Keys of rows as they come from outside: typed, sent or in an address."""

from __future__ import annotations

from collections.abc import Iterable

# A key of more digits has no room in any database's column.
MOST_DIGITS = 18


def key_in(said: object) -> int | None:
    """None for anything that is no key of any row."""
    text = str(said).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None


def keys_among(texts: Iterable[object]) -> list[int]:
    """Those that are keys, in their order."""
    return [key for text in texts if (key := key_in(text)) is not None]
