"""Who else has a form open, what does not pile up, and what it costs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event
from news.models import NewsItem
from publishing import copies, workflow
from publishing.records import PRESENT, WorkingCopy
from tests.admin_forms import add_url, change_url, delete_url
from tests.conftest import Person, member_of
from tests.factories import (
    IMPORTER,
    NewsItemFactory,
    translated,
)
from tests.html import elements, parse, text
from tests.publishing.windows import NOON, Window, opened

pytestmark = pytest.mark.django_db


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
