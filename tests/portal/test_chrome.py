"""Menus and the language switch."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.chrome import menus
from publishing.targets import target_of
from tests.conftest import Person
from tests.factories import MenuLinkFactory, NewsItemFactory, PageFactory, TopicFactory, translated
from tests.html import hrefs, one, parse, texts

pytestmark = pytest.mark.django_db


def labels(entries: list[Any]) -> list[Any]:
    return [(entry.label, [child.label for child in entry.children]) for entry in entries]


def test_menus_are_a_tree_in_hand_order() -> None:
    second, first = MenuLinkFactory(label="Second", position=2), MenuLinkFactory(label="First", position=1)
    MenuLinkFactory(label="b", parent=first, position=2)
    MenuLinkFactory(label="a", parent=first, position=1)
    MenuLinkFactory(label="c", parent=second)
    assert labels(menus("en")["main"]) == [("First", ["a", "b"]), ("Second", ["c"])]


def test_a_whole_site_of_menus_costs_two_queries() -> None:
    for _ in range(5):
        section = MenuLinkFactory(target=target_of(PageFactory()))
        for factory in (PageFactory, TopicFactory, NewsItemFactory):
            MenuLinkFactory(parent=section, target=target_of(factory()))
    with CaptureQueriesContext(connection) as queries:
        menus("en")
    assert len(queries) == 2


@pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
def test_a_link_to_what_is_not_public_is_left_out(state: str) -> None:
    section = MenuLinkFactory(label="Section")
    MenuLinkFactory(label="SECRET", parent=section, target=target_of(PageFactory(**{state: True})))
    MenuLinkFactory(label="Shown", parent=section, target=target_of(PageFactory()))
    assert labels(menus("en")["main"]) == [("Section", ["Shown"])]


def test_a_section_whose_page_is_not_public_takes_its_links_along() -> None:
    section = MenuLinkFactory(label="Section", target=target_of(PageFactory(draft=True)))
    MenuLinkFactory(label="Shown", parent=section)
    assert menus("en")["main"] == []


def test_a_section_without_a_page_and_without_links_is_left_out() -> None:
    MenuLinkFactory(label="Empty", target="")
    full = MenuLinkFactory(label="Full", target="")
    MenuLinkFactory(label="Link", parent=full)
    assert labels(menus("en")["main"]) == [("Full", ["Link"])]


def test_each_language_has_menus_of_its_own() -> None:
    page = PageFactory(slug="history")
    translated(page, slug="histoire", title="Histoire")
    MenuLinkFactory(label="English", target=target_of(page))
    MenuLinkFactory(label="", target=target_of(page), language="fr")
    assert [(entry.label, entry.url) for entry in menus("fr")["main"]] == [("Histoire", "/fr/histoire/")]
    assert [(entry.label, entry.url) for entry in menus("en")["main"]] == [("English", "/en/history/")]


def test_a_link_without_a_label_takes_the_title_of_its_target() -> None:
    MenuLinkFactory(label="", target="section:events")
    assert [entry.label for entry in menus("en")["main"]] == ["Event calendar"]


@pytest.mark.parametrize(
    ("target", "icon"),
    [
        ("https://x.com/a", "x"), ("https://www.youtube.com/@a", "youtube"), ("https://t.me/a", "telegram"),
        ("https://example.org/", "link"), ("https://notx.com/a", "link"), ("section:news", "link"),
    ],
)  # fmt: skip
def test_a_network_is_known_by_its_host(target: str, icon: str) -> None:
    MenuLinkFactory(menu="social", target=target)
    assert [entry.icon for entry in menus("en")["social"]] == [icon]


def test_the_same_menu_feeds_header_footer_and_quick_links(visitor: Person) -> None:
    section = MenuLinkFactory(label="About", target=target_of(PageFactory(slug="about")))
    MenuLinkFactory(label="Inside", parent=section, target=target_of(PageFactory(slug="inside")))
    MenuLinkFactory(label="Outside", parent=section, target="https://example.org/")
    page = parse(visitor.get("/en/"))
    for part in (one(page, "header", cls="masthead"), one(page, "footer")):
        assert {"/en/inside/", "https://example.org/"} <= set(hrefs(part))
    assert texts(one(page, "select", id="closing-to"), "option") == ["Inside"]


def test_the_open_page_is_marked_in_the_menu(visitor: Person) -> None:
    section = MenuLinkFactory(label="About", target=target_of(PageFactory(slug="about")))
    MenuLinkFactory(label="Inside", parent=section, target=target_of(PageFactory(slug="inside")))
    menu = one(parse(visitor.get("/en/inside/")), "ul", cls="menu__list")
    assert [a.get("href") for a in menu.iter("a") if a.get("aria-current") == "page"] == ["/en/inside/"]


@pytest.mark.parametrize(
    ("url", "french"),
    [
        ("/en/news/", "/fr/news/"), ("/en/news/speech/", "/fr/news/speech/"), ("/en/events/?when=recent", "/fr/events/"),
        ("/en/search/?q=a", "/fr/search/"), ("/en/subscribe/", "/fr/subscribe/"), ("/en/nothing/", "/fr/"),
    ],
)  # fmt: skip
def test_the_language_switch_of_a_list_leads_to_the_same_list(url: str, french: str, visitor: Person) -> None:
    switch = one(parse(visitor.get(url)), "ul", cls="language__list")
    assert hrefs(switch)[1].split("?")[0] == french


def test_the_language_switch_names_languages_in_themselves(visitor: Person) -> None:
    switch = one(parse(visitor.get("/fr/")), "ul", cls="language__list")
    assert texts(switch, "a") == ["English", "Français", "Українська", "العربيّة"]
    assert [a.get("lang") for a in switch.iter("a")] == ["en", "fr", "uk", "ar"]
    assert [a.get("aria-current") for a in switch.iter("a")] == [None, "true", None, None]
