"""What is typed and not saved is kept: whose, and what is wrong with a message."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from news.models import NewsItem
from publishing import copies
from publishing.records import AuditEntry, Revision, WorkingCopy
from tests.admin_forms import add_url, change_url
from tests.conftest import Person, member_of
from tests.factories import (
    NewsItemFactory,
    TopicFactory,
    translated,
)
from tests.html import elements, parse
from tests.publishing.windows import NOON, Window, opened

pytestmark = pytest.mark.django_db


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
