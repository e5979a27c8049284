"""What programs ask for by name, held against the rules of each format."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
import time_machine
from django.contrib.staticfiles import finders
from PIL import Image as Picture

from portal.machines import BACKGROUND, LONG, SHORT, THEME, expires, shortened
from publishing.preview import preview_url
from tests.conftest import Person
from tests.factories import NewsItemFactory, SiteSettingsFactory
from tests.html import elements, one, parse

pytestmark = pytest.mark.django_db

HOST = "http://testserver"
LANGUAGES = ("en", "fr", "uk", "ar")
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
CONTACT = "mailto:security@example.org"


# ── robots.txt ───────────────────────────────────────────────────────────────────────────────────────────
def robots(visitor: Person) -> RobotFileParser:
    response = visitor.get("/robots.txt")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    parser = RobotFileParser()
    parser.parse(response.content.decode().splitlines())
    return parser


def test_robots_may_read_every_page_and_its_files(visitor: Person) -> None:
    parser = robots(visitor)
    addresses = (
        "/",
        "/en/",
        "/fr/news/2024/01/23/x/",
        "/static/css/base.css",
        "/media/pictures/1/x/y.jpg",
    )
    for address in (*addresses, "/sitemap.xml", "/en/sitemap-news-0.xml"):
        assert parser.can_fetch("AnyBot", HOST + address), address


def test_robots_keep_out_of_the_newsroom_previews_and_of_search_results(visitor: Person) -> None:
    parser = robots(visitor)
    for address in ("/admin/", "/admin/login/", "/preview/item-1-1/", *(f"/{code}/search/?q=x" for code in LANGUAGES)):
        assert not parser.can_fetch("AnyBot", HOST + address), address


def test_robots_are_led_to_the_sitemaps(visitor: Person) -> None:
    assert robots(visitor).site_maps() == [f"{HOST}/sitemap.xml"]
    assert visitor.get("/sitemap.xml").status_code == 200


# ── security.txt (RFC 9116) ──────────────────────────────────────────────────────────────────────────────
def fields(response: Any) -> list[tuple[str, str]]:
    """Raises AssertionError where the grammar (section 4) or a section's rule is broken."""
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    text = response.content.decode("utf-8")
    assert text.endswith("\n")
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"([A-Za-z-]+): (\S.*)", line)
        assert match, line
        found.append((match[1], match[2]))
    names = [name for name, _value in found]
    assert "Contact" in names, "2.5.3: must be there"
    assert names.count("Expires") == 1, "2.5.5: once"
    assert names.count("Preferred-Languages") <= 1, "2.5.8: at most once"
    for name, value in found:
        if name in ("Contact", "Encryption", "Policy", "Canonical"):
            assert re.fullmatch(r"[a-z0-9]+:[!-~]+", value), "a URI (RFC 3986)"
            assert not value.startswith("http:"), "an address of the web begins with https://"
    return found


@pytest.fixture
def contact(settings: Any) -> Any:
    settings.SECURITY_CONTACT = [CONTACT]
    return settings


def test_where_nobody_is_named_there_is_no_security_txt(visitor: Person) -> None:
    assert visitor.get("/.well-known/security.txt").status_code == 404


def test_security_txt_names_whom_to_tell(contact: Any, visitor: Person) -> None:
    contact.SECURITY_CONTACT = [CONTACT, "https://example.org/report"]
    contact.SECURITY_POLICY = ["https://example.org/policy"]
    contact.SECURITY_ENCRYPTION = ["openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f"]
    found = fields(visitor.get("/.well-known/security.txt", secure=True))
    assert [value for name, value in found if name == "Contact"] == contact.SECURITY_CONTACT
    assert dict(found) | {"Expires": ""} == {
        "Contact": "https://example.org/report",
        "Expires": "",
        "Encryption": "openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f",
        "Preferred-Languages": "en, fr, uk, ar",
        "Canonical": "https://testserver/.well-known/security.txt",
        "Policy": "https://example.org/policy",
    }


def test_without_https_security_txt_has_no_canonical_address(contact: Any, visitor: Person) -> None:
    assert "Canonical" not in dict(fields(visitor.get("/.well-known/security.txt")))


def test_security_txt_always_holds_for_two_to_three_months(contact: Any, visitor: Person) -> None:
    day = dt.timedelta(days=1)
    for number in range(0, 800, 5):
        now = dt.datetime(2026, 1, 1, 23, 59, 59, tzinfo=dt.UTC) + number * day
        assert 58 * day < expires(now) - now < 93 * day
    with time_machine.travel(dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC), tick=False):
        assert dict(fields(visitor.get("/.well-known/security.txt")))["Expires"] == "2027-02-01T00:00:00Z"


@pytest.mark.parametrize("path", ["/.well-known/", "/.well-known/security.txt/", "/.well-known/%00", "/security.txt"])
def test_nothing_else_is_well_known(path: str, contact: Any, visitor: Person) -> None:
    response = visitor.get(path, follow=True)
    assert response.status_code == 404
    assert "Accept-Language" in response.headers["Vary"]


# ── Web app manifest (W3C) ───────────────────────────────────────────────────────────────────────────────
def manifest(visitor: Person, language: str) -> dict[str, Any]:
    page = parse(visitor.get(f"/{language}/"))
    (link,) = elements(page, "link", rel="manifest")
    response = visitor.get(link.get("href") or "")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/manifest+json")
    return json.loads(response.content.decode("utf-8"))  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_a_manifest_in_its_own_words(language: str, visitor: Person) -> None:
    SiteSettingsFactory(name={"en": "The Organisation", "fr": "L’Organisation"}, tagline={"en": "Peace"})
    found = manifest(visitor, language)
    assert found["name"] == found["short_name"] == ("L’Organisation" if language == "fr" else "The Organisation")
    assert found["description"] == "Peace"
    assert (found["lang"], found["dir"]) == (language, "rtl" if language == "ar" else "ltr")
    assert found["id"] == found["start_url"] == f"/{language}/"
    assert found["start_url"].startswith(found["scope"]), "else both are disregarded"
    assert found["display"] in ("fullscreen", "standalone", "minimal-ui", "browser")
    assert visitor.get(found["start_url"]).status_code == 200


def test_the_manifests_icons_are_what_it_says_of_them(visitor: Person) -> None:
    icons = manifest(visitor, "en")["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for icon in icons:
        found = finders.find(icon["src"].removeprefix("/static/"))
        assert found
        picture = Picture.open(io.BytesIO(Path(found).read_bytes()))
        assert (picture.format, f"{picture.width}x{picture.height}", icon["type"]) == (
            "PNG",
            icon["sizes"],
            "image/png",
        )
        if icon["purpose"] == "maskable":
            assert_may_be_masked(picture.convert("RGBA"))


def assert_may_be_masked(picture: Picture.Image) -> None:
    """Opaque to the edges, and nothing but its ground beyond the circle that every mask leaves (W3C: four fifths)."""
    ground = tuple(int(THEME[place : place + 2], 16) for place in (1, 3, 5))
    pixels: Any = picture.load()
    half = picture.width / 2
    for x in range(0, picture.width, 3):
        for y in range(0, picture.height, 3):
            assert pixels[x, y][3] == 255
            if ((x - half) ** 2 + (y - half) ** 2) ** 0.5 > 0.8 * half:
                assert max(abs(one - other) for one, other in zip(pixels[x, y], ground, strict=False)) < 8


def test_the_manifests_colours_are_the_pages(visitor: Person) -> None:
    light, dark = Path("static/css/tokens.css").read_text().split("prefers-color-scheme: dark")
    token = dict(re.findall(r"--(navy|paper): (#[0-9a-f]+);", light))
    assert (token["navy"], "#" + token["paper"][1:] * 2) == (THEME, BACKGROUND)
    found = manifest(visitor, "en")
    assert (found["theme_color"], found["background_color"]) == (THEME, BACKGROUND)
    metas = {
        meta.get("media"): meta.get("content")
        for meta in elements(parse(visitor.get("/en/")), "meta", name="theme-color")
    }
    assert metas["(prefers-color-scheme: light)"] == THEME
    assert f"--navy: {metas['(prefers-color-scheme: dark)']};" in dark


# ── OpenSearch ───────────────────────────────────────────────────────────────────────────────────────────
def opensearch(visitor: Person, language: str) -> Any:
    link = one(parse(visitor.get(f"/{language}/")), "link", rel="search")
    assert link.get("type") == "application/opensearchdescription+xml"
    assert link.get("title")
    response = visitor.get(link.get("href") or "")
    assert response.headers["Content-Type"] == "application/opensearchdescription+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_browser_can_search_each_language_from_its_own_field(language: str, visitor: Person) -> None:
    SiteSettingsFactory(name={"en": "Organisation for <all> & sundry of the northern seas and isles"})
    NewsItemFactory(title="Ice & fire", language=language)
    root = opensearch(visitor, language)
    assert root.tag == f"{OPENSEARCH}OpenSearchDescription"
    found = {element.tag.removeprefix(OPENSEARCH): element for element in root if element.tag != f"{OPENSEARCH}Url"}
    assert len(found) == len(root) - 2
    assert 0 < len(found["ShortName"].text) <= 16
    assert 0 < len(found["LongName"].text) <= 48
    assert 0 < len(found["Description"].text) <= 1024
    assert found["Language"].text == language
    html, this = (element.attrib for element in root if element.tag == f"{OPENSEARCH}Url")
    assert html["type"] == "text/html"
    assert html["template"] == f"{HOST}/{language}/search/?q={{searchTerms}}"
    results = visitor.get(html["template"].replace("{searchTerms}", "Ice%20%26%20fire"))
    assert "Ice &amp; fire" in results.content.decode()
    assert (this["rel"], this["template"]) == ("self", f"{HOST}/{language}/opensearch.xml")
    image = found["Image"]
    file = finders.find(image.text.removeprefix(f"{HOST}/static/"))
    assert Picture.open(file).size == (int(image.get("width")), int(image.get("height")))


@pytest.mark.parametrize(
    ("name", "short"),
    [("NATO", "NATO"), ("The Organisation", "The Organisation"), ("Organisation of Wide Seas", "Organisation of…"),
     ("Donaudampfschifffahrt", "Donaudampfschif…"), ("", "")],
)  # fmt: skip
def test_a_name_is_shortened_between_words(name: str, short: str) -> None:
    assert shortened(name, SHORT) == short
    assert len(shortened("ab " * 50, LONG)) <= LONG


# ── All of them ──────────────────────────────────────────────────────────────────────────────────────────
FILES = ["/robots.txt", "/.well-known/security.txt", "/fr/site.webmanifest", "/fr/opensearch.xml"]


@pytest.mark.parametrize("path", FILES)
def test_programs_are_answered_without_cookies_and_not_twice(path: str, contact: Any, visitor: Person) -> None:
    first = visitor.get(path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "public, max-age=86400"
    assert not first.cookies
    assert "cookie" not in first.headers.get("Vary", "").lower()
    assert visitor.get(path, headers={"if-none-match": first.headers["ETag"]}).status_code == 304
    head = visitor.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert visitor.post(path).status_code == 405


@pytest.mark.parametrize("path", FILES)
def test_only_what_has_words_says_their_language(path: str, contact: Any, visitor: Person) -> None:
    response = visitor.get(path, headers={"accept-language": "uk"})
    assert response.headers.get("Content-Language") == ("fr" if path.startswith("/fr/") else None)
    assert "accept-language" not in response.headers.get("Vary", "").lower()


def test_a_preview_offers_neither_manifest_nor_search(editor: Person) -> None:
    page = parse(editor.get(preview_url(NewsItemFactory(draft=True)), follow=True))
    assert not [link for link in elements(page, "link") if link.get("rel") in ("manifest", "search")]
