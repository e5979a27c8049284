"""What leads to an item is listed before it is withdrawn or deleted."""

from __future__ import annotations

from typing import Any

import pytest

from news.models import NewsItem
from pages.models import Page
from portal.models import MenuLink
from publishing.models import Publishable
from publishing.registry import Mention, mentions_of
from tests.admin_forms import change_url, delete_url, verb_url
from tests.conftest import Person
from tests.factories import (
    ArticleFactory,
    EventFactory,
    FeaturedItemFactory,
    MenuLinkFactory,
    NewsItemFactory,
    PageFactory,
    TopicFactory,
    translated,
)
from tests.html import elements, hrefs, parse

pytestmark = pytest.mark.django_db


def titles(item: Publishable) -> set[str]:
    return {mention.title for mention in mentions_of(item)}


def listed(person: Person, url: str) -> list[str]:
    """The links of the list on a page."""
    return [href for section in elements(parse(person.get(url)), "section", cls="mentions") for href in hrefs(section)]


def linking(item: Publishable, **values: Any) -> str:
    return f'<p>See <a href="{item.get_absolute_url()}">here</a>.</p>'


# ── What is found ────────────────────────────────────────────────────────────────────────────────────────
def test_menu_links_and_features_in_the_same_language_are_found() -> None:
    item = NewsItemFactory(title="Aim")
    french = translated(item)
    target = f"news:{item.pk}"
    MenuLinkFactory(label="In the menu", target=target)
    MenuLinkFactory(label="Au menu", target=target, language="fr")
    MenuLinkFactory(label="Elsewhere", target=f"news:{NewsItemFactory().pk}")
    FeaturedItemFactory(title="Featured", target=target)
    assert titles(item) == {"In the menu", "Featured"}
    assert titles(french) == {"Au menu"}


def test_a_menu_link_without_a_label_goes_by_the_items_title() -> None:
    item = NewsItemFactory(title="Aim")
    link = MenuLinkFactory(label="", target=f"news:{item.pk}")
    assert mentions_of(item) == [Mention("Menu link", "leads to", "Aim", "en", change_url(link))]


def test_a_full_address_in_a_menu_is_found() -> None:
    item = NewsItemFactory()
    MenuLinkFactory(label="By address", target=f"https://newsroom.example.org{item.get_absolute_url()}")
    assert titles(item) == {"By address"}


@pytest.mark.parametrize("factory", [NewsItemFactory, ArticleFactory, EventFactory, PageFactory, TopicFactory])
def test_texts_of_every_kind_are_found_by_the_address_in_them(factory: Any) -> None:
    item = NewsItemFactory(slug="aim")
    factory(title="Within", body=linking(item))
    factory(title="From outside", body=f'<p><a href="https://example.org{item.get_absolute_url()}#top">x</a></p>')
    factory(title="Without", body="<p>Nothing.</p>")
    assert titles(item) == {"Within", "From outside"}


def test_an_address_in_another_script_is_found_however_it_is_written() -> None:
    item = TopicFactory(slug="мир")
    assert "%" in item.get_absolute_url()
    NewsItemFactory(title="Encoded", body=linking(item))
    NewsItemFactory(title="Plain", body='<p><a href="/en/topics/мир/">here</a></p>')
    assert titles(item) == {"Encoded", "Plain"}


def test_a_link_to_the_page_below_is_not_one_to_the_page_above() -> None:
    above = PageFactory(slug="above")
    below = PageFactory(slug="below", parent=above, title="Below")
    NewsItemFactory(title="Links below", body=linking(below))
    assert titles(below) == {"Links below"}
    assert titles(above) == {"Below"}


def test_items_that_refer_to_it_are_found_in_the_same_language() -> None:
    topic = TopicFactory()
    NewsItemFactory(title="About it", topics=[topic])
    translated(NewsItemFactory(title="Both", topics=[topic]), title="Les deux", topics=[topic])
    assert titles(topic) == {"About it", "Both"}
    assert titles(translated(topic)) == {"Les deux"}


def test_what_has_ended_leads_nowhere_any_more() -> None:
    item = NewsItemFactory()
    NewsItemFactory(body=linking(item), withdrawn=True)
    NewsItemFactory(body=linking(item), expired=True)
    assert titles(item) == set()


def test_an_item_does_not_count_its_own_links() -> None:
    item = NewsItemFactory(slug="self", body='<p><a href="/en/news/2024/01/23/self/">here</a></p>')
    assert mentions_of(item) == []


@pytest.mark.parametrize("values", [{"date": None, "draft": True}, {}])
def test_what_has_no_address_is_led_to_by_nothing(values: dict[str, Any]) -> None:
    item = NewsItemFactory(**values) if values else FeaturedItemFactory()
    assert mentions_of(item) == []


# ── Where it is shown ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("verb", ["withdraw", "expire"])
def test_the_page_that_withdraws_lists_what_leads_here(verb: str, editor: Person) -> None:
    item = NewsItemFactory()
    link = MenuLinkFactory(target=f"news:{item.pk}")
    text = PageFactory(body=linking(item))
    assert set(listed(editor, verb_url(item, verb))) == {change_url(link), change_url(text)}


def test_the_page_that_deletes_lists_what_leads_here(editor: Person) -> None:
    item = NewsItemFactory(scheduled=True)
    link = MenuLinkFactory(target=f"news:{item.pk}")
    assert listed(editor, delete_url(item)) == [change_url(link)]
    assert editor.post(delete_url(item), {"post": "yes"}).status_code == 302
    assert not NewsItem.objects.exists()


def test_the_page_that_cannot_delete_for_what_hangs_on_it_lists_it_too(editor: Person) -> None:
    parent = PageFactory(draft=True)
    child = PageFactory(parent=parent, draft=True)
    assert change_url(child) in listed(editor, delete_url(parent))
    assert Page.objects.count() == 2


def test_where_nothing_leads_here_nothing_is_said(editor: Person) -> None:
    MenuLinkFactory(target="section:news")
    assert MenuLink.objects.exists()
    item = NewsItemFactory()
    assert not list(elements(parse(editor.get(verb_url(item, "withdraw"))), "section", cls="mentions"))
