"""Workers that are killed at any moment: every message arrives, and at most the one in flight arrives twice.

`bench/mailing.py` does the same with 100,000 readers and `manage.py work`.
"""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from django.utils import timezone

from subscriptions import sending
from subscriptions.announcing import announce
from subscriptions.ledger import Delivery
from subscriptions.models import Subscriber
from tests.factories import NewsItemFactory
from tests.subscriptions.mails import HOUR, watch_since

READERS, KILLS = 300, 8
State = Delivery.State


class Received:
    """A line for each message that was accepted: to whom, and its Message-ID."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.lock = threading.Lock()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = re.search(rb"^Message-ID:\s*(<[^>]+>)", envelope.content, re.MULTILINE)
        assert found
        with self.lock:
            self.lines += [(reader, found[1].decode()) for reader in envelope.rcpt_tos]
        return "250 OK"


@pytest.fixture
def received(settings: Any) -> Iterator[Received]:
    received = Received()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(received, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield received
    controller.stop()


def worker() -> int:
    connection.close()  # a connection belongs to one process
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        while True:
            if not sending.send_waiting():
                time.sleep(0.05)
    return child


def kill(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    assert os.waitpid(child, 0) == (child, signal.SIGKILL)
    # Its time passes: nobody else is at work.
    Delivery.objects.filter(state=State.SENDING).update(due_at=timezone.now())
    connection.close()


def left() -> int:
    number = Delivery.objects.filter(due_at__isnull=False).count()
    connection.close()
    return number


@pytest.mark.django_db(transaction=True)
def test_a_mailing_to_all_reaches_all_though_its_worker_is_killed_again_and_again(received: Received) -> None:
    now = timezone.now()
    watch_since(now - HOUR)
    Subscriber.objects.bulk_create(
        Subscriber(email=f"r{n}@example.org", languages=["en"], state="confirmed", since=now - HOUR, confirmed_at=now)
        for n in range(READERS)
    )
    NewsItemFactory(live_from=now)
    assert announce() == 1
    luck = random.Random(7)
    moments = sorted(luck.randrange(READERS) for _number in range(KILLS))
    killed = 0
    child = worker()
    patience = time.monotonic() + 120
    while left() or killed < KILLS:
        assert time.monotonic() < patience, "it gets nowhere"
        if killed < KILLS and len(received.lines) >= moments[killed]:
            time.sleep(luck.uniform(0, 0.01))
            kill(child)
            killed += 1
            child = worker()
        else:
            time.sleep(0.01)
    kill(child)
    times = Counter(reader for reader, _id in received.lines)
    assert len(times) == READERS
    assert max(times.values()) <= 2
    assert sum(number > 1 for number in times.values()) <= KILLS
    assert len(set(received.lines)) == READERS, "whoever gets it twice gets it under one Message-ID"
    assert Delivery.objects.filter(state=State.SENT).count() == READERS


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before it is handed over", "after it is handed over", "after it is noted"])
def test_one_message_at_most_is_doubled_and_none_is_lost(
    moment: str, received: Received, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    watch_since(now - HOUR)
    Subscriber.objects.bulk_create(
        Subscriber(email=f"r{n}@example.org", languages=["en"], state="confirmed", since=now - HOUR, confirmed_at=now)
        for n in range(5)
    )
    NewsItemFactory(live_from=now)
    announce()
    real, noted = sending._note, [0]

    def note_and_die(delivery: Delivery, **values: Any) -> None:
        noted[0] += 1
        if noted[0] == 3 and moment == "after it is handed over":
            os.kill(os.getpid(), signal.SIGKILL)
        real(delivery, **values)
        if noted[0] == 3 and moment == "after it is noted":
            os.kill(os.getpid(), signal.SIGKILL)
        if noted[0] == 2 and moment == "before it is handed over":
            os.kill(os.getpid(), signal.SIGKILL)

    connection.close()
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(sending, "_note", note_and_die)
        sending.send_waiting()
        os._exit(1)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    Delivery.objects.filter(state=State.SENDING).update(due_at=timezone.now())
    while sending.send_waiting():
        pass
    assert len(set(received.lines)) == 5
    assert len(received.lines) == (6 if moment == "after it is handed over" else 5)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
