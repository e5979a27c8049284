"""The picture that networks show beside a link, made for each item: what stands on it, and at which address it lies.

The address is made from the item's row alone, without a query, and holds a hash of everything that is drawn: another
title, picture or name gives another address, and what lies at one never changes. No text of it comes from an address.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import get_script_prefix, reverse
from django.utils.translation import override

from library.models import Image
from library.pictures import has_renditions
from portal.models import SiteSettings
from publishing.dates import day_in_words
from publishing.models import Publishable
from publishing.registry import kind_named, kind_of, kinds_with_pages

# To be raised when what is drawn changes for all cards.
DESIGN = 2
SIZE = (1200, 630)
FOLDER = "share"
SITE = "site"
KEY = re.compile(r"([a-z_]+)-([a-z0-9-]{1,18})")


@dataclass(frozen=True, slots=True)
class SharePicture:
    """As Open Graph tells of it."""

    url: str
    alt: str
    width: int = SIZE[0]
    height: int = SIZE[1]
    type: str = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Card:
    key: str
    """news-12, or site-en."""
    title: str
    line: str
    """Over the title: the kind, and the day."""
    name: str
    """The organisation's; "" where it is the title."""
    has_logo: bool
    """Then the house's neutral mark is not drawn beside its name."""
    image: Image | None

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits."""
        picture = f"{self.image.pk} {self.image.version}" if self.image else ""
        drawn = [DESIGN, self.title, self.line, self.name, self.has_logo, picture]
        return hashlib.sha256(json.dumps(drawn).encode()).hexdigest()[:12]

    @property
    def folder(self) -> str:
        """Where its file lies in the storage, and those of former versions until it is made."""
        return f"{FOLDER}/{self.key}"

    @property
    def file_name(self) -> str:
        return f"{self.folder}/{self.version}.jpg"

    @property
    def address(self) -> str:
        # The same within a preview as outside, for files have no drafts.
        return "/" + reverse("share-picture", args=[self.key, self.version]).removeprefix(get_script_prefix())

    def picture(self, absolute: Callable[[str], str]) -> SharePicture:
        alt = " – ".join(filter(None, [self.title, self.line, self.name]))
        return SharePicture(absolute(self.address), alt)


def card_of(item: Publishable, site: SiteSettings) -> Card:
    """Of a version with a page of its own."""
    kind = kind_of(type(item))
    assert kind is not None
    with override(item.language):
        return Card(
            f"{kind.key}-{item.pk}",
            " ".join(item.name_elsewhere.split()),
            _line(item),
            str(site.name),
            site.logo_id is not None,
            _shown(getattr(item, "image", None)),
        )


def card_of_site(site: SiteSettings, language: str) -> Card:
    """For lists and for the home page."""
    with override(language):
        name, tagline = str(site.name), str(site.tagline)
        return Card(f"{SITE}-{language}", tagline or name, "", name if tagline else "", site.logo_id is not None, None)


def card_named(key: str) -> Card | None:
    """The card of a live item or of the site, as it is now; None for anything else."""
    match = KEY.fullmatch(key)
    if not match:
        return None
    if match[1] == SITE:
        return card_of_site(SiteSettings.load(), match[2]) if match[2] in dict(settings.LANGUAGES) else None
    kind = kind_named(match[1])
    if kind not in kinds_with_pages() or not match[2].isdecimal():
        return None
    item: Any = kind.model.rows().live().for_cards().filter(pk=match[2]).first()
    return card_of(item, SiteSettings.load()) if item else None


def _line(item: Publishable) -> str:
    day = item.display_date
    parts = [item.kicker, day_in_words(day) if day else "", getattr(item, "note", "")]
    return " · ".join(part for part in parts if part)


def _shown(image: Image | None) -> Image | None:
    return image if image and has_renditions(image) else None
