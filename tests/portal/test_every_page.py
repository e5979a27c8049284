"""A visitor who follows every link of the sample site, and what each page must be on the way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.db import connection

from tests.conftest import Person
from tests.html import parse_as_browsers_do

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample"), pytest.mark.xdist_group("sample")]

HOST = "http://testserver"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Lists can be narrowed and turned over without end; of each list's query strings only this many are followed.
MOST_QUERIES = 3
# PostgreSQL is asked for one whose pages hold what is live in it, and one in which originals stand in for the rest: in the
# others the same is asked with another code.
LANGUAGES = ("en", "fr", "uk", "ar") if connection.vendor == "sqlite" else ("en", "ar")


class Reader(HTMLParser):
    """Collects what the checks ask for. (html5lib would take ten times as long; it reads one page of each type below.)"""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.stack: list[str] = []
        self.crossed: list[str] = []
        self.title = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] == "title" and "svg" not in self.stack:
            self.title += data

    def values(self, name: str, *tags: str) -> list[str]:
        return [value for tag, attribute, value in self.attributes if attribute == name and (not tags or tag in tags)]


@dataclass
class Visit:
    url: str
    status: int
    headers: dict[str, str]
    cookies: int
    html: str = ""
    page: Reader = field(default_factory=lambda: Reader(""))


@pytest.fixture(scope="module")
def visits(sample: None, django_db_blocker: Any) -> dict[str, Visit]:
    """Every address of the site that is reached from the home pages, visited once.

    Not by the language switch: a page that is not translated says so in the same words as every other.
    """
    client, found, queue = Person(), {}, [f"/{code}/" for code in LANGUAGES]
    queries: Counter[str] = Counter()
    with django_db_blocker.unblock():
        while queue:
            url = queue.pop(0)
            if url in found:
                continue
            response = client.get(url)
            visit = found[url] = Visit(url, response.status_code, dict(response.headers), len(response.cookies))
            targets = []
            if response.status_code in (301, 302):
                targets = [response.headers["Location"]]
            elif response.headers.get("Content-Type", "").startswith("text/html"):
                visit.html = response.content.decode()
                visit.page = Reader(visit.html)
                targets = visit.page.values("href", "a", "link") + visit.page.values("src")
                targets += [value for value in visit.page.values("value", "option") if value.startswith("/")]
            elif response.streaming:
                response.close()
            for target in targets:
                address = urljoin(HOST + url, urldefrag(target).url)
                parts = urlsplit(address)
                if f"{parts.scheme}://{parts.netloc}" != HOST or parts.path.startswith("/static/"):
                    continue
                inside = address.removeprefix(HOST)
                if inside[:4] != url[:4] and inside[4:] == url[4:]:
                    continue
                if parts.query:
                    queries[parts.path] += inside not in found and inside not in queue
                    if queries[parts.path] > MOST_QUERIES:
                        continue
                if inside not in found and inside not in queue:
                    queue.append(inside)
    return found


@pytest.fixture(scope="module")
def pages(visits: dict[str, Visit]) -> list[Visit]:
    return [visit for visit in visits.values() if visit.html and visit.status == 200]


def faults(pages: list[Visit], find: Any) -> dict[str, Any]:
    return {visit.url: fault for visit in pages if (fault := find(visit))}


def test_no_link_is_dead(visits: dict[str, Visit]) -> None:
    assert {url: visit.status for url, visit in visits.items() if visit.status not in (200, 301, 302)} == {}


def test_the_walk_reached_every_part_of_the_site(visits: dict[str, Visit]) -> None:
    parts = Counter("/".join(url.split("/")[1:3]) for url in visits)
    for language in LANGUAGES:
        for part in ("news", "review", "events", "topics", "secretary-general", "featured", "search", "subscribe"):
            assert parts[f"{language}/{part}"], f"{language}/{part}"
    assert parts["media/pictures"] > 100
    assert len(visits) > 125 * len(LANGUAGES)


def test_links_lead_straight_to_their_page(visits: dict[str, Visit]) -> None:
    assert {url: visit.headers["Location"] for url, visit in visits.items() if visit.status in (301, 302)} == {}


def test_each_page_has_one_h1_a_title_and_its_language(pages: list[Visit]) -> None:
    assert faults(pages, lambda visit: visit.page.tags["h1"] != 1) == {}
    assert faults(pages, lambda visit: not visit.page.title.strip() or "None" in visit.page.title) == {}
    assert faults(pages, lambda visit: visit.page.values("lang", "html") != [visit.url.split("/")[1]]) == {}
    assert faults(pages, lambda visit: visit.page.tags["main"] != 1) == {}


def test_items_of_one_part_have_titles_of_their_own(pages: list[Visit]) -> None:
    items = [visit for visit in pages if "?" not in visit.url and "/secretary-general/" not in visit.url]
    titles = Counter((*visit.url.split("/")[1:3], visit.page.title) for visit in items)
    assert [title for title, count in titles.items() if count > 1] == []


def test_no_id_is_given_twice(pages: list[Visit]) -> None:
    assert faults(pages, lambda v: [name for name, count in Counter(v.page.values("id")).items() if count > 1]) == {}


def test_what_is_labelled_by_an_id_finds_it(pages: list[Visit]) -> None:
    def dangling(visit: Visit) -> list[str]:
        ids = set(visit.page.values("id"))
        wanted = [name for attribute in ("aria-labelledby", "aria-describedby", "for", "aria-controls", "popovertarget")
                  for value in visit.page.values(attribute) for name in value.split()]  # fmt: skip
        wanted += [href[1:] for href in visit.page.values("href", "a") if href.startswith("#")]
        return [name for name in wanted if name not in ids]

    assert faults(pages, dangling) == {}


def test_tags_are_closed_in_order(pages: list[Visit]) -> None:
    assert faults(pages, lambda visit: visit.page.crossed or visit.page.stack) == {}


def test_nothing_is_inline(pages: list[Visit]) -> None:
    assert faults(pages, lambda visit: visit.page.values("style") or visit.page.tags["style"]) == {}
    # Data for machines is no script: browsers run nothing of it, whatever the policy says.
    data = "application/ld+json"
    assert faults(pages, lambda visit: visit.page.values("type", "script").count(data) != 1) == {}
    assert faults(pages, lambda visit: visit.page.tags["script"] != len(visit.page.values("src", "script")) + 1) == {}
    handlers = {name for visit in pages for _tag, name, _value in visit.page.attributes if name.startswith("on")}
    assert handlers == set()
    assert (
        faults(pages, lambda v: [h for h in v.page.values("href") if h.lower().startswith(("javascript:", "data:"))])
        == {}
    )


def test_nothing_is_loaded_from_another_host(pages: list[Visit]) -> None:
    def foreign(visit: Visit) -> list[str]:
        loaded = visit.page.values("src") + visit.page.values("srcset") + visit.page.values("data", "object")
        loaded += visit.page.values("poster") + visit.page.values("action") + visit.page.values("formaction")
        rels = zip(visit.page.values("rel", "link"), visit.page.values("href", "link"), strict=False)
        loaded += [href for rel, href in rels if rel not in ("canonical", "alternate")]
        return [url for url in loaded if url and (urlsplit(url).netloc or not url.startswith(("/", "?")))]

    assert faults(pages, foreign) == {}
    assert sum(visit.page.tags["iframe"] for visit in pages) == 0


def test_no_page_sets_a_cookie(visits: dict[str, Visit]) -> None:
    assert {url for url, visit in visits.items() if visit.cookies or "Set-Cookie" in visit.headers} == set()
    assert not [visit.url for visit in visits.values() if "cookie" in visit.headers.get("Vary", "").lower()]


def test_every_page_carries_the_strict_policy(pages: list[Visit]) -> None:
    policies = {visit.headers.get("Content-Security-Policy") for visit in pages}
    assert len(policies) == 1
    policy = policies.pop() or ""
    assert "default-src 'none'" in policy
    assert not re.search(r"unsafe|http|\*|data:|nonce", policy)
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy", "X-Frame-Options"):
        assert faults(pages, lambda visit, name=name: name not in visit.headers) == {}


def test_every_picture_keeps_its_place_and_has_an_alt(pages: list[Visit]) -> None:
    def unsized(visit: Visit) -> bool:
        counts = {len(visit.page.values(name, "img")) for name in ("src", "width", "height", "alt")}
        return len(counts) > 1 or "0" in visit.page.values("width", "img")

    assert faults(pages, unsized) == {}


def test_nothing_unfinished_is_shown(pages: list[Visit]) -> None:
    leftovers = re.compile(
        r"\{\{|\{%|>\s*None\s*<|\bundefined\b|&amp;(amp|nbsp|lt|gt|quot|#)|lorem ipsum|TODO", re.IGNORECASE
    )
    assert faults(pages, lambda visit: [found[0] for found in leftovers.finditer(visit.html)]) == {}


@pytest.mark.skipif("fr" not in LANGUAGES, reason="words of the interface are the same with any database")
def test_french_pages_are_in_french(pages: list[Visit]) -> None:
    """Words of the interface that would be left over if an entry of the .po were missing."""
    english = re.compile(
        r">\s*(Skip to the content|Back to top|Subscribe|Search|Upcoming|Recent|Share|Related|Topics|All news|Menu|Close|"
        r"Previous page|Next page|Show|Kind|Year|Topic|All years|All kinds|Documents|Programme|When|Where|Copy link|Go)\s*<"
    )
    french = [visit for visit in pages if visit.url.startswith("/fr/")]
    found = Counter(match[1] for visit in french for match in english.finditer(visit.html))
    assert {word: count for word, count in found.items() if word not in ("Programme", "Documents", "Menu")} == {}


TYPES = [
    "/{}/", "/{}/news/", "/{}/news/speech/", "/{}/featured/", "/{}/review/", "/{}/events/", "/{}/events/?when=recent",
    "/{}/secretary-general/", "/{}/secretary-general/former/", "/{}/secretary-general/annual-reports/", "/{}/topics/",
    "/{}/search/?q=a", "/{}/subscribe/",
]  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("path", TYPES)
def test_lists_are_valid_to_a_strict_parser(path: str, language: str, visitor: Person) -> None:
    response = visitor.get(path.format(language))
    assert response.status_code == 200
    parse_as_browsers_do(response, strict=True)


def test_items_of_every_kind_are_valid_to_a_strict_parser(pages: list[Visit]) -> None:
    kinds = (
        r"/news/\d",
        r"/review/\d",
        r"/events/\d",
        r"/topics/.",
        r"/annual-reports/.",
        r"/secretary-general/anders",
        "/about-us/.",
    )
    for kind in kinds:
        visit = next(visit for visit in pages if re.search(kind, visit.url))
        parse_as_browsers_do(visit.html, strict=True)


def test_pages_that_are_not_there_are_valid_and_ours(visitor: Person) -> None:
    response = visitor.get("/en/nothing/like/this/")
    assert response.status_code == 404
    assert "Page not found" in response.content.decode()
    assert not response.cookies
    parse_as_browsers_do(response, strict=True)
