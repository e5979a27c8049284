"""The sample's loader and the first administrator."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from news.models import FeaturedItem, NewsItem
from portal.models import MenuLink, SiteSettings
from portal.sample.loader import stored
from publishing.models import Publishable
from publishing.snapshots import snapshot

pytestmark = pytest.mark.django_db


def run(command: str, **options: Any) -> str:
    out = StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


def everything() -> dict[str, list[Any]]:
    models = [
        model
        for model in apps.get_models()
        if model._meta.app_label not in ("contenttypes", "auth", "sessions", "admin")
    ]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in models}


@pytest.mark.xdist_group("sample")
@pytest.mark.usefixtures("sample")
class TestLoadSample:
    def test_a_second_run_changes_nothing(self) -> None:
        before = everything()
        assert "nothing was changed" in run("load_sample")
        assert everything() == before

    def test_a_run_adds_what_is_missing_and_nothing_else(self) -> None:
        lotte = FeaturedItem.objects.get(title__startswith="Lotte", language="en")
        lotte.translations.all().delete()
        lotte.delete()
        before = everything()
        assert "Made: " in run("load_sample")
        after = everything()
        for name in ("FeaturedItem", "Revision", "AuditEntry"):
            before.pop(name)
            after.pop(name)
        assert after == before
        assert FeaturedItem.objects.filter(title__startswith="Lotte").exists()

    def test_what_staff_changed_is_left_alone(self) -> None:
        SiteSettings.objects.update(name={"en": "Ours"})
        run("load_sample")
        assert str(SiteSettings.objects.get()) == "Ours"

    def test_a_site_that_is_set_up_is_not_touched_if_it_should_be_empty(self) -> None:
        assert run("load_sample", if_empty=True) == ""

    def test_the_sample_obeys_every_rule_of_its_models(self) -> None:
        for model in apps.get_models():
            if issubclass(model, Publishable):
                for item in model._default_manager.all():
                    item.full_clean()

    def test_every_speech_says_how_it_was_delivered(self) -> None:
        speeches = NewsItem.objects.filter(kind=NewsItem.Kind.SPEECH)
        assert set(speeches.values_list("delivery_status", flat=True)) == set(NewsItem.Delivery.values)

    def test_every_item_has_both_languages(self) -> None:
        for model in apps.get_models():
            if issubclass(model, Publishable):
                counts = {code: model._default_manager.filter(language=code).count() for code in ("en", "fr")}
                assert counts["en"] == counts["fr"] > 0, model

    def test_settings_and_menus_have_their_first_revision(self) -> None:
        for item in (SiteSettings.objects.get(), *MenuLink.objects.filter(parent=None)):
            assert item.revisions.get().content == snapshot(item)


def test_a_file_that_an_interrupted_run_has_left_is_written_anew() -> None:
    name = default_storage.save("images/sample/whole.jpg", ContentFile(b"cut o"))
    assert stored(name, lambda: b"whole") == name
    assert default_storage.open(name).read() == b"whole"


def test_the_first_administrator_gets_a_password_that_is_said_once() -> None:
    out = run("ensure_admin")
    password = out.strip().rpartition(" ")[2]
    assert User.objects.get(username="admin").check_password(password)
    assert run("ensure_admin") == ""
    assert User.objects.count() == 1


def test_a_site_with_an_administrator_gets_no_other() -> None:
    User.objects.create_superuser("somebody")
    assert run("ensure_admin") == ""
    assert not User.objects.filter(username="admin").exists()


def test_migrations_hold_every_change_of_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())
