"""One life for every kind of content: whatever is registered goes through every verb, watched from outside."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from publishing import due, workflow
from publishing.models import State
from publishing.records import AuditEntry, Revision
from publishing.registry import ContentKind, kinds
from tests.conftest import Person
from tests.factories import factory_of

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
HOUR, SECOND = dt.timedelta(hours=1), dt.timedelta(seconds=1)
TITLES = ["First words", "Second words", "Third words", "Fourth words", "Fifth words"]


class Life:
    """An item, the people who work on it and the visitor who looks for it, at moments that the test sets."""

    def __init__(self, kind: ContentKind, writer: Person, editor: Person, visitor: Person, clock: Any) -> None:
        self.kind, self.visitor, self.clock = kind, visitor, clock
        self.writer, self.editor = writer.user, editor.user
        self.item = factory_of(kind.model)(draft=True, title=TITLES[0])
        self.where = self.item.get_absolute_url() if kind.has_page else reverse(kind.list_url)
        self.entries = 0

    def write(self, title: str) -> None:
        self.item.title = title
        workflow.save_draft(self.item, by=self.writer)

    def shown(self) -> str | None:
        """The title that a visitor reads at the item's address, or in the list of what has no page; None for none."""
        page = self.visitor.get(self.where)
        content = page.content.decode()
        if page.status_code == 404:
            assert not [title for title in TITLES if title in content], "a page that is not found tells of a draft"
        if page.status_code != 200:
            return None
        found = [title for title in TITLES if (f"{title}</h1>" if self.kind.has_page else title) in content]
        assert len(found) == (1 if self.kind.has_page else len(found[:1]))
        return found[0] if found else None

    def expect(self, state: State, shown: str | None, revisions: str, *done: str) -> None:
        """Where the item stands, what a visitor sees of it, the states of its revisions and what was done since."""
        assert self.shown() == shown
        self.item.refresh_from_db()
        assert self.item.state is state
        found = Revision.objects.of(self.item).order_by("number").values_list("state", flat=True)
        assert " ".join(found) == revisions
        entries = AuditEntry.objects.of(self.item).order_by("pk")
        assert [f"{entry.name or 'clock'}: {entry.verb}" for entry in entries][self.entries :] == list(done)
        self.entries = len(entries)

    def expect_gone(self, *words: str) -> None:
        """The address says so, in these words; what has no page is simply not there."""
        page = self.visitor.get(self.where)
        assert page.status_code == (410 if self.kind.has_page else 200)
        assert all((word in page.content.decode()) is self.kind.has_page for word in words)

    def is_written_and_returned(self) -> None:
        self.expect(State.DRAFT, None, "draft", "importer: save")
        self.write("Second words")
        workflow.submit(self.item, by=self.writer, note="Please look.")
        self.expect(State.DRAFT, None, "superseded submitted", "writer: save", "writer: submit")
        workflow.return_to_author(self.item, by=self.editor, note="Shorter.")
        self.expect(State.DRAFT, None, "superseded draft", "editor: return")
        workflow.submit(self.item, by=self.writer)
        self.expect(State.DRAFT, None, "superseded submitted", "writer: submit")

    def goes_live(self) -> None:
        workflow.approve(self.item, by=self.editor)
        self.expect(State.LIVE, "Second words", "superseded live", "editor: approve", "clock: go live")

    def is_corrected(self) -> None:
        self.write("Third words")
        workflow.submit(self.item, by=self.writer)
        self.expect(State.LIVE, "Second words", "superseded live submitted", "writer: save", "writer: submit")
        workflow.approve(self.item, by=self.editor, correction="We were wrong.")
        done = ("editor: approve", "clock: go live")
        self.expect(State.LIVE, "Third words", "superseded superseded live", *done)
        assert [correction["note"] for correction in self.item.corrections] == ["We were wrong."]
        if self.kind.has_page:
            assert "We were wrong." in self.visitor.get(self.where).content.decode()

    def changes_on_time(self) -> None:
        """Nothing runs at that moment: whoever comes first finds the change."""
        self.write("Fourth words")
        workflow.approve(self.item, by=self.editor, at=NOON + HOUR)
        before = "superseded superseded live approved"
        self.expect(State.LIVE, "Third words", before, "writer: save", "editor: approve")
        self.clock.move_to(NOON + HOUR - SECOND)
        self.expect(State.LIVE, "Third words", before)
        self.clock.move_to(NOON + HOUR)
        self.expect(State.LIVE, "Fourth words", "superseded superseded superseded live", "clock: go live")
        assert due.apply_due() == 0

    def is_withdrawn(self) -> None:
        workflow.withdraw(self.item, by=self.editor, explanation="It was not true.")
        self.expect(State.WITHDRAWN, None, "superseded superseded superseded live", "editor: withdraw")
        self.expect_gone("was withdrawn on", "It was not true.")

    def comes_back(self) -> None:
        earlier = Revision.objects.of(self.item).get(content__title="Second words")
        workflow.restore(self.item, by=self.writer, revision=earlier)
        states = "superseded superseded superseded"
        self.expect(State.WITHDRAWN, None, f"{states} live draft", "writer: restore")
        workflow.approve(self.item, by=self.editor)
        self.expect(
            State.LIVE, "Second words", f"{states} superseded live", "editor: approve", "clock: go live"
        )  # fmt: skip
        assert self.item.withdrawal_note == ""

    def ends(self) -> None:
        workflow.expire(self.item, by=self.editor, at=NOON + 3 * HOUR)
        states = "superseded superseded superseded superseded live"
        self.expect(State.LIVE, "Second words", states, "editor: expire")
        self.clock.move_to(NOON + 3 * HOUR - SECOND)
        self.expect(State.LIVE, "Second words", states)
        self.clock.move_to(NOON + 3 * HOUR)
        self.expect(State.EXPIRED, None, states)
        self.expect_gone("was available until")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_every_kind_lives_the_same_life(kind: ContentKind, writer: Person, editor: Person, visitor: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        life = Life(kind, writer, editor, visitor, clock)
        life.is_written_and_returned()
        life.goes_live()
        life.is_corrected()
        life.changes_on_time()
        life.is_withdrawn()
        life.comes_back()
        life.ends()
