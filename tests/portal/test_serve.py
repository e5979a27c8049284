"""`make serve`: safe to run again, and clear about what is in its way."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal import serve

ROOT = Path(__file__).parents[2]


def test_a_port_that_is_taken_is_a_sentence_and_nothing_is_set_up(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "-m", "portal.serve", "--port", str(port)], cwd=ROOT, capture_output=True, text=True,
            check=False, env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'new.sqlite3'}"},
        )  # fmt: skip
    assert result.returncode == 1
    assert f"Cannot serve on 127.0.0.1, port {port}: " in result.stderr
    assert "make serve PORT=" in result.stderr
    assert "Traceback" not in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("192.0.2.1", 0), ("nowhere.invalid", 0)])
def test_what_cannot_be_bound_is_a_sentence(host: str, port: int) -> None:
    with pytest.raises(SystemExit, match=f"Cannot serve on {host}, port {port}: "):
        serve.refuse_what_cannot_be_bound(host, port)


def test_a_wrong_setting_is_a_sentence_without_a_traceback(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    result = subprocess.run(
        [sys.executable, "-m", "portal.serve", "--port", str(port)], cwd=ROOT, capture_output=True, text=True,
        check=False, env={**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings", "UPLOAD_LIMIT_MEGABYTES": "much"},
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr == "UPLOAD_LIMIT_MEGABYTES must be a whole number of 1 or more, not “much”.\n"


def test_the_key_is_made_once_and_for_this_user_only(tmp_path: Path) -> None:
    path = tmp_path / "key"
    key = serve.kept_key(path)
    assert len(key) >= 50
    assert serve.kept_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_that_was_not_written_to_the_end_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch()
    assert len(serve.kept_key(path)) >= 50


@pytest.mark.parametrize(("host", "hosts"), [("127.0.0.1", "127.0.0.1,localhost,127.0.0.1,[::1]"), ("0.0.0.0", "*")])
def test_other_machines_are_let_in_only_if_asked(host: str, hosts: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DEBUG", "HTTPS", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name)
    serve.set_up_environment(host)
    assert (os.environ["DEBUG"], os.environ["HTTPS"], os.environ["ALLOWED_HOSTS"]) == ("false", "false", hosts)


def test_static_files_are_collected_again_only_if_one_has_changed(
    tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, collected = tmp_path / "source", []
    source.mkdir()
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [source], tmp_path
    (source / "a.css").write_text("a {}", encoding="utf-8")
    monkeypatch.setattr("django.core.management.call_command", lambda *args, **options: collected.append(args))
    for _start in range(2):
        serve.collect_static()
    assert collected == [("collectstatic",)]
    (source / "b.css").write_text("b {}", encoding="utf-8")
    for _start in range(2):
        serve.collect_static()
    assert collected == [("collectstatic",)] * 2
