"""The newsroom's lists and pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from news.models import NewsItem
from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import (
    DocumentFactory,
    FeaturedItemFactory,
    ImageFactory,
    NewsItemFactory,
    RecordingFactory,
    SiteSettingsFactory,
    TermFactory,
    TopicFactory,
    translated,
)
from tests.html import classes, elements, hrefs, one, parse, text, texts

pytestmark = pytest.mark.django_db


def titles(person: Person, url: str) -> list[str]:
    response = person.get(url)
    assert response.status_code == 200
    headings = elements(one(parse(response), "main"), "h2")
    return [text(heading) for heading in headings if "rail-title" not in classes(heading)]


@pytest.fixture
def archive(visitor: Person) -> Person:
    topic = TopicFactory(slug="cyber", title="Cyber")
    NewsItemFactory(title="Old", date=dt.date(2022, 5, 1))
    NewsItemFactory(title="Speech", kind="speech", speaker="Ann", date=dt.date(2023, 5, 1))
    NewsItemFactory(title="Cyber news", topics=[topic], date=dt.date(2024, 1, 5))
    NewsItemFactory(title="New", date=dt.date(2024, 1, 6))
    NewsItemFactory(title="SECRET", topics=[topic], draft=True)
    NewsItemFactory(title="SECRET later", topics=[topic], scheduled=True)
    NewsItemFactory(title="SECRET gone", topics=[topic], expired=True)
    NewsItemFactory(title="Français", language="fr")
    return visitor


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/en/news/", ["New", "Cyber news", "Speech", "Old"]),
        ("/en/news/?kind=speech", ["Speech"]),
        ("/en/news/?kind=", ["New", "Cyber news", "Speech", "Old"]),
        ("/en/news/?topic=cyber", ["Cyber news"]),
        ("/en/news/?year=2024", ["New", "Cyber news"]),
        ("/en/news/?year=2024&topic=cyber&kind=news", ["Cyber news"]),
        ("/en/news/speech/", ["Speech"]),
        ("/en/news/speech/?year=2023", ["Speech"]),
        ("/en/news/statement/", []),
        ("/fr/news/", ["Français"]),
    ],
)
def test_the_list_holds_what_is_live_in_its_language_narrowed(url: str, expected: list[str], archive: Person) -> None:
    assert titles(archive, url) == expected


@pytest.mark.parametrize(("url", "kickers"), [("/en/news/", ["Speech or transcript"]), ("/en/news/speech/", [])])
def test_rows_name_the_kind_where_it_says_something(url: str, kickers: list[str], archive: Person) -> None:
    assert texts(one(parse(archive.get(url)), "main"), "span", cls="kicker") == kickers


@pytest.mark.parametrize(
    "query", ["kind=x", "topic=nope", "year=0", "year=abc", "year=1999", "page=0", "page=2", "page=abc"]
)
def test_a_filter_that_the_list_does_not_know_is_not_found(query: str, archive: Person) -> None:
    assert archive.get(f"/en/news/?{query}").status_code == 404


def test_an_empty_list_says_whether_the_filters_are_why(visitor: Person) -> None:
    assert "Nothing has been published here yet" in text(parse(visitor.get("/en/news/")))
    assert "Try widening them" in text(parse(visitor.get("/en/news/?kind=speech")))


def test_a_list_goes_on_over_pages_and_keeps_its_filters(visitor: Person) -> None:
    for number in range(25):
        NewsItemFactory(
            title=f"Item {number:02}", kind="statement", date=dt.date(2024, 1, 31) - dt.timedelta(days=number)
        )
    first = visitor.get("/en/news/?kind=statement")
    assert "?kind=statement&page=2" in hrefs(parse(first))
    second = visitor.get("/en/news/?kind=statement&page=2")
    assert texts(one(parse(second), "ul", cls="list"), "h2") == [f"Item {number:02}" for number in range(20, 25)]
    assert one(parse(second), "link", rel="canonical").get("href", "").endswith("/en/news/?page=2")


def test_every_kind_has_a_list(visitor: Person) -> None:
    for kind in NewsItem.Kind:
        assert visitor.get(f"/en/news/{kind.value}/").status_code == 200
    assert visitor.get("/en/news/gossip/").status_code == 404


def test_the_page_of_an_item_shows_all_that_was_entered(visitor: Person) -> None:
    topic = TopicFactory(title="Cyber defence")
    image = ImageFactory(credit={"en": "A photographer"}, caption={"en": "What happened"})
    document = DocumentFactory(title="The communiqué")
    item = NewsItemFactory(
        title="A speech in Brussels", kind="speech", secretary_general=TermFactory(title="Cleo Third"),
        delivery_status="check-against-delivery", reference="(2024) 007", dateline="Brussels", teaser="In short.",
        body="<p>At <strong>length</strong>.</p>", image=image,
        topics=[topic], attachments=[document],
    )  # fmt: skip
    NewsItemFactory(title="A related item", topics=[topic])
    page = parse(visitor.get(item.get_absolute_url()))
    main = text(one(page, "main"))
    for words in (
        "A speech in Brussels", "Speech or transcript", "Cleo Third, Secretary General", "Check against delivery",
        "(2024) 007", "Brussels", "In short.", "At length.", "What happened", "A photographer", "23 January 2024",
        "Cyber defence", "The communiqué", "A related item",
    ):  # fmt: skip
        assert words in main, words
    assert document.get_absolute_url() in hrefs(page)
    shown = [str(img.get("src")) for img in page.iter("img")]
    assert any(address.startswith(f"/media/pictures/{image.pk}/{image.version}/wide-") for address in shown)


def test_share_links_name_the_page_and_load_nothing(visitor: Person) -> None:
    item = NewsItemFactory(title="Fish & chips", slug="fish")
    page = parse(visitor.get(item.get_absolute_url()))
    shared = list(hrefs(one(page, "ul", cls="share__list")))
    assert len(shared) == 4
    assert all("news%2F2024%2F01%2F23%2Ffish" in href for href in shared)
    assert any("Fish+%26+chips" in href for href in shared)


def test_related_items_are_live_and_in_the_same_language(visitor: Person) -> None:
    topic = TopicFactory()
    item = NewsItemFactory(topics=[topic])
    related = NewsItemFactory(title="Related", topics=[topic])
    translated(related, title="Apparenté").topics.set([topic])
    NewsItemFactory(title="SECRET", topics=[topic], draft=True)
    section = one(parse(visitor.get(item.get_absolute_url())), "section", cls="related")
    assert texts(section, "h3") == ["Related"]


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
def test_what_is_not_live_is_not_found_by_anybody(state: str, visitor: Person, editor: Person) -> None:
    item = NewsItemFactory(teaser="SECRET", body="<p>SECRET</p>", **{state: True})
    for person in (visitor, editor):
        response = person.get(item.get_absolute_url())
        assert response.status_code == (410 if state == "expired" else 404)
        assert b"SECRET" not in response.content


def test_the_same_slug_on_two_days_is_two_pages(visitor: Person) -> None:
    NewsItemFactory(title="Monday", slug="briefing", date=dt.date(2024, 1, 22))
    NewsItemFactory(title="Tuesday", slug="briefing", date=dt.date(2024, 1, 23))
    assert text(one(parse(visitor.get("/en/news/2024/01/23/briefing/")), "h1")) == "Tuesday"
    assert text(one(parse(visitor.get("/en/news/2024/01/22/briefing/")), "h1")) == "Monday"
    assert visitor.get("/en/news/2024/01/21/briefing/").status_code == 404


# ── Featured ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_card_follows_its_item_and_disappears_with_it(visitor: Person) -> None:
    item = NewsItemFactory(slug="target")
    FeaturedItemFactory(title="A card", target=target_of(item))
    FeaturedItemFactory(title="Outside", target="https://example.org/")
    page = parse(visitor.get("/en/featured/"))
    assert texts(one(page, "main"), "h2") == ["A card", "Outside (another website)"]
    assert item.get_absolute_url() in hrefs(page)
    NewsItem.objects.update(
        live_until=dt.datetime(2026, 1, 1, tzinfo=dt.UTC), live_from=dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    )
    assert texts(one(parse(visitor.get("/en/featured/")), "main"), "h2") == ["Outside (another website)"]


def test_cards_can_be_narrowed_to_a_year(visitor: Person) -> None:
    for title, day in (("Old", dt.date(2022, 5, 1)), ("New", dt.date(2024, 1, 5)), ("Undated", None)):
        FeaturedItemFactory(title=title, date=day, target=target_of(NewsItemFactory()))
    assert titles(visitor, "/en/featured/?year=2022") == ["Old"]
    assert len(titles(visitor, "/en/featured/")) == 3
    assert visitor.get("/en/featured/?year=2019").status_code == 404


def test_a_window_of_time_takes_a_card_down(visitor: Person) -> None:
    FeaturedItemFactory(title="Over", expired=True)
    FeaturedItemFactory(title="Shown")
    assert titles(visitor, "/en/featured/") == ["Shown (another website)"]


# ── The archive ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("month=2024-01", ["New", "Cyber news"]),
        ("month=2024-01&topic=cyber", ["Cyber news"]),
        ("month=2023-05&kind=speech", ["Speech"]),
        ("month=2023-06", []),
        ("month=2024-01&year=2022", ["Old"]),
    ],
)
def test_a_month_of_the_archive_has_an_address(query: str, expected: list[str], archive: Person) -> None:
    assert titles(archive, f"/en/news/?{query}") == expected


@pytest.mark.parametrize("month", ["2024-13", "2024", "x", "0999-01"])
def test_a_month_that_cannot_be_is_not_found(month: str, archive: Person) -> None:
    assert archive.get(f"/en/news/?month={month}").status_code == 404


def test_the_archive_leads_from_month_to_month_and_keeps_the_filters(archive: Person) -> None:
    months = one(parse(archive.get("/en/news/?year=2023&kind=speech")), "nav", cls="months")
    assert len(hrefs(months)) == 12
    assert hrefs(months)[4] == "/en/news/?month=2023-05&kind=speech"
    months = one(parse(archive.get("/en/news/speech/?month=2023-05")), "nav", cls="months")
    assert [text(link) for link in months.iter("a") if link.get("aria-current")] == ["May 2023"]
    assert hrefs(months) == ["/en/news/speech/?month=2023-05"], "no further than there are speeches"


# ── For journalists ──────────────────────────────────────────────────────────────────────────────────────
def test_the_press_office_can_be_reached_from_every_item(visitor: Person) -> None:
    item = NewsItemFactory()
    assert "For journalists" not in visitor.get(item.get_absolute_url()).content.decode()
    SiteSettingsFactory(
        press_email="press@example.org", press_phone="+32 (2) 555 01-23", press_hours={"en": "Weekdays", "uk": "Щодня"}
    )
    box = one(parse(visitor.get(item.get_absolute_url())), "section", cls="press")
    assert hrefs(box) == ["mailto:press@example.org", "tel:+3225550123"]
    assert "Weekdays" in text(box)
    assert "+32 (2) 555 01-23" in text(box)


@pytest.mark.parametrize("number", ["call me", "javascript:alert(1)", "12", "0" * 41])
def test_a_telephone_number_is_one(number: str) -> None:
    with pytest.raises(ValidationError):
        SiteSettingsFactory(press_phone=number)


def test_an_item_tells_how_to_cite_it(visitor: Person) -> None:
    SiteSettingsFactory(name={"en": "The House"})
    item = NewsItemFactory(
        kind="press-release", title="A <summit>", reference="(2024) 007", date=dt.date(2024, 1, 5), slug="summit"
    )
    box = one(parse(visitor.get(item.get_absolute_url())), "section", cls="citation")
    words = " ".join(text(one(box, "p", cls="citation__words")).split())
    address = "http://testserver/en/news/2024/01/05/summit/"
    assert words == f"“A <summit>”, The House, Press release, 5 January 2024, (2024) 007, {address}"


def test_a_transcript_stands_on_the_page_and_says_its_language(visitor: Person) -> None:
    recording = RecordingFactory(language="fr", transcript="<p>Bonjour.</p>")
    item = NewsItemFactory(kind="video", recording=recording)
    page = parse(visitor.get(item.get_absolute_url()))
    assert "item--beside" in classes(one(page, "article", cls="item"))
    words = one(one(page, "section", aria_labelledby="transcript"), "div", cls="prose")
    assert (words.get("lang"), text(words)) == ("fr", "Bonjour.")
    assert list(elements(page, "details", cls="player__transcript")) == []


def test_the_picture_is_to_be_had_in_full_size(visitor: Person) -> None:
    item = NewsItemFactory(image=ImageFactory())
    link = one(parse(visitor.get(item.get_absolute_url())), "a", cls="item__download")
    response = visitor.get(link.get("href"))
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/jpeg"
