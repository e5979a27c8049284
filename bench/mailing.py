"""A mailing to 100,000 readers by a real SMTP server on loopback, while the workers are killed ten times at random.

    .venv/bin/python -m bench.mailing
    .venv/bin/python -m tests.with_postgres .venv/bin/python -m bench.mailing

The site, its database and the mails are in a temporary folder. Workers are `manage.py work`, as on a server, killed by
SIGKILL and started anew. Ends with status 1 unless every reader got the mail, at most one of them twice for each kill,
and under the same Message-ID. Nothing here makes time pass faster: what a killed worker had taken waits until its time
is over.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).parent.parent


class Received:
    """Writes a line for each message that was accepted: to whom, and its Message-ID."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("a", buffering=1)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's)
        found = re.search(rb"^Message-ID:\s*(<[^>]+>)", envelope.content, re.MULTILINE | re.IGNORECASE)
        assert found, envelope.content[:2000]
        for reader in envelope.rcpt_tos:
            self.file.write(f"{reader} {found[1].decode()}\n")
        return "250 OK"


def take_mail(port: int, path: Path) -> None:
    """The SMTP server, for a process of its own."""
    from aiosmtpd.smtp import SMTP  # needed in that process only

    async def serve() -> None:
        handler = Received(path)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(handler, hostname="localhost"), "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(serve())


def set_up(folder: Path, port: int) -> None:
    database = os.environ.get("CHANCERY_TEST_POSTGRESQL") or f"sqlite:///{folder}/site.sqlite3"
    if database.startswith("postgresql:"):
        with psycopg.connect(database.replace("/portal?", "/postgres?"), autocommit=True) as cluster:
            cluster.execute("CREATE DATABASE portal")
    os.environ.update(
        DJANGO_SETTINGS_MODULE="portal.settings", DATABASE_URL=database, MEDIA_ROOT=str(folder / "media"),
        EMAIL_URL=f"smtp://127.0.0.1:{port}", MAILS_PER_MINUTE="1000000", DEBUG="false", HTTPS="false",
        LOG_LEVEL="ERROR",
        ALLOWED_HOSTS="newsroom.example.org", SECRET_KEY="a-key-that-only-this-measurement-uses-and-nobody-else-does",
        SITE_URL="https://newsroom.example.org",
    )  # fmt: skip
    import django  # after the environment is set up
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def subscribe(number: int) -> None:
    from django.utils import timezone

    from subscriptions.models import Subscriber

    now = timezone.now()
    chosen = {"languages": ["en"], "state": "confirmed", "since": now, "confirmed_at": now, "often": "immediately"}
    readers = (Subscriber(email=f"reader{n}@example.org", **chosen) for n in range(number))
    Subscriber.objects.bulk_create(readers, batch_size=2_000)


def publish() -> None:
    from django.contrib.auth.models import User

    from news.models import NewsItem
    from publishing import workflow

    importer = User(username="importer", is_active=True, is_superuser=True)
    item = NewsItem(
        title="Ministers meet in Brussels", slug="ministers-meet", language="en", body="<p>They met.</p>",
        teaser="They discussed what had to be discussed, and agreed on the next steps for the coming year.",
    )  # fmt: skip
    workflow.save_draft(item, by=importer)
    workflow.approve(item, by=importer)


def worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT)


def left() -> int:
    from django.db import connection

    from subscriptions.ledger import Delivery

    try:
        return Delivery.objects.filter(due_at__isnull=False).count()
    finally:
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=100_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--port", type=int, default=8035)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="chancery-mailing-"))
    mails = folder / "mails.txt"
    mails.touch()
    set_up(folder, options.port)
    from django.db import connection

    from subscriptions.announcing import announce
    from subscriptions.ledger import Delivery

    announce()  # the watches begin
    subscribe(options.readers)
    publish()
    vendor = connection.vendor
    connection.close()
    server = multiprocessing.get_context("spawn").Process(target=take_mail, args=(options.port, mails), daemon=True)
    server.start()

    luck, began = random.Random(options.seed), time.monotonic()
    workers = [worker() for _number in range(options.workers)]
    # Spread over the mailing, whatever it takes.
    at = sorted(luck.randrange(options.readers) for _number in range(options.kills))
    killed = 0
    while not Delivery.objects.exists():
        time.sleep(0.2)
    made = time.monotonic() - began
    with mails.open() as lines:
        arrived = 0
        while True:
            arrived += sum(1 for _line in lines)
            while killed < len(at) and arrived >= at[killed]:
                time.sleep(luck.uniform(0, 0.05))
                victim = luck.randrange(len(workers))
                workers[victim].send_signal(signal.SIGKILL)
                workers[victim].wait()
                workers[victim] = worker()
                killed += 1
            if arrived >= options.readers and not left():
                break
            time.sleep(0.02 if killed < len(at) else 0.5)
    took = time.monotonic() - began
    for one in workers:
        one.terminate()
        one.wait()
    time.sleep(1)
    server.terminate()

    received = [line.split() for line in mails.read_text().splitlines()]
    times = Counter(reader for reader, _id in received)
    doubled = [reader for reader, number in times.items() if number > 1]
    ids: dict[str, set[str]] = {}
    for reader, message_id in received:
        ids.setdefault(reader, set()).add(message_id)
    under_two = [reader for reader, found in ids.items() if len(found) > 1]
    sent = Delivery.objects.filter(state="sent").count()
    print(
        f"{vendor}: {options.readers} readers, {options.workers} workers, {killed} kills: {len(times)} got it, "
        f"{len(doubled)} twice ({max(times.values())} times at most), {len(under_two)} under two Message-IDs, "
        f"{sent} noted as sent; deliveries made after {made:.1f} s, all sent after {took:.0f} s "
        f"({options.readers / took:.0f} a second)"
    )
    is_good = len(times) == options.readers == sent and len(doubled) <= killed and not under_two
    return 0 if is_good and max(times.values()) <= 2 else 1


if __name__ == "__main__":
    sys.exit(main())
