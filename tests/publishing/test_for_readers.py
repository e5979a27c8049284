"""What readers of a language find of what has no version in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from news.models import NewsItem
from publishing.languages import originals_stand_in
from publishing.targets import resolve_targets, target_of
from tests.conftest import Person
from tests.factories import (
    ArticleFactory,
    EventFactory,
    FeaturedItemFactory,
    MenuLinkFactory,
    NewsItemFactory,
    PageFactory,
    SiteSettingsFactory,
    TermFactory,
    TopicFactory,
    translated,
)
from tests.html import Element, elements, hrefs, one, parse, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing_in(db: None) -> None:
    """The site lists originals for readers of Ukrainian and Arabic, and for no others."""
    SiteSettingsFactory(with_originals=["uk", "ar"])


def listed(person: Person, url: str) -> dict[str, Element]:
    """The links to items in a page's main part, by their text."""
    main = one(parse(person.get(url)), "main")
    return {text(link): link for link in elements(main, "a")}


# ── Lists ────────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("standing_in")
def test_an_original_stands_in_until_there_is_a_live_translation(visitor: Person) -> None:
    item = NewsItemFactory(title="A summit")
    assert "A summit" in listed(visitor, "/uk/news/")
    draft = translated(item, "uk", draft=True, title="Саміт")
    assert "A summit" in listed(visitor, "/uk/news/")
    NewsItem.objects.filter(pk=draft.pk).update(live_from=item.live_from, date=item.date)
    found = listed(visitor, "/uk/news/")
    assert "Саміт" in found
    assert "A summit" not in found


@pytest.mark.usefixtures("standing_in")
@pytest.mark.parametrize("url", ["/en/news/", "/fr/news/"])
def test_the_other_languages_leave_it_out(url: str, visitor: Person) -> None:
    NewsItemFactory(title="Саміт", language="uk")
    NewsItemFactory(title="Sommet", language="fr" if url == "/en/news/" else "en")
    assert "Саміт" not in listed(visitor, url)
    assert "Sommet" not in listed(visitor, url)


def test_a_site_that_says_nothing_leaves_it_out(visitor: Person) -> None:
    SiteSettingsFactory()
    NewsItemFactory(title="A summit")
    assert "A summit" not in listed(visitor, "/uk/news/")


@pytest.mark.usefixtures("standing_in")
@pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
def test_only_what_is_public_stands_in(state: str, visitor: Person) -> None:
    item = NewsItemFactory(title="A summit", **{state: True})
    translated(item, "fr", title="Un sommet")
    found = listed(visitor, "/uk/news/")
    assert "A summit" not in found
    assert "Un sommet" not in found, "a translation is nobody's original"


@pytest.mark.usefixtures("standing_in")
@pytest.mark.parametrize(("url", "name"), [("/uk/news/", "Англійська"), ("/ar/news/", "الإنجليزية")])
def test_it_is_marked_for_voices_and_for_eyes(url: str, name: str, visitor: Person) -> None:
    item = NewsItemFactory(title="A summit", teaser="They met.")
    main = one(parse(visitor.get(url)), "main")
    heading = next(element for element in elements(main, "h2") if text(element) == "A summit")
    teaser = next(element for element in elements(main, "p") if text(element) == "They met.")
    assert [(part.get("lang"), part.get("dir")) for part in (heading, teaser)] == [("en", "ltr")] * 2
    assert hrefs(heading) == [item.get_absolute_url()]
    assert name in [text(element) for element in elements(main, "span", cls="other-language")]


@pytest.mark.usefixtures("standing_in")
def test_what_is_in_the_language_of_the_page_is_not_marked(visitor: Person) -> None:
    NewsItemFactory(title="Саміт", language="uk")
    main = one(parse(visitor.get("/uk/news/")), "main")
    assert list(elements(main, "span", cls="other-language")) == []
    assert {element.get("lang") for element in elements(main, "h2")} == {None}


@pytest.mark.usefixtures("standing_in")
def test_every_place_that_lists_items_lets_originals_stand_in(visitor: Person) -> None:
    topic = TopicFactory(title="Cyber", slug="cyber", in_focus=True)
    uk_topic = translated(topic, "uk", title="Кіберзахист", slug="кіберзахист")
    leader = TermFactory(title="Ann Person", slug="ann")
    translated(leader, "uk", title="Енн Персон", slug="енн")
    news = NewsItemFactory(title="A summit", topics=[topic], secretary_general=leader)
    related = NewsItemFactory(title="Саміт", language="uk", topics=[topic])
    ArticleFactory(title="An essay", topics=[topic])
    EventFactory(title="A visit", topics=[topic])
    FeaturedItemFactory(title="A card", target=target_of(news))
    places = {
        "/uk/": {"A summit", "An essay", "A visit", "A card"},
        "/uk/news/?topic=кіберзахист": {"A summit"},
        "/uk/review/": {"An essay"},
        "/uk/events/?when=recent": {"A visit"},
        "/uk/featured/": {"A card"},
        "/uk/search/?q=summit": {"A summit"},
        uk_topic.get_absolute_url(): {"A summit", "An essay", "A visit"},
        related.get_absolute_url(): {"A summit"},
        "/uk/secretary-general/": {"A summit"},
    }
    missing = {url: wanted - listed(visitor, url).keys() for url, wanted in places.items()}
    assert {url: titles for url, titles in missing.items() if titles} == {}


@pytest.mark.usefixtures("standing_in")
def test_a_topic_that_stands_in_narrows_a_list_too(visitor: Person) -> None:
    topic = TopicFactory(title="Cyber", slug="cyber")
    NewsItemFactory(title="A summit", topics=[topic])
    NewsItemFactory(title="A visit")
    found = listed(visitor, "/uk/news/?topic=cyber")
    assert "A summit" in found
    assert "A visit" not in found


@pytest.mark.usefixtures("standing_in")
def test_a_menu_leads_to_the_original(visitor: Person) -> None:
    page = PageFactory(title="About us", slug="about")
    MenuLinkFactory(language="uk", label="", target=target_of(page))
    MenuLinkFactory(language="uk", label="Про нас", target=target_of(page))
    menu = one(parse(visitor.get("/uk/news/")), "nav", id="menu")
    links = {text(link): link for link in elements(menu, "a") if link.get("href") == page.get_absolute_url()}
    assert {label: link.get("lang") for label, link in links.items()} == {"About us": "en", "Про нас": None}


def test_outside_of_a_page_nothing_stands_in() -> None:
    item = NewsItemFactory()
    assert resolve_targets([target_of(item)], language="uk") == {}
    with originals_stand_in(["uk"]):
        assert resolve_targets([target_of(item)], language="uk")[target_of(item)].url == item.get_absolute_url()
        assert resolve_targets([target_of(item)], language="fr") == {}


@pytest.mark.usefixtures("standing_in")
def test_a_list_costs_no_query_more(visitor: Person) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            visitor.get(url)
        return len(captured)

    for _one in range(3):
        NewsItemFactory()
        NewsItemFactory(language="uk")
    queries("/uk/news/")
    assert queries("/uk/news/") == queries("/en/news/")


# ── Addresses ────────────────────────────────────────────────────────────────────────────────────────────
PLACES: list[tuple[Any, dict[str, Any]]] = [
    (NewsItemFactory, {"title": "A summit", "slug": "summit", "date": dt.date(2024, 1, 5)}),
    (ArticleFactory, {"title": "A summit", "slug": "summit", "date": dt.date(2024, 1, 5)}),
    (EventFactory, {"title": "A summit", "slug": "summit"}),
    (TopicFactory, {"title": "A summit", "slug": "summit"}),
    (PageFactory, {"title": "A summit", "slug": "summit"}),
    (TermFactory, {"title": "A summit", "slug": "summit"}),
]


@pytest.mark.parametrize(("factory", "values"), PLACES)
def test_an_address_says_that_it_is_not_translated_and_offers_what_there_is(
    factory: Any, values: dict[str, Any], visitor: Person
) -> None:
    item = factory(**values)
    french = translated(item, "fr", title="Un sommet", slug="sommet")
    translated(item, "ar", title="قمة", slug="قمة", draft=True)
    response = visitor.get(item.get_absolute_url().replace("/en/", "/uk/", 1))
    page = parse(response)
    assert response.status_code == 200
    assert text(one(page, "h1")) == "Ще не перекладено"
    assert hrefs(one(page, "ul", cls="message__list")) == [item.get_absolute_url(), french.get_absolute_url()]
    assert [one_title.get("lang") for one_title in elements(one(page, "main"), "h2")] == ["en", "fr"]
    assert '<meta name="robots" content="noindex">' in response.content.decode()


def test_what_is_public_in_no_language_is_not_found(visitor: Person) -> None:
    item = NewsItemFactory(draft=True, slug="secret", date=dt.date(2024, 1, 5))
    assert visitor.get(item.get_absolute_url().replace("/en/", "/uk/", 1)).status_code == 404


def test_what_came_down_says_so_in_its_own_language(visitor: Person) -> None:
    item = NewsItemFactory(date=dt.date(2024, 1, 5))
    french = translated(item, "fr", slug=item.slug)
    NewsItem.objects.filter(pk=french.pk).update(live_until=french.live_from + dt.timedelta(seconds=1))
    assert visitor.get(french.get_absolute_url()).status_code == 410
    assert visitor.get(item.get_absolute_url()).status_code == 200


def test_the_language_switch_leads_to_the_page_that_says_so_and_back(visitor: Person) -> None:
    item = NewsItemFactory(title="A summit", date=dt.date(2024, 1, 5))
    here = item.get_absolute_url()
    there = here.replace("/en/", "/uk/", 1)

    def switch(url: str) -> dict[str | None, str | None]:
        links = elements(one(parse(visitor.get(url)), "ul", cls="language__list"), "a")
        return {link.get("lang"): link.get("href") for link in links}

    assert switch(here)["uk"] == there
    assert switch(there)["en"] == here


def test_search_engines_are_told_of_the_versions_that_there_are(visitor: Person) -> None:
    item = NewsItemFactory()
    french = translated(item, "fr")
    page = parse(visitor.get(item.get_absolute_url()))
    told = {link.get("hreflang"): link.get("href") for link in elements(page, "link") if link.get("hreflang")}
    here = f"http://testserver{item.get_absolute_url()}"
    assert told == {"en": here, "fr": f"http://testserver{french.get_absolute_url()}", "x-default": here}


# ── In the admin ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_site_s_settings_say_for_which_languages(administrator: Person) -> None:
    row = SiteSettingsFactory()
    url = f"/admin/portal/sitesettings/{row.pk}/change/"
    form = administrator.get(url).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if isinstance(value, str | int)}
    data |= {"name_en": "The Organisation", "with_originals": ["uk"], "seen": form.initial["seen"]}
    assert administrator.post(url, data).status_code == 302
    row.refresh_from_db()
    assert row.with_originals == ["uk"]
