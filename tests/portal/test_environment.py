"""Settings from the environment: a wrong value stops the start with a sentence that names the variable."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.environment import Environment

ROOT = Path(__file__).parents[2]
GOOD_KEY = "k7" * 30


def start(**variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of its own, with these variables and nothing of the test run's."""
    code = "import django; django.setup(); from django.conf import settings; print(settings.DEBUG, settings.SECURE_SSL_REDIRECT)"
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
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL"),
    ],
)
def test_production_does_not_start_half_set_up(variables: dict[str, str], sentence: str) -> None:
    result = start(**variables)
    assert result.returncode != 0
    last = result.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in last
    assert sentence in last


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
        (lambda env: env.mail("IT", default=""), "pigeon://a", "IT cannot be read"),
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


def test_sqlite_is_tuned_for_a_web_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", "sqlite:////tmp/a.sqlite3")
    config = Environment().database("IT", default="")
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in config["OPTIONS"]["init_command"]
    assert config["OPTIONS"]["timeout"] > 0


def test_postgresql_gets_a_pool_and_may_be_reached_by_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", "postgresql://portal@/portal?host=/run/postgresql")
    config = Environment().database("IT", default="")
    assert config["ENGINE"] == "django.db.backends.postgresql"
    assert config["OPTIONS"]["host"] == "/run/postgresql"
    assert config["OPTIONS"]["pool"]["max_size"] > 1


def test_words_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IT", " a.example , b.example,,")
    assert Environment().words("IT", default=[]) == ["a.example", "b.example"]
