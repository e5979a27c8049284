"""What a page tells machines of itself, in schema.org's words: as data, and as JSON-LD that can stand in HTML.

Every kind of content has one function, in its app's `metadata`, that makes such data from its model. The page joins it
with what is true of the whole site (`portal.metadata`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from publishing.models import Publishable

Thing = dict[str, Any]
Absolute = Callable[[str], str]
"""Makes an address of this site one that can be used anywhere."""

# JSON allows each of them to be written so; HTML and old parsers of scripts would misread the characters themselves.
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def json_ld(things: list[Thing]) -> SafeString:
    """Several things as one document, with nothing in it that could end a script element."""
    document = {"@context": "https://schema.org", "@graph": things}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return SafeString(text.translate(_ESCAPES))


def filled(thing: Thing) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in thing.items() if value not in (None, "", [], {})}


def stamp(moment: dt.datetime | dt.date | None) -> str:
    """As ISO 8601 writes it: an instant with the offset of the site's time zone, or a day."""
    if isinstance(moment, dt.datetime):
        return timezone.localtime(moment).isoformat(timespec="seconds")
    return moment.isoformat() if moment else ""


def organisation(absolute: Absolute) -> Thing:
    """The one whose site it is; every page says in full who that is."""
    return {"@id": absolute("/#organisation")}


def work(item: Publishable, kind: str, absolute: Absolute, **more: Any) -> Thing:
    """What is said of everything that is written: a type below schema.org's CreativeWork."""
    return filled(
        {
            "@type": kind,
            "headline" if kind.endswith("Article") else "name": item.title,
            "url": absolute(item.get_absolute_url()),
            "description": item.summary_elsewhere,
            "inLanguage": item.language,
            "isAccessibleForFree": True,
            "datePublished": stamp(item.published_at),
            "dateModified": stamp(item.modified_at),
            "publisher": organisation(absolute),
            **more,
        }
    )
