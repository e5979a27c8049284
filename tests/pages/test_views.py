"""Pages, their breadcrumbs and sections; topics and what they gather."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.conftest import Person
from tests.factories import ArticleFactory, EventFactory, NewsItemFactory, PageFactory, TopicFactory, translated
from tests.html import classes, elements, hrefs, one, parse, text, texts

pytestmark = pytest.mark.django_db


def crumbs(page: object) -> list[tuple[str, str | None]]:
    trail = one(parse(page), "nav", cls="breadcrumbs")  # type: ignore[arg-type]
    return [(text(item), next((a.get("href") for a in item.iter("a")), None)) for item in trail.iter("li")]


def test_breadcrumbs_lead_from_the_top_to_the_page(visitor: Person) -> None:
    top = PageFactory(title="About us", slug="about-us")
    middle = PageFactory(title="Structure", slug="structure", parent=top)
    PageFactory(title="Military Committee", slug="mc", parent=middle)
    assert crumbs(visitor.get("/en/about-us/structure/mc/")) == [
        ("Home", "/en/"),
        ("About us", "/en/about-us/"),
        ("Structure", "/en/about-us/structure/"),
        ("Military Committee", None),
    ]


def test_a_parent_that_is_not_public_leaves_its_children_readable(visitor: Person) -> None:
    top = PageFactory(title="SECRET", slug="secret", draft=True)
    PageFactory(slug="open", parent=top)
    response = visitor.get("/en/secret/open/")
    assert response.status_code == 200
    assert b"SECRET" not in response.content
    assert visitor.get("/en/secret/").status_code == 404


def test_a_page_lists_the_pages_below_it_in_hand_order(visitor: Person) -> None:
    top = PageFactory(slug="top")
    PageFactory(title="Second", parent=top, position=2)
    PageFactory(title="First", parent=top, position=1)
    PageFactory(title="SECRET", parent=top, position=3, draft=True)
    page = parse(visitor.get("/en/top/"))
    children = one(page, "ul", cls="pairs--children")
    assert texts(children, "h2") == ["First", "Second"]
    assert "SECRET" not in text(page)


def test_a_page_shows_the_others_of_its_section_and_marks_itself(visitor: Person) -> None:
    top = PageFactory(slug="top", title="Top")
    PageFactory(title="Sister", slug="sister", parent=top)
    PageFactory(title="This", slug="this", parent=top)
    rail = one(parse(visitor.get("/en/top/this/")), "ul", cls="rail-list--tree")
    assert texts(rail, "li") == ["Sister", "This"]
    assert [text(a) for a in elements(rail, "a", aria_current="page")] == ["This"]


@pytest.mark.parametrize(
    ("state", "status"), [("draft", 404), ("scheduled", 404), ("expired", 410), ("withdrawn", 410)]
)
def test_a_page_that_is_not_live_is_not_shown(state: str, status: int, visitor: Person) -> None:
    PageFactory(slug="hidden", teaser="SECRET", **{state: True})
    response = visitor.get("/en/hidden/")
    assert response.status_code == status
    assert b"SECRET" not in response.content


@pytest.mark.parametrize("path", ["/en/nothing/", "/en/a/b/c/d/", "/en/top/nothing/", "/en//top/", "/en/TOP/"])
def test_a_path_that_leads_nowhere_is_not_found(path: str, visitor: Person) -> None:
    PageFactory(slug="top")
    assert visitor.get(path).status_code in (301, 404)


def test_the_language_switch_leads_to_the_same_page(visitor: Person) -> None:
    page = PageFactory(slug="history")
    translated(page, slug="histoire")
    switch = one(parse(visitor.get("/en/history/")), "ul", cls="language__list")
    assert hrefs(switch) == ["/en/history/", "/fr/histoire/", "/uk/history/", "/ar/history/"]


def test_search_engines_are_told_of_the_versions_that_are_public(visitor: Person) -> None:
    page = PageFactory(slug="history")
    translated(page, slug="histoire", draft=True)
    document = parse(visitor.get("/en/history/"))
    alternates = [link.get("hreflang") for link in elements(document, "link", rel="alternate") if link.get("hreflang")]
    assert alternates == ["en", "x-default"]
    assert one(document, "link", rel="canonical").get("href") == "http://testserver/en/history/"


def test_deep_in_the_tree_a_page_stands_among_its_siblings(visitor: Person) -> None:
    top = PageFactory(slug="top", title="Top")
    first, second = (PageFactory(slug=slug, title=slug, parent=top) for slug in ("first", "second"))
    PageFactory(slug="elsewhere", title="elsewhere", parent=first)
    here = PageFactory(slug="here", title="here", parent=second)
    PageFactory(slug="beside", title="beside", parent=second)
    PageFactory(slug="below", title="below", parent=here)
    page = parse(visitor.get("/en/top/second/here/"))
    rail = one(page, "nav", aria_labelledby="in-section")
    assert [(text(li), classes(li)) for li in elements(rail, "li")] == [
        ("first", ["rail-level-1"]), ("second", ["rail-level-1"]), ("here", ["rail-level-2"]), ("beside", ["rail-level-2"]),
    ]  # fmt: skip
    assert text(one(rail, "a", aria_current="page")) == "here"
    assert texts(one(page, "ul", cls="pairs--children"), "h2") == ["below"]
    assert texts(one(page, "nav", cls="breadcrumbs"), "li") == ["Home", "Top", "second", "here"]


# ── Topics ───────────────────────────────────────────────────────────────────────────────────────────────
def test_a_topic_gathers_what_is_live_of_every_kind_in_its_language(visitor: Person) -> None:
    topic = TopicFactory(slug="cyber")
    french = translated(topic, slug="cyber-fr")
    other = TopicFactory()
    item = NewsItemFactory(title="English news", topics=[topic])
    translated(item, title="French news").topics.set([topic])
    NewsItemFactory(title="SECRET", topics=[topic], draft=True)
    NewsItemFactory(title="Elsewhere", topics=[other])
    ArticleFactory(title="English article", topics=[topic])
    EventFactory(title="English event", topics=[topic])
    page = text(parse(visitor.get(topic.get_absolute_url())))
    for title in ("English news", "English article", "English event"):
        assert title in page
    for title in ("SECRET", "Elsewhere", "French news"):
        assert title not in page
    page = text(parse(visitor.get(french.get_absolute_url())))
    assert "French news" in page
    assert "English news" not in page


def test_a_topic_leads_to_the_lists_narrowed_to_it(visitor: Person) -> None:
    topic = TopicFactory(slug="cyber")
    NewsItemFactory(topics=[topic])
    links = hrefs(parse(visitor.get(topic.get_absolute_url())))
    assert "/en/news/?topic=cyber" in links
    assert visitor.get("/en/news/?topic=cyber").status_code == 200


def test_a_topic_shows_the_latest_six_of_a_kind(visitor: Person) -> None:
    topic = TopicFactory()
    for day in range(1, 9):
        NewsItemFactory(title=f"Day {day}", date=dt.date(2024, 1, day), topics=[topic])
    found = texts(one(parse(visitor.get(topic.get_absolute_url())), "ul", cls="pairs"), "h3")
    assert found == [f"Day {day}" for day in range(8, 2, -1)]


def test_the_list_of_topics_holds_live_ones_by_name(visitor: Person) -> None:
    TopicFactory(title="Zebra")
    TopicFactory(title="Antelope")
    TopicFactory(title="SECRET", draft=True)
    page = parse(visitor.get("/en/topics/"))
    assert texts(one(page, "ul", cls="tiles"), "h2") == ["Antelope", "Zebra"]
