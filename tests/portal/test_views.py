"""The way in, the home page's choice, “Go straight to”, and what happens when something is wrong."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client, override_settings

from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import (
    ArticleFactory,
    EventFactory,
    FeaturedItemFactory,
    NewsItemFactory,
    ReportFactory,
    TermFactory,
    TopicFactory,
)
from tests.html import elements, one, parse, parse_as_browsers_do, text, texts

pytestmark = pytest.mark.django_db


# ── The way in ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("accepts", "home"),
    [
        ("fr", "/fr/"), ("fr-CA,fr;q=0.9,en;q=0.8", "/fr/"), ("en-GB", "/en/"), ("de,fr;q=0.5", "/fr/"),
        ("en;q=0.2, fr;q=0.7", "/fr/"), ("uk", "/uk/"), ("ar-EG", "/ar/"), ("pl", "/en/"), ("*", "/en/"), ("", "/en/"), (None, "/en/"),
        ("x" * 5000, "/en/"), ("fr;q=zzz", "/en/"),
    ],
)  # fmt: skip
def test_the_root_leads_to_the_language_that_the_browser_prefers(
    accepts: str | None, home: str, visitor: Person
) -> None:
    response = visitor.get("/", headers={} if accepts is None else {"accept-language": accepts})
    assert (response.status_code, response.headers["Location"]) == (302, home)
    assert "Accept-Language" in response.headers["Vary"]
    assert not response.cookies


def test_the_address_decides_the_language_and_not_the_browser(visitor: Person) -> None:
    response = visitor.get("/en/", headers={"accept-language": "fr"})
    assert one(parse(response), "html").get("lang") == "en"
    assert "accept-language" not in response.headers.get("Vary", "").lower()


def test_an_address_without_its_slash_leads_to_the_page(visitor: Person) -> None:
    response = visitor.get("/en/news")
    assert (response.status_code, response.headers["Location"]) == (301, "/en/news/")


@pytest.mark.parametrize(
    "path", ["/de/", "/en/nothing/", "/nothing/", "/EN/", "/en/news/x/y/", "/wp-login.php", "/.env", "/en/%00/"]
)
def test_an_address_that_does_not_exist_is_a_page_of_ours(path: str, visitor: Person) -> None:
    response = visitor.get(path)
    assert response.status_code == 404
    assert "<h1" in response.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("path", ["/en/news/", "/en/events/", "/en/review/", "/en/topics/"])
def test_reading_pages_takes_no_other_method(method: str, path: str, visitor: Person) -> None:
    assert getattr(visitor, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/en/", "/fr/", "/en/news/", "/en/search/"])
def test_an_empty_site_opens(path: str, visitor: Person) -> None:
    response = visitor.get(path)
    assert response.status_code == 200
    parse_as_browsers_do(response, strict=True)


def test_a_head_request_is_answered_without_a_body(visitor: Person) -> None:
    response = visitor.head("/en/")
    assert (response.status_code, response.content) == (200, b"")


# ── Go straight to ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("to", ["/en/news/", "/en/about-us/history/", "/fr/"])
def test_go_leads_to_an_address_of_the_site(to: str, visitor: Person) -> None:
    response = visitor.get("/en/go/", {"to": to})
    assert (response.status_code, response.headers["Location"]) == (302, to)


@pytest.mark.parametrize(
    "to",
    ["", "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
     "javascript:alert(1)", "/\t/evil.example", "/\n/evil.example", "evil.example", "http:evil.example",
     "/en/\r\nSet-Cookie: a=b"],
)  # fmt: skip
def test_go_leads_nowhere_else(to: str, visitor: Person) -> None:
    response = visitor.get("/en/go/", {"to": to})
    assert response.status_code == 404 or response.headers.get("Location", "").startswith("/en/")
    assert "evil" not in response.headers.get("Location", "")
    assert "Set-Cookie" not in response.headers


# ── The home page's choice ───────────────────────────────────────────────────────────────────────────────
def test_the_home_page_shows_only_what_is_live_in_its_language(visitor: Person) -> None:
    target = target_of(NewsItemFactory(title="Shown news"))
    for state in ("draft", "scheduled", "expired"):
        values: dict[str, Any] = {state: True, "title": "SECRET"}
        NewsItemFactory(**values)
        FeaturedItemFactory(target=target, **values)
        ArticleFactory(**values)
        EventFactory(start_date=dt.date(2050, 1, 1), slug=state, **values)
        EventFactory(start_date=dt.date(2020, 1, 1), slug=state, **values)
        TopicFactory(in_focus=True, **values)
        ReportFactory(**values)
        TermFactory(began_on=dt.date(2020, 1, 1), **values)
    NewsItemFactory(title="Français SECRET", language="fr")
    FeaturedItemFactory(title="SECRET card", target=target_of(NewsItemFactory(draft=True, title="SECRET")))
    assert "SECRET" not in visitor.get("/en/").content.decode()


def test_an_empty_part_disappears_with_its_heading(visitor: Person) -> None:
    assert texts(one(parse(visitor.get("/en/")), "main"), "h2") == []
    NewsItemFactory()
    assert texts(one(parse(visitor.get("/en/")), "main"), "h2") == ["Latest news"]


def test_an_expired_item_leaves_the_home_page_and_the_next_moves_up(visitor: Person) -> None:
    for day in range(1, 10):
        NewsItemFactory(title=f"Day {day}", date=dt.date(2024, 1, day))
    NewsItemFactory(title="Gone", date=dt.date(2024, 1, 20), expired=True)
    part = one(parse(visitor.get("/en/")), "section", aria_labelledby="latest")
    assert texts(part, "h3") == [f"Day {day}" for day in range(9, 2, -1)]


def test_featured_shows_ten_even_if_one_of_the_first_leads_nowhere(visitor: Person) -> None:
    FeaturedItemFactory(title="Leads nowhere", target=target_of(NewsItemFactory(draft=True)), position=0)
    for number in range(1, 13):
        FeaturedItemFactory(title=f"Card {number}", position=number)
    part = one(parse(visitor.get("/en/")), "section", aria_labelledby="featured")
    assert len(list(elements(part, "article"))) == 10


def test_the_report_and_the_review_show_the_latest(visitor: Person) -> None:
    TermFactory()
    ReportFactory(title="Report 2021", year=2021)
    ReportFactory(title="Report 2022", year=2022)
    page = text(one(parse(visitor.get("/en/")), "section", aria_labelledby="leader"))
    assert "Report 2022" in page
    assert "Report 2021" not in page


# ── When something is wrong ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "500.html", "410.html"])
def test_error_pages_are_valid_and_ask_for_nothing(template: str, visitor: Person, rf: Any) -> None:
    from django.template.loader import render_to_string

    request = rf.get("/en/") if template in ("404.html", "410.html") else None
    parse_as_browsers_do(render_to_string(template, request=request), strict=True)


def test_a_failure_is_answered_with_our_page(visitor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("the database is away")

    monkeypatch.setattr("portal.views._live", fail)
    visitor.raise_request_exception = False
    response = visitor.get("/en/")
    assert response.status_code == 500
    assert "the database is away" not in response.content.decode()
    parse_as_browsers_do(response, strict=True)


def test_a_form_without_its_token_is_refused_with_our_page(db: None) -> None:
    for path in ("/en/", "/en/news/", "/admin/login/"):
        response = Client(enforce_csrf_checks=True).post(path, {"a": "b"})
        assert response.status_code == 403
        assert "<style" not in response.content.decode()
        assert "send it once more" in text(parse_as_browsers_do(response, strict=True))


def test_a_wrong_host_is_refused(visitor: Person) -> None:
    assert visitor.get("/en/", headers={"host": "evil.example"}).status_code == 400


@override_settings(SECURE_SSL_REDIRECT=True)
def test_with_https_plain_requests_are_sent_there(visitor: Person) -> None:
    response = visitor.get("/en/news/")
    assert (response.status_code, response.headers["Location"]) == (301, "https://testserver/en/news/")
