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

from publishing.languages import listed
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
    """The two texts as one, in pieces: (kept, added or removed; text). What is replaced stands together.

    Where finding the single words would take too long, whole lines are compared, and in the worst case whole texts.
    """
    removed = added = ""
    for before, after in _steps(old, new):
        if before != after:
            removed, added = removed + before, added + after
        elif before.isspace() and (removed or added):
            # A space between two changes belongs to them, or they would be torn into single words.
            removed, added = removed + before, added + after
        else:
            yield from _pieces(removed, added)
            yield KEPT, before
            removed = added = ""
    yield from _pieces(removed, added)


def _steps(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The two texts in pieces side by side, the same or different."""
    work = Work()
    before, after = WORD.findall(old), WORD.findall(new)
    if Matcher(before, after, work).would_end:
        yield from _aligned(before, after, work)
        return
    for a, b in _aligned(old.splitlines(keepends=True), new.splitlines(keepends=True), work):
        yield from [(a, b)] if a == b else _aligned(WORD.findall(a), WORD.findall(b), work)


def _aligned(before: list[str], after: list[str], work: Work) -> Iterator[tuple[str, str]]:
    for _operation, a, b, c, d in Matcher(before, after, work).get_opcodes():
        yield "".join(before[a:b]), "".join(after[c:d])


@dataclass(slots=True)
class Work:
    """How many more pairs of equal words may be looked at: two seconds' worth, whatever was written."""

    left: int = 10_000_000


class Matcher(difflib.SequenceMatcher[str]):
    """Python's own is quadratic, and cubic for texts made for it: this one stops looking when all work is done.

    What it has not found to be the same by then counts as rewritten.
    """

    def __init__(self, before: list[str], after: list[str], work: Work) -> None:
        # Spaces are compared only beside words that are the same: there are too many that are.
        super().__init__(" ".__eq__, before, after, autojunk=False)
        self.before, self.work = before, work

    @property
    def would_end(self) -> bool:
        """Whether a first look over the whole leaves enough for those into its parts."""
        return 5 * self._pairs(0, None) < self.work.left

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Any:
        self.work.left -= self._pairs(alo, ahi)
        return super().find_longest_match(alo, ahi, blo, bhi) if self.work.left > 0 else difflib.Match(alo, blo, 0)

    def _pairs(self, first: int, last: int | None) -> int:
        places: dict[str, list[int]] = self.b2j  # type: ignore[attr-defined]
        return sum(1 + len(places.get(word, ())) for word in self.before[first:last])


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
        return listed(sorted(str(other) for other in related)) or gettext("(deleted)")
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
