"""What was typed and not saved is offered again, taken up or discarded."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine

from news.models import FeaturedItem, NewsItem
from publishing.records import WorkingCopy
from tests.admin_forms import add_url, change_url, form_id, messages
from tests.conftest import PUBLISHABLE, Person
from tests.factories import (
    FACTORIES,
    DocumentFactory,
    ImageFactory,
    NewsItemFactory,
    TopicFactory,
    translated,
)
from tests.html import elements, form_data, one, parse
from tests.publishing.windows import NOON, Window, opened

pytestmark = pytest.mark.django_db


# ── Offered again ────────────────────────────────────────────────────────────────────────────────────────
def test_it_is_offered_with_day_and_time(writer: Person) -> None:
    item = NewsItemFactory()
    with time_machine.travel(NOON, tick=False):
        writer.force_login(writer.user)
        window = opened(writer, item)
        window.type(title="Unsaved")
        window.leave()
    writer.force_login(writer.user)
    window = opened(writer, item)
    assert window.offers == ["You typed here on 3 February 2024 at 14:05 and did not save it."]
    assert window.data["title"] != "Unsaved"


def test_nothing_is_offered_where_nothing_was_typed(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    opened(editor, item).type(title="Somebody else's")
    opened(writer, NewsItemFactory()).type(title="Of another item")
    opened(writer, item).beat()
    assert opened(writer, item).offers == []


def test_whoever_may_not_change_the_item_any_more_is_offered_nothing(french_desk: Person) -> None:
    french = translated(NewsItemFactory())
    window = opened(french_desk, french)
    window.type(title="Titre")
    french_desk.user.remit.languages = ["en"]
    french_desk.user.remit.save()
    for query in ("", f"?copy={window.data['form_key']}"):
        page = french_desk.get(change_url(french) + query)
        assert page.status_code == 200
        assert not list(elements(parse(page), cls="unsaved"))
        assert "Titre" not in page.content.decode()


# What a person may have left half typed, field by field, as their browser would send it.
HALF_TYPED: dict[str, Any] = {"date": "the 3rd of", "slug": "not a slug!", "title": "", "start_date": "30/02/2024"}


@pytest.mark.parametrize("model", PUBLISHABLE)
def test_taking_it_up_shows_every_field_as_it_was_left(model: Any, editor: Person) -> None:
    item = FACTORIES[model](draft=True)
    window = Window(editor, change_url(item), model)
    left = {name: HALF_TYPED[name] for name in HALF_TYPED if name in window.data}
    left |= {name: f"{window.data[name]} and more" for name in ("teaser", "standfirst", "note") if name in window.data}
    for box in elements(one(parse(window.page), "form", id=form_id(model)), "input", type="checkbox"):
        name = box.get("name") or ""
        left |= {name: "on"} if box.get("checked") is None else {}
        window.data.pop(name, None)
    window.type(**left)
    again = Window(editor, change_url(item), model).take_up()
    ignored = {"csrfmiddlewaretoken"}
    assert left.items() <= window.data.items()
    shown = {name: value for name, value in again.data.items() if name not in ignored and "-" not in name}
    assert shown == {name: value for name, value in window.data.items() if name not in ignored and "-" not in name}
    assert "Please correct" not in again.page.content.decode()


def test_relations_and_the_body_are_taken_up(writer: Person) -> None:
    item = NewsItemFactory(topics=[TopicFactory()])
    topics, image, document = [TopicFactory(), TopicFactory()], ImageFactory(), DocumentFactory()
    keys = [str(topic.pk) for topic in topics]
    body = "<h2>Ends & means</h2><p>“Half a sen"
    opened(writer, item).type(topics=keys, image=str(image.pk), attachments=[str(document.pk)], body=body)
    data = opened(writer, item).take_up().data
    assert sorted(data["topics"]) == sorted(keys)
    assert (data["image"], data["attachments"], data["body"]) == (str(image.pk), [str(document.pk)], body)


def test_what_was_deleted_since_is_left_out_when_it_is_taken_up(writer: Person) -> None:
    item, topic = NewsItemFactory(), TopicFactory(draft=True)
    opened(writer, item).type(title="Kept", topics=[str(topic.pk), "999999"])
    topic.delete()
    data = opened(writer, item).take_up().data
    assert (data["title"], data["topics"]) == ("Kept", [])


def test_a_picture_that_was_deleted_since_is_named_by_its_number(writer: Person) -> None:
    item, image = NewsItemFactory(), ImageFactory()
    number = str(image.pk)
    opened(writer, item).type(image=number)
    image.delete()
    form = opened(writer, item).take_up()
    assert form.data["image"] == number
    assert f"No picture of the library has the number {number}." in form.page.content.decode()


def test_what_was_taken_up_is_saved_and_then_no_longer_offered(writer: Person) -> None:
    item = NewsItemFactory(draft=True)
    opened(writer, item).type(title="Worth an hour")
    again = opened(writer, item).take_up()
    assert again.offers[0].endswith("stands in the form again. It is not saved yet.")
    assert not again.ways_back
    assert "The draft is saved." in messages(again.save())
    item.refresh_from_db()
    assert item.title == "Worth an hour"
    assert not WorkingCopy.objects.exists()
    assert opened(writer, item).offers == []


def test_what_was_taken_up_goes_on_to_be_kept(writer: Person) -> None:
    item = NewsItemFactory()
    opened(writer, item).type(title="One")
    assert opened(writer, item).take_up().type(title="One, two").status_code == 200
    assert opened(writer, item).take_up().data["title"] == "One, two"
    assert WorkingCopy.objects.count() == 1


def test_a_new_revision_of_somebody_else_is_merged_with_what_was_taken_up(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(title="Base", teaser="Base.")
    opened(writer, item).type(title="Mine")
    opened(editor, item).save(teaser="Theirs.")
    again = opened(writer, item).take_up()
    assert (again.data["title"], again.data["teaser"], again.data["seen"]) == ("Mine", "Base.", "1")
    assert again.notes == [
        "editor has saved revision 2 meanwhile. When you save, your changes and theirs are put together."
    ]
    assert "Merged with what editor has saved" in messages(again.save())
    newest = item.revisions.first().content
    assert (newest["title"], newest["teaser"]) == ("Mine", "Theirs.")


def test_a_conflict_after_taking_up_is_shown_for_a_choice(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(title="Base")
    opened(writer, item).type(title="Mine", dateline="Vilnius")
    opened(editor, item).save(title="Theirs")
    response = opened(writer, item).take_up().save()
    assert "editor has changed the same fields" in response.content.decode()
    data = form_data(response, form_id(NewsItem))
    assert (data["title"], data["dateline"]) == ("Mine", "Vilnius")
    assert WorkingCopy.objects.get().fields["title"] == "Mine"
    writer.post(change_url(item), {**data, "_continue": "1"})
    assert item.revisions.first().content["title"] == "Mine"
    assert not WorkingCopy.objects.exists()


def test_a_choice_that_was_begun_before_a_crash_is_asked_for_again(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(title="Base")
    window = opened(writer, item)
    opened(editor, item).save(title="Theirs")
    window.data = form_data(window.save(title="Mine"), form_id(NewsItem))
    assert window.data["decided"] == "2"
    window.type()
    again = opened(writer, item).take_up()
    assert again.data["decided"] == ""
    assert "changed the same fields" in again.save().content.decode()


def test_a_rejected_form_keeps_what_was_typed_and_its_copy(writer: Person) -> None:
    item = NewsItemFactory()
    window = opened(writer, item)
    window.type(title="", teaser="Typed")
    response = window.save()
    data = form_data(response, form_id(NewsItem))
    assert (data["title"], data["teaser"], data["form_key"]) == ("", "Typed", window.data["form_key"])
    assert one(parse(response), "div", cls="kept").get("data-opened") == "rejected"
    assert not list(elements(parse(response), cls="unsaved")), "its own copy stands in the form"
    assert WorkingCopy.objects.get().fields["teaser"] == "Typed"


def test_saving_and_dropping_the_copy_are_one(writer: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    item = NewsItemFactory(title="Before", draft=True)
    window = opened(writer, item)
    window.type(title="After")

    def fails(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("publishing.admin.PublishableAdmin.save_related", fails)
    with pytest.raises(RuntimeError):
        window.save()
    item.refresh_from_db()
    assert item.title == "Before"
    assert WorkingCopy.objects.get().fields["title"] == "After"


def test_saving_another_window_leaves_what_was_typed_in_the_first(writer: Person) -> None:
    item = NewsItemFactory()
    opened(writer, item).type(title="Not decided yet")
    other = opened(writer, item)
    other.save(teaser="Saved.")
    again = opened(writer, item)
    assert again.data["teaser"] == "Saved."
    assert again.take_up().data["title"] == "Not decided yet"


def test_typing_past_an_offer_does_not_overwrite_what_is_offered(writer: Person) -> None:
    item = NewsItemFactory()
    opened(writer, item).type(title="An hour's work")
    hasty = opened(writer, item)
    answer = hasty.type(title="x")
    assert answer.status_code == 409
    assert "is not saved yet. Save here, or open the form anew" in answer.json()["message"]
    assert hasty.beat().json()["kept"] == "", "what is kept is another window's"
    assert opened(writer, item).take_up().data["title"] == "An hour's work"


def test_what_is_discarded_is_gone_and_the_window_can_be_kept_again(writer: Person) -> None:
    item = NewsItemFactory()
    first = opened(writer, item)
    first.type(title="Nonsense")
    second = opened(writer, item)
    response = writer.post(change_url(item), {"_discard": first.data["form_key"]}, follow=True)
    assert "is discarded" in messages(response)
    assert opened(writer, item).offers == []
    assert second.type(title="Sense").status_code == 200


def test_what_was_taken_up_can_be_discarded(writer: Person) -> None:
    item = NewsItemFactory(title="Saved")
    opened(writer, item).type(title="Nonsense")
    page = opened(writer, item).take_up().page
    discard = next(form for form in parse(page).iter("form") if form.get("data-discard") is not None)
    assert discard.get("action") == change_url(item)
    name, key = next((button.get("name"), button.get("value")) for button in discard.iter("button"))
    response = writer.post(change_url(item), {name: key}, follow=True)
    assert form_data(response, form_id(NewsItem))["title"] == "Saved"
    assert not WorkingCopy.objects.exists()


# ── What is still to be added ────────────────────────────────────────────────────────────────────────────
def test_a_new_item_is_kept_offered_with_its_title_and_saved(writer: Person) -> None:
    Window(writer, add_url(NewsItem)).type(title="Breaking", slug="breaking", date="2024-02-03")
    fresh = Window(writer, add_url(NewsItem))
    assert fresh.offers[0].startswith("You typed here on")
    assert "Breaking" in fresh.offers[0]
    assert "Breaking" in fresh.take_up().save().content.decode()
    assert NewsItem.objects.get().title == "Breaking"
    assert not WorkingCopy.objects.exists()


def test_two_new_items_in_two_windows_are_two_copies(writer: Person) -> None:
    first, second = (Window(writer, add_url(NewsItem)) for _ in range(2))
    first.type(title="One")
    second.type(title="Two")
    first.type(title="One and a half")
    third = Window(writer, add_url(NewsItem))
    assert len(third.offers) == len(third.ways_back) == 2
    found = [Window(writer, add_url(NewsItem) + way).data["title"] for way in third.ways_back]
    assert found == ["One and a half", "Two"]


def test_a_translation_is_offered_where_it_was_begun_and_nowhere_else(editor: Person) -> None:
    one_item, other_item = NewsItemFactory(), NewsItemFactory()
    urls = {
        "plain": add_url(NewsItem),
        "one": add_url(NewsItem, f"?original={one_item.pk}&language=fr"),
        "other": add_url(NewsItem, f"?original={other_item.pk}&language=fr"),
        "featured": add_url(FeaturedItem),
    }
    Window(editor, urls["one"]).type(title="Un titre")
    for name, url in urls.items():
        offers = Window(editor, url, FeaturedItem if name == "featured" else NewsItem).offers
        assert bool(offers) == (name == "one"), name
    # Whatever else stands in its address.
    assert Window(editor, f"{urls['plain']}?x=1&language=fr&original={one_item.pk}").offers


def test_a_translation_is_taken_up_as_a_translation(french_desk: Person) -> None:
    original = NewsItemFactory(title="The words", dateline="Brussels")
    url = add_url(NewsItem, f"?original={original.pk}&language=fr")
    Window(french_desk, url).type(title="Les mots", slug="les-mots")
    again = Window(french_desk, url).take_up()
    assert (again.data["title"], again.data["dateline"]) == ("Les mots", "Brussels")
    again.save()
    french = NewsItem.objects.get(language="fr")
    assert (french.title, french.original) == ("Les mots", original)
    assert not WorkingCopy.objects.exists()


def test_a_broken_link_to_a_translation_is_kept_as_an_ordinary_new_item(writer: Person) -> None:
    Window(writer, add_url(NewsItem, "?original=999999&language=fr")).type(title="T")
    assert Window(writer, add_url(NewsItem)).offers
