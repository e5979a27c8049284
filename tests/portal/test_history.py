"""Site settings and menus: every state is kept, can be compared and put back, and nobody overwrites anybody."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from factory.django import DjangoModelFactory

from portal.models import MenuLink
from publishing import history
from publishing.records import AuditEntry, Revision
from publishing.snapshots import snapshot
from publishing.versions import Overtaken, Refused
from tests.admin_forms import add_url, change_url, delete_url, errors, list_url, messages, verb_url
from tests.conftest import Person, member_of
from tests.factories import (
    IMPORTER,
    AuthorFactory,
    DocumentFactory,
    ImageFactory,
    IssueFactory,
    MenuLinkFactory,
    PageFactory,
    SiteSettingsFactory,
    SubscriberFactory,
    UserFactory,
)
from tests.html import elements, form_data, hrefs, parse, text, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(db: None) -> Person:
    """Another administrator."""
    return member_of("Administrators", "colleague")


def page(name: str, item: Any, *args: object) -> str:
    return reverse(f"admin:{item._meta.app_label}_{item._meta.model_name}_{name}", args=[item.pk, *args])


def tables(response: Any) -> list[Any]:
    """The bodies of the tables on a page about the past, as rows of cells."""
    shown = next(elements(parse(response), "div", cls="history"))
    return [[[text(cell) for cell in row] for row in body] for body in shown.iter("tbody")]


def opened(person: Person, item: Any) -> dict[str, Any]:
    """The form as a browser holds it."""
    return form_data(person.get(change_url(item)), f"{item._meta.model_name}_form")


def save(person: Person, item: Any, data: dict[str, Any] | None = None, **values: Any) -> Any:
    return person.post(change_url(item), {**(data or opened(person, item)), **values, "_continue": "1"}, follow=True)


def again(person: Person, response: Any, item: Any, **values: Any) -> Any:
    """Send the form as it was shown once more."""
    return save(person, item, form_data(response, f"{item._meta.model_name}_form"), **values)


def section_of(*links: str, **values: Any) -> MenuLink:
    section: MenuLink = MenuLinkFactory(**{"label": "About us", **values})
    for place, label in enumerate(links):
        MenuLinkFactory(label=label, parent=section, position=place, language=section.language, menu=section.menu)
    history.record(section, by=IMPORTER)
    return section


def labels(section: MenuLink) -> list[str]:
    return [link.label for link in MenuLink.objects.filter(parent=section)]


def put_back(person: Person, item: Any, number: int) -> Any:
    """Open the page that asks for confirmation, and confirm."""
    url = verb_url(item, "restore")
    return person.post(url, form_data(person.get(url, {"revision": number}), "verb_form"), follow=True)


def numbers(item: Any) -> list[tuple[int, str]]:
    return list(Revision.objects.of(item).order_by("number").values_list("number", "state"))


def compared(person: Person, item: Any, old: int = 1, new: int = 2) -> dict[str, str]:
    """What the comparison shows, by field: [-removed-], {+added+} and *moved*."""
    response = person.get(page("compare", item), {"from": old, "to": new})
    return shown(response)


def shown(response: Any) -> dict[str, str]:
    marks = {"removed": "[-{}-]", "added": "{{+{}+}}", "moved": "*{}*", "kept": "{}"}
    return {
        one.label: "".join(marks[kind].format(words) for kind, words in one.parts).strip()
        for one in response.context["differences"]
    }


def last_entry(item: Any) -> AuditEntry:
    return AuditEntry.objects.of(item).first()  # type: ignore[no-any-return]


def before_and_after(person: Person, entry: AuditEntry) -> list[str]:
    return texts(next(elements(parse(person.get(change_url(entry))), "div", cls="before-after")), "td")


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


# ── Putting an earlier state back ────────────────────────────────────────────────────────────────────────
def test_settings_are_put_back_at_once_as_a_new_revision(administrator: Person, visitor: Person) -> None:
    row = SiteSettingsFactory(press_email="old@example.org")
    save(administrator, row, press_email="new@example.org", tagline_en="Motto")
    confirmation = administrator.get(verb_url(row, "restore"), {"revision": 1})
    assert shown(confirmation) == {
        "Tagline": "[-English: Motto-]",
        "E-mail address for the press": "[-new-]{+old+}@example.org",
    }
    response = put_back(administrator, row, 1)
    assert "Restored." in messages(response)
    assert "old@example.org" in visitor.get("/en/").content.decode()
    assert numbers(row)[-1] == (3, "live")
    newest = Revision.objects.of(row).first()
    assert (newest.author, newest.note) == (administrator.user, "As in revision 1.")
    entry = last_entry(row)
    assert (entry.verb, entry.changes["press_email"]) == ("restore", ["new@example.org", "old@example.org"])


def test_a_section_is_put_back_with_its_links_in_order(administrator: Person) -> None:
    section = section_of("One", "Two", "Three")
    keys = [link["id"] for link in section.revisions.first().content["links"]]
    save(administrator, section, **{
        "label": "Other", "language": "fr", "children-0-DELETE": "on", "children-2-position": "0", "children-1-position": "1",
        "children-3-label": "Four", "children-3-target": "section:news",
    })  # fmt: skip
    put_back(administrator, section, 1)
    section.refresh_from_db()
    links = MenuLink.objects.filter(parent=section)
    assert (section.label, section.language, labels(section)) == ("About us", "en", ["One", "Two", "Three"])
    assert [link.pk for link in links] == keys
    assert {(link.language, link.menu) for link in links} == {("en", "main")}
    assert section.revisions.first().content == section.revisions.get(number=1).content


def test_a_link_whose_target_is_gone_is_refused_with_a_sentence_and_nothing_is_changed(administrator: Person) -> None:
    target = PageFactory(draft=True)
    section = section_of("Press")
    MenuLinkFactory(label="Doomed", parent=section, target=f"page:{target.pk}", position=5)
    save(administrator, section, label="With a link that is doomed")
    save(administrator, section, label="Without", **{"children-1-DELETE": "on"})
    target.delete()
    before = list(MenuLink.objects.values())
    response = put_back(administrator, section, 2)
    note = texts(parse(response), "p", cls="errornote")
    assert note == ["“Doomed” cannot be put back as it was. What this leads to has been deleted."]
    assert shown(response)["Links"]
    assert list(MenuLink.objects.values()) == before
    assert numbers(section)[-1] == (3, "live")


def test_a_logo_that_is_gone_is_said_to_be_deleted_and_the_rest_is_put_back(administrator: Person) -> None:
    logo = ImageFactory()
    row = SiteSettingsFactory(logo=logo, press_email="old@example.org")
    save(administrator, row, logo="", press_email="new@example.org")
    logo.delete()
    asked = administrator.get(verb_url(row, "restore"), {"revision": 1})
    assert shown(asked)["Logo"] == "{+(deleted)+}"
    put_back(administrator, row, 1)
    row.refresh_from_db()
    assert (row.logo, row.press_email) == (None, "old@example.org")


def test_a_state_that_nobody_saw_is_not_put_away(administrator: Person, colleague: Person) -> None:
    row = SiteSettingsFactory(press_email="a@example.org")
    save(administrator, row, press_email="b@example.org")
    url = verb_url(row, "restore")
    confirmation = form_data(administrator.get(url, {"revision": 1}), "verb_form")
    save(colleague, row, tagline_en="Theirs")
    response = administrator.post(url, confirmation)
    assert "has saved this item meanwhile" in response.content.decode()
    assert "[-English: Theirs-]" in shown(response).values()
    assert numbers(row)[-1] == (3, "live")
    administrator.post(url, form_data(response, "verb_form"))
    row.refresh_from_db()
    assert (row.press_email, str(row.tagline)) == ("a@example.org", "")


def test_only_who_may_change_them_reads_and_restores(writer: Person, editor: Person) -> None:
    for item in (SiteSettingsFactory(), section_of("Press")):
        history.record(item, by=IMPORTER)
        for person in (writer, editor):
            for name, args in (("history", ()), ("compare", ()), ("verb", ("restore",))):
                answer = person.get(page(name, item, *args), {"from": 1, "to": 1, "revision": 1})
                assert answer.status_code == 403
            sent = {"seen": "1", "revision": "1"}
            assert person.post(verb_url(item, "restore"), sent).status_code == 403
        assert numbers(item) == [(1, "live")]
    assert editor.get(reverse("admin:portal_menulink_deleted")).status_code == 403


def test_the_verbs_ask_for_the_right_themselves(writer: Person) -> None:
    section = section_of("Press")
    revision = section.revisions.first()
    with pytest.raises(PermissionDenied):
        history.restore(section, by=writer.user, revision=revision)
    with pytest.raises(PermissionDenied):
        history.delete(section, by=writer.user)
    with pytest.raises(PermissionDenied):
        history.record(section, by=writer.user)
    assert labels(section) == ["Press"]


def test_who_may_only_look_is_offered_no_restoring(writer: Person) -> None:
    writer.user.user_permissions.add(Permission.objects.get(codename="view_menulink"))
    section = section_of("Press")
    section.label = "Other"
    section.save()
    history.record(section, by=IMPORTER)
    answer = writer.get(page("history", section))
    assert answer.status_code == 200
    assert not [href for href in hrefs(parse(answer)) if "restore" in href]
    assert writer.get(verb_url(section, "restore"), {"revision": 1}).status_code == 403


# ── What was deleted ─────────────────────────────────────────────────────────────────────────────────────
def delete(person: Person, section: MenuLink) -> Any:
    return person.post(delete_url(section), {"post": "yes"}, follow=True)


def test_a_deleted_section_is_brought_back_to_its_place_with_its_links(administrator: Person, visitor: Person) -> None:
    MenuLinkFactory(label="First", position=0)
    section = section_of("Press", "Jobs", position=1)
    MenuLinkFactory(label="Last", position=2)
    assert "It can be brought back" in administrator.get(delete_url(section)).content.decode()
    answer = delete(administrator, section)
    assert "About us" not in visitor.get("/en/").content.decode()
    entry = last_entry(section)
    assert (entry.verb, entry.note, entry.by) == ("delete", "", administrator.user)
    assert entry.changes["label"] == ["About us", None]
    assert [link["label"] for link in entry.changes["links"][0]] == ["Press", "Jobs"]

    deleted = reverse("admin:portal_menulink_deleted")
    assert deleted in hrefs(parse(answer))
    past = page("history", section)
    assert past in hrefs(parse(administrator.get(deleted)))
    restore = next(href for href in hrefs(parse(administrator.get(past))) if "restore" in href)
    confirmation = administrator.get(restore)
    assert shown(confirmation)["Links"] == "{+Press → Section: All news+}\n{+Jobs → Section: All news+}"
    administrator.post(verb_url(section, "restore"), form_data(confirmation, "verb_form"))

    back = MenuLink.objects.get(label="About us")
    assert (back.pk, labels(back)) == (section.pk, ["Press", "Jobs"])
    assert [link.label for link in MenuLink.objects.filter(parent=None)] == ["First", "About us", "Last"]
    assert numbers(back) == [(1, "superseded"), (2, "live")]
    assert "Nothing was deleted." in administrator.get(deleted).content.decode()
    save(administrator, back, label="And on it goes")
    assert numbers(back)[-1] == (3, "live")


def test_a_section_that_was_never_saved_in_the_admin_is_brought_back_too(administrator: Person) -> None:
    section = MenuLinkFactory(label="Old")
    MenuLinkFactory(label="Link", parent=section)
    key = section.pk
    administrator.post(list_url(MenuLink), {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
    assert not MenuLink.objects.exists()
    put_back(administrator, MenuLink(pk=key), 1)
    assert labels(MenuLink.objects.get(label="Old")) == ["Link"]


def test_a_section_deleted_twice_is_listed_once_and_comes_back_to_its_latest_place(administrator: Person) -> None:
    section = section_of("Press", position=3)
    delete(administrator, section)
    put_back(administrator, section, 1)
    MenuLink.objects.filter(pk=section.pk).update(position=8)
    delete(administrator, section)
    (rows,) = tables(administrator.get(reverse("admin:portal_menulink_deleted")))
    assert [row[0] for row in rows] == ["About us"]
    put_back(administrator, section, 2)
    assert MenuLink.objects.get(pk=section.pk).position == 8


def test_an_old_link_to_a_deleted_section_and_its_audit_entry_lead_to_its_history(administrator: Person) -> None:
    section = section_of("Press")
    delete(administrator, section)
    past = page("history", section)
    answer = administrator.get(change_url(section), follow=True)
    assert answer.redirect_chain == [(past, 302)]
    assert "was deleted. It can be restored." in messages(answer)
    assert past in hrefs(parse(administrator.get(change_url(last_entry(section)))))


def test_to_bring_back_one_must_be_allowed_to_add(administrator: Person) -> None:
    section = section_of("Press")
    delete(administrator, section)
    Group.objects.get(name="Administrators").permissions.remove(Permission.objects.get(codename="add_menulink"))
    assert administrator.get(verb_url(section, "restore"), {"revision": 1}).status_code == 403
    assert administrator.post(verb_url(section, "restore"), {"seen": "1", "revision": "1"}).status_code == 403
    assert not MenuLink.objects.exists()


def test_what_never_was_cannot_be_brought_back(administrator: Person) -> None:
    never = MenuLink(pk=4711)
    assert administrator.get(page("history", never)).status_code == 404
    assert administrator.get(change_url(never)).headers["Location"] == reverse("admin:index")
    assert administrator.get(f"/admin/portal/menulink/{'9' * 30}/history/").status_code == 404
    assert administrator.get("/admin/portal/menulink/x/history/").status_code == 404


def test_a_link_is_edited_and_deleted_with_its_section(administrator: Person) -> None:
    section = section_of("Press")
    link = MenuLink.objects.get(label="Press")
    for url in (change_url(link), delete_url(link)):
        assert administrator.get(url).headers["Location"] == change_url(section)
        assert administrator.post(url, {"post": "yes", "label": "x"}).headers["Location"] == change_url(section)
    assert labels(section) == ["Press"]


# ── Two at once ──────────────────────────────────────────────────────────────────────────────────────────
def test_settings_of_two_are_merged_field_by_field(administrator: Person, colleague: Person) -> None:
    row = SiteSettingsFactory()
    mine, theirs = opened(administrator, row), opened(colleague, row)
    save(colleague, row, theirs, tagline_en="Theirs")
    response = save(administrator, row, mine, press_email="mine@example.org")
    assert "Merged with what colleague has saved meanwhile." in messages(response)
    row.refresh_from_db()
    assert (str(row.tagline), row.press_email) == ("Theirs", "mine@example.org")
    assert numbers(row)[-1] == (3, "live")


@pytest.mark.parametrize(("take", "email"), [((), "mine@example.org"), (("press_email",), "theirs@example.org")])
def test_a_setting_that_both_changed_is_shown_for_a_choice(
    take: tuple[str, ...], email: str, administrator: Person, colleague: Person
) -> None:
    row = SiteSettingsFactory(press_email="base@example.org")
    mine, theirs = opened(administrator, row), opened(colleague, row)
    save(colleague, row, theirs, press_email="theirs@example.org", tagline_en="Theirs")
    response = save(administrator, row, mine, press_email="mine@example.org")
    assert "colleague has changed the same fields meanwhile" in errors(response)
    assert form_data(response, "sitesettings_form")["press_email"] == "mine@example.org"
    assert [conflict.label for conflict in response.context["adminform"].form.conflicts] == [
        "E-mail address for the press"
    ]
    again(administrator, response, row, theirs=take)
    row.refresh_from_db()
    assert (row.press_email, str(row.tagline)) == (email, "Theirs")


def test_of_two_with_the_same_section_the_second_is_told_what_the_first_did(
    administrator: Person, colleague: Person
) -> None:
    section = section_of("Press", "Jobs")
    mine, theirs = opened(administrator, section), opened(colleague, section)
    save(colleague, section, theirs, label="Theirs", **{"children-0-label": "Newsroom"})
    response = save(administrator, section, mine, **{"children-1-label": "Careers"})
    assert "colleague has saved this meanwhile." in errors(response)
    conflicts = {one.label: one.theirs for one in response.context["adminform"].form.conflicts}
    assert conflicts["Label"] == [("removed", "About us"), ("added", "Theirs")]
    assert ("added", "Newsroom") in conflicts["Links"]
    assert "Take theirs" not in response.content.decode()
    assert (MenuLink.objects.get(pk=section.pk).label, labels(section)) == ("Theirs", ["Newsroom", "Jobs"])

    again(administrator, response, section)
    assert (MenuLink.objects.get(pk=section.pk).label, labels(section)) == ("About us", ["Press", "Careers"])
    assert numbers(section)[-1] == (3, "live")


def test_links_that_the_first_added_stay_and_those_deleted_come_back(administrator: Person, colleague: Person) -> None:
    section = section_of("One", "Two", "Three")
    mine, theirs = opened(administrator, section), opened(colleague, section)
    save(colleague, section, theirs, **{
        "children-0-DELETE": "on", "children-2-position": "0",
        "children-3-label": "Added", "children-3-target": "section:news", "children-3-position": "9",
    })  # fmt: skip
    response = save(administrator, section, mine, **{
        "children-0-label": "One, rewritten",
        "children-3-label": "Mine", "children-3-target": "section:events", "children-3-position": "8",
    })  # fmt: skip
    sent = form_data(response, "menulink_form")
    typed = [sent[f"children-{number}-label"] for number in range(int(sent["children-TOTAL_FORMS"]))]
    assert sorted(typed) == ["Mine", "One, rewritten", "Three", "Two"]
    again(administrator, response, section)
    assert labels(section) == ["One, rewritten", "Two", "Three", "Mine", "Added"]


def test_a_third_who_saves_meanwhile_is_not_overwritten_either(administrator: Person, colleague: Person) -> None:
    section = section_of("One")
    mine, theirs = opened(administrator, section), opened(colleague, section)
    save(colleague, section, theirs, label="Second")
    response = save(administrator, section, mine, label="Mine")
    save(colleague, section, label="Third")
    response = again(administrator, response, section)
    assert "colleague has saved this meanwhile." in errors(response)
    assert MenuLink.objects.get(pk=section.pk).label == "Third"
    again(administrator, response, section)
    assert MenuLink.objects.get(pk=section.pk).label == "Mine"


def test_two_who_come_to_the_same_section_agree(administrator: Person, colleague: Person) -> None:
    section = section_of("One")
    mine, theirs = opened(administrator, section), opened(colleague, section)
    save(colleague, section, theirs, label="Second")
    save(colleague, section, label="About us")
    assert errors(save(administrator, section, mine, label="Mine")) == ""
    assert MenuLink.objects.get(pk=section.pk).label == "Mine"


def test_a_section_saved_for_the_first_time_by_two_is_not_overwritten(administrator: Person, colleague: Person) -> None:
    section = MenuLinkFactory(label="Base")
    mine, theirs = opened(administrator, section), opened(colleague, section)
    save(colleague, section, theirs, label="Theirs")
    response = save(administrator, section, mine, label="Mine")
    assert response.context["adminform"].form.conflicts[0].theirs == [("removed", "Base"), ("added", "Theirs")]


def test_the_verbs_refuse_what_their_caller_did_not_see() -> None:
    row = SiteSettingsFactory(press_email="a@example.org")
    first = history.record(row, by=IMPORTER)
    row.press_email = "b@example.org"
    row.save()
    history.record(row, by=IMPORTER, seen=1)
    with pytest.raises(Overtaken):
        history.restore(row, by=IMPORTER, revision=first, seen=1)
    with pytest.raises(Overtaken):
        history.record(row, by=IMPORTER, seen=1)


def test_a_state_that_breaks_a_rule_of_today_is_refused() -> None:
    section = section_of("Press")
    revision = section.revisions.first()
    revision.content = {**revision.content, "menu": "social", "target": ""}
    with pytest.raises(Refused, match="Choose what the link leads to"):
        history.restore(section, by=IMPORTER, revision=revision)


def test_a_state_from_before_a_field_existed_leaves_that_field_alone() -> None:
    row = SiteSettingsFactory(press_email="a@example.org")
    revision = history.record(row, by=IMPORTER)
    del revision.content["press_email"]
    row.press_email, row.tagline = "b@example.org", {"en": "Motto"}
    row.save()
    history.record(row, by=IMPORTER)
    history.restore(row, by=IMPORTER, revision=revision)
    row.refresh_from_db()
    assert (row.press_email, row.tagline) == ("b@example.org", {})


ROUNDS = 40


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_two_administrators_at_once_lose_no_update() -> None:
    """Each goes on changing a field of their own and, now and then, one that both want."""
    row = SiteSettingsFactory()
    people = [Person(UserFactory(username=f"admin{number}", is_superuser=True)) for number in (0, 1)]
    fields = ("tagline_en", "address_en")
    failures: list[str] = []
    last = ["", ""]

    def work(number: int) -> None:
        luck = random.Random(number)
        try:
            for turn in range(ROUNDS):
                values = {fields[number]: f"{number} in turn {turn}"}
                if luck.random() < 0.3:
                    values["press_email"] = f"{number}.{turn}@example.org"
                response = save(people[number], row, **values)
                while response.context["adminform"].form.conflicts:
                    response = again(people[number], response, row)
                if response.status_code != 200 or response.context["adminform"].form.errors:
                    failures.append(f"{number}, {turn}: {response.context['adminform'].form.errors}")
                last[number] = values[fields[number]]
        except Exception as error:
            failures.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    row.refresh_from_db()
    assert [row.tagline["en"], row.address["en"]] == last
    assert [number for number, _state in numbers(row)] == list(range(1, len(numbers(row)) + 1))
    assert Revision.objects.of(row).first().content == snapshot(row)


# ── Everything else ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "factory", [ImageFactory, DocumentFactory, AuthorFactory, IssueFactory, SubscriberFactory, UserFactory]
)
def test_what_has_no_revisions_keeps_the_plain_history_of_the_admin(
    factory: type[DjangoModelFactory[Any]], administrator: Person
) -> None:
    row = factory.create()
    LogEntry.objects.log_actions(administrator.user.pk, [row], CHANGE, "Was changed here.", single_object=True)
    assert page("history", row) in hrefs(parse(administrator.get(change_url(row))))
    answer = administrator.get(page("history", row))
    assert "Was changed here." in texts(parse(answer), "td")
    assert "admin_portal/admin.css" in answer.content.decode()
