"""Site settings and menus: every state is kept and can be compared."""

from __future__ import annotations

import pytest

from portal.models import MenuLink
from publishing import history
from publishing.records import AuditEntry, Revision
from tests.admin_forms import add_url, list_url, verb_url
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    ImageFactory,
    MenuLinkFactory,
    PageFactory,
    SiteSettingsFactory,
)
from tests.html import form_data
from tests.portal.recorded import (
    before_and_after,
    compared,
    last_entry,
    numbers,
    page,
    save,
    section_of,
    tables,
)

pytestmark = pytest.mark.django_db


# ── Saving ───────────────────────────────────────────────────────────────────────────────────────────────
def test_every_save_of_the_settings_is_a_revision_with_author_and_an_entry_with_before_and_after(
    administrator: Person,
) -> None:
    row = SiteSettingsFactory(press_email="old@example.org")
    save(administrator, row, press_email="new@example.org")
    save(administrator, row, tagline_fr="Une devise")
    assert numbers(row) == [(1, "superseded"), (2, "superseded"), (3, "live")]
    first, second, third = Revision.objects.of(row).order_by("number")
    assert (first.author, first.content["press_email"]) == (None, "old@example.org")
    assert (second.author, second.content["press_email"]) == (administrator.user, "new@example.org")
    assert third.content["tagline"] == {"fr": "Une devise"}
    entries = AuditEntry.objects.of(row).order_by("pk")
    assert [entry.changes for entry in entries] == [
        {"press_email": ["old@example.org", "new@example.org"]},
        {"tagline": [{}, {"fr": "Une devise"}]},
    ]
    assert {(entry.by, entry.name, entry.verb) for entry in entries} == {
        (administrator.user, "administrator", "go live")
    }


def test_a_save_that_changes_nothing_is_no_revision(administrator: Person) -> None:
    row, section = SiteSettingsFactory(), section_of("Press")
    for item in (row, section):
        save(administrator, item)
        assert numbers(item) == [(1, "live")]
        assert not AuditEntry.objects.of(item).filter(by=administrator.user).exists()


def test_the_line_ends_of_a_browser_change_nothing(administrator: Person) -> None:
    row = SiteSettingsFactory(address={"en": "Boulevard\nBrussels"})
    save(administrator, row, address_en="Boulevard\r\nBrussels")
    assert numbers(row) == [(1, "live")]


def test_a_section_and_its_links_are_one_unit(administrator: Person) -> None:
    section = section_of("Press", "Jobs")
    jobs = MenuLink.objects.get(label="Jobs")
    save(administrator, section, **{
        "label": "Who we are",
        "children-0-DELETE": "on",
        "children-2-label": "History", "children-2-target": "section:events", "children-2-position": "9",
    })  # fmt: skip
    history_link = MenuLink.objects.get(label="History")
    assert numbers(section) == [(1, "superseded"), (2, "live")]
    assert section.revisions.first().content == {
        "language": "en",
        "menu": "main",
        "label": "Who we are",
        "target": "section:news",
        "links": [
            {"id": jobs.pk, "label": "Jobs", "target": "section:news"},
            {"id": history_link.pk, "label": "History", "target": "section:events"},
        ],
    }
    assert set(last_entry(section).changes) == {"label", "links"}
    assert Revision.objects.count() == 2


def test_a_new_section_begins_its_history(administrator: Person) -> None:
    data = form_data(administrator.get(add_url(MenuLink)), "menulink_form")
    administrator.post(add_url(MenuLink), {**data, "label": "New", "target": "section:news"})
    section = MenuLink.objects.get()
    revision = Revision.objects.of(section).get()
    assert (revision.number, revision.author, revision.content["label"]) == (1, administrator.user, "New")
    assert last_entry(section).changes["label"] == [None, "New"]


def test_the_first_save_keeps_what_was_there_before(administrator: Person) -> None:
    section = MenuLinkFactory(label="Before")
    MenuLinkFactory(label="Link", parent=section)
    save(administrator, section, label="After", **{"children-0-label": "Renamed"})
    first = Revision.objects.of(section).get(number=1)
    assert first.content["label"] == "Before"
    assert [link["label"] for link in first.content["links"]] == ["Link"]


# ── What differs ─────────────────────────────────────────────────────────────────────────────────────────
def test_texts_are_compared_word_by_word_under_the_names_of_the_languages(administrator: Person) -> None:
    row = SiteSettingsFactory(tagline={"en": "News of the day", "fr": "Les nouvelles du jour"})
    save(administrator, row, tagline_en="News of the week", logo=ImageFactory(title={"en": "A shield"}).pk)
    assert compared(administrator, row) == {
        "Tagline": "English: News of the [-day-]{+week+}\nFrançais: Les nouvelles du jour",
        "Logo": "{+A shield+}",
    }


def test_links_are_compared_one_by_one(administrator: Person) -> None:
    section = section_of("One", "Two", "Three", "Four")
    target = PageFactory(title="Our history")
    save(administrator, section, **{
        "children-0-position": "40",
        "children-1-DELETE": "on",
        "children-2-target": f"page:{target.pk}",
        "children-4-label": "", "children-4-target": "https://example.org/", "children-4-position": "50",
    })  # fmt: skip
    assert compared(administrator, section) == {
        "Links": (
            "[-Two → Section: All news\n-]"
            "Three → [-Section-]{+page+}: [-All news-]{+Our history+}\n"
            "Four → Section: All news\n"
            "One → Section: All news*moved*\n"
            "{+https://example.org/+}"
        )
    }


def test_a_comparison_names_what_has_been_deleted_since(administrator: Person) -> None:
    target = PageFactory(draft=True)
    section = MenuLinkFactory(target=f"page:{target.pk}", label="About")
    history.record(section, by=IMPORTER)
    target.delete()
    save(administrator, section, target="section:events")
    assert compared(administrator, section) == {"Leads to": "[-page-]{+Section+}: [-(deleted)-]{+Event calendar+}"}


def test_the_history_lists_revisions_and_what_was_done(administrator: Person) -> None:
    row = SiteSettingsFactory()
    save(administrator, row, press_email="press@example.org")
    revisions, done = tables(administrator.get(page("history", row)))
    assert [(row[2], row[4], row[-1]) for row in revisions] == [("2", "administrator", ""), ("1", "–", "Restore…")]
    assert [(row[1], row[2]) for row in done] == [("administrator", "Went live")]


@pytest.mark.parametrize("query", ["", "?from=1&to=7", "?from=a&to=b", "?from=1", f"?from=1&to={'9' * 30}"])
def test_a_comparison_of_what_does_not_exist_is_not_found(query: str, administrator: Person) -> None:
    section = section_of()
    assert administrator.get(page("compare", section) + query).status_code == 404
    assert administrator.get(verb_url(section, "restore") + query).status_code == 404


def test_the_audit_trail_shows_links_and_order_as_people_read_them(administrator: Person) -> None:
    section = section_of("Press")
    save(administrator, section, **{"children-0-target": "section:events"})
    assert before_and_after(administrator, last_entry(section)) == [
        "Press → Section: All news",
        "Press → Section: Event calendar",
    ]


# ── Order ────────────────────────────────────────────────────────────────────────────────────────────────
def drag(person: Person, **places: str) -> None:
    person.post(
        list_url(MenuLink), {**form_data(person.get(list_url(MenuLink)), "changelist-form"), **places, "_save": "1"}
    )


def test_a_new_order_is_one_entry_with_the_order_before(administrator: Person) -> None:
    for place, label in enumerate(("A", "B", "C")):
        MenuLinkFactory(label=label, position=place)
    MenuLinkFactory(label="Ailleurs", language="fr", position=9)
    drag(administrator, **{"form-0-position": "20", "form-1-position": "10", "form-2-position": "15"})
    entry = AuditEntry.objects.get()
    assert entry.label == "Main menu, English"
    assert entry.changes == {"order": ["A\nB\nC", "B\nC\nA"]}
    assert (entry.by, entry.note) == (administrator.user, "New order.")
    assert [link.label for link in MenuLink.objects.filter(language="en")] == ["B", "C", "A"]
    assert before_and_after(administrator, entry) == ["ABC", "BCA"]


def test_other_positions_in_the_same_order_are_no_entry(administrator: Person) -> None:
    MenuLinkFactory(label="A", position=0)
    MenuLinkFactory(label="B", position=1)
    drag(administrator, **{"form-0-position": "10", "form-1-position": "20"})
    assert not AuditEntry.objects.exists()


def test_a_new_order_in_the_list_leaves_the_words_alone(administrator: Person) -> None:
    section = section_of()
    data = form_data(administrator.get(list_url(MenuLink)), "changelist-form")
    MenuLink.objects.filter(pk=section.pk).update(label="Changed meanwhile")
    administrator.post(list_url(MenuLink), {**data, "form-0-position": "7", "_save": "1"})
    section.refresh_from_db()
    assert (section.label, section.position) == ("Changed meanwhile", 7)
