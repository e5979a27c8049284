"""Sitemaps with 1,000 and with 1,000,000 news items: `python bench/sitemaps.py [--postgresql] [--many 1000000]`.

In two databases that are made for it and thrown away, asked in turn, so that what else the machine does strikes both.
Times are the best of several requests within this process, on SQLite the processor's alone. Their ratio is what tells.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
FEW, BLOCK, TIMES = 1_000, 3_000, 25
LONG_AGO = dt.datetime(1999, 4, 4, 12, tzinfo=dt.UTC)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgresql", action="store_true", help="a cluster of this machine's binaries, not SQLite")
    parser.add_argument("--many", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chancery-bench-") as folder:
        names = set_up(folder, postgresql=options.postgresql)
        compare(dict(zip(names, (FEW, options.many), strict=True)))


def set_up(folder: str, *, postgresql: bool) -> list[str]:
    """Start Django on empty databases. Returns their names."""
    names = ["few", "many"] if postgresql else [f"{folder}/few.sqlite3", f"{folder}/many.sqlite3"]
    if postgresql:
        from tests.with_postgres import running_cluster

        url = running_cluster().replace("/portal?", "/postgres?")
    else:
        url = f"sqlite:///{names[0]}"
    settings = {"DJANGO_SETTINGS_MODULE": "portal.settings", "DEBUG": "true", "LOG_LEVEL": "ERROR"}
    os.environ.update(settings, DATABASE_URL=url, MEDIA_ROOT=folder, LANGUAGES="en,fr,uk,ar")
    import django

    django.setup()
    from django.conf import settings as configured
    from django.db import connection

    configured.DEBUG = False
    connection.settings_dict["OPTIONS"].pop("pool", None)
    if postgresql:
        with connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"CREATE DATABASE {name}")
    return names


def turn_to(name: str) -> None:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name


def compare(counts: dict[str, int]) -> None:
    from django.core.management import call_command

    for name, count in counts.items():
        turn_to(name)
        call_command("migrate", verbosity=0)
        fill(0, FEW)
        if count > FEW:
            fill(FEW, count)
    best: dict[str, dict[str, tuple[float, int]]] = {name: {} for name in counts}
    for _time in range(TIMES):
        for name, count in counts.items():
            turn_to(name)
            for file, found in measured(count).items():
                best[name][file] = min(found, best[name].get(file, found))
    few, many = counts
    print(f"{'':28}{counts[few]:>14,} {counts[many]:>14,}  ratio")
    for file, (seconds, urls) in best[few].items():
        large, large_urls = best[many][file]
        times = f"{seconds * 1000:>8.1f} ms {urls:>5}{large * 1000:>9.1f} ms {large_urls:>5}"
        print(f"{file:28}{times}  {large / seconds:5.2f}")
    turn_to(few)


def fill(start: int, end: int) -> None:
    """English items with odd keys, each with its French version at the next key; a few have a Ukrainian one.

    Of many items all but the first and the last blocks are copies that the database makes of one block.
    """
    from django.db import connection

    from library.models import Image
    from news.models import NewsItem

    if not start:
        Image.objects.bulk_create(
            Image(pk=key, title={"en": "Picture"}, file=f"images/{key}.jpg", width=1280, height=853, version="0" * 12)
            for key in range(1, 51)
        )
        write(0, end)
    else:
        # What was new when it was measured is old by now.
        NewsItem.objects.update(live_from=LONG_AGO, date=LONG_AGO.date())
        write(start, start + BLOCK, at=LONG_AGO)
        last = start + (end - start - 1) // BLOCK * BLOCK
        columns = [field.column for field in NewsItem._meta.concrete_fields]
        changed = {"id": "id + %s", "original_id": "original_id + %s", "slug": "slug || '-' || CAST(%s AS text)"}
        chosen = ", ".join(changed.get(column, column) for column in columns)
        block = f"SELECT {chosen} FROM news_newsitem WHERE id > %s AND id <= %s"
        copy = f"INSERT INTO news_newsitem ({', '.join(columns)}) {block}"
        with connection.cursor() as cursor:
            for offset in range(BLOCK, last - start, BLOCK):
                cursor.execute(copy, [*[offset] * len(changed), start, start + BLOCK])
        write(last, end)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write(start: int, end: int, *, at: dt.datetime | None = None) -> None:
    """Items with the keys after `start`, that went live at an instant, or two hundred a day until now."""
    from django.utils import timezone

    from news.models import NewsItem

    now = timezone.now()
    rows = []
    for key in range(start + 1, end + 1):
        live_from = at or now - dt.timedelta(days=(end - key) / 200)
        original = key - 1 if key % 2 == 0 else None
        language = "en" if original is None else "uk" if key % BLOCK == 0 or key < 20 else "fr"
        rows.append(
            NewsItem(
                pk=key, language=language, original_id=original, title=f"Title of item {key}", slug=f"item-{key}",
                date=live_from.date(), teaser="In short.", body="<p>Some words of a text.</p>" * 20,
                image_id=key % 50 + 1, live_from=live_from,
            )
        )  # fmt: skip
    NewsItem.objects.bulk_create(rows, batch_size=1_000)


def measured(count: int) -> dict[str, tuple[float, int]]:
    """Seconds and the number of addresses of each file."""
    from django.db import connection
    from django.test import Client

    from portal.sitemaps import WINDOW

    last = (count - 1) // WINDOW
    addresses = {
        "index": "/sitemap.xml",
        "first file": "/en/sitemap-news-0.xml",
        "middle file": f"/en/sitemap-news-{last // 2}.xml",
        "last file": f"/en/sitemap-news-{last}.xml",
        "first file, rare language": "/uk/sitemap-news-0.xml",
        "sections": "/en/sitemap-sections.xml",
        "latest news": "/en/sitemap-latest-news.xml",
    }
    # PostgreSQL works in other processes.
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    client = Client(SERVER_NAME="localhost")
    connection.ensure_connection()
    found = {}
    for name, address in addresses.items():
        begun = clock()
        response = client.get(address, headers={"accept-encoding": "gzip"})
        seconds = clock() - begun
        assert response.status_code == 200, address
        found[name] = (seconds, client.get(address).content.count(b"<loc>"))
    return found


if __name__ == "__main__":
    main()
