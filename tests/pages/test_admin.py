"""The page tree in the admin."""

from __future__ import annotations

import pytest

from pages.models import Page
from tests.admin_forms import add_url, change_url, errors, list_url, publish, send
from tests.conftest import Person
from tests.factories import PageFactory, translated
from tests.html import form_data

pytestmark = pytest.mark.django_db


def test_the_list_shows_the_tree_of_originals(editor: Person) -> None:
    second, first = PageFactory(title="Second", position=2), PageFactory(title="First", position=1)
    child = PageFactory(title="Child", parent=first)
    translated(first)
    assert list(editor.get(list_url(Page)).context["cl"].result_list) == [first, child, second]


def test_pages_below_are_put_in_order_on_the_page_above(editor: Person) -> None:
    parent = PageFactory()
    one, two = PageFactory(parent=parent, position=1), PageFactory(parent=parent, position=2)
    data = form_data(editor.get(change_url(parent)), "page_form")
    response = editor.post(
        change_url(parent), {**data, "children-0-position": "2", "children-1-position": "1", "_save": "1"}
    )
    assert response.status_code == 302
    assert list(Page.objects.filter(parent=parent).in_hand_order()) == [two, one]
    two.refresh_from_db()
    assert two.path == f"{parent.slug}/{two.slug}"


def test_the_slug_of_a_section_is_a_message(editor: Person) -> None:
    response = publish(editor, add_url(Page), Page, title="News", slug="news")
    assert response.status_code == 200
    assert "belongs to a section" in errors(response)


def test_a_page_under_itself_is_a_message(editor: Person) -> None:
    page = PageFactory(draft=True)
    child = PageFactory(parent=page)
    response = send(editor, change_url(page), Page, "_save", parent=str(child.pk))
    assert response.status_code == 200
    assert "cannot be placed under itself" in errors(response)


def test_an_address_that_is_taken_is_a_message(editor: Person) -> None:
    PageFactory(slug="history")
    response = send(editor, add_url(Page), Page, "_save", title="History", slug="history")
    assert response.status_code == 200
    assert "is already at this address" in errors(response)


def test_a_translated_page_stands_under_the_translated_parent(french_desk: Person) -> None:
    top = PageFactory(slug="about-us")
    translated(top, slug="a-propos")
    child = PageFactory(slug="history", parent=top)
    url = add_url(Page, f"?original={child.pk}&language=fr")
    publish(french_desk, url, Page, title="Histoire", slug="histoire")
    assert Page.objects.get(original=child).path == "a-propos/histoire"


def test_only_originals_are_offered_as_parents(editor: Person) -> None:
    original = PageFactory(title="Original")
    french = translated(original, title="Original en français")
    response = send(editor, add_url(Page), Page, "_save", title="T", slug="t", parent=str(french.pk))
    assert response.status_code == 200
    assert "parent" in response.context["adminform"].form.errors


def test_a_new_page_comes_last(editor: Person) -> None:
    PageFactory(position=3)
    send(editor, add_url(Page), Page, "_continue", title="Fresh", slug="fresh")
    assert Page.objects.get(slug="fresh").position == 4


def test_putting_pages_in_order_writes_nothing_else(editor: Person) -> None:
    top = PageFactory()
    first, second = PageFactory(parent=top, position=1), PageFactory(parent=top, position=2)
    Page.objects.filter(pk=first.pk).update(path="kept/as/it/is")
    data = form_data(editor.get(change_url(top)), "page_form")
    editor.post(change_url(top), {**data, "children-0-position": "9", "_continue": "1"})
    first.refresh_from_db()
    assert (first.position, first.path) == (9, "kept/as/it/is")
    assert second.position == 2
