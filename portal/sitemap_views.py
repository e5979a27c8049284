"""/sitemap.xml, and under each language its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext
from django.views.decorators.http import conditional_page, require_safe

from portal import sitemaps
from portal.chrome import site_of, with_default
from publishing.languages import current_language
from publishing.metadata import stamp
from publishing.registry import kind_named, kinds_with_pages
from publishing.syndication import legible, refuse_preview

PROTOCOL = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
ALTERNATES = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
PICTURES = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
# sitemaps.org: an address has less than so many characters.
LONGEST = 2_048

View = Callable[..., HttpResponse]


def for_search_engines(view: View) -> View:
    """A file that is not listed itself, is not sent twice to who has it, and of which there is no preview."""

    @require_safe
    @conditional_page
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        refuse_preview(request)
        response = view(request, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answer


@for_search_engines
def index(request: HttpRequest) -> HttpResponse:
    # The paths are of letters and digits alone: with thousands of them it counts that none is escaped.
    start = f"<sitemap><loc>{escape(origin_of(request))}"
    paths = islice(sitemaps.files(), sitemaps.MOST_FILES)
    parts = (f"{start}{path}</loc></sitemap>" for path in paths)
    return document("sitemapindex", PROTOCOL, parts)


@for_search_engines
def of_sections(request: HttpRequest) -> HttpResponse:
    return urlset(request, sitemaps.of_sections())


@for_search_engines
def of_window(request: HttpRequest, key: str, number: str) -> HttpResponse:
    kind = kind_named(key)
    entries = sitemaps.of_window(kind, int(number)) if kind in kinds_with_pages() else []
    if not entries:
        raise Http404(gettext("There is no such page."))
    return urlset(request, entries)


@for_search_engines
def latest(request: HttpRequest) -> HttpResponse:
    """For news search (Google's news sitemap 0.9). It may be empty, for it is asked for by its name."""
    origin, name = origin_of(request), escape(legible(str(site_of(request).name)))
    return document(
        "urlset",
        f"{PROTOCOL} {NEWS}",
        (
            f"<url><loc>{escape(origin + item.get_absolute_url())}</loc><news:news>"
            f"<news:publication><news:name>{name}</news:name>"
            f"<news:language>{current_language()}</news:language></news:publication>"
            f"<news:publication_date>{stamp(item.published_at)}</news:publication_date>"
            f"<news:title>{escape(legible(item.title))}</news:title></news:news></url>"
            for item in sitemaps.latest_news()
        ),
    )


def urlset(request: HttpRequest, entries: list[sitemaps.Entry]) -> HttpResponse:
    origin = origin_of(request)
    return document("urlset", f"{PROTOCOL} {ALTERNATES} {PICTURES}", (parts_of(entry, origin) for entry in entries))


def parts_of(entry: sitemaps.Entry, origin: str) -> str:
    """One page; "" if its address is too long to be listed."""
    paths = {code: escape(origin + path) for code, path in with_default(entry.versions).items()}
    address = paths[current_language()]
    if len(address) >= LONGEST:
        return ""
    parts = [f"<loc>{address}</loc>"]
    if entry.changed_at:
        parts.append(f"<lastmod>{stamp(entry.changed_at)}</lastmod>")
    parts += [
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{path}"/>'
        for code, path in paths.items()
        if len(path) < LONGEST
    ]
    parts += [f"<image:image><image:loc>{escape(origin + path)}</image:loc></image:image>" for path in entry.pictures]
    return f"<url>{''.join(parts)}</url>"


def document(element: str, namespaces: str, parts: Iterable[str]) -> HttpResponse:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<{element} {namespaces}>",
        *filter(None, parts),
        f"</{element}>",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="application/xml; charset=utf-8")


def origin_of(request: HttpRequest) -> str:
    """Scheme and host, to be put before a path."""
    return f"{request.scheme}://{request.get_host()}"
