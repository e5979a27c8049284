"""Site settings and menus in the admin."""

from __future__ import annotations

from typing import Any

import pytest

from portal.models import MenuLink, SiteSettings
from tests.admin_forms import add_url, change_url, errors, list_url
from tests.conftest import Person
from tests.factories import MenuLinkFactory, PageFactory, SiteSettingsFactory
from tests.html import form_data, one, parse, text

pytestmark = pytest.mark.django_db


def test_another_organisation_sets_up_its_site_without_code(administrator: Person, visitor: Person) -> None:
    row = SiteSettingsFactory()
    data = form_data(administrator.get(change_url(row)), "sitesettings_form")
    names = [name for name in data if name.startswith("name_")]
    assert names == ["name_en", "name_fr", "name_uk", "name_ar"]
    words = {"name_en": "Another House", "name_fr": "Une autre maison"}
    response = administrator.post(change_url(row), {**data, **words, "press_email": "press@example.org"})
    assert response.status_code == 302
    assert "Another House" in text(one(parse(visitor.get("/en/")), "h1"))
    assert "Une autre maison" in text(one(parse(visitor.get("/fr/")), "h1"))
    assert "press@example.org" in visitor.get("/en/").content.decode()


def test_there_is_one_row_of_settings_and_the_list_leads_to_it(administrator: Person) -> None:
    row = SiteSettingsFactory()
    assert administrator.get(list_url(SiteSettings)).headers["Location"] == change_url(row)
    assert administrator.get(add_url(SiteSettings)).status_code == 403
    assert administrator.post(f"/admin/portal/sitesettings/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_name_is_asked_for(administrator: Person) -> None:
    row = SiteSettingsFactory()
    data = form_data(administrator.get(change_url(row)), "sitesettings_form")
    response = administrator.post(change_url(row), {**data, **{name: "" for name in data if name.startswith("name_")}})
    assert response.status_code == 200
    assert "name" in response.context["adminform"].form.errors


def test_settings_and_menus_are_not_for_writers(writer: Person) -> None:
    for model in (SiteSettings, MenuLink):
        assert writer.get(list_url(model)).status_code == 403


def add_link(person: Person, **values: Any) -> Any:
    data = form_data(person.get(add_url(MenuLink)), "menulink_form")
    return person.post(add_url(MenuLink), {**data, **values}, follow=True)


def said(response: Any) -> str:
    forms = [form for formset in response.context["inline_admin_formsets"] for form in formset.formset.forms]
    return errors(response) + " ".join(str(message) for form in forms for m in form.errors.values() for message in m)


@pytest.mark.parametrize(
    "values",
    [
        {"label": "", "target": ""},
        {"label": "Social", "menu": "social", "target": ""},
        {"label": "x", "target": "javascript:alert(1)"},
        {"label": "x", "target": "example"},
        {"label": "x", "target": "page:999"},
    ],
)
def test_a_link_that_leads_nowhere_is_a_message(values: dict[str, str], administrator: Person) -> None:
    response = add_link(administrator, **values)
    assert response.status_code == 200
    assert said(response)
    assert not MenuLink.objects.exists()


def test_a_link_under_a_section_without_a_target_is_a_message(administrator: Person) -> None:
    section = MenuLinkFactory(label="Section")
    data = form_data(administrator.get(change_url(section)), "menulink_form")
    response = administrator.post(change_url(section), {**data, "children-0-label": "Nowhere", "children-0-target": ""})
    assert response.status_code == 200
    assert "Choose what the link leads to" in said(response)


def test_links_of_a_section_get_its_language_and_menu(administrator: Person) -> None:
    section = MenuLinkFactory(label="Section")
    data = form_data(administrator.get(change_url(section)), "menulink_form")
    page = PageFactory()
    values = {"language": "fr", "children-0-label": "Lien", "children-0-target": f"page:{page.pk}"}
    assert administrator.post(change_url(section), {**data, **values}).status_code == 302
    child = section.children.get()
    assert (child.language, child.menu, child.label) == ("fr", "main", "Lien")


def test_links_are_dragged_into_order(administrator: Person) -> None:
    first, second = MenuLinkFactory(label="First", position=1), MenuLinkFactory(label="Second", position=2)
    data = form_data(administrator.get(list_url(MenuLink)), "changelist-form")
    data |= {"form-0-position": "2", "form-1-position": "1", "_save": "1"}
    administrator.post(list_url(MenuLink), data)
    assert list(MenuLink.objects.all()) == [second, first]


def test_a_menu_has_two_levels() -> None:
    from django.core.exceptions import ValidationError

    child = MenuLinkFactory(parent=MenuLinkFactory())
    with pytest.raises(ValidationError, match="two levels"):
        MenuLinkFactory(parent=child)
    parent = child.parent
    parent.parent = MenuLinkFactory()
    with pytest.raises(ValidationError, match="two levels"):
        parent.full_clean()
