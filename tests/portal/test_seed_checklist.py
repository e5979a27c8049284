"""Every line of the list of what the home page must carry, read from the rendered page of the sample site."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.utils import timezone
from django.utils.translation import override

from events.models import Event
from library.models import Image
from news.models import FeaturedItem, NewsItem
from pages.models import Topic
from portal.models import MenuLink, SiteSettings
from review.models import Article
from tests.conftest import Person
from tests.html import elements, hrefs, one, parse, text, texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample"), pytest.mark.xdist_group("sample")]

LANGUAGES = ["en", "fr"]
bilingual = pytest.mark.parametrize("language", LANGUAGES)

MENU = {
    "About us": [
        "What is NATO?", "Founding Treaty", "NATO member countries", "Partners", "Structure", "Who's who?",
        "Secretary General", "NATO History", "NATO on the Map", "Strategic Concepts", "Funding NATO",
    ],
    "What we do": [
        "Encyclopedia of NATO Topics", "Collective defence and Article 5", "Deterrence and defence",
        "NATO-Russia: setting the record straight", "NATO-Ukraine relations", "Exercises", "Cyber defence",
        "Environment, climate change and security", "Women, Peace and Security",
    ],
    "Newsroom": [
        "News", "Media advisories", "Press Office contacts", "Media accreditation", "Speeches & transcripts", "Factsheets",
        "Photos", "Video", "Audio", "Event programmes", "Official texts", "Use of content",
    ],
    "Work with us": [
        "Careers at NATO", "Young Professionals Programme", "Internship Programme", "Business opportunities",
        "NATO Co-sponsorship grants",
    ],
    "Learn more": [
        "Basic texts", "NATO at a glance", "NATO Terminology", "Standardization Agreements", "NATO Archives",
        "Newsroom archive (pre 2008)", "NATO Library", "NATO Research Guides", "Secretary General's Annual Report",
        "Brand Identity Manual",
    ],
}  # fmt: skip

# In order; a word that each must hold, in English.
LATEST = [
    "Contact Group",
    "1.2 billion",
    "Chiefs of Defence",
    "investment in",
    "civil society",
    "quantum",
    "NATO-Ukraine Council",
]
FEATURED = [
    ("2024-01-23", "Best Sniper Team"), ("2024-01-22", "Romania"), ("2024-01-22", "Czech Republic"),
    ("2023-07-11", "defence plans"), ("", "invasion of Ukraine"), ("2024-01-17", "Chiefs of Defence Session"),
    ("2024-01-17", "pecial forces"), ("2024-01-10", "no sign of seeking peace"), ("2024-01-04", "Lotte"),
    ("2023-12-18", "hoto of the year 2023"),
]  # fmt: skip
REVIEW = [
    ("2023-12-13", "Don't fight the future, decide it!"), ("2023-11-30", "limate change, readiness and resilience at sea"),
    ("2023-11-22", "Indo-Pacific"), ("2023-11-10", "mmunition"),
]  # fmt: skip
UPCOMING = ["Bosnia and Herzegovina", "Ministers of Defence", "Space Reverse Industry Event"]
IN_FOCUS = ["Deterrence and defence", "Funding NATO", "Relations with Ukraine", "NATO's role in Kosovo"]


def straight(words: str) -> str:
    """With typewriter's apostrophes and spaces, as the list of what the page must carry is written."""
    return " ".join(words.replace("’", "'").split())


@pytest.fixture(scope="module")
def homes(sample: None, django_db_blocker: Any) -> dict[str, Element]:
    with django_db_blocker.unblock():
        return {language: parse(Person().get(f"/{language}/")) for language in LANGUAGES}


def section(page: Element, name: str) -> Element:
    return one(page, "section", aria_labelledby=name)


def dates(element: Element) -> list[str]:
    return [time.get("datetime") or "" for time in element.iter("time")]


def assert_picture(element: Element) -> None:
    picture = one(element, "img")
    assert picture.get("src", "").startswith("/media/pictures/")
    assert int(picture.get("width", "0")) > 0
    assert int(picture.get("height", "0")) > 0
    assert picture.get("alt") is not None


# ── Header ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_header_has_five_sections_that_open_their_links(homes: dict[str, Element]) -> None:
    menu = one(homes["en"], "ul", cls="menu__list")
    panels = {text(one(panel, "summary")): panel for panel in menu.iter("details")}
    assert {name: [straight(t) for t in texts(one(panel, "ul"), "a")] for name, panel in panels.items()} == MENU


@bilingual
def test_the_footer_has_the_same_columns_with_11_9_12_5_and_10_links(language: str, homes: dict[str, Element]) -> None:
    footer = one(homes[language], "footer")
    columns = [texts(one(column, "ul"), "a") for column in elements(footer, "section")]
    assert [len(column) for column in columns] == [11, 9, 12, 5, 10]
    assert all(label for column in columns for label in column)
    header = [texts(one(panel, "ul"), "a") for panel in one(homes[language], "ul", cls="menu__list").iter("details")]
    assert columns == header


def test_the_footers_columns_are_those_of_the_model(homes: dict[str, Element]) -> None:
    columns = elements(one(homes["en"], "footer"), "section")
    assert {
        text(one(c, "h2")).removesuffix(" (overview)"): [straight(t) for t in texts(one(c, "ul"), "a")] for c in columns
    } == MENU


@bilingual
def test_every_link_of_the_footer_stays_on_the_site(language: str, homes: dict[str, Element]) -> None:
    """That each leads to a page is seen by the visitor of test_every_page."""
    links = [link for link in hrefs(one(homes[language], "footer")) if not link.startswith(("#top", "mailto:"))]
    assert links
    assert all(link.startswith(f"/{language}/") for link in links)


@bilingual
def test_the_language_switch_shows_the_current_languages_own_name(language: str, homes: dict[str, Element]) -> None:
    switch = one(homes[language], "details", cls="language")
    assert {"en": "English", "fr": "Français"}[language] in text(one(switch, "summary"))
    assert hrefs(switch) == ["/en/", "/fr/", "/uk/", "/ar/"]


@bilingual
def test_the_header_leads_to_subscribing_and_to_search(
    language: str, homes: dict[str, Element], visitor: Person
) -> None:
    header = one(homes[language], "header", cls="masthead")
    assert f"/{language}/subscribe/" in hrefs(header)
    updates = {"en": "Get the latest updates", "fr": None}[language]
    assert updates is None or updates in text(header)
    search = one(header, "form")
    assert (search.get("action"), one(search, "input").get("name")) == (f"/{language}/search/", "q")
    assert "artillery" in text(parse(visitor.get("/en/search/?q=artillery"))).lower()


# ── Latest news ──────────────────────────────────────────────────────────────────────────────────────────
def latest(page: Element) -> list[Element]:
    part = section(page, "latest")
    return [one(part, "article", cls="lead-story"), *elements(part, "article", cls="row")]


@bilingual
def test_latest_news_is_a_lead_with_date_and_picture_and_six_more(language: str, homes: dict[str, Element]) -> None:
    stories = latest(homes[language])
    assert len(stories) == 7
    assert dates(stories[0]) == ["2024-01-23"]
    assert {"en": "23 January 2024", "fr": "23 janvier 2024"}[language] in text(stories[0])
    assert_picture(stories[0])
    expected = NewsItem.objects.live().in_language(language).latest_first()[:7]
    assert [straight(text(one(story, "h3"))) for story in stories] == [straight(item.title) for item in expected]
    assert [one(story, "a").get("href") for story in stories] == [item.get_absolute_url() for item in expected]


def test_latest_news_tells_the_seven_stories_in_order(homes: dict[str, Element]) -> None:
    for story, words in zip(latest(homes["en"]), LATEST, strict=True):
        assert words in text(story)


@bilingual
@pytest.mark.parametrize(
    ("part", "to"),
    [
        ("latest", "news/"), ("featured", "featured/"), ("leader", "secretary-general/"), ("review", "review/"),
        ("calendar", "events/"), ("focus", "topics/"),
    ],
)  # fmt: skip
def test_every_part_leads_to_all_of_it(part: str, to: str, language: str, homes: dict[str, Element]) -> None:
    assert one(section(homes[language], part), "a", cls="more").get("href") == f"/{language}/{to}"


# ── Featured ─────────────────────────────────────────────────────────────────────────────────────────────
@bilingual
def test_featured_is_ten_cards_with_pictures_in_the_order_of_staff(language: str, homes: dict[str, Element]) -> None:
    cards = list(elements(section(homes[language], "featured"), "article", cls="card"))
    assert len(cards) == 10
    expected = FeaturedItem.objects.live().in_language(language).in_hand_order()
    assert [straight(text(one(card, "h3"))) for card in cards] == [straight(card.title) for card in expected]
    for card, (date, _words) in zip(cards, FEATURED, strict=True):
        assert dates(card) == ([date] if date else [])
        assert_picture(card)


def test_featured_tells_the_ten_stories(homes: dict[str, Element]) -> None:
    cards = elements(section(homes["en"], "featured"), "article", cls="card")
    for card, (_date, words) in zip(cards, FEATURED, strict=True):
        assert words in straight(text(card))


# ── The Secretary General ────────────────────────────────────────────────────────────────────────────────
@bilingual
def test_the_secretary_general_has_portrait_name_biography_x_and_annual_report(
    language: str, homes: dict[str, Element], visitor: Person
) -> None:
    part = section(homes[language], "leader")
    assert "Jens Stoltenberg" in text(part)
    assert_picture(one(part, "span", cls="picture--portrait"))
    links = hrefs(part)
    assert any(link.startswith("https://x.com/") for link in links)
    biography = next(
        link for link in links if re.match(rf"/{language}/secretary-general/([a-z-]+/)?(#biography)?$", link)
    )
    assert len(text(one(parse(visitor.get(biography.split("#")[0])), id="biography"))) > 500
    report = next(link for link in links if "/annual-reports/" in link)
    assert visitor.get(report).status_code == 200
    assert {"en": "Annual Report", "fr": "Rapport annuel"}[language].lower() in text(part).lower()


def test_the_biography_and_x_are_named(homes: dict[str, Element]) -> None:
    part = text(section(homes["en"], "leader"))
    assert re.search("biography", part, re.IGNORECASE)
    assert re.search("X", part)


# ── The Review ───────────────────────────────────────────────────────────────────────────────────────────
@bilingual
def test_the_review_has_a_lead_with_standfirst_and_picture_then_three_with_date_and_teaser(
    language: str, homes: dict[str, Element]
) -> None:
    part = section(homes[language], "review")
    lead, *rows = elements(part, "article")
    expected = list(Article.objects.live().in_language(language).latest_first()[:4])
    titles = [straight(text(one(article, "h3"))) for article in (lead, *rows)]
    assert titles == [straight(article.title) for article in expected]
    assert straight(expected[0].standfirst) in straight(text(lead))
    assert_picture(lead)
    assert [dates(article) for article in (lead, *rows)] == [[date] for date, _words in REVIEW]
    for row, article in zip(rows, expected[1:], strict=True):
        assert straight(article.standfirst) in straight(text(row))


def test_the_review_tells_the_four_stories(homes: dict[str, Element]) -> None:
    for article, (_date, words) in zip(elements(section(homes["en"], "review"), "article"), REVIEW, strict=True):
        assert words in straight(text(article))


# ── Event calendar ───────────────────────────────────────────────────────────────────────────────────────
def tab(page: Element, name: str) -> list[Element]:
    return list(elements(one(page, id=f"calendar-{name}"), "article", cls="event-row"))


@bilingual
def test_both_tabs_of_the_calendar_are_filled_with_date_tiles(language: str, homes: dict[str, Element]) -> None:
    calendar = section(homes[language], "calendar")
    today = timezone.localdate().isoformat()
    for name in ("upcoming", "recent"):
        rows = tab(calendar, name)
        assert len(rows) >= 3
        for row in rows:
            tile = one(row, "time", cls="date-tile")
            assert text(one(tile, cls="date-tile__month"))
            assert text(one(tile, cls="date-tile__day")).isdecimal()
            assert one(row, "a").get("href", "").startswith(f"/{language}/events/")
    days = [dates(row)[0] for row in tab(calendar, "recent")]
    assert days == sorted(days, reverse=True)
    assert all(day < today for day in days)


def test_the_calendar_announces_the_three_meetings(homes: dict[str, Element]) -> None:
    announced = " ".join(text(row) for row in tab(homes["en"], "upcoming"))
    for words in UPCOMING:
        assert words in announced


def test_the_sample_calendar_lies_around_the_day_of_loading() -> None:
    assert Event.objects.live().in_language("en").upcoming().count() >= 5
    assert Event.objects.live().in_language("en").recent().count() >= 5


# ── In focus, and the foot of the page ───────────────────────────────────────────────────────────────────
@bilingual
def test_four_topics_with_pictures_are_in_focus(language: str, homes: dict[str, Element]) -> None:
    tiles = list(elements(section(homes[language], "focus"), "article"))
    expected = Topic.objects.live().in_language(language).in_focus().in_hand_order()
    assert [straight(text(one(tile, "h3"))) for tile in tiles] == [straight(topic.title) for topic in expected]
    for tile in tiles:
        assert_picture(tile)
        assert one(tile, "a").get("href", "").startswith(f"/{language}/topics/")


def test_the_topics_in_focus_are_those_of_the_model(homes: dict[str, Element]) -> None:
    assert [straight(title) for title in texts(section(homes["en"], "focus"), "h3")] == IN_FOCUS


@bilingual
def test_the_foot_has_back_to_top_subscribe_follow_us_and_go_straight_to(
    language: str, homes: dict[str, Element], visitor: Person
) -> None:
    page = homes[language]
    assert "#top" in hrefs(one(page, "footer"))
    assert one(page, id="top").tag == "body"
    subscribe = one(section(page, "closing-subscribe"), "form")
    assert (subscribe.get("action"), one(subscribe, "input").get("type")) == (f"/{language}/subscribe/", "email")
    follow = hrefs(section(page, "closing-follow"))
    assert len(follow) >= 4
    assert all(link.startswith("https://") for link in follow)
    jump = one(section(page, "closing-go"), "form")
    options = [option.get("value") for option in jump.iter("option")]
    assert len(options) == 47
    response = visitor.get(jump.get("action"), {"to": options[0]})
    assert (response.status_code, response.headers["Location"]) == (302, options[0])


@bilingual
def test_the_notice_can_be_closed(language: str, homes: dict[str, Element]) -> None:
    notice = one(homes[language], "aside", cls="notice")
    assert straight(text(one(notice, "p"))) == straight(SiteSettings.objects.get().notice[language])
    assert one(notice, "button").get("data-notice-close") is not None


@bilingual
def test_the_parts_of_the_page_come_in_order_under_their_titles(language: str, homes: dict[str, Element]) -> None:
    settings = SiteSettings.objects.get()
    with override(language):
        expected = [
            str(getattr(settings, f"{name}_title"))
            for name in ("latest", "featured", "leader", "review", "calendar", "focus")
        ]
    assert texts(one(homes[language], "main"), "h2") == expected
    assert text(one(homes[language], "h1")) == str(settings.name[language])


def test_the_sample_is_said_to_be_one(homes: dict[str, Element]) -> None:
    assert "sample" in text(one(homes["en"], "aside", cls="notice")).lower()
    assert "About this sample" in text(one(homes["en"], "footer"))


@bilingual
def test_every_picture_has_words_for_who_cannot_see_it(language: str) -> None:
    assert all(image.alt_text.get(language) for image in Image.objects.all())


# ── From the database: what staff change, the page follows ───────────────────────────────────────────────
@pytest.mark.parametrize(
    ("change", "selector"),
    [
        (lambda: NewsItem.objects.live().in_language("en").latest_first().first(), ("latest", "article", "lead-story")),
        (
            lambda: FeaturedItem.objects.live().in_language("en").in_hand_order().first(),
            ("featured", "article", "card"),
        ),
        (lambda: Article.objects.live().in_language("en").latest_first().first(), ("review", "article", "essay")),
        (lambda: Event.objects.live().in_language("en").upcoming().first(), ("calendar", "article", "event-row")),
        (
            lambda: Topic.objects.live().in_language("en").in_focus().in_hand_order().first(),
            ("focus", "article", "topic-tile"),
        ),
    ],
)
def test_a_changed_title_is_on_the_page_at_once(change: Any, selector: tuple[str, str, str], visitor: Person) -> None:
    item = change()
    type(item).objects.filter(pk=item.pk).update(title="Changed by staff")
    name, tag, cls = selector
    first = next(elements(section(parse(visitor.get("/en/")), name), tag, cls=cls))
    assert "Changed by staff" in text(first)
    type(item).objects.filter(pk=item.pk).update(live_from=None)
    assert "Changed by staff" not in text(one(parse(visitor.get("/en/")), "main"))


def test_menus_and_settings_are_rows_too(visitor: Person) -> None:
    MenuLink.objects.filter(language="en", label="Founding Treaty").update(label="The Treaty, renamed")
    SiteSettings.objects.update(
        name={"en": "Another Organisation"}, latest_title={"en": "Today"}, notice={"en": "Read this."}
    )
    page = parse(visitor.get("/en/"))
    assert text(page).count("The Treaty, renamed") == 3
    assert text(one(page, "h1")) == "Another Organisation"
    assert text(one(section(page, "latest"), "h2")) == "Today"
    assert text(one(one(page, "aside", cls="notice"), "p")) == "Read this."


def test_the_archive_is_alive() -> None:
    english = NewsItem.objects.live().in_language("en")
    assert english.count() >= 67
    assert set(english.values_list("kind", flat=True)) == set(NewsItem.Kind.values)
    assert english.filter(date__lt=dt.date(2022, 12, 31)).exists()
    assert Article.objects.live().in_language("en").count() >= 12
    assert Event.objects.live().in_language("en").count() >= 20
