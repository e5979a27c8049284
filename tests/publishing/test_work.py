"""The worker: it finds what stands in the tables, survives what fails, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from publishing import work

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def only_these_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_jobs", {})


def counting_down(number: int) -> Callable[[], int]:
    left = [number]

    def job() -> int:
        left[0] -= left[0] > 0
        return left[0]

    return job


@pytest.mark.django_db
def test_a_job_that_fails_does_not_keep_the_others_from_their_work(caplog: Any) -> None:
    work.register_job("broken", lambda: 1 // 0)
    work.register_job("whole", lambda: 3)
    assert work.work_once() == 3
    assert "The job “broken” failed" in caplog.text


@pytest.mark.django_db
def test_once_ends_when_nothing_is_left() -> None:
    job = counting_down(5)
    work.register_job("counting", job)
    call_command("work", once=True)
    assert job() == 0


@pytest.mark.django_db
def test_working_ends_when_it_is_told_to() -> None:
    rounds = []
    work.register_job("busy", lambda: len(rounds))
    work.work(until=lambda: rounds.append(1) or len(rounds) > 3)  # type: ignore[func-returns-value]
    assert len(rounds) == 4


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_in_order_when_it_is_asked_to(number: int, tmp_path: Path) -> None:
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/w.sqlite3"},
    )
    time.sleep(3)
    assert worker.poll() is None
    worker.send_signal(number)
    assert worker.wait(10) == 0


def test_a_worker_beside_a_server_ends_with_it(tmp_path: Path) -> None:
    begin = "import subprocess, sys, time; print(subprocess.Popen([sys.executable, 'manage.py', 'work', '--beside-parent']).pid, flush=True); time.sleep(60)"
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/w.sqlite3"}
    server = subprocess.Popen(
        [sys.executable, "-c", begin], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    pid = int(server.stdout.readline())
    time.sleep(3)
    assert Path(f"/proc/{pid}").exists()
    server.kill()
    server.wait()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(f"/proc/{pid}").exists()
