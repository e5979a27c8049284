"""The cast, the two databases, and the sample site."""

from __future__ import annotations

import fcntl
import gc
import importlib
import io
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.utils.translation import override
from PIL import Image as Picture

from portal.sample import loader
from publishing.models import Publishable
from publishing.records import Remit
from tests.factories import UserFactory

PUBLISHABLE = [model for model in apps.get_models() if issubclass(model, Publishable)]

SAMPLE_MEDIA = settings.FOLDER.parent / "sample-media"

ASK_A_DATABASE = {"db", "transactional_db", "django_db_setup"}


# Of a test's variants, those that PostgreSQL is asked for: they differ in what is typed, less in what is asked.
VARIANTS = 2


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With SQLite everything is tested; with PostgreSQL what asks a database, in a few variants of each test."""
    if connection.vendor == "sqlite":
        return

    def asks(item: Any) -> bool:
        marked = any(item.get_closest_marker(name) for name in ("django_db", "skipif"))
        return marked or bool(ASK_A_DATABASE.intersection(item.fixturenames))

    tests: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if asks(item):
            tests[item.nodeid.partition("[")[0]].append(item)
    kept = {item for variants in tests.values() for item in spread(variants, VARIANTS)}
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = [item for item in items if item in kept]


def spread(values: list[pytest.Item], number: int) -> list[pytest.Item]:
    """At most so many of some values, the first and the last among them."""
    last = len(values) - 1
    return values if last < number else [values[last * place // (number - 1)] for place in range(number)]


def pytest_collection_finish() -> None:
    """What is loaded by now stays until the end: it need not be looked through again for what could be thrown away,
    and what comes after it need not often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


class Person(Client):
    """A browser with somebody in front of it."""

    user: User

    def __init__(self, user: User | None = None, **defaults: Any) -> None:
        super().__init__(**defaults)
        if user is not None:
            self.user = user
            self.force_login(user)


def group_named(name: str) -> Group:
    """One of the groups that every site has."""
    if not Group.objects.filter(name=name).exists():
        # A test that empties the database takes the migrations' rows with it.
        importlib.import_module("portal.migrations.0002_groups").make_groups(apps)
        importlib.import_module("portal.migrations.0003_media_rights").add_rights(apps)
        importlib.import_module("portal.migrations.0006_mailing_rights").add_rights(apps)
    return Group.objects.get(name=name)


def member_of(group: str, username: str, **remit: list[str]) -> Person:
    """A member of staff in one of the groups that every site has; with `languages` or `kinds`, limited to those."""
    user = UserFactory.create(username=username)
    user.groups.add(group_named(group))
    if remit:
        Remit.objects.create(user=user, **remit)
    return Person(user)


# ── Databases ────────────────────────────────────────────────────────────────────────────────────────────
#
# Each is made by the first process of a run that asks for it, and copied by every other. They go with the run's folder
# or with its cluster of PostgreSQL (tests/settings.py).


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


def database(name: str, like: str | None = None) -> str:
    """What a connection calls a new database, empty or a copy of one that nobody is connected to."""
    if connection.vendor == "sqlite":
        path = settings.FOLDER.parent / f"{name}.sqlite3"
        if like:
            shutil.copy(like, path)
        return str(path)
    with connection.creation._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{like or "template0"}"')
    return name


def made_once(name: str, make: Callable[[], None], like: str | None = None) -> str:
    """A database that is the same for all processes of a run and is only ever copied."""
    note = settings.FOLDER.parent / f"{name}.{connection.vendor}"
    with note.open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not (made := lock.read()):
            made = database(name, like)
            with connected_to(made):
                make()
            lock.write(made)
    return made


@pytest.fixture(scope="session")
def migrated_database(django_test_environment: None, django_db_blocker: Any) -> str:
    with django_db_blocker.unblock():
        return made_once("migrated", lambda: call_command("migrate", verbosity=0))


@pytest.fixture(scope="session")
def django_db_setup(migrated_database: str, django_db_blocker: Any) -> Iterator[None]:
    """This process's database, also for tests that ask pytest-django for none: the browser's have a site of their own."""
    with django_db_blocker.unblock():
        own = database(f"test-{settings.FOLDER.name}", migrated_database)
    with connected_to(own):
        yield


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
    return member_of("Writers", "writer")


@pytest.fixture
def editor(db: None) -> Person:
    """Writes and publishes."""
    return member_of("Editors", "editor")


@pytest.fixture
def french_desk(db: None) -> Person:
    """An editor of the French versions, and of no others."""
    return member_of("Editors", "french-desk", languages=["fr"])


@pytest.fixture
def administrator(db: None) -> Person:
    """Does what an editor does, and looks after people, menus and the site's settings."""
    return member_of("Administrators", "administrator")


# ── The sample site ──────────────────────────────────────────────────────────────────────────────────────


def load_sample() -> None:
    """Its pictures are plain colours, for speed: how they are painted is tested in tests/portal/test_pictures.py."""
    with pytest.MonkeyPatch.context() as plain, override_settings(MEDIA_ROOT=SAMPLE_MEDIA):
        for name, size in (("paint", (192, 128)), ("portrait", (128, 160)), ("cover", (120, 160))):
            plain.setattr(loader, name, lambda *args, size=size: Picture.new("RGB", size, "steelblue"))
        call_command("load_sample", stdout=io.StringIO())


@pytest.fixture(scope="session")
def sample_database(migrated_database: str, django_db_setup: None, django_db_blocker: Any) -> str:
    """A database with the sample content for all tests of a process that only read it; its files are in the library."""
    with django_db_blocker.unblock():
        made = made_once("sample", load_sample, migrated_database)
        shutil.copytree(SAMPLE_MEDIA, settings.MEDIA_ROOT, dirs_exist_ok=True)
        return database(f"sample-{settings.FOLDER.name}", made)


@pytest.fixture(scope="module")
def sample(sample_database: str) -> Iterator[None]:
    """The tests of this module see the sample site. What they change is rolled back."""
    with connected_to(sample_database):
        yield
