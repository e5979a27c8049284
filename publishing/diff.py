"""What differs between two states of an item, for people."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.db import models
from django.utils.formats import localize
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext

from publishing.models import Part, Publishable, Recorded
from publishing.snapshots import Content, changed, fields_of

BLOCK_END = re.compile(r"</(?:p|h[1-6]|li|blockquote|tr|figcaption)>|<br\s*/?>|<hr\s*/?>", re.IGNORECASE)
WORD = re.compile(r"\n+|[^\S\n]+|\w+|[^\w\s]")

KEPT, ADDED, REMOVED, MOVED = "kept", "added", "removed", "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its label and its text in pieces, each kept, added, removed or moved."""

    name: str
    label: str
    parts: list[tuple[str, str]]


def differences(item: Publishable | Recorded, old: Content, new: Content) -> list[Difference]:
    """Field by field, in the order of the model; words within text."""
    names = set(changed(old, new))
    return [
        Difference(
            field.name,
            capfirst(str(field.verbose_name)),
            list(_compared(field, old.get(field.name), new[field.name])),
        )
        for field in fields_of(item)
        if field.name in names
    ]


def _compared(field: models.Field[Any, Any] | Part, old: Any, new: Any) -> Iterator[tuple[str, str]]:
    if isinstance(field, Part):
        return field.pieces(old, new)
    return words(readable(field, old), readable(field, new))


def words(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The two texts as one, in pieces: (kept, added or removed; text). What is replaced stands together."""
    before, after = WORD.findall(old), WORD.findall(new)
    removed = added = ""
    for operation, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        text = "".join(before[a:b])
        if operation != "equal":
            removed, added = removed + text, added + "".join(after[c:d])
        elif text.isspace() and (removed or added):
            # A space between two changes belongs to them, or they would be torn into single words.
            removed, added = removed + text, added + text
        else:
            yield from _pieces(removed, added)
            yield KEPT, text
            removed = added = ""
    yield from _pieces(removed, added)


def _pieces(removed: str, added: str) -> Iterator[tuple[str, str]]:
    """One change; the white space that both of its sides end with was not changed."""
    space = removed[len(removed.rstrip()) :]
    tail = space if added.endswith(space) else ""
    for kind, text in ((REMOVED, removed), (ADDED, added)):
        if text.removesuffix(tail):
            yield kind, text.removesuffix(tail)
    if tail:
        yield KEPT, tail


def readable(field: models.Field[Any, Any] | Part, value: Any) -> str:
    """A value of a snapshot as people read it; "" for none. A field may have a way of its own, `readable`."""
    if value in (None, "", [], {}):
        return ""
    own: Callable[[Any], str] | None = getattr(field, "readable", None)
    if own is not None:
        return own(value)
    assert isinstance(field, models.Field)
    if field.related_model is not None:
        keys = value if isinstance(value, list) else [value]
        related = field.related_model._default_manager.filter(pk__in=keys)  # type: ignore[union-attr]
        return ", ".join(sorted(str(other) for other in related)) or gettext("(deleted)")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    python = field.to_python(value)
    if isinstance(field, models.DateTimeField) and is_aware(python):
        python = localtime(python)
    return str(localize(python)) if not isinstance(python, str) else python


def text_of(html: str) -> str:
    """The words of HTML, a line a block."""
    return unescape(strip_tags(BLOCK_END.sub("\n", html))).strip()
