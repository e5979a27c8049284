"""What is typed and not saved: kept, offered again, taken up, discarded; and who else has a form open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from news.models import FeaturedItem, NewsItem
from publishing import copies, workflow
from publishing.records import PRESENT, AuditEntry, Revision, WorkingCopy
from tests.admin_forms import add_url, change_url, delete_url, form_id, messages
from tests.conftest import PUBLISHABLE, Person, member_of
from tests.factories import (
    FACTORIES,
    IMPORTER,
    DocumentFactory,
    ImageFactory,
    NewsItemFactory,
    TopicFactory,
    translated,
)
from tests.html import elements, form_data, hrefs, one, parse, text, texts

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 2, 3, 13, 5, tzinfo=dt.UTC)


class Window:
    """A form that somebody has open, with the script that keeps what is typed."""

    def __init__(self, person: Person, url: str, model: type = NewsItem) -> None:
        self.person, self.url, self.model = person, url, model
        self.page = person.get(url)
        assert self.page.status_code == 200
        self.data = form_data(self.page, form_id(model))
        bar = one(parse(self.page), "div", cls="kept")
        self.address, self.opener = bar.get("data-autosave"), bar.get("data-person")
        self.notes = texts(bar, "li")

    def beat(self, **sent: Any) -> Any:
        message = {"person": self.opener, "form_key": self.data["form_key"], "seen": self.data.get("seen", "")}
        return self.person.post(self.address, {**message, **sent}, content_type="application/json")

    @property
    def pairs(self) -> list[list[str]]:
        return [
            [name, one]
            for name, value in self.data.items()
            for one in (value if isinstance(value, list) else [value])
            if name != "csrfmiddlewaretoken"
        ]

    def type(self, **values: Any) -> Any:
        self.data |= values
        return self.beat(typed=self.pairs)

    def leave(self) -> Any:
        return self.beat(left=True)

    def save(self, **values: Any) -> Any:
        return self.person.post(self.url, {**self.data, **values, "_continue": "1"}, follow=True)

    @property
    def offers(self) -> list[str]:
        """The sentences of what was typed before, without those of the buttons."""
        return [text(next(section.iter("p"))) for section in elements(parse(self.page), "section", cls="unsaved")]

    @property
    def ways_back(self) -> list[str]:
        return [href for href in hrefs(parse(self.page)) if "copy=" in href]

    def take_up(self) -> Window:
        return Window(self.person, self.url.partition("?")[0] + self.ways_back[0], self.model)


def opened(person: Person, item: Any) -> Window:
    return Window(person, change_url(item), type(item))


# ── Keeping ──────────────────────────────────────────────────────────────────────────────────────────────
@time_machine.travel(NOON, tick=False)
def test_what_is_typed_is_kept_without_a_revision_and_without_a_trace_in_the_history(writer: Person) -> None:
    item = NewsItemFactory(title="Before", draft=True)
    history = Revision.objects.count(), AuditEntry.objects.count()
    writer.force_login(writer.user)
    answer = opened(writer, item).type(title="Half a ti").json()
    assert answer == {"kept": "Draft kept at 14:05.", "notes": []}
    item.refresh_from_db()
    assert item.title == "Before"
    assert (Revision.objects.count(), AuditEntry.objects.count()) == history
    copy = WorkingCopy.objects.get()
    assert (copy.user, copy.item, copy.fields["title"], copy.seen, copy.typed_at) == (
        writer.user, item, "Half a ti", 1, NOON,
    )  # fmt: skip


def test_the_copy_holds_every_field_and_no_token(writer: Person) -> None:
    topics = [TopicFactory(), TopicFactory()]
    window = opened(writer, NewsItemFactory(topics=topics))
    window.type(title="Ö & “c”", body="<p>A <strong>word</strong>.</p>")
    window.beat(typed=[["csrfmiddlewaretoken", "t0k3n"], *window.pairs])
    copy = WorkingCopy.objects.get()
    assert (copy.fields["title"], copy.fields["body"]) == ("Ö & “c”", "<p>A <strong>word</strong>.</p>")
    assert sorted(copy.fields.getlist("topics")) == sorted(str(topic.pk) for topic in topics)
    assert set(copy.fields) == {name for name, _value in window.pairs}
    assert "t0k3n" not in copy.data


def test_one_copy_a_person_and_item_however_often_it_is_kept(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    for person in (writer, editor):
        window = opened(person, item)
        for title in ("A", "Ab", "Abc"):
            assert window.type(title=title).status_code == 200
    assert sorted(copy.fields["title"] for copy in WorkingCopy.objects.of(item)) == ["Abc", "Abc"]


def test_what_was_typed_and_taken_back_is_not_offered(writer: Person) -> None:
    item = NewsItemFactory()
    window = opened(writer, item)
    window.type(title="A slip")
    assert window.beat(typed=[]).json()["kept"] == ""
    assert opened(writer, item).offers == []


def test_a_sign_of_life_says_when_the_words_were_kept_last(writer: Person) -> None:
    window = opened(writer, NewsItemFactory())
    first = window.type(title="Words").json()["kept"]
    assert first.startswith("Draft kept at")
    assert window.beat().json()["kept"] == first
    assert WorkingCopy.objects.get().fields["title"] == "Words"


def test_the_database_holds_one_copy_a_form_and_words_with_their_time(writer: Person) -> None:
    item = NewsItemFactory()
    place = copies.Place(NewsItem, item.pk)
    copy = copies.keep(place, by=writer.user, form_key="a", typed="title=x")
    for values in ({}, {"object_id": 0, "form_key": "b", "data": ""}, {"object_id": 0, "typed_at": None}):
        again = WorkingCopy.objects.get(pk=copy.pk)
        again.pk, again._state.adding = None, True
        for name, value in values.items():
            setattr(again, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save()
        with pytest.raises(ValidationError):
            again.full_clean()


# ── Who may ──────────────────────────────────────────────────────────────────────────────────────────────
def test_who_is_not_signed_in_is_told_so_and_not_sent_to_a_page(writer: Person, visitor: Person) -> None:
    window = opened(writer, NewsItemFactory())
    writer.logout()
    for answer in (window.type(title="Late"), writer.get(window.address), visitor.post(window.address)):
        assert answer.status_code == 401
        assert "Sign in in another tab" in answer.json()["message"]
    assert not WorkingCopy.objects.exists()


def test_who_is_no_member_of_staff_is_told_the_same(writer: Person) -> None:
    window = opened(writer, NewsItemFactory())
    writer.user.is_staff = False
    writer.user.save()
    assert window.type(title="Late").status_code == 401


def test_a_desk_keeps_what_it_may_save_and_nothing_else(french_desk: Person, editor: Person) -> None:
    original = NewsItemFactory()
    french = translated(original)
    assert opened(french_desk, french).type(title="Titre").status_code == 200
    assert not list(elements(parse(french_desk.get(change_url(original))), cls="kept"))
    forged = opened(editor, original)
    forged.person, forged.opener = french_desk, str(french_desk.user.pk)
    answer = forged.type(title="Title")
    assert answer.status_code == 403
    assert "may not change" in answer.json()["message"]
    assert not WorkingCopy.objects.of(original).exists()


def test_a_desk_keeps_a_new_version_in_its_own_language_only(french_desk: Person, editor: Person) -> None:
    english, french = NewsItemFactory(), NewsItemFactory(language="fr")
    query = "?original={}&language={}"
    assert Window(french_desk, add_url(NewsItem, query.format(english.pk, "fr"))).type(title="T").status_code == 200
    forged = Window(editor, add_url(NewsItem, query.format(french.pk, "en")))
    forged.person, forged.opener = french_desk, str(french_desk.user.pk)
    assert forged.type(title="T").status_code == 403


def test_a_kind_outside_the_remit_is_not_kept(editor: Person) -> None:
    events_desk = member_of("Editors", "events-desk", kinds=["event"])
    window = opened(editor, NewsItemFactory())
    window.person, window.opener = events_desk, str(events_desk.user.pk)
    assert window.type(title="T").status_code == 403


def test_nobody_reads_what_somebody_else_has_typed(writer: Person, administrator: Person) -> None:
    item = NewsItemFactory()
    window = opened(writer, item)
    assert "Whispered" not in window.type(title="Whispered").content.decode()
    key = window.data["form_key"]
    theirs = opened(administrator, item)
    stolen = Window(administrator, f"{change_url(item)}?copy={key}")
    for seen in (theirs.page, stolen.page, theirs.beat(), administrator.get("/admin/"), theirs.type(teaser="Mine")):
        assert "Whispered" not in seen.content.decode()
        assert key not in seen.content.decode().replace(f"copy={key}", "")
    assert theirs.offers == stolen.offers == []


def test_nobody_discards_what_somebody_else_has_typed(writer: Person, administrator: Person) -> None:
    item = NewsItemFactory()
    window = opened(writer, item)
    window.type(title="Mine")
    administrator.post(change_url(item), {"_discard": window.data["form_key"]})
    assert opened(writer, item).offers


def test_a_second_person_at_the_same_browser_does_not_inherit_a_window(writer: Person, editor: Person) -> None:
    window = opened(writer, NewsItemFactory())
    window.person = editor
    answer = window.type(title="Not the editor's words")
    assert answer.status_code == 401
    assert "somebody else has signed in" in answer.json()["message"]
    assert not WorkingCopy.objects.exists()


def test_it_cannot_be_forged_from_another_site(writer: Person) -> None:
    window = opened(writer, NewsItemFactory())
    strict = Person(writer.user, enforce_csrf_checks=True)
    window.person = strict
    assert window.type(title="Forged").status_code == 403
    assert not WorkingCopy.objects.exists()
    token = strict.get(window.address).json()["token"]
    strict.defaults["HTTP_X_CSRFTOKEN"] = token
    assert window.type(title="Mine").status_code == 200


# ── What is wrong with a message ─────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"3", b'"text"', b"\xff\xfe", b"[" * 100_000, b"{}",
        b'{"person": 1}',
        b'{"person": [], "form_key": {}, "typed": 3}',
        b'{"person": PK, "form_key": "", "typed": []}',
        b'{"person": PK, "form_key": "' + b"k" * 41 + b'", "typed": []}',
        b'{"person": PK, "form_key": "a\\u0000", "typed": []}',
        b'{"person": PK, "form_key": "\\ud800", "typed": []}',
        b'{"person": PK, "form_key": "k", "seen": -1}',
        b'{"person": PK, "form_key": "k", "seen": 99999999999999999999}',
        b'{"person": PK, "form_key": "k", "seen": "many"}',
        b'{"person": PK, "form_key": "k", "typed": null}',
        b'{"person": PK, "form_key": "k", "typed": 3}',
        b'{"person": PK, "form_key": "k", "typed": "text"}',
        b'{"person": PK, "form_key": "k", "typed": [["title"]]}',
        b'{"person": PK, "form_key": "k", "typed": [["title", "\\ud800"]]}',
        b'{"person": PK, "form_key": "k", "typed": [' + b'["a", "b"],' * 2000 + b'["a", "b"]]}',
    ],
)  # fmt: skip
def test_a_message_that_makes_no_sense_is_answered_with_a_sentence(body: bytes, writer: Person) -> None:
    window = opened(writer, NewsItemFactory())
    body = body.replace(b"PK", str(writer.user.pk).encode())
    answer = writer.post(window.address, body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json() == {"message": str(answer.json()["message"])}
    assert "could not read" in answer.json()["message"]
    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize("values", [[["title", 7]], [["title", None]], [["title", {"a": []}]], [[1, 2]]])
def test_values_that_are_no_text_do_no_harm(values: Any, writer: Person) -> None:
    item = NewsItemFactory()
    assert opened(writer, item).beat(typed=values).status_code in (200, 400)
    assert all(opened(writer, item).take_up().page.status_code == 200 for _copy in WorkingCopy.objects.all())


def test_a_form_of_the_ordinary_kind_is_not_understood(writer: Person) -> None:
    window = opened(writer, NewsItemFactory())
    assert writer.post(window.address, window.data).status_code == 400


def test_more_than_can_be_saved_is_not_kept_and_said_so(writer: Person, settings: Any) -> None:
    window = opened(writer, NewsItemFactory())
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    assert window.type(body="<p>" + "x" * 5_000).status_code == 200
    answer = window.type(body="<p>" + "x" * 10_000)
    assert answer.status_code == 413
    assert "more than can be saved" in answer.json()["message"]
    assert len(WorkingCopy.objects.get().fields["body"]) < 6_000


@pytest.mark.parametrize("key", ["999999", "0", "-1", "abc", "99999999999999999999999999", "_00", "1_2F2"])
def test_an_item_that_is_not_there_is_answered_with_a_sentence(key: str, writer: Person) -> None:
    window = opened(writer, NewsItemFactory())
    window.address = add_url(NewsItem).replace("/add/", f"/{key}/working-copy/")
    answer = window.type(title="T")
    assert answer.status_code == 404
    assert "has been deleted" in answer.json()["message"]


@pytest.mark.parametrize("key", ["%00", "nonsense", "", "é" * 5000])
def test_a_forged_key_opens_the_ordinary_form_and_discards_nothing(key: str, writer: Person) -> None:
    item = NewsItemFactory()
    opened(writer, item).type(title="Kept")
    assert Window(writer, f"{change_url(item)}?copy={key}").offers
    writer.post(change_url(item), {"_discard": key.replace("%00", "\0")})
    assert WorkingCopy.objects.count() == 1


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


# ── Who else is here ─────────────────────────────────────────────────────────────────────────────────────
def test_two_people_see_each_other_until_one_leaves(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    editor.user.first_name, editor.user.last_name = "Maria", "Rossi"
    editor.user.save()
    with time_machine.travel(NOON, tick=False) as clock:
        for person in (writer, editor):
            person.force_login(person.user)
        theirs = opened(editor, item)
        theirs.beat()
        clock.shift(60)
        theirs.beat()
        mine = opened(writer, item)
        assert mine.notes == mine.beat().json()["notes"] == ["Maria Rossi has had this open since 14:05."]
        assert theirs.beat().json()["notes"] == ["writer has had this open since 14:06."]
        theirs.type(title="Theirs")
        assert mine.beat().json()["notes"] == ["Maria Rossi has had this open since 14:05 and has unsaved changes."]
        theirs.leave()
        assert mine.beat().json()["notes"] == opened(writer, item).notes == []
        assert opened(editor, item).offers, "leaving discards nothing"


def test_a_window_that_gives_no_sign_of_life_counts_as_closed(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        for person in (writer, editor):
            person.force_login(person.user)
        theirs = opened(editor, item)
        theirs.beat()
        clock.shift(PRESENT - dt.timedelta(seconds=1))
        assert opened(writer, item).notes
        clock.shift(1)
        assert opened(writer, item).notes == []
        theirs.beat()
        assert opened(writer, item).notes == ["editor has had this open since 14:06."]


def test_saving_ends_ones_presence_and_discards_nobody_elses(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    mine, theirs = opened(writer, item), opened(editor, item)
    mine.beat()
    theirs.type(title="Theirs")
    mine.save(teaser="Saved.")
    assert list(WorkingCopy.objects.values_list("user", flat=True)) == [editor.user.pk]


def test_closing_one_of_two_windows_leaves_the_other_open(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    first, second = opened(editor, item), opened(editor, item)
    first.beat()
    second.beat()
    first.leave()
    assert opened(writer, item).notes


def test_other_items_and_other_versions_are_other_places(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    copies.keep(copies.Place(Event, item.pk), by=editor.user, form_key="another kind, the same number")
    assert opened(writer, item).notes == []
    opened(editor, item).beat()
    assert opened(writer, translated(item)).notes == opened(writer, NewsItemFactory()).notes == []
    assert opened(writer, item).notes


def test_two_people_who_begin_the_same_translation_see_each_other(editor: Person, french_desk: Person) -> None:
    item = NewsItemFactory()
    url = add_url(NewsItem, f"?original={item.pk}&language=fr")
    Window(editor, url).beat()
    assert Window(french_desk, url).notes[0].startswith("editor has had this open")


def test_a_new_item_is_nobody_elses_business(writer: Person, editor: Person) -> None:
    theirs = Window(editor, add_url(NewsItem))
    theirs.beat()
    assert not WorkingCopy.objects.exists()
    theirs.type(title="Theirs")
    mine = Window(writer, add_url(NewsItem))
    assert mine.notes == mine.beat().json()["notes"] == []


def test_the_form_learns_of_a_newer_revision_before_it_is_saved(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    mine = opened(writer, item)
    assert mine.type(title="Mine").json()["notes"] == []
    opened(editor, item).save(teaser="Theirs.")
    expected = "editor has saved revision 2 meanwhile. When you save, your changes and theirs are put together."
    assert mine.beat().json()["notes"] == [expected]
    assert opened(writer, item).notes == []


def test_a_name_cannot_bring_markup_into_the_form(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    editor.user.first_name = "<b>Bold</b>"
    editor.user.save()
    opened(editor, item).beat()
    assert "<b>Bold" not in opened(writer, item).page.content.decode()


# ── What does not pile up ────────────────────────────────────────────────────────────────────────────────
def test_stale_signs_of_life_are_swept_away_and_words_never_are(writer: Person, editor: Person) -> None:
    old, typed, recent, now = (NewsItemFactory() for _ in range(4))
    with time_machine.travel(timezone.now() - 2 * copies.STALE):
        editor.force_login(editor.user)
        opened(editor, old).beat()
        opened(editor, typed).type(title="Two days ago")
    editor.force_login(editor.user)
    opened(editor, recent).beat()
    opened(writer, now).beat()
    assert {copy.item for copy in WorkingCopy.objects.all()} == {typed, recent, now}


def test_leaving_without_a_word_leaves_nothing(writer: Person) -> None:
    window = opened(writer, NewsItemFactory())
    window.beat()
    assert WorkingCopy.objects.count() == 1
    window.leave()
    assert not WorkingCopy.objects.exists()


def test_last_words_are_kept_though_the_window_is_closed(writer: Person) -> None:
    item = NewsItemFactory()
    window = opened(writer, item)
    window.beat(left=True, typed=[["title", "The last words"]])
    assert opened(writer, item).take_up().data["title"] == "The last words"
    assert not WorkingCopy.objects.get().is_open


def test_what_was_typed_into_an_item_goes_with_it(writer: Person, editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    window = opened(writer, item)
    window.type(title="Typed")
    editor.post(delete_url(item), {"post": "yes"})
    assert not NewsItem.objects.exists()
    assert not WorkingCopy.objects.exists()
    assert window.type(title="More").status_code == 404


# ── The start page ───────────────────────────────────────────────────────────────────────────────────────
def unsaved_lines(person: Person) -> dict[str, str]:
    panels = elements(parse(person.get("/admin/")), "section", cls="desk__panel--unsaved")
    return {text(a): a.get("href") or "" for panel in panels for a in panel.iter("a")}


def test_the_start_page_leads_to_what_is_not_saved(editor: Person, writer: Person) -> None:
    assert unsaved_lines(editor) == {}
    item, french = NewsItemFactory(title="On file"), NewsItemFactory()
    translation = add_url(NewsItem, f"?original={french.pk}&language=fr")
    opened(editor, item).type(title="As typed")
    Window(editor, add_url(NewsItem)).type(title="Brand new")
    Window(editor, translation).type(title="")
    opened(writer, french).type(title="Somebody else's")
    opened(editor, french).beat()
    assert unsaved_lines(editor) == {
        "On file": change_url(item), "Brand new": add_url(NewsItem), "Without a title": translation,
    }  # fmt: skip
    for url in unsaved_lines(editor).values():
        assert Window(editor, url).offers


def test_the_start_page_passes_over_what_is_gone(editor: Person) -> None:
    item = NewsItemFactory(draft=True)
    opened(editor, item).type(title="Typed")
    NewsItem.objects.all().delete()
    assert unsaved_lines(editor) == {}


# ── What it costs ────────────────────────────────────────────────────────────────────────────────────────
def queries(request: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert request().status_code == 200
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_keeping_costs_few_queries_whoever_else_is_here(writer: Person) -> None:
    item = NewsItemFactory()
    window = opened(writer, item)
    window.type(title="One")
    alone = queries(lambda: window.type(title="Two"))
    for number in range(10):
        opened(member_of("Editors", f"editor{number}"), item).type(title="Theirs")
        item.teaser = f"Revision {number}"
        workflow.save_draft(item, by=IMPORTER)
    assert queries(lambda: window.type(title="Three")) == alone
    assert alone <= 11


def test_the_form_costs_the_same_whoever_else_is_here(writer: Person) -> None:
    item = NewsItemFactory()
    url = change_url(item)
    writer.get(url)
    alone = queries(lambda: writer.get(url))
    for number in range(10):
        opened(member_of("Editors", f"editor{number}"), item).type(title="Theirs")
    assert queries(lambda: writer.get(url)) == alone


def test_the_words_of_others_are_not_even_read(writer: Person, editor: Person) -> None:
    item = NewsItemFactory()
    opened(editor, item).type(title="Theirs")
    window = opened(writer, item)
    with CaptureQueriesContext(connection) as captured:
        assert window.beat().json()["notes"]
    of_others = [query["sql"] for query in captured if 'workingcopy" INNER JOIN "auth_user"' in query["sql"]]
    assert len(of_others) == 1
    assert '"data"' not in of_others[0]
