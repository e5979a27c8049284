"""The worker: it finds what stands in the tables, survives what fails, and ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Timer
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


# In seconds: machines are busy at times.
LONG = 60


def begun(command: list[str], folder: Path) -> subprocess.Popen[str]:
    """The process of a command that begins a worker, once that works."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": f"sqlite:///{folder}/w.sqlite3",
            "LOG_LEVEL": "INFO",
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    patience = Timer(LONG, process.kill)
    patience.start()
    assert any("The worker has begun" in line for line in process.stderr)
    patience.cancel()
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_in_order_when_it_is_asked_to(number: int, tmp_path: Path) -> None:
    worker = begun([sys.executable, "manage.py", "work"], tmp_path)
    worker.send_signal(number)
    assert worker.wait(LONG) == 0


def test_a_worker_beside_a_server_ends_with_it(tmp_path: Path) -> None:
    begin = "import subprocess, sys; subprocess.run([sys.executable, 'manage.py', 'work', '--beside-parent'])"
    server = begun([sys.executable, "-c", begin], tmp_path)
    server.kill()
    # The pipe that both write their log to ends with the last of them.
    server.communicate(timeout=LONG)
