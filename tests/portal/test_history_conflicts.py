"""Site settings and menus: nobody overwrites anybody."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import connection
from factory.django import DjangoModelFactory

from portal.models import MenuLink, SiteSettings
from publishing import history
from publishing.records import Revision
from publishing.snapshots import snapshot
from publishing.versions import Overtaken, Refused
from tests.admin_forms import change_url, errors, messages
from tests.conftest import Person
from tests.factories import (
    IMPORTER,
    AuthorFactory,
    DocumentFactory,
    ImageFactory,
    IssueFactory,
    MenuLinkFactory,
    SiteSettingsFactory,
    SubscriberFactory,
    UserFactory,
)
from tests.html import form_data, hrefs, parse, texts
from tests.portal.recorded import (
    again,
    labels,
    numbers,
    opened,
    page,
    save,
    section_of,
)

pytestmark = pytest.mark.django_db


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


def test_a_form_opened_while_another_is_saved_shows_what_it_counts_as_seen(
    administrator: Person, colleague: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = SiteSettingsFactory(tagline={"en": "Base"})
    theirs = opened(colleague, row)
    read = SiteSettings.refresh_from_db

    def read_late(self: SiteSettings, *args: Any, **kwargs: Any) -> None:
        monkeypatch.setattr(SiteSettings, "refresh_from_db", read)
        save(colleague, row, theirs, tagline_en="Theirs")
        read(self, *args, **kwargs)

    monkeypatch.setattr(SiteSettings, "refresh_from_db", read_late)
    mine = opened(administrator, row)
    seen = row.revisions.get(number=mine["seen"])
    assert (mine["tagline_en"], seen.content["tagline"]) == ("Theirs", {"en": "Theirs"})

    save(colleague, row, tagline_en="Theirs again")
    save(administrator, row, mine, press_email="mine@example.org")
    row.refresh_from_db()
    assert (str(row.tagline), row.press_email) == ("Theirs again", "mine@example.org")


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
