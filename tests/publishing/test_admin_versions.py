"""Translating in the admin, putting featured items in order by hand, and deleting."""

from __future__ import annotations

from typing import Any

import pytest

from news.models import FeaturedItem, NewsItem
from publishing.models import State
from tests.admin_forms import add_url, change_url, delete_url, errors, list_url, publish, send
from tests.conftest import Person
from tests.factories import (
    ArticleFactory,
    EventFactory,
    FeaturedItemFactory,
    ImageFactory,
    NewsItemFactory,
    TopicFactory,
    translated,
)
from tests.html import form_data, parse, text

pytestmark = pytest.mark.django_db


# ── Translating ──────────────────────────────────────────────────────────────────────────────────────────
def test_a_french_version_is_offered_and_starts_from_the_words_of_the_original(french_desk: Person) -> None:
    original = NewsItemFactory(title="The words", teaser="In short.", body="<p>At length.</p>", dateline="Brussels")
    page = parse(french_desk.get(change_url(original)))
    link = next(a.get("href") for a in page.iter("a") if text(a) == "Add the Français version")
    assert link == add_url(NewsItem, f"?original={original.pk}&language=fr")
    data = form_data(french_desk.get(link), "newsitem_form")
    assert (data["title"], data["teaser"], data["dateline"]) == ("The words", "In short.", "Brussels")
    assert "At length." in data["body"]
    assert data["slug"] == ""


def test_facts_are_read_only_on_a_translation_and_copied_when_it_is_saved(french_desk: Person) -> None:
    topic, image = TopicFactory(), ImageFactory()
    original = NewsItemFactory(kind="statement", reference="(2024) 007", image=image, topics=[topic])
    url = add_url(NewsItem, f"?original={original.pk}&language=fr")
    data = form_data(french_desk.get(url), "newsitem_form")
    assert not {"kind", "reference", "image", "topics", "date_0", "date", "language"} & set(data)
    publish(french_desk, url, NewsItem, title="Titre", slug="titre", kind="news", reference="forged")
    french = NewsItem.objects.get(language="fr")
    assert french.original == original
    assert (french.kind, french.reference, french.image) == ("statement", "(2024) 007", image)
    assert french.date == original.date
    assert list(french.topics.all()) == [topic]
    assert french.state is State.LIVE


def test_facts_cannot_be_changed_through_a_translation(french_desk: Person) -> None:
    french = translated(NewsItemFactory(reference="(2024) 007"))
    publish(french_desk, change_url(french), NewsItem, reference="forged", kind="statement", title="Titre")
    french.refresh_from_db()
    assert (french.title, french.reference, french.kind) == ("Titre", "(2024) 007", "news")


def test_changing_facts_of_the_original_changes_its_translations(editor: Person) -> None:
    original = NewsItemFactory()
    french, topic = translated(original), TopicFactory()
    publish(editor, change_url(original), NewsItem, reference="(2024) 008", topics=[topic.pk])
    french.refresh_from_db()
    assert french.reference == "(2024) 008"
    assert list(french.topics.all()) == [topic]


@pytest.mark.parametrize("factory", [EventFactory, ArticleFactory, FeaturedItemFactory, TopicFactory])
def test_other_kinds_are_translated_in_the_same_way(factory: Any, french_desk: Person) -> None:
    original = factory()
    model = type(original)
    values = {} if model is FeaturedItem else {"slug": "titre"}
    url = add_url(model, f"?original={original.pk}&language=fr")
    publish(french_desk, url, model, title="Titre", **values)
    french = model.objects.get(language="fr")
    assert french.original == original
    assert french.state is State.LIVE
    for name in set(model.shared_fields) - {field.name for field in model._meta.many_to_many}:
        assert getattr(french, name) == getattr(original, name), name


def test_a_second_french_version_is_a_message(french_desk: Person) -> None:
    original = NewsItemFactory()
    translated(original)
    url = add_url(NewsItem, f"?original={original.pk}&language=fr")
    response = send(french_desk, url, NewsItem, "_save", title="Titre", slug="autre")
    assert response.status_code == 200
    assert "already a version in this language" in errors(response)
    assert NewsItem.objects.filter(language="fr").count() == 1


@pytest.mark.parametrize(
    "query",
    ["?original=999999&language=fr", "?original=abc&language=fr", "?original=1&language=xx", "?original=%00&language=fr",
     "?original=99999999999999999999999999&language=fr"],
)  # fmt: skip
def test_a_broken_link_to_a_translation_is_an_ordinary_new_form(query: str, french_desk: Person) -> None:
    assert french_desk.get(add_url(NewsItem, query)).status_code == 200


def test_a_translation_is_not_translated_further(french_desk: Person) -> None:
    french = translated(NewsItemFactory())
    page = form_data(french_desk.get(add_url(NewsItem, f"?original={french.pk}&language=en")), "newsitem_form")
    assert page["title"] == ""


def test_the_language_is_fixed_once_a_version_exists(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    send(editor, change_url(item), NewsItem, "_save", language="fr")
    item.refresh_from_db()
    assert item.language == "en"


# ── Order by hand ────────────────────────────────────────────────────────────────────────────────────────
def test_dragging_sends_new_positions_and_the_home_page_follows(editor: Person) -> None:
    first, second = FeaturedItemFactory(title="First", position=10), FeaturedItemFactory(title="Second", position=20)
    data = form_data(editor.get(list_url(FeaturedItem)), "changelist-form")
    data |= {"form-0-position": "20", "form-1-position": "10", "_save": "1"}
    assert editor.post(list_url(FeaturedItem), data).status_code == 302
    assert list(FeaturedItem.objects.in_hand_order()) == [second, first]
    content = editor.get("/en/").content.decode()
    assert content.index("Second") < content.index("First")


def test_dragging_keeps_translations_and_publication(editor: Person) -> None:
    first, second = FeaturedItemFactory(position=10), FeaturedItemFactory(position=20)
    french = [translated(first), translated(second)]
    data = form_data(editor.get(list_url(FeaturedItem)), "changelist-form")
    editor.post(list_url(FeaturedItem), {**data, "form-0-position": "30", "_save": "1"})
    assert list(FeaturedItem.objects.live().in_language("fr").in_hand_order()) == french[::-1]


def test_the_list_in_hand_order_shows_originals_only(editor: Person) -> None:
    original = FeaturedItemFactory()
    translated(original)
    assert list(editor.get(list_url(FeaturedItem)).context["cl"].result_list) == [original]


def test_a_new_item_comes_last(editor: Person) -> None:
    FeaturedItemFactory(position=70)
    publish(editor, add_url(FeaturedItem), FeaturedItem, title="Fresh", target="https://example.org/")
    assert FeaturedItem.objects.get(title="Fresh").position == 71


# ── Deleting ─────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("state", ["live", "expired"])
def test_what_was_public_cannot_be_deleted_by_anybody(state: str, administrator: Person) -> None:
    item = NewsItemFactory(**({} if state == "live" else {state: True}))
    assert administrator.post(delete_url(item), {"post": "yes"}).status_code == 403
    assert NewsItem.objects.filter(pk=item.pk).exists()
    action = {"action": "delete_selected", "_selected_action": [item.pk], "post": "yes"}
    administrator.post(list_url(NewsItem), action)
    assert NewsItem.objects.filter(pk=item.pk).exists()


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_what_was_never_public_can_be_deleted(state: str, editor: Person) -> None:
    item = NewsItemFactory(**{state: True})
    assert editor.post(delete_url(item), {"post": "yes"}).status_code == 302
    assert not NewsItem.objects.exists()


def test_an_original_with_translations_cannot_be_deleted(administrator: Person) -> None:
    original = NewsItemFactory(draft=True)
    translated(original)
    response = administrator.post(delete_url(original), {"post": "yes"})
    assert response.status_code in (200, 403)
    assert NewsItem.objects.count() == 2
