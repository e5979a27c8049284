"""Settings from the environment: a wrong value stops the start with a sentence that names the variable."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.utils import ConnectionHandler

from portal.environment import Environment

ROOT = Path(__file__).parents[2]
GOOD_KEY = "k7" * 30


def start(
    say: str = "settings.DEBUG, settings.SECURE_SSL_REDIRECT", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of its own, with these variables and nothing of the test run's."""
    code = f"import django; django.setup(); from django.conf import settings; print({say})"
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, "DJANGO_SETTINGS_MODULE": "portal.settings", **variables}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif((ROOT / ".env").exists(), reason="a developer's .env would answer")
def test_development_needs_no_variable() -> None:
    result = start()
    assert (result.returncode, result.stdout) == (0, "True False\n"), result.stderr


def test_production_starts_with_key_and_hosts_and_insists_on_https() -> None:
    result = start(DEBUG="false", SECRET_KEY=GOOD_KEY, ALLOWED_HOSTS="newsroom.example.org")
    assert (result.returncode, result.stdout) == (0, "False True\n"), result.stderr


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DEBUG": "false", "SECRET_KEY": "", "ALLOWED_HOSTS": "a.example"}, "SECRET_KEY must be set"),
        ({"DEBUG": "false", "SECRET_KEY": "short", "ALLOWED_HOSTS": "a.example"}, "SECRET_KEY must be set"),
        ({"DEBUG": "false", "SECRET_KEY": GOOD_KEY, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the hosts"),
        ({"LANGUAGES": "en,klingon"}, "LANGUAGES must be one or more of"),
        ({"FEED_TEXT": "some"}, "FEED_TEXT must be one of full, teaser, not “some”."),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL must be one of DEBUG, INFO"),
    ],
)
def test_production_does_not_start_half_set_up(variables: dict[str, str], sentence: str) -> None:
    result = start(**variables)
    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert sentence in last


@pytest.mark.parametrize(
    ("variables", "host"),
    [
        ({}, "localhost"),
        ({"ALLOWED_HOSTS": "*,.example.org,www.example.org"}, "www.example.org"),
        ({"ALLOWED_HOSTS": "www.example.org", "SITE_URL": "https://newsroom.example.org"}, "newsroom.example.org"),
        ({"SITE_URL": "https://newsroom.example.org", "IDENTITY_HOST": "old.example.org"}, "old.example.org"),
    ],
)
def test_identities_hold_the_name_of_the_site_unless_another_is_given(variables: dict[str, str], host: str) -> None:
    result = start("settings.IDENTITY_HOST", **variables)
    assert result.stdout.strip() == host, result.stderr


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda env: env.boolean("IT", default=True), "maybe", "IT must be true or false, not “maybe”."),
        (lambda env: env.integer("IT", default=1), "many", "IT must be a whole number of 1 or more, not “many”."),
        (lambda env: env.integer("IT", default=1), "0", "IT must be a whole number"),
        (lambda env: env.integer("IT", default=1), "-5", "IT must be a whole number"),
        (lambda env: env.integer("IT", default=1), "1.5", "IT must be a whole number"),
        (lambda env: env.words("IT", default=["en"], among={"en": 1, "fr": 1}), "en,de", "one or more of en, fr"),
        (lambda env: env.words("IT", default=["en"], among={"en": 1}), " , ", "one or more of en"),
        (lambda env: env.time_zone("IT", default="UTC"), "Brussels", "such as Europe/Brussels or UTC, not “Brussels”"),
        (lambda env: env.time_zone("IT", default="UTC"), "../../etc/passwd", "must be a time zone"),
        (lambda env: env.time_zone("IT", default="UTC"), "", "must be a time zone"),
        (lambda env: env.database("IT", default=""), "mysql://a@b/c", "must begin with sqlite:/// or postgresql://"),
        (lambda env: env.database("IT", default=""), "nonsense", "IT cannot be read"),
        (lambda env: env.database("IT", default=""), "postgresql://a:b@host:port/x", "IT cannot be read"),
        (lambda env: env.file_storage("IT"), "ftp://bucket", "IT cannot be read. It looks like: s3://"),
        (lambda env: env.file_storage("IT"), "s3:///folder", "IT cannot be read"),
        (lambda env: env.file_storage("IT"), "s3://bucket?zone=a", "IT cannot be read"),
        (lambda env: env.file_storage("IT"), "s3://[bucket", "IT cannot be read"),
        (lambda env: env.file_storage("IT"), "s3://bucket", "pip install 'django-storages[s3]'"),
        (lambda env: env.mail("IT", default=""), "pigeon://a", "IT cannot be read"),
        (lambda env: env.mail("IT", default=""), "filemail:///var/mails", "IT must begin with smtp://"),
        (lambda env: env.choice("IT", default="a", among=("a", "b")), "c", "IT must be one of a, b, not “c”."),
        (lambda env: env.choice("IT", default="a", among=("a", "b")), "", "IT must be one of a, b"),
        (lambda env: env.folder("IT", default=ROOT), "media", "IT must be the full path of a folder"),
        (lambda env: env.folder("IT", default=ROOT), "", "IT must be the full path of a folder"),
        (lambda env: env.mail("IT", default=""), "postmark://?api_key=x", "It looks like: postmark://?server_token="),
        (lambda env: env.site("IT", default=""), "newsroom.example.org", "IT must be an address such as https://"),
        (lambda env: env.site("IT", default=""), "https://*.example.org", "IT must be an address such as https://"),
        (lambda env: env.site("IT", default=""), "https://a.example/news/", "IT must be an address such as https://"),
        (lambda env: env.sender("IT", default=""), "Newsroom", "IT must be an e-mail address"),
        (lambda env: env.sender("IT", default=""), "Newsroom <newsroom>", "IT must be an e-mail address"),
        (lambda env: env.hosts("IT", default=[]), "https://a.example", "must list host names without scheme"),
        (
            lambda env: env.hosts("IT", default=[]),
            "a.example:8000",
            "such as newsroom.example.org, not “a.example:8000”",
        ),
        (lambda env: env.hosts("IT", default=[]), "a.example b.example", "must list host names"),
        (lambda env: env.origins("IT", default=[]), "a.example", "must list origins, such as https://"),
        (lambda env: env.links("IT", among=("mailto", "https")), "security@a.example", "such as mailto:"),
        (lambda env: env.links("IT", among=("mailto", "https")), "http://a.example/", "must list addresses, such as"),
        (lambda env: env.links("IT", among=("https",)), "https://a.example/a b", "such as https://"),
        (lambda env: env.links("IT", among=("https",)), "https://a.example/\nContact: x", "such as https://"),
        (lambda env: env.origins("IT", default=[]), "https://a.example/news/", "must list origins"),
        (lambda env: env.host("IT", default="a"), "https://a.example", "IT must be a host name such as"),
        (lambda env: env.host("IT", default="a"), "*", "IT must be a host name such as"),
        (lambda env: env.host("IT", default="a"), "", "IT must be a host name such as"),
        (lambda env: env.web_address("IT"), "hub.example.org", "IT must be an address such as https://hub"),
        (lambda env: env.web_address("IT"), "ftp://hub.example.org/", "IT must be an address such as https://hub"),
    ],
)
def test_a_wrong_value_is_answered_with_a_sentence(
    read: Callable[[Environment], Any], value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IT", value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read(Environment())
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("true", True),
        ("YES", True),
        ("on", True),
        ("1", True),
        ("false", False),
        ("No", False),
        ("off", False),
        ("0", False),
        (" true ", True),
    ],
)
def test_yes_and_no_may_be_written_in_several_ways(value: str, meant: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", value)
    assert Environment().boolean("IT", default=not meant) is meant


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite")
def test_sqlite_itself_says_how_it_is_tuned(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        answers = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "busy_timeout", "synchronous", "foreign_keys")
        }
    assert answers == {"journal_mode": "wal", "busy_timeout": 20_000, "synchronous": 1, "foreign_keys": 1}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite")
def test_on_sqlite_a_transaction_holds_the_write_lock_from_its_start(transactional_db: None) -> None:
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
    with transaction.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL")
def test_postgresql_is_used_through_a_pool(db: None) -> None:
    config = {**Environment().database("DATABASE_URL", default=""), "NAME": connection.settings_dict["NAME"]}
    pooled = ConnectionHandler({"default": config})["default"]
    try:
        with pooled.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert pooled.pool.get_stats()["pool_max"] == 8
        assert pooled.pool.get_stats()["requests_num"] == 1
    finally:
        pooled.close()
        pooled.close_pool()


def test_postgresql_gets_a_pool_and_may_be_reached_by_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", "postgresql://portal@/portal?host=/run/postgresql")
    config = Environment().database("IT", default="")
    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert config["OPTIONS"]["host"] == "/run/postgresql"
    assert config["OPTIONS"]["pool"]["max_size"] > 1


def test_words_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", " a.example , b.example,,")
    assert Environment().words("IT", default=[]) == ["a.example", "b.example"]


@pytest.mark.parametrize(
    ("hosts", "origins"),
    [("newsroom.example.org,.example.net,127.0.0.1,[::1],*", "https://newsroom.example.org,http://*.example.net:8000")],
)
def test_hosts_and_origins_are_taken_as_django_takes_them(
    hosts: str, origins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOSTS", hosts)
    monkeypatch.setenv("ORIGINS", origins)
    assert Environment().hosts("HOSTS", default=[]) == hosts.split(",")
    assert Environment().origins("ORIGINS", default=[]) == origins.split(",")


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp+tls://u:p@mail.example.org", 587, True),
        ("smtp+ssl://u:p@mail.example.org", 465, False),
        ("smtp://mail.example.org", 25, False),
        ("smtp+tls://u:p@mail.example.org:2525", 2525, True),
    ],
)
def test_mail_goes_to_the_usual_port_of_its_scheme(url: str, port: int, tls: bool) -> None:
    said = "settings.EMAIL_PORT, settings.EMAIL_USE_TLS"
    assert start(say=said, EMAIL_URL=url).stdout == f"{port} {tls}\n"


def test_a_provider_is_spoken_to_by_its_own_interface() -> None:
    said = "settings.EMAIL_BACKEND, settings.ANYMAIL['MAILGUN_API_KEY'], settings.ANYMAIL['MAILGUN_SENDER_DOMAIN']"
    result = start(say=said, EMAIL_URL="mailgun://?api_key=k%2F1&sender_domain=mg.example.org")
    assert result.stdout == "anymail.backends.mailgun.EmailBackend k/1 mg.example.org\n", result.stderr


@pytest.mark.parametrize(
    ("variables", "address"),
    [
        ({"ALLOWED_HOSTS": ".example.net,newsroom.example.org"}, "https://newsroom.example.org newsroom.example.org"),
        ({"ALLOWED_HOSTS": "a.example", "SITE_URL": "https://b.example/"}, "https://b.example b.example"),
        ({"ALLOWED_HOSTS": "*", "HTTPS": "false"}, "http://localhost:8000 localhost"),
    ],
)
def test_mails_know_the_address_of_the_site(variables: dict[str, str], address: str) -> None:
    said = "settings.SITE_URL, settings.IDENTITY_HOST"
    result = start(say=said, DEBUG="false", SECRET_KEY=GOOD_KEY, **variables)
    assert result.stdout == f"{address}\n", result.stderr


# ── What is written about the variables ──────────────────────────────────────────────────────────────────
EXAMPLE = re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_variable_is_in_the_example_and_in_the_manual() -> None:
    code = "".join((ROOT / name).read_text(encoding="utf-8") for name in ("portal/settings.py", "gunicorn.conf.py"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', code))
    assert {"SECRET_KEY", "WEB_THREADS", "LOG_LEVEL"} <= read
    assert {name for name, _value in EXAMPLE} == read
    manual = (ROOT / "docs/operators.md").read_text(encoding="utf-8")
    rows = "".join(line.split("|")[1] for line in manual.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([A-Z_]+)`", rows)) == read


def test_the_example_can_be_used_as_it_stands() -> None:
    values = {**dict(EXAMPLE), "SECRET_KEY": GOOD_KEY}
    assert dict(EXAMPLE)["SECRET_KEY"] == ""
    if find_spec("storages") is None:
        del values["MEDIA_STORAGE_URL"]
    result = start(**values)
    assert (result.returncode, result.stdout) == (0, "False True\n"), result.stderr


def test_uploads_go_to_a_bucket_if_its_address_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.environment.find_spec", lambda name: name)
    monkeypatch.setenv("IT", "s3://key:sec%2Fret@bucket/a/folder?region=eu-west-1&endpoint=https://store.example")
    assert Environment().file_storage("IT") == {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": "bucket",
            "location": "a/folder",
            "access_key": "key",
            "secret_key": "sec/ret",
            "region_name": "eu-west-1",
            "endpoint_url": "https://store.example",
            "file_overwrite": False,
        },
    }
    monkeypatch.setenv("IT", "")
    assert Environment().file_storage("IT") == {"BACKEND": "library.storage.WholeFileStorage"}
