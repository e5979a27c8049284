"""What feeds hold: the items of a list with their texts and files, whatever kinds they are of.

However many items there are, it costs one query for all their labels, one for each kind of thing that their texts name,
and one for what the texts link to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from html import escape
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from library.body import Things
from library.feed_texts import link_to, render_for_feed
from library.markup import targets_in
from library.models import Document, Image, Recording
from library.pictures import address_of, rendition_alone
from library.renditions import file_name
from library.serving import DOWNLOAD, TYPES
from publishing import former
from publishing.languages import current_language
from publishing.models import Publishable, PublishableQuerySet
from publishing.registry import ContentKind, kind_of, rows_about
from publishing.syndication import (
    MOST,
    Enclosure,
    Entry,
    Feed,
    Format,
    Labels,
    Syndicated,
    Told,
    absolute,
    answer_feed,
    item_key,
    published,
    refuse_preview,
    updated,
)
from publishing.targets import resolve_targets
from publishing.views import ItemList, ItemView

# Of the picture that stands for an item.
RATIO = "wide"
# A full text is the page's; beyond this many characters of HTML it is left to the page.
LONGEST = 200_000


class ListFeed(ItemList):
    """The feed of a list: its newest items, with the filters that are on. To be mixed with the list's view."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_preview(request)
        kind = kind_of(self.model)
        assert kind is not None
        items = self.shown(rows_of(kind, self.get_queryset())[:MOST])
        return answer(request, kwargs["form"], items, title=self.title, query=self.query)


class ItemFeed(ItemView):
    """The feed of what is about an item, such as a topic. To be mixed with the item's view."""

    def feed_title(self, item: Any) -> str:
        return str(item.title)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refuse_preview(request)
        try:
            item = self.get_object()
        except Http404:
            if moved := former.moved_beside(request):
                return moved
            raise
        return answer(request, kwargs["form"], newest(rows_about(item)), title=self.feed_title(item))


def rows_of(kind: ContentKind, queryset: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """With all that its entries tell of."""
    assert kind.feed is not None
    rows = queryset.select_related(*kind.feed.shows)
    return rows.defer(None) if settings.FEED_TEXT == "full" else rows


def newest(found: Iterable[tuple[ContentKind, PublishableQuerySet[Any]]]) -> list[Publishable]:
    """The newest among items of several kinds, as far as they take part in feeds."""
    kinds = [(kind, queryset) for kind, queryset in found if kind.feed is not None]
    items = chain.from_iterable(rows_of(kind, rows.for_cards().latest_first())[:MOST] for kind, rows in kinds)
    return sorted(items, key=published, reverse=True)[:MOST]


def answer(request: HttpRequest, form: Format, items: Iterable[Any], *, title: str, query: str = "") -> HttpResponse:
    """A feed beside the list whose path the request's begins with."""
    query = f"?{query}" if query else ""
    site: Any = request.site_settings  # type: ignore[attr-defined]  # `portal.middleware` puts it there
    feed = Feed(
        title=f"{title} – {site.name}",
        description=str(site.tagline) or str(site.name),
        author=str(site.name),
        language=current_language(),
        page=absolute(request.path.rpartition("/")[0] + "/" + query),
        address=absolute(request.path + query),
        # Nobody tells the hub of narrowed lists, so those who follow them are not sent to it.
        hub="" if query else settings.WEBSUB_HUB,
    )
    return answer_feed(request, form, feed, entries_of(list(items)))


# ── Entries ──────────────────────────────────────────────────────────────────────────────────────────────
def entries_of(items: list[Any]) -> Iterator[Entry]:
    labels = labels_of(items)
    told = [(item, in_feeds(item).tell(item, labels[kind_key(item), item.pk])) for item in items]
    texts = Texts(told)
    for item, said in told:
        yield Entry(
            key=item_key(kind_key(item), item),
            title=said.title or item.title,
            address=absolute(said.address or item.get_absolute_url()),
            language=item.language,
            published=published(item),
            updated=updated(item),
            summary=said.summary,
            html=texts.of(item, said),
            authors=tuple(filter(None, said.authors)),
            categories=tuple(dict.fromkeys(filter(None, said.categories))),
            enclosures=tuple(found for thing in said.enclosed if (found := enclosure_of(thing))),
        )


def kind_key(item: Publishable) -> str:
    kind = kind_of(type(item))
    assert kind is not None
    return kind.key


def in_feeds(item: Publishable) -> Syndicated:
    """How its kind takes part in feeds."""
    kind = kind_of(type(item))
    assert kind is not None
    assert kind.feed is not None
    return kind.feed


def labels_of(items: list[Any]) -> dict[tuple[str, int], Labels]:
    """By kind and key, for items of any number of kinds in one query."""
    found: dict[tuple[str, int], Labels] = defaultdict(lambda: defaultdict(list))
    keys: dict[str, list[int]] = defaultdict(list)
    kinds = {kind_key(item): in_feeds(item) for item in items}
    for item in items:
        keys[kind_key(item)].append(item.pk)
    queries = [query for key, kind in kinds.items() for query in kind.labels(keys[key])]
    if queries:
        rows: Iterable[Any] = queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]
        for key, pk, what, words in sorted(rows):
            found[key, pk][what].append(words)
    return found


class Texts:
    """The full texts of many items: what they name is looked up for all of them at once, and only if it is wanted."""

    def __init__(self, told: list[tuple[Any, Told]]) -> None:
        self.wanted = settings.FEED_TEXT == "full"
        if self.wanted:
            html = [text for item, said in told for text in self._stored(item, said)]
            self.things = Things.of(html, to_play=False)
            links = set(chain.from_iterable(map(targets_in, html)))
            self.targets = resolve_targets(links, language=current_language()) if links else {}

    def _stored(self, item: Any, said: Told) -> list[str]:
        return [text for column in said.texts if (text := getattr(item, column)) and len(text) <= LONGEST]

    def of(self, item: Any, said: Told) -> str:
        if not self.wanted:
            return ""
        page = absolute(item.get_absolute_url())
        facts = "<br>".join(escape(line) for line in said.facts if line)
        parts = [f"<p>{facts}</p>" if facts else ""]
        parts += [
            render_for_feed(text, self.things, self.targets, language=item.language, page=page)
            for text in self._stored(item, said)
        ]
        away = [thing for thing in said.enclosed if isinstance(thing, Recording) and not thing.file]
        parts += [link_to(thing) for thing in away]
        html = "".join(parts)
        # Whoever reads it elsewhere is told by nothing else which way its lines run.
        return f'<div dir="rtl">{html}</div>' if html and item.language in settings.LANGUAGES_BIDI else html


# ── Files ────────────────────────────────────────────────────────────────────────────────────────────────
def enclosure_of(thing: Image | Recording | Document | None) -> Enclosure | None:
    """A file of the library as a feed encloses it; None for what may not be shown or lies on another website."""
    if isinstance(thing, Image):
        rendition = rendition_alone(thing, RATIO)
        if rendition is None:
            return None
        address = absolute(address_of(thing, rendition))
        return Enclosure(address, TYPES[rendition.extension], size_of(file_name(thing, rendition)))
    if thing is None or not thing.file:
        return None
    media_type = TYPES.get(thing.extension.lower(), DOWNLOAD).partition(";")[0]
    return Enclosure(absolute(thing.get_absolute_url()), media_type, thing.size)


def size_of(name: str) -> int | None:
    """Of a rendition, in bytes; None if it has not been made yet. Its file never changes, so it is asked for once."""
    try:
        return _size(name)
    except Exception:  # storages raise whatever they like for a file that is missing; a feed is written all the same
        return None


@lru_cache(maxsize=4096)
def _size(name: str) -> int:
    return default_storage.size(name)
