"""Feeds of what is public: RSS 2.0 and Atom (RFC 4287), told by one list of entries.

What a feed says of an item of a kind is told by the kind (`Syndicated`, entered in the registry). Texts and pictures
are put in their place by `library.feeds`, which stands above.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import quote, urljoin

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.encoding import iri_to_uri
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed, rfc3339_date
from django.utils.feedgenerator import Enclosure as Link
from django.utils.html import escape
from django.utils.translation import gettext

from publishing.models import Publishable

# How many items a feed holds: more than any newsroom publishes between two visits of a reader's program.
MOST = 30
# A tag belongs to who had the host's name on a day (RFC 4151, 2.1); this is the one on which feeds were first written.
SINCE = "2026"
# Of an empty feed, whose time of change must not move with the clock.
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# XML 1.0, 2.2: whatever else a text holds, no document may.
_illegible = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Labels = dict[str, list[str]]
"""Words about one item by what they are (topic, author), in order."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a kind says of one of its items, besides what every item has."""

    summary: str = ""
    """In plain words, for lists of entries and for feeds without full text."""
    title: str = ""
    """Instead of the item's own."""
    address: str = ""
    """Of what it leads to, instead of the item's own page."""
    texts: tuple[str, ...] = ("body",)
    """The rich-text columns that make up its full text, in order."""
    facts: tuple[str, ...] = ()
    """Lines that stand before its full text."""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosed: tuple[Any, ...] = ()
    """Recordings, documents and pictures of the library, the one that matters most first; None is passed over."""


@dataclass(frozen=True, slots=True)
class Syndicated:
    """How a kind of content takes part in feeds."""

    tell: Callable[[Any, Labels], Told]
    shows: tuple[str, ...] = ()
    """Relations to one row that `tell` looks at."""
    labels: Callable[[Collection[int]], Iterable[QuerySet[Any, Any]]] = lambda keys: ()
    """Of the items with these keys: queries for (key, what it is, words), which are asked together."""
    lists: Callable[[Any], Iterable[str]] = lambda item: ()
    """The paths of the lists of its own app in which an item stands, in the active language."""


# ── What a feed holds ────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Enclosure:
    address: str
    media_type: str
    size: int | None
    """In bytes; None if that is not known yet."""


@dataclass(frozen=True, slots=True)
class Entry:
    """All addresses are absolute, all instants aware."""

    key: str
    title: str
    address: str
    language: str
    published: dt.datetime
    updated: dt.datetime
    summary: str
    html: str
    """The full text; "" in a feed of teasers."""
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    enclosures: tuple[Enclosure, ...]


@dataclass(frozen=True, slots=True)
class Feed:
    title: str
    description: str
    author: str
    language: str
    page: str
    """The address of the list that it mirrors."""
    address: str
    """Its own."""
    hub: str
    """Where programs can ask to be told of changes (WebSub); "" if nowhere."""


def item_key(kind: str, item: Publishable) -> str:
    """An identity for ever (RFC 4151): it holds nothing that an editor, or another host name, can change."""
    return f"tag:{settings.IDENTITY_HOST},{item.created_at:%Y}:{kind}/{item.original_key}/{item.language}"


def feed_key(path: str) -> str:
    return f"tag:{settings.IDENTITY_HOST},{SINCE}:{quote(path, safe='/?&=%')}"


def published(item: Publishable) -> dt.datetime:
    """When it was published, as an instant: the beginning of the day of what has only a day."""
    assert item.live_from is not None
    moment = item.published_at or item.live_from
    if isinstance(moment, dt.datetime):
        return moment
    return min(timezone.make_aware(dt.datetime.combine(moment, dt.time.min)), item.live_from)


def updated(item: Publishable) -> dt.datetime:
    """When it was last put right in substance, else when it was published: no other change moves it."""
    first = published(item)
    return max(first, item.corrected_at or first)


def legible(text: str) -> str:
    """Without the characters that no XML document may hold."""
    return _illegible.sub("", text)


# ── Written ──────────────────────────────────────────────────────────────────────────────────────────────
class _Dated(SyndicationFeed):
    def latest_post_date(self) -> dt.datetime:
        return max((item["updateddate"] for item in self.items), default=NEVER)


class Rss(_Dated, Rss201rev2Feed):
    """With the elements of other vocabularies for what RSS has no word for: authors, full text, corrections."""

    def rss_attributes(self) -> dict[str, str]:
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if self.feed["hub"]:
            handler.addQuickElement("atom:link", None, {"rel": "hub", "href": self.feed["hub"]})

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        # RSS takes one enclosure, and HTML where Atom takes words.
        alone = {**item, "enclosures": item["enclosures"][:1], "description": escape(item["summary"]) or None}
        super().add_item_elements(handler, alone)
        for name in item["authors"]:
            handler.addQuickElement("dc:creator", name)
        if item["language"] != self.feed["language"]:
            handler.addQuickElement("dc:language", item["language"])
        handler.addQuickElement("atom:updated", rfc3339_date(item["updateddate"]))
        if item["html"]:
            handler.addQuickElement("content:encoded", item["html"])


class Atom(_Dated, Atom1Feed):
    def add_root_elements(self, handler: Any) -> None:
        super().add_root_elements(handler)
        if self.feed["hub"]:
            handler.addQuickElement("link", "", {"rel": "hub", "href": self.feed["hub"]})

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {"xml:lang": item["language"]} if item["language"] != self.feed["language"] else {}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        # Written here, because the length of an enclosure that is not known yet is left out (RFC 4287, 4.2.7.6).
        super().add_item_elements(handler, {**item, "enclosures": ()})
        for enclosure in item["enclosures"]:
            length = {"length": enclosure.length} if enclosure.length != "0" else {}
            link = {"rel": "enclosure", "href": enclosure.url, "type": enclosure.mime_type, **length}
            handler.addQuickElement("link", "", link)
        for name in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")
        if item["summary"]:
            handler.addQuickElement("summary", item["summary"])
        if item["html"]:
            handler.addQuickElement("content", item["html"], {"type": "html"})


@dataclass(frozen=True, slots=True)
class Format:
    label: str
    extension: str
    media_type: str
    generator: type[SyndicationFeed]


FORMATS = {
    "xml": Format("RSS", "xml", "application/rss+xml", Rss),
    "atom": Format("Atom", "atom", "application/atom+xml", Atom),
}
"""By what their addresses end in."""


def written(form: Format, feed: Feed, entries: Iterable[Entry]) -> bytes:
    """The document, well-formed whatever the texts hold."""
    document: Any = form.generator(
        title=legible(feed.title),
        link=feed.page,
        description=legible(feed.description),
        subtitle=legible(feed.description),
        language=feed.language,
        author_name=legible(feed.author),
        feed_url=feed.address,
        feed_guid=feed_key(urlpath(feed.address)),
        hub=feed.hub,
    )
    for entry in entries:
        document.add_item(
            title=legible(entry.title),
            link=entry.address,
            description=None,
            unique_id=entry.key,
            unique_id_is_permalink=False,
            pubdate=_to_the_second(entry.published),
            updateddate=_to_the_second(entry.updated),
            categories=[legible(words) for words in entry.categories],
            enclosures=[
                # RSS demands a length; 0 is what its authors' board recommends for one that is not known.
                Link(one.address, str(one.size or 0), one.media_type)
                for one in entry.enclosures
            ],
            authors=[legible(name) for name in entry.authors],
            language=entry.language,
            summary=legible(entry.summary),
            html=legible(entry.html),
        )
    target = BytesIO()
    document.write(target, "utf-8")
    return target.getvalue()


def _to_the_second(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(microsecond=0)


def urlpath(address: str) -> str:
    """Path and query of an absolute address."""
    return "/" + address.split("://", 1)[-1].partition("/")[2]


# ── Answered ─────────────────────────────────────────────────────────────────────────────────────────────
def absolute(path: str) -> str:
    """A path under the site's own address, whatever host was asked."""
    return iri_to_uri(urljoin(settings.SITE_URL, path))


def refuse_preview(request: HttpRequest) -> None:
    """What is taken along by programs holds nothing but what is public. Raises Http404 within a preview."""
    if hasattr(request, "preview"):
        raise Http404(gettext("There is nothing to preview at this address."))


def answer_unless_known(
    request: HttpRequest, content: bytes, content_type: str, headers: dict[str, str] | None = None
) -> HttpResponse:
    """304 to who has the same already (RFC 9110, 13.1.2), and nobody keeps it without asking again.

    There is no `Last-Modified`: a list also changes when something comes down, and no row tells of that later.
    """
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response = HttpResponse(content, content_type=content_type)
    for name, value in {"ETag": etag, "Cache-Control": "no-cache", **(headers or {})}.items():
        response.headers[name] = value
    return get_conditional_response(request, etag=etag, response=response) or response


def answer_feed(request: HttpRequest, form: Format, feed: Feed, entries: Iterable[Entry]) -> HttpResponse:
    """With the hub in its header too, as WebSub (W3C, section 4) has it."""
    links = f'<{feed.hub}>; rel="hub", <{feed.address}>; rel="self"'
    headers = {"Link": links} if feed.hub else {}
    return answer_unless_known(
        request, written(form, feed, entries), f"{form.media_type}; charset=utf-8", headers
    )  # fmt: skip


def feed_links(request: HttpRequest, title: str, query: str = "", *, path: str = "") -> list[dict[str, str]]:
    """The feeds that stand beside a list, by default that of the request; none in a preview."""
    if hasattr(request, "preview"):
        return []
    query = f"?{query}" if query else ""
    return [
        {
            "label": form.label,
            "type": form.media_type,
            "title": title,
            "url": f"{path or request.path}feed.{form.extension}{query}",
        }
        for form in FORMATS.values()
    ]
