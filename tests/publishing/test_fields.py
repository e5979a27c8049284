"""One text in several languages in one column."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from portal.models import SiteSettings
from publishing.fields import TranslatedTextField, Translations
from tests.factories import SiteSettingsFactory


@pytest.mark.parametrize(("language", "text"), [("en", "House"), ("fr", "Maison")])
def test_prints_the_text_of_the_active_language(language: str, text: str) -> None:
    with override(language):
        assert str(Translations(en="House", fr="Maison")) == text


def test_a_missing_language_falls_back_to_the_first_there_is() -> None:
    with override("en"):
        assert str(Translations(fr="Maison")) == "Maison"
    with override("fr"):
        assert str(Translations(en="House", fr="")) == "House"


def test_no_text_prints_nothing_and_is_false() -> None:
    assert str(Translations()) == ""
    assert not Translations()


@pytest.mark.django_db
def test_comes_back_from_the_database_as_it_was_stored() -> None:
    SiteSettingsFactory(name=Translations(en="House", fr="Maison"), tagline=Translations())
    row = SiteSettings.objects.get()
    assert isinstance(row.name, Translations)
    assert row.name == {"en": "House", "fr": "Maison"}
    assert row.tagline == {}


def test_another_kind_of_value_is_refused() -> None:
    with pytest.raises(ValidationError):
        TranslatedTextField().to_python("House")


def test_the_form_asks_for_each_language_under_its_own_name() -> None:
    html = TranslatedTextField("name").formfield().widget.render("name", Translations(fr="Maison"), {"id": "id_name"})
    assert "English" in html
    assert "Français" in html
    assert 'value="Maison"' in html
    assert 'lang="fr"' in html


def test_the_form_stores_only_languages_with_a_text() -> None:
    field = TranslatedTextField("name").formfield()
    assert field.clean(["", "Maison"]) == {"fr": "Maison"}


def test_a_required_text_is_needed_in_one_language_at_least() -> None:
    with pytest.raises(ValidationError):
        TranslatedTextField("name").formfield().clean(["", ""])
    assert TranslatedTextField("name", blank=True).formfield().clean(["", ""]) == {}


def test_a_form_sent_unchanged_is_unchanged() -> None:
    field = TranslatedTextField("name").formfield()
    assert not field.has_changed(Translations(en="House"), ["House", ""])
    assert field.has_changed(Translations(en="House"), ["House", "Maison"])
