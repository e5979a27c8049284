"""Groups, remits, and who may change whom."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from events.models import Event
from news.models import FeaturedItem, NewsItem
from pages.models import Page, Topic
from portal.models import MenuLink
from publishing import workflow
from publishing.models import Publishable
from publishing.records import Remit
from tests.admin_forms import add_url, change_url, delete_url, list_url, send
from tests.conftest import PUBLISHABLE, Person, member_of
from tests.factories import FeaturedItemFactory, NewsItemFactory, PageFactory, UserFactory, translated
from tests.html import elements, form_data, hrefs, one, parse, texts

pytestmark = pytest.mark.django_db

USERS = reverse("admin:auth_user_changelist")


def rights(group: str) -> set[str]:
    found = Permission.objects.filter(group__name=group).values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in found}


def right(verb: str, model: type[Publishable]) -> str:
    return f"{model._meta.app_label}.{verb}_{model._meta.model_name}"


# ── Groups ───────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("model", PUBLISHABLE)
def test_every_kind_is_written_by_writers_and_published_by_editors(model: type[Publishable]) -> None:
    assert {right(verb, model) for verb in ("view", "add", "change")} <= rights("Writers")
    assert not {right(verb, model) for verb in ("delete", "publish")} & rights("Writers")
    assert {right(verb, model) for verb in ("view", "add", "change", "delete", "publish")} <= rights("Editors")


def test_each_group_may_all_that_the_one_before_may() -> None:
    assert rights("Writers") < rights("Editors") < rights("Administrators")


def test_only_administrators_keep_people_menus_and_settings() -> None:
    kept = {"auth.change_user", "auth.change_group", "portal.change_menulink", "portal.change_sitesettings"}
    assert {*kept, "publishing.view_auditentry"} <= rights("Administrators")
    assert not {*kept, "publishing.view_auditentry"} & rights("Editors")
    assert not {name for name in rights("Administrators") if "auditentry" in name} - {"publishing.view_auditentry"}


def test_making_the_groups_again_keeps_their_people_and_their_own_rights() -> None:
    editor = member_of("Editors", "editor").user
    extra = Permission.objects.get(codename="view_session")
    Group.objects.get(name="Editors").permissions.add(extra)
    before = rights("Editors")
    importlib.import_module("portal.migrations.0002_groups").make_groups(apps)
    assert rights("Editors") == before
    assert list(editor.groups.values_list("name", flat=True)) == ["Editors"]


def test_the_rights_are_named_as_django_names_them() -> None:
    """Made before Django makes them, they must not be made twice."""
    before = set(Permission.objects.values_list("pk", "name"))
    call_command("migrate", verbosity=0)
    assert set(Permission.objects.values_list("pk", "name")) == before
    assert Permission.objects.get(codename="publish_newsitem").name == "Can publish news item"


# ── Remits ───────────────────────────────────────────────────────────────────────────────────────────────
def test_the_french_desk_reads_english_and_changes_french(french_desk: Person) -> None:
    english = NewsItemFactory(draft=True)
    french = translated(english, draft=True)
    for item, allowed in ((english, False), (french, True)):
        page = french_desk.get(change_url(item))
        assert page.status_code == 200
        assert (b'name="_continue"' in page.content) is allowed
        assert (french_desk.post(change_url(item), {"title": "x"}).status_code == 403) is not allowed
    titles = {str(row) for row in french_desk.get(list_url(NewsItem)).context["cl"].result_list}
    assert titles == {str(english), str(french)}


def test_the_french_desk_reads_the_history_of_an_english_item(french_desk: Person) -> None:
    item = NewsItemFactory()
    assert french_desk.get(reverse("admin:news_newsitem_history", args=[item.pk])).status_code == 200
    assert french_desk.get(reverse("admin:news_newsitem_history", args=[item.pk])).context["may_restore"] is False


def test_the_form_for_a_new_item_offers_own_languages_only(french_desk: Person, editor: Person) -> None:
    def offered(person: Person) -> list[str | None]:
        select = one(parse(person.get(add_url(NewsItem))), "select", id="id_language")
        return [option.get("value") for option in select.iter("option")]

    assert offered(french_desk) == ["fr"]
    assert offered(editor) == ["en", "fr", "uk", "ar"]
    data = form_data(french_desk.get(add_url(NewsItem)), "newsitem_form")
    values = {**data, "title": "T", "slug": "t", "date": "2024-01-23", "language": "en", "_save": "1"}
    assert french_desk.post(add_url(NewsItem), values).status_code == 200
    assert not NewsItem.objects.exists()


def test_a_translation_into_another_desks_language_can_neither_be_opened_nor_posted(french_desk: Person) -> None:
    item = NewsItemFactory(language="fr")
    url = add_url(NewsItem, f"?original={item.pk}&language=en")
    assert french_desk.get(url).status_code == 403
    assert french_desk.post(url, {"title": "T", "slug": "t", "_save": "1"}).status_code == 403
    assert NewsItem.objects.count() == 1
    assert url not in hrefs(parse(french_desk.get(change_url(item))))


def test_one_kind_only() -> None:
    events_desk = member_of("Editors", "events-desk", kinds=["event"])
    assert events_desk.get(add_url(Event)).status_code == 200
    assert events_desk.get(add_url(NewsItem)).status_code == 403
    item = NewsItemFactory(draft=True)
    assert b'name="_continue"' not in events_desk.get(change_url(item)).content
    with pytest.raises(PermissionDenied):
        workflow.approve(item, by=events_desk.user)


def test_an_order_that_all_languages_share_is_not_one_desks(french_desk: Person, editor: Person) -> None:
    FeaturedItemFactory(position=10), FeaturedItemFactory(position=20)
    assert b"form-0-position" in editor.get(list_url(FeaturedItem)).content
    assert b"form-0-position" not in french_desk.get(list_url(FeaturedItem)).content


@pytest.mark.parametrize("who", ["writer", "french_desk"])
def test_who_may_not_order_the_pages_below_a_page_does_not_by_a_direct_post(
    who: str, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(who)
    parent = PageFactory(language="fr")
    child = PageFactory(language="fr", parent=parent, position=1)
    data = form_data(person.get(change_url(parent)), "page_form")
    assert "children-0-position" not in data
    forged = {
        "children-TOTAL_FORMS": "1", "children-INITIAL_FORMS": "1", "children-0-id": child.pk,
        "children-0-parent": parent.pk, "children-0-position": "99", "_save": "1",
    }  # fmt: skip
    person.post(change_url(parent), {**data, **forged})
    child.refresh_from_db()
    assert child.position == 1


def test_an_editor_orders_the_pages_below_a_page(editor: Person) -> None:
    parent = PageFactory()
    child = PageFactory(parent=parent, position=1)
    send(editor, change_url(parent), Page, "_save", **{"children-0-position": "99"})
    child.refresh_from_db()
    assert child.position == 99


# ── Their page ───────────────────────────────────────────────────────────────────────────────────────────
def test_an_administrator_limits_a_person_and_lifts_the_limit(administrator: Person) -> None:
    person = UserFactory.create()
    send_user(administrator, person)
    assert not Remit.objects.exists()
    send_user(administrator, person, **{"remit-0-languages": ["fr"], "remit-0-kinds": ["news", "event"]})
    assert (person.remit.languages, person.remit.kinds) == (["fr"], ["news", "event"])
    page = parse(administrator.get(change_url(person)))
    ticked = {box.get("value") for box in elements(page, "input", type="checkbox") if box.get("checked") is not None}
    assert {"fr", "news", "event"} <= ticked
    send_user(administrator, person, **{"remit-0-languages": [], "remit-0-kinds": []})
    person.remit.refresh_from_db()
    assert (person.remit.languages, person.remit.kinds) == ([], [])


def send_user(administrator: Person, person: User, **values: Any) -> None:
    page = administrator.get(change_url(person))
    boxes = [
        (box.get("name"), box.get("value"))
        for box in elements(parse(page), "input", type="checkbox")
        if box.get("checked") is not None and str(box.get("name")).startswith("remit-0-")
    ]
    data = {**form_data(page, "user_form"), **{name: [v for n, v in boxes if n == name] for name, _value in boxes}}
    response = administrator.post(change_url(person), {**data, **values, "_save": "1"})
    assert response.status_code == 302


def test_a_language_that_the_site_no_longer_has_goes_on_to_limit(administrator: Person) -> None:
    person = UserFactory.create()
    Remit.objects.create(user=person, languages=["uk"])
    send_user(administrator, person, first_name="Olena")
    assert Remit.objects.get().languages == ["uk"]


def test_a_kind_that_does_not_exist_is_refused(administrator: Person) -> None:
    person = UserFactory.create()
    data = form_data(administrator.get(change_url(person)), "user_form")
    administrator.post(change_url(person), {**data, "remit-0-kinds": ["nonsense"], "_save": "1"})
    assert not Remit.objects.exists()


def test_the_list_of_people_costs_the_same_for_1_and_30(
    administrator: Person, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        member_of("Writers", f"writer{number}")
    with django_assert_max_num_queries(12):
        assert "Writers" in texts(parse(administrator.get(USERS)), "td")


def test_an_administrator_makes_nobody_a_superuser(administrator: Person) -> None:
    person = UserFactory.create()
    data = form_data(administrator.get(change_url(person)), "user_form")
    rights = [Permission.objects.get(codename="delete_logentry").pk]
    values = {**data, "is_superuser": "on", "user_permissions": rights, "_save": "1"}
    assert administrator.post(change_url(person), values).status_code == 302
    person.refresh_from_db()
    assert not person.is_superuser
    assert not person.user_permissions.exists()


def test_an_administrator_changes_and_deletes_no_superuser(administrator: Person) -> None:
    boss = UserFactory.create(username="boss", is_superuser=True)
    password = reverse("admin:auth_user_password_change", args=[boss.pk])
    assert administrator.get(change_url(boss)).status_code == 200
    assert administrator.post(change_url(boss), {"username": "minion"}).status_code == 403
    assert administrator.post(password, {"password1": "a-new-secret", "password2": "a-new-secret"}).status_code == 403
    assert administrator.post(delete_url(boss), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [boss.pk], "post": "yes"}
    administrator.post(USERS, action)
    boss.refresh_from_db()
    assert boss.username == "boss"
    assert b'name="_save"' in Person(boss).get(change_url(boss)).content


@pytest.mark.parametrize("who", ["writer", "editor", "french_desk"])
def test_nobody_else_opens_people_menus_or_settings(who: str, request: pytest.FixtureRequest) -> None:
    person: Person = request.getfixturevalue(who)
    for url in (USERS, reverse("admin:auth_group_changelist"), list_url(MenuLink), add_url(MenuLink)):
        assert person.get(url).status_code == 403
    assert person.get(list_url(Topic)).status_code == 200
