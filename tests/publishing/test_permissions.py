"""Every line of docs/permissions.md, tried on every kind of content: by the buttons of the forms, and past them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from portal.models import MenuLink, SiteSettings
from publishing import workflow
from publishing.admin import HandOrderedAdmin
from publishing.models import Publishable
from publishing.preview import link_url, preview_url
from publishing.records import AuditEntry, PreviewLink, Revision
from publishing.registry import ContentKind, kinds
from tests.admin_forms import add_url, change_url, delete_url, form_id, list_url, verb_url
from tests.conftest import Person
from tests.factories import IMPORTER, factory_of, translated
from tests.html import form_data
from tests.publishing.drafts import edit

pytestmark = pytest.mark.django_db

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
COLUMNS = {
    "Visitor": ("visitor", "en"),
    "Writer": ("writer", "en"),
    "French desk, on French": ("french_desk", "fr"),
    "French desk, on English": ("french_desk", "en"),
    "Editor": ("editor", "en"),
    "Administrator": ("administrator", "en"),
}
WORDS = {"yes": True, "no": False}
LATER = {"at_0": "2100-01-01", "at_1": "10:00:00"}
LATER_STILL = {"at_0": "2100-06-01", "at_1": "10:00:00"}


def table() -> dict[str, dict[str, bool]]:
    """By row and column: whether it is allowed."""
    lines = [line.strip("| ").split(" | ") for line in DOCUMENT.read_text().splitlines() if line.startswith("|")]
    header, _rule, *body = lines
    return {row[0]: {column: WORDS[cell] for column, cell in zip(header, row[1:], strict=True)} for row in body}


class Room:
    """One person, and items of one kind in one language on which something can be done."""

    def __init__(self, kind: ContentKind, language: str) -> None:
        self.model: Any = kind.model
        self.language = language
        make = factory_of(kind.model)
        self.draft = make(draft=True, language=language)
        self.submitted = make(draft=True, language=language)
        workflow.submit(self.submitted, by=IMPORTER)
        # Public, out of date, and with a change that waits.
        original = make(language="fr" if language == "en" else "en")
        self.public = translated(original, language)
        edit(original, title="Changed since")
        workflow.approve(original, by=IMPORTER)
        edit(self.public, title="It waits")
        workflow.approve(self.public, by=IMPORTER, at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
        revision = self.draft.revisions.first()
        until = timezone.now() + dt.timedelta(days=1)
        self.link = PreviewLink.objects.create(item=self.draft, revision=revision, expires_at=until)
        self.pages: dict[str, str] = {}

    def enter(self, person: Person) -> None:
        self.person = person
        self.pages.clear()
        self.before = self.rows()

    def page(self, url: str) -> str:
        """What the person is shown there; "" if they are not let in."""
        if url not in self.pages:
            response = self.person.get(url)
            self.pages[url] = response.content.decode() if response.status_code == 200 else ""
        return self.pages[url]

    def filled_in(self, url: str, **values: Any) -> dict[str, Any]:
        """The form there as this person can send it, or what somebody makes up who is shown none."""
        page = self.page(url)
        return {
            **(form_data(page, form_id(self.model)) if 'name="_continue"' in page else {}),
            **values,
            "_continue": "1",
        }

    def rows(self) -> list[Any]:
        models = (self.model, Revision, AuditEntry, PreviewLink, SiteSettings, MenuLink, User)
        return [list(model._default_manager.order_by("pk").values()) for model in models]

    def do(self, item: Publishable, verb: str, **values: str) -> Any:
        seen = item.revisions.first().number
        return self.person.post(verb_url(item, verb), {"seen": seen, "when": "now", "weight": "minor", **values})

    def button(self, item: Publishable, verb: str) -> bool:
        page = self.page(change_url(item))
        return f'name="_verb" value="{verb}"' in page or f"/do/{verb}/" in page

    def save(self, item: Publishable) -> Any:
        url = change_url(item)
        return self.person.post(url, self.filled_in(url, title="Written over"))

    def add(self) -> Any:
        made = model_to_dict(factory_of(self.model).build(language=self.language))
        values = {name: str(value) for name, value in made.items() if value not in (None, "", []) and name != "id"}
        return self.person.post(add_url(self.model), self.filled_in(add_url(self.model), **values))

    def reorder(self) -> Any:
        page = self.page(list_url(self.model))
        data = form_data(page, "changelist-form") if "form-0-position" in page else {}
        forged = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": self.draft.pk}
        return self.person.post(list_url(self.model), {**forged, **data, "form-0-position": "77", "_save": "1"})


def tool(item: Publishable, name: str) -> str:
    """The address of a page of an item: history, links …"""
    return change_url(item).replace("/change/", f"/{name}/")


@dataclass(frozen=True)
class Attempt:
    """How a line of the table is tried: whether the way to it is offered, and the way past that."""

    offered: Callable[[Room], bool] | None
    do: Callable[[Room], Any]
    reads: bool = False


OF_ITEMS = {
    "Save a new draft": Attempt(
        lambda room: f'<option value="{room.language}"' in room.page(add_url(room.model)), lambda room: room.add()
    ),
    "Save a draft over an item": Attempt(
        lambda room: 'name="_continue"' in room.page(change_url(room.public)), lambda room: room.save(room.public)
    ),
    "Change another person's draft": Attempt(
        lambda room: 'name="_continue"' in room.page(change_url(room.draft)), lambda room: room.save(room.draft)
    ),
    "Submit for review": Attempt(
        lambda room: room.button(room.draft, "submit"), lambda room: room.do(room.draft, "submit")
    ),
    "Return with a note": Attempt(
        lambda room: room.button(room.submitted, "return"), lambda room: room.do(room.submitted, "return", note="No.")
    ),
    "Publish": Attempt(lambda room: room.button(room.draft, "approve"), lambda room: room.do(room.draft, "approve")),
    "Schedule": Attempt(
        lambda room: room.button(room.submitted, "approve"),
        lambda room: room.do(room.submitted, "approve", **{**LATER, "when": "later"}),
    ),
    "Cancel the schedule": Attempt(
        lambda room: room.button(room.public, "cancel"), lambda room: room.do(room.public, "cancel")
    ),
    "Set an end": Attempt(
        lambda room: room.button(room.public, "expire"), lambda room: room.do(room.public, "expire", **LATER_STILL)
    ),
    "Withdraw": Attempt(
        lambda room: room.button(room.public, "withdraw"), lambda room: room.do(room.public, "withdraw")
    ),
    "Restore an earlier revision as a draft": Attempt(
        lambda room: "/do/restore/?revision=1" in room.page(tool(room.public, "history")),
        lambda room: room.do(room.public, "restore", revision="1"),
    ),
    "Confirm that a translation is still true": Attempt(
        lambda room: room.button(room.public, "confirm"), lambda room: room.do(room.public, "confirm")
    ),
    "Preview": Attempt(None, lambda room: room.person.get(preview_url(room.draft)), reads=True),
    "Make and revoke preview links": Attempt(
        lambda room: tool(room.draft, "links") in room.page(change_url(room.draft)),
        lambda room: room.person.post(tool(room.draft, "links"), {"make": "1", "days": "3"}),
    ),
    "Open a preview link that one was given": Attempt(
        None, lambda room: room.person.get(link_url(room.link)), reads=True
    ),
    "Delete a draft that was never public": Attempt(
        lambda room: delete_url(room.draft) in room.page(change_url(room.draft)),
        lambda room: room.person.post(delete_url(room.draft), {"post": "yes"}),
    ),
    "Delete what was public": Attempt(
        lambda room: delete_url(room.public) in room.page(change_url(room.public)),
        lambda room: room.person.post(delete_url(room.public), {"post": "yes"}),
    ),
    "Put items in order by hand": Attempt(
        lambda room: "form-0-position" in room.page(list_url(room.model)), lambda room: room.reorder()
    ),
    "Read the history of an item": Attempt(
        lambda room: tool(room.public, "history") in room.page(change_url(room.public)),
        lambda room: room.person.get(tool(room.public, "history")),
        reads=True,
    ),
}

PASSWORD = {"password1": "a-long-new-secret", "password2": "a-long-new-secret", "usable_password": "true"}


def kept_by(model: Any, **values: str) -> Attempt:
    """What belongs to the site and to no item: the start page leads there, and something can be added."""
    return Attempt(
        lambda room: f'href="{list_url(model)}"' in room.page("/admin/"),
        lambda room: room.person.post(add_url(model), values),
    )


OF_THE_SITE = {
    "Read the audit trail": Attempt(
        lambda room: f'href="{list_url(AuditEntry)}"' in room.page("/admin/"),
        lambda room: room.person.get(list_url(AuditEntry)),
        reads=True,
    ),
    "Change the site settings": kept_by(SiteSettings, name_en="The Organisation"),
    "Change the menus": kept_by(
        MenuLink, language="en", menu="main", label="News", target="section:news",
        **{"children-TOTAL_FORMS": "0", "children-INITIAL_FORMS": "0"},
    ),
    "Change users": kept_by(User, username="newcomer", **PASSWORD),
}  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def faults(room: Room, name: str, attempt: Attempt, *, allowed: bool) -> Iterator[str]:
    """Where the table is not right about the person in the room."""
    if attempt.offered is not None and attempt.offered(room) is not allowed:
        yield f"{name}: {'not ' if allowed else ''}offered"
    with undone():
        response = attempt.do(room)
        changed = room.rows() != room.before
    status, location = response.status_code, response.headers.get("Location", "")
    turned_away = status == 403 or location.startswith("/admin/login/")
    # A language or a position that somebody may not choose is no field of their form: sent all the same, it is ignored.
    no_choice = name in ("Save a new draft", "Put items in order by hand") and status == 200
    # A preview leads on to the page that it shows.
    done = not turned_away and status in (200, 302) if attempt.reads else status == 302 and changed
    if allowed and not done:
        yield f"{name}: refused ({status})"
    if not allowed and (changed or not (turned_away or no_choice)):
        yield f"{name}: not refused ({status})"


def people(request: pytest.FixtureRequest, language: str) -> Iterator[tuple[str, Person]]:
    for column, (fixture, of_language) in COLUMNS.items():
        if language == of_language:
            yield column, request.getfixturevalue(fixture)


def test_the_table_is_about_all_that_is_tried() -> None:
    found = table()
    assert list(found) == [*OF_ITEMS, *OF_THE_SITE]
    assert all(list(cells) == list(COLUMNS) for cells in found.values())


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.key)
def test_everybody_may_do_what_the_table_says_and_nothing_else(
    kind: ContentKind, request: pytest.FixtureRequest
) -> None:
    allowed = table()
    ordered = isinstance(admin.site._registry[kind.model], HandOrderedAdmin)
    wrong = []
    for language in ("en", "fr"):
        room = Room(kind, language)
        for column, person in people(request, language):
            room.enter(person)
            for name, attempt in OF_ITEMS.items():
                if ordered or name != "Put items in order by hand":
                    found = faults(room, name, attempt, allowed=allowed[name][column])
                    wrong += [f"{column}: {fault}" for fault in found]
    assert wrong == []


def test_the_site_is_kept_by_those_in_the_table(request: pytest.FixtureRequest) -> None:
    allowed = table()
    kind = kinds()[0]
    for language in ("en", "fr"):
        room = Room(kind, language)
        for column, person in people(request, language):
            room.enter(person)
            for name, attempt in OF_THE_SITE.items():
                assert [*faults(room, name, attempt, allowed=allowed[name][column])] == [], column
