"""The audit trail: read by administrators, written by the verbs, changed by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publishing import workflow
from publishing.records import AuditEntry
from tests.admin_forms import change_url, delete_url, list_url
from tests.conftest import Person
from tests.factories import IMPORTER, FeaturedItemFactory, ImageFactory, NewsItemFactory, TopicFactory
from tests.html import elements, hrefs, parse, text, texts

pytestmark = pytest.mark.django_db


def labels(person: Person, query: str = "") -> list[str]:
    page = person.get(list_url(AuditEntry) + query)
    assert page.status_code == 200
    return [entry.label for entry in page.context["cl"].result_list]


def changed(person: Person, entry: AuditEntry) -> dict[str, tuple[str, str]]:
    """By field: its value before and after, as the page of an entry shows them."""
    table = next(elements(parse(person.get(change_url(entry))), "div", cls="before-after"))
    rows = [row for body in table.iter("tbody") for row in body.iter("tr")]
    return {text(row[0]): (text(row[1]), text(row[2])) for row in rows}


def test_every_verb_stands_in_it_newest_first(administrator: Person, editor: Person) -> None:
    item = NewsItemFactory.build(title="Summit")
    workflow.save_draft(item, by=editor.user)
    workflow.submit(item, by=editor.user)
    workflow.approve(item, by=editor.user)
    page = parse(administrator.get(list_url(AuditEntry)))
    assert texts(page, "td", cls="field-verb") == ["Went live", "Approved", "Submitted for review", "Saved a draft"]
    assert set(texts(page, "td", cls="field-person")) == {"editor", "–"}
    assert labels(administrator) == ["Summit"] * 4


def test_it_can_be_narrowed_by_action_person_and_date_and_searched(administrator: Person, editor: Person) -> None:
    for title in ("Summit", "Picnic"):
        item = NewsItemFactory.build(title=title, slug=title.lower())
        workflow.save_draft(item, by=editor.user)
    workflow.submit(item, by=administrator.user)
    assert labels(administrator, "?verb__exact=submit") == ["Picnic"]
    assert labels(administrator, f"?by__id__exact={administrator.user.pk}") == ["Picnic"]
    headings = [text(found) for found in elements(parse(administrator.get(list_url(AuditEntry))), "summary")]
    assert any("By person" in heading for heading in headings)
    assert labels(administrator, "?q=summit") == ["Summit"]
    tomorrow = (timezone.now() + timezone.timedelta(days=1)).isoformat().replace("+", "%2B")
    assert labels(administrator, f"?at__gte={tomorrow}") == []


def test_an_entry_shows_before_and_after_as_people_read_it(administrator: Person) -> None:
    image, topic = ImageFactory(title={"en": "The hall"}), TopicFactory(title="Peace")
    item = NewsItemFactory(title="Old title", body="<p>Old words.</p>", kind="news")
    item.title, item.body, item.kind, item.image = "New title", "<p>New <strong>words</strong>.</p>", "statement", image
    workflow.save_draft(item, by=IMPORTER, relations={"topics": [topic]})
    workflow.approve(item, by=IMPORTER)
    entry = AuditEntry.objects.filter(verb="go live").first()
    assert changed(administrator, entry) == {
        "Title": ("Old title", "New title"),
        "Body": ("Old words.", "New words."),
        "Kind": ("News", "Statement"),
        "Picture": ("–", "The hall"),
        "Topics": ("–", "Peace"),
    }


def test_every_decision_shows_what_it_changed(administrator: Person) -> None:
    item = NewsItemFactory.build(title="Summit")
    workflow.save_draft(item, by=IMPORTER)
    workflow.submit(item, by=IMPORTER)
    workflow.return_to_author(item, by=IMPORTER, note="Shorter.")
    workflow.approve(item, by=IMPORTER)
    item.title = "Summit ends"
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, at=timezone.now() + timezone.timedelta(days=1))
    workflow.cancel_schedule(item, by=IMPORTER)
    workflow.withdraw(item, by=IMPORTER)
    found = {}
    for entry in AuditEntry.objects.exclude(changes={}).order_by("pk"):
        found[entry.verb] = {**found.get(entry.verb, {}), **changed(administrator, entry)}
    assert found["save"]["Title"] == ("Summit", "Summit ends")  # the newest of the two
    assert found["submit"] == {"State": ("Draft", "In review")}
    assert found["return"] == {"State": ("In review", "Draft")}
    assert set(found["approve"]) == {"Goes live"}
    assert found["cancel"]["Goes live"][1] == "–"
    assert found["withdraw"]["Comes down"][0] == "–"


def test_what_was_deleted_and_what_was_moved_by_hand_stand_in_it(administrator: Person) -> None:
    draft, card = NewsItemFactory(draft=True, title="Never mind"), FeaturedItemFactory()
    workflow.delete(draft, by=IMPORTER)
    workflow.place(card, by=IMPORTER, position=7)
    moved, gone = AuditEntry.objects.all()[:2]
    assert (gone.verb, gone.label) == ("delete", "Never mind")
    assert changed(administrator, gone)["Title"] == ("Never mind", "–")
    assert changed(administrator, moved)["Position"][1] == "7"


def test_an_entry_shows_a_time_in_the_sites_time_zone(administrator: Person) -> None:
    item = NewsItemFactory()
    workflow.expire(item, by=IMPORTER, at=timezone.datetime(2034, 1, 25, 8, 30, tzinfo=timezone.get_fixed_timezone(0)))
    entry = AuditEntry.objects.get(verb="expire")
    assert changed(administrator, entry) == {"Comes down": ("–", "25 January 2034, 09:30")}


@pytest.mark.parametrize("changes", [{"gone": ["a", "b"]}, {"image": [None, "nonsense"]}, {"date": ["x", None]}, {}])
def test_an_entry_about_fields_that_are_no_more_still_opens(changes: dict[str, Any], administrator: Person) -> None:
    item = NewsItemFactory()
    entry = AuditEntry.objects.create(item=item, verb="go live", label="Old", changes=changes)
    assert administrator.get(change_url(entry)).status_code == 200


def test_an_entry_leads_to_its_item_and_outlasts_it(administrator: Person) -> None:
    item = NewsItemFactory(draft=True, title="Short-lived")
    entry = AuditEntry.objects.get()
    assert change_url(item) in hrefs(parse(administrator.get(change_url(entry))))
    address = change_url(item)
    item.delete()
    page = parse(administrator.get(change_url(entry)))
    assert address not in hrefs(page)
    assert "Short-lived" in text(page)


def test_a_deleted_draft_leaves_its_words_in_the_trail(editor: Person) -> None:
    item = NewsItemFactory(draft=True, title="Short-lived")
    editor.post(delete_url(item), {"post": "yes"})
    entry = AuditEntry.objects.get(by=editor.user)
    assert (entry.label, entry.changes["title"]) == ("Short-lived", ["Short-lived", None])


def test_an_entry_outlasts_the_person(administrator: Person, editor: Person) -> None:
    item = NewsItemFactory.build()
    workflow.save_draft(item, by=editor.user)
    editor.user.delete()
    assert AuditEntry.objects.get().name == "editor"
    assert "editor" in texts(parse(administrator.get(list_url(AuditEntry))), "td")


@pytest.mark.parametrize("superuser", [False, True])
def test_nobody_adds_changes_or_deletes(superuser: bool, administrator: Person) -> None:
    administrator.user.is_superuser = superuser
    administrator.user.save()
    FeaturedItemFactory(draft=True)
    entry = AuditEntry.objects.get()
    before = AuditEntry.objects.values().get()
    forged = {"label": "Forged", "verb": "withdraw", "note": "x", "_save": "1"}
    assert administrator.get(reverse("admin:publishing_auditentry_add")).status_code == 403
    assert administrator.post(reverse("admin:publishing_auditentry_add"), forged).status_code == 403
    assert administrator.post(change_url(entry), forged).status_code == 403
    assert administrator.get(delete_url(entry)).status_code == 403
    assert administrator.post(delete_url(entry), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    administrator.post(list_url(AuditEntry), action)
    page = administrator.get(change_url(entry)).content
    assert b'name="_save"' not in page
    assert b"deletelink" not in page
    assert AuditEntry.objects.values().get() == before


@pytest.mark.parametrize("who", ["writer", "editor", "french_desk"])
def test_it_is_for_administrators(who: str, request: pytest.FixtureRequest) -> None:
    person: Person = request.getfixturevalue(who)
    NewsItemFactory()
    assert person.get(list_url(AuditEntry)).status_code == 403
    assert person.get(change_url(AuditEntry.objects.first())).status_code == 403


def test_the_list_costs_the_same_queries_at_1_and_30_entries(administrator: Person) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            labels(administrator)
        return len(captured)

    TopicFactory(draft=True)
    queries()
    with_one = queries()
    for _ in range(29):
        TopicFactory(draft=True)
    assert queries() == with_one
