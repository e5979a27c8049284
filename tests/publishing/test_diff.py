"""What an editor reads as the difference between two revisions."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.models import NewsItem
from publishing.diff import ADDED, KEPT, REMOVED, differences, text_of, words
from publishing.snapshots import merge, overlay, snapshot
from tests.factories import EventFactory, ImageFactory, NewsItemFactory, TopicFactory


def test_words_are_kept_added_and_removed() -> None:
    assert list(words("Ministers met in Brussels.", "Ministers met in Vilnius today.")) == [
        (KEPT, "Ministers met in "), (REMOVED, "Brussels"), (ADDED, "Vilnius today"), (KEPT, "."),
    ]  # fmt: skip


def test_a_rewritten_text_is_not_torn_into_single_words() -> None:
    assert list(words("one two three", "four five six")) == [(REMOVED, "one two three"), (ADDED, "four five six")]


@given(st.text(alphabet="ab \n.é"), st.text(alphabet="ab \n.é"))
def test_the_pieces_hold_both_texts(old: str, new: str) -> None:
    pieces = list(words(old, new))
    assert "".join(text for kind, text in pieces if kind != ADDED) == old
    assert "".join(text for kind, text in pieces if kind != REMOVED) == new


def test_a_long_text_is_compared_line_by_line_where_its_words_are_too_many() -> None:
    lines = [f"In line {number} there is the word the, and the word of. " * 20 for number in range(400)]
    old, new = "\n".join(lines), "\n".join([*lines[:9], lines[9].replace("9", "IX", 1), *lines[10:390], *lines[391:]])
    changes = [piece for piece in words(old, new) if piece[0] != KEPT]
    assert changes == [(REMOVED, "9"), (ADDED, "IX"), (REMOVED, f"{lines[390]}\n")]


def test_texts_made_to_be_compared_for_hours_count_as_rewritten() -> None:
    old, new = "a b " * 20_000, "b a " * 20_000
    assert list(words(old, new)) == [(REMOVED, old.strip()), (ADDED, new.strip()), (KEPT, " ")]


def test_html_is_compared_by_its_words() -> None:
    assert (
        text_of("<p>One &amp; two</p><ul><li>three</li><li><strong>four</strong></li></ul>") == "One & two\nthree\nfour"
    )


@pytest.mark.django_db
def test_every_kind_of_field_is_readable() -> None:
    item = NewsItemFactory(topics=[TopicFactory(title="Cyber")], image=ImageFactory(title={"en": "A ship"}))
    old = snapshot(item)
    item.kind, item.date, item.image = NewsItem.Kind.STATEMENT, dt.date(2024, 2, 1), None
    new = snapshot(item, {"topics": [TopicFactory(title="Space")]})
    shown = {one.label: one.parts for one in differences(item, old, new)}
    assert shown == {
        "Kind": [(REMOVED, "News"), (ADDED, "Statement")],
        "Date": [(REMOVED, "23 January"), (ADDED, "1 February"), (KEPT, " 2024")],
        "Picture": [(REMOVED, "A ship")],
        "Topics": [(REMOVED, "Cyber"), (ADDED, "Space")],
    }


@pytest.mark.django_db
def test_a_snapshot_survives_the_way_into_the_database_and_back() -> None:
    event = EventFactory(start_time=dt.time(9, 30), accreditation_deadline=dt.datetime(2024, 2, 1, 17, tzinfo=dt.UTC))
    content = event.revisions.first().content
    fresh = EventFactory.build(pk=event.pk)
    overlay(fresh, content)
    assert (fresh.start_time, fresh.accreditation_deadline) == (event.start_time, event.accreditation_deadline)
    assert snapshot(event) == content


def test_a_merge_takes_from_each_what_only_they_changed() -> None:
    base = {"title": "a", "teaser": "a", "body": "a", "kind": "a"}
    mine = {**base, "title": "mine", "body": "mine", "kind": "both"}
    theirs = {**base, "teaser": "theirs", "body": "theirs", "kind": "both"}
    merged, conflicts = merge(base, mine, theirs)
    assert merged == {"title": "mine", "teaser": "theirs", "body": "mine", "kind": "both"}
    assert conflicts == ["body"]
