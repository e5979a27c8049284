"""The cast, the two databases, and the sample site."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from django.utils.translation import override
from PIL import Image as Picture

from portal.sample import loader
from publishing.models import Publishable
from tests.factories import UserFactory

PUBLISHABLE = [model for model in apps.get_models() if issubclass(model, Publishable)]


class Person(Client):
    """A browser with somebody in front of it."""

    user: User

    def __init__(self, user: User | None = None, **defaults: Any) -> None:
        super().__init__(**defaults)
        if user is not None:
            self.user = user
            self.force_login(user)


def with_permissions(username: str, *verbs: str) -> Person:
    """A member of staff who may do these things to every publishable kind, and who keeps the library."""
    user = UserFactory.create(username=username)
    wanted = [f"{verb}_{model._meta.model_name}" for model in PUBLISHABLE for verb in verbs]
    library = [
        f"{verb}_{name}" for name in ("image", "document", "author", "issue") for verb in ("view", "add", "change")
    ]
    user.user_permissions.set(Permission.objects.filter(codename__in=[*wanted, *library]))
    return Person(user)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database, also for tests that ask pytest-django for none: the browser's have a site of their own."""
    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=set())
    yield
    with django_db_blocker.unblock():
        teardown_databases(databases, verbosity=0)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """A request leaves its language behind in the thread; the next test begins in English."""
    with override("en"):
        yield


@pytest.fixture
def visitor(db: None) -> Person:
    """Reads the site and is nobody in particular."""
    return Person()


@pytest.fixture
def writer(db: None) -> Person:
    """Writes drafts and cannot publish."""
    return with_permissions("writer", "view", "add", "change")


@pytest.fixture
def editor(db: None) -> Person:
    """Writes and publishes."""
    return with_permissions("editor", "view", "add", "change", "delete", "publish")


@pytest.fixture
def french_desk(db: None) -> Person:
    """Looks after the French versions; for now with an editor's rights."""
    return with_permissions("french-desk", "view", "add", "change", "delete", "publish")


@pytest.fixture
def administrator(db: None) -> Person:
    """May do everything that can be done at all."""
    return Person(UserFactory.create(username="administrator", is_superuser=True))


# ── The sample site ──────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """The default connection, in every thread, with another database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def sample_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database with the sample content, loaded once for all tests of a worker that only read it.

    Its pictures are plain colours, for speed: how they are painted is tested in tests/portal/test_pictures.py.
    """
    plain = pytest.MonkeyPatch()
    for name, size in (("paint", (192, 128)), ("portrait", (128, 160)), ("cover", (120, 160))):
        plain.setattr(loader, name, lambda *args, size=size: Picture.new("RGB", size, "steelblue"))
    with django_db_blocker.unblock():
        connection.close()
        connection.creation.clone_test_db(suffix="sample", verbosity=0)
        name = connection.creation.get_test_db_clone_settings("sample")["NAME"]
        with connected_to(name):
            call_command("load_sample", stdout=io.StringIO())
    plain.undo()
    yield str(name)
    with django_db_blocker.unblock():
        connection.close()
        connection.creation.destroy_test_db(suffix="sample", verbosity=0)


@pytest.fixture(scope="module")
def sample(sample_database: str) -> Iterator[None]:
    """The tests of this module see the sample site. What they change is rolled back."""
    with connected_to(sample_database):
        yield
