"""What a link leads to, as one short text.

`kind:key` points at an item by the key of its original, `section:key` at a section of the site; anything else is a web
or mail address. An item's address and title are looked up when the link is shown, so a link follows its item, and is
left out while there is no public version for readers of its language.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from publishing import registry, rights
from publishing.models import Publishable

ITEM = re.compile(r"^(?P<kind>[a-z_]+):(?P<key>[1-9]\d{0,17})$")
OUTSIDE = re.compile(r"^(https?://|mailto:)", re.IGNORECASE)
_is_web_address = URLValidator(schemes=["http", "https"])


@dataclass(frozen=True, slots=True)
class Target:
    """Where a link leads."""

    title: str
    url: str
    external: bool = False
    language: str = ""
    """Of the item's version that it leads to."""


def target_of(item: Publishable) -> str:
    """The text that points at an item, whichever of its versions is given."""
    kind = registry.kind_with_page(type(item))
    if kind is None:
        raise ValueError(f"Nothing can point at {item!r}.")
    return f"{kind.key}:{item.original_key}"


def targets_in(item: Publishable) -> Iterator[str]:
    """The texts of the links within its fields. A field that can hold links has a method `targets(value)`."""
    for field in item._meta.concrete_fields:
        own: Callable[[Any], Iterable[str]] | None = getattr(field, "targets", None)
        if own is not None:
            yield from own(getattr(item, field.attname))


def resolve_targets(texts: Iterable[str], *, language: str) -> dict[str, Target]:
    """Targets by their text, in one query for items of any number of kinds. What is not public is missing."""
    found: dict[str, Target] = {}
    keys: dict[str, set[int]] = defaultdict(set)
    with override(language):
        for text in texts:
            if match := ITEM.match(text):
                keys[match["kind"]].add(int(match["key"]))
            elif OUTSIDE.match(text):
                found[text] = Target(text.removeprefix("https://").removeprefix("mailto:"), text, True)
            elif section := registry.section(text.removeprefix("section:")):
                found[text] = Target(str(section.label), section.url())
    for kind_key, original, title, slug, day, version in _public_items(keys, language):
        kind = registry.kind_named(kind_key)
        if kind is not None:
            with override(version):
                found[f"{kind_key}:{original}"] = Target(title, kind.model.address(slug, day), language=version)
    return found


def _public_items(keys: dict[str, set[int]], language: str) -> Iterable[tuple[str, int, str, str, dt.date | None, str]]:
    queries = []
    for kind in registry.kinds_with_pages():
        wanted = keys.get(kind.key)
        if not wanted:
            continue
        model = kind.model
        day = F(model.address_day) if model.address_day else Cast(Value(None), models.DateField())
        live = model.rows().live().for_readers_of(language)
        queries.append(
            live.filter(Q(pk__in=wanted) | Q(original__in=wanted))
            .order_by()
            .values_list(
                Value(kind.key, output_field=models.CharField()),
                Coalesce("original_id", "pk"),
                F("title"),
                F(model.address_slug),
                day,
                F("language"),
            )
        )
    if not queries:
        return []
    return queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]


def validate_target(text: str) -> None:
    """Raise ValidationError unless the text points at an item that exists, a section, or a web or mail address."""
    if match := ITEM.match(text):
        kind = registry.kind_named(match["kind"])
        if kind and kind.has_page:
            if kind.model.rows().filter(pk=match["key"]).exists():
                return
            raise ValidationError(_("What this leads to has been deleted."), code="invalid_target")
    elif text.startswith("section:"):
        if registry.section(text.removeprefix("section:")):
            return
    elif text.lower().startswith("mailto:"):
        if "@" in text:
            return
    elif OUTSIDE.match(text):
        _is_web_address(text)
        return
    raise ValidationError(
        _("Choose an item or a section from the list, or give a full address that begins with https://."),
        code="invalid_target",
    )


def describe(text: str) -> str:
    """A target for editors: its kind and title whether it is public or not; an outside address as it is."""
    if (match := ITEM.match(text)) and (kind := registry.kind_named(match["kind"])):
        item = kind.model.rows().filter(pk=match["key"]).first() or gettext("(deleted)")
        return f"{kind.model._meta.verbose_name}: {item}"
    section = registry.section(text.removeprefix("section:"))
    return str(_("Section: %(name)s") % {"name": section.label}) if section else text


def suggestions(term: str, *, user: object, limit: int = 20) -> list[dict[str, str]]:
    """Sections and items that a person may see and whose label or title holds the term, for the editor's search box."""
    needle = term.replace("\x00", "").strip().casefold()
    found = [
        {"id": f"section:{section.key}", "text": describe(f"section:{section.key}")}
        for section in registry.sections()
        if needle in str(section.label).casefold()
    ]
    for kind in registry.kinds_with_pages():
        if not rights.may(user, "view", kind.model):
            continue
        originals = kind.model.rows().originals().filter(title__icontains=needle)
        found += [
            {"id": target_of(item), "text": f"{item._meta.verbose_name}: {item}"}
            for item in originals.latest_first()[:limit]
        ]
    return found[:limit]


class PageTargets:
    """The targets of one page in one language: all that are announced before the first is asked for cost one query."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._announced: set[str] = set()
        self._asked: set[str] = set()
        self._found: dict[str, Target] = {}

    def announce(self, texts: Iterable[str]) -> None:
        self._announced.update(texts)

    def among(self, texts: Iterable[str]) -> dict[str, Target]:
        """Those of the texts that lead to something public."""
        wanted = list(texts)
        self.announce(wanted)
        new = self._announced - self._asked
        if new:
            self._found |= resolve_targets(new, language=self.language)
            self._asked |= new
        return {text: self._found[text] for text in wanted if text in self._found}


def targets_of_page(request: HttpRequest, language: str) -> PageTargets:
    """The page's own, which its menus and its text share."""
    found: PageTargets | None = getattr(request, "page_targets", None)
    if found is None or found.language != language:
        found = PageTargets(language)
        request.page_targets = found  # type: ignore[attr-defined]
    return found
