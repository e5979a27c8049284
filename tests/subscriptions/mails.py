"""The worker's part, without a worker: what is due is mailed now, or at an instant."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from typing import Any

import time_machine
from django.core import mail
from django.utils import timezone

from subscriptions.announcing import announce
from subscriptions.ledger import Occasion, Watch
from subscriptions.limits import new_stamp
from subscriptions.sending import send_waiting
from subscriptions.service import answer_requests
from subscriptions.tidying import tidy

HOUR = dt.timedelta(hours=1)
A_DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
# A Tuesday, until which the worker of some tests has looked.
NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
BRUSSELS = zoneinfo.ZoneInfo("Europe/Brussels")


def morning(day: int, month: int = 1) -> dt.datetime:
    """When the digests of a day in 2024 go out."""
    return dt.datetime(2024, month, day, 7, tzinfo=BRUSSELS)


def subjects(messages: list[Any]) -> list[str]:
    return sorted(message.subject for message in messages)


def work() -> list[Any]:
    """All that a worker finds to do now; returns the messages that it sent."""
    before = len(mail.outbox)
    while sum(job() for job in (answer_requests, announce, send_waiting, tidy)):
        pass
    return mail.outbox[before:]


def work_at(at: dt.datetime) -> list[Any]:
    with time_machine.travel(at, tick=False):
        return work()


def watch_since(at: dt.datetime) -> None:
    """The worker has looked up to an instant."""
    for occasion in (Occasion.IMMEDIATELY, Occasion.DAILY, Occasion.WEEKLY, Occasion.CORRECTION):
        Watch.objects.update_or_create(occasion=occasion, defaults={"handled_until": at})


def link_in(message: Any, page: str = "") -> str:
    """The path of the first link to a page in a mail's text."""
    found = re.search(rf"http://testserver(/\w\w/{page}\S+)", message.body)
    assert found, message.body
    return found[1]


def stamp(seconds: float = 10) -> str:
    """As of a form that was opened so long ago."""
    with time_machine.travel(timezone.now() - dt.timedelta(seconds=seconds)):
        return new_stamp()


def addresses(messages: list[Any]) -> list[str]:
    return sorted(message.to[0] for message in messages)
