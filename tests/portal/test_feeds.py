"""Every feed and calendar of the sample site, read strictly, and the page that lists them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.conftest import Person
from tests.html import parse_as_browsers_do
from tests.strict_feeds import strict_calendar, strict_feed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample"), pytest.mark.xdist_group("sample")]
LANGUAGES = ("en", "fr", "uk", "ar")


def listed(visitor: Person, language: str) -> list[str]:
    """The addresses of all feeds and calendars, from the page that lists them."""
    response = visitor.get(f"/{language}/feeds/")
    assert response.status_code == 200
    found = re.findall(r'href="([^"]+(?:feed\.xml|feed\.atom|calendar\.ics))"', response.content.decode())
    return sorted({unescape(address) for address in found if address.startswith("/")})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_feed_of_the_sample_is_valid_and_leads_to_pages(language: str, visitor: Person) -> None:
    addresses = [address for address in listed(visitor, language) if not address.endswith(".ics")]
    assert len(addresses) > 40
    entries: dict[str, Any] = {}
    for address in addresses:
        for entry in strict_feed(visitor.get(address)).entries:
            assert entries.setdefault(entry.id, entry).link == entry.link
    assert len(entries) > 60
    statuses = {entry.link: visitor.get(entry.link.removeprefix("http://testserver")).status_code
                for entry in list(entries.values())[::5] if entry.link.startswith("http://testserver")}  # fmt: skip
    assert set(statuses.values()) == {200}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_calendars_of_the_sample_are_valid(language: str, visitor: Person) -> None:
    (address,) = [address for address in listed(visitor, language) if address.endswith(".ics")]
    calendar = strict_calendar(visitor.get(address))
    assert len(calendar.walk("VEVENT")) > 10
    assert len(calendar.walk("VTIMEZONE")) > 3
    for event in calendar.walk("VEVENT")[:5]:
        strict_calendar(visitor.get(f"{event['url'].removeprefix('http://testserver')}event.ics"))


def test_the_page_lists_every_section_that_has_a_feed(visitor: Person) -> None:
    found = listed(visitor, "en")
    for path in ("news/", "news/speech/", "featured/", "review/", "events/", "secretary-general/",
                 "secretary-general/annual-reports/", "topics/cyber-defence/"):  # fmt: skip
        assert {f"/en/{path}feed.xml", f"/en/{path}feed.atom"} <= set(found)
    assert not [address for address in found if "/former/" in address or address.startswith("/en/topics/feed")]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_valid_to_a_strict_parser(language: str, visitor: Person) -> None:
    parse_as_browsers_do(visitor.get(f"/{language}/feeds/"), strict=True)
