"""What is done beside the visitors' requests: pictures made smaller, mail sent, the search index looked after.

What is still to be done always stands in a table of the app that does it, and is claimed there. So there is no queue
that could forget: a worker that is killed leaves its work in the table, and the next one finds it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import close_old_connections

log = logging.getLogger(__name__)

Job = Callable[[], int]
"""Looks for work, does a few seconds of it, and returns how much it did. Others may run it at the same time."""

_jobs: dict[str, Job] = {}
# In seconds: between looking in vain and looking again.
PAUSE = 2.0


def register_job(name: str, job: Job) -> None:
    """Enter a job; called once by its app's `ready`."""
    _jobs[name] = job


def work_once() -> int:
    """Every job once. Returns how much was done. One that fails is logged, and the others go on."""
    done = 0
    for name, job in _jobs.items():
        close_old_connections()
        try:
            done += job()
        except Exception:
            log.exception("The job “%s” failed", name)
    return done


def work(*, until: Callable[[], bool]) -> None:
    """Work until told to end."""
    while not until():
        if not work_once():
            pause(PAUSE, until)


def pause(seconds: float, until: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not until():
        time.sleep(0.1)
