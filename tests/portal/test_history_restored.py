"""Site settings and menus: an earlier state, or what was deleted, can be put back."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.models import MenuLink
from publishing import history
from publishing.records import Revision
from tests.admin_forms import change_url, delete_url, list_url, messages, verb_url
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    ImageFactory,
    MenuLinkFactory,
    PageFactory,
    SiteSettingsFactory,
)
from tests.html import form_data, hrefs, parse, texts
from tests.portal.recorded import (
    labels,
    last_entry,
    numbers,
    page,
    put_back,
    save,
    section_of,
    shown,
    tables,
)

pytestmark = pytest.mark.django_db


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
