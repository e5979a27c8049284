"""The rules of sitemap files, as sitemaps.org's schemas and Google's documentation of its extensions give them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from publishing.models import Publishable
from tests.conftest import Person

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
HOST = "http://testserver"
# W3C's note on date and time formats: a day, or an instant with its offset.
W3C = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d))?")
LANGUAGE = re.compile(r"[a-z]{2}(-[a-z]{2})?")


@dataclass
class Page:
    loc: str
    lastmod: str = ""
    alternates: dict[str, str] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    news: dict[str, str] = field(default_factory=dict)


def words(element: Element) -> str:
    """Of an element without attributes and children."""
    assert not element.attrib
    assert not len(element)
    assert element.text
    assert element.text == element.text.strip()
    return element.text


def address(text: str) -> str:
    assert re.fullmatch(r"http://testserver/[!-~]+", text), "absolute, on this host, in ASCII alone"
    assert 12 <= len(text) < 2_048
    return text


def root_of(response: Any, tag: str) -> Element:
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies
    content: bytes = response.content
    assert content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    assert len(content) <= 50_000_000
    root = ElementTree.fromstring(content)
    assert root.tag == SITEMAP + tag
    return root


def index_of(response: Any) -> list[str]:
    """The paths of the files. Raises AssertionError where the schema of an index is broken."""
    root = root_of(response, "sitemapindex")
    assert 1 <= len(root) <= 50_000
    locs = []
    for sitemap in root:
        assert sitemap.tag == f"{SITEMAP}sitemap"
        (loc,) = sitemap
        assert loc.tag == f"{SITEMAP}loc"
        locs.append(address(words(loc)).removeprefix(HOST))
    assert len(set(locs)) == len(locs)
    return locs


def pages_of(response: Any, *, may_be_empty: bool = False) -> list[Page]:
    """Raises AssertionError where a rule is broken."""
    root = root_of(response, "urlset")
    assert may_be_empty or len(root) >= 1
    assert len(root) <= 50_000
    pages = [page_of(url) for url in root]
    assert len({page.loc for page in pages}) == len(pages)
    return pages


def page_of(url: Element) -> Page:
    assert url.tag == f"{SITEMAP}url"
    loc, *rest = url
    assert loc.tag == f"{SITEMAP}loc"
    page = Page(address(words(loc)))
    if rest and rest[0].tag == f"{SITEMAP}lastmod":
        page.lastmod = words(rest.pop(0))
        assert W3C.fullmatch(page.lastmod)
    for extra in rest:
        if extra.tag == f"{XHTML}link":
            assert set(extra.attrib) == {"rel", "hreflang", "href"}
            assert extra.attrib["rel"] == "alternate"
            code = extra.attrib["hreflang"]
            assert code == "x-default" or LANGUAGE.fullmatch(code)
            assert code not in page.alternates
            page.alternates[code] = address(extra.attrib["href"])
        elif extra.tag == f"{IMAGE}image":
            (place,) = extra
            assert place.tag == f"{IMAGE}loc"
            page.images.append(address(words(place)))
        else:
            assert extra.tag == f"{NEWS}news"
            assert not page.news
            page.news = news_of(extra)
    assert len(page.images) <= 1_000
    assert not page.alternates or page.loc in page.alternates.values(), "a page is one of its own alternates"
    return page


def news_of(news: Element) -> dict[str, str]:
    publication, date, title = news
    name, language = publication
    tags = [element.tag for element in (publication, name, language, date, title)]
    assert tags == [f"{NEWS}{tag}" for tag in ("publication", "name", "language", "publication_date", "title")]
    assert W3C.fullmatch(words(date))
    assert LANGUAGE.fullmatch(words(language))
    return {"name": words(name), "language": words(language), "date": words(date), "title": words(title)}


def everything(visitor: Person) -> dict[str, Page]:
    """Every page of every file that the index names, by address. Each file must be valid, and no page in two."""
    found: dict[str, Page] = {}
    for path in index_of(visitor.get("/sitemap.xml")):
        for page in pages_of(visitor.get(path)):
            assert page.loc.startswith(HOST + path[:4]), "a file may only list what lies below its folder"
            if page.news:
                continue
            assert page.loc not in found
            found[page.loc] = page
    return found


def listed(visitor: Person, item: Publishable) -> Page | None:
    return everything(visitor).get(HOST + item.get_absolute_url())


def news(visitor: Person, language: str = "en") -> list[Page]:
    return pages_of(visitor.get(f"/{language}/sitemap-latest-news.xml"), may_be_empty=True)
