"""How much slower is the search with 200,000 items than with 1,000? `python -m bench.search`; see the README beside."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate

from tests.with_postgres import running_cluster

SMALL, LARGE = 1_000, 200_000
MOST = 3.0
WORDS = 20_000
IN_A_BODY = 150
# How many items have them: a share, or a number in either archive.
PLANTED = {"alliance": 0.9, "exercise": 0.5, "summit": 1 / 3, "climate": 0.1, "submarine": 20}
QUESTIONS = {
    "rare (in 20 items)": "submarines",
    "common (in nine of ten)": "alliances",
    "two words (nine of ten, one of ten)": "alliance climate",
    "two words (one of two, one of three)": "exercises summits",
    "phrase (words of every second item)": "“alliance exercise”",
    "exclusion": "summit -climate",
    "miss": "nothinglikethis",
}
# Whether words follow each other is told by texts and not by the index, so it is measured and not limited.
WITHOUT_LIMIT = "phrase"
COLUMNS = (
    "kind, key, original, language, title, teaser, text, slug, day, form, topics, year, live_from, digest, changed_at,"
    " spelled, vector"
)
NOW = dt.datetime.now(dt.UTC)


def vocabulary(chance: random.Random) -> list[str]:
    letters = "etaoinshrdlcumwfgypb"
    return ["".join(chance.choices(letters, k=chance.randint(4, 10))) for _ in range(WORDS)]


def texts(count: int) -> Iterator[tuple[str, str, str]]:
    """Title, teaser and body of so many items, the oldest first; frequent words are as frequent as in a language."""
    chance = random.Random(count)
    words = vocabulary(chance)
    weights = list(accumulate(1 / (rank + 10) for rank in range(WORDS)))
    few = set(chance.sample(range(count), int(PLANTED["submarine"])))
    for number in range(count):
        body = chance.choices(words, cum_weights=weights, k=IN_A_BODY)
        for word, share in PLANTED.items():
            if number in few if share > 1 else chance.random() < share:
                body[chance.randrange(IN_A_BODY)] = word
        yield " ".join(body[:8]), " ".join(body[8:30]), " ".join(body[30:])


def fill(count: int) -> None:
    """The index of so many items, as the verbs would have made it."""
    from django.db import connection

    from search.engines import PostgreSQL
    from search.indexing import document_of
    from search.models import Entry

    engine = PostgreSQL()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX search_entry_vector")
        with cursor.copy(f"COPY search_entry ({COLUMNS}) FROM STDIN") as copy:
            for number, (title, teaser, body) in enumerate(texts(count)):
                at = NOW - dt.timedelta(hours=(count - number) * 200_000 / count / 5)
                form = ("news", "press-release", "statement")[number % 3]
                entry = Entry(
                    kind="news", language="en", form=form, title=title, teaser=teaser, year=at.year, live_from=at
                )
                entry.topics = [number % 10 + 1]
                vector = engine.vector(document_of(entry, "", body))
                copy.write_row(
                    ("news", number, number, "en", title, teaser, body, f"item-{number}", at.date(), form,
                     json.dumps(entry.topics), at.year, at, str(number), at, True, vector)
                )  # fmt: skip
        cursor.execute("CREATE INDEX search_entry_vector ON search_entry USING gin (vector) WITH (fastupdate = off)")
        cursor.execute("VACUUM ANALYZE search_entry")


@contextmanager
def connected(name: str) -> Iterator[None]:
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = name
    yield


def seconds(question: str) -> float:
    from search.forms import NarrowForm
    from search.views import answer

    form = NarrowForm({"q": question})
    assert form.is_valid()
    began = time.perf_counter()
    answer(question, form, "1")
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=LARGE)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    os.environ["DATABASE_URL"] = running_cluster()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    connection.settings_dict["OPTIONS"].pop("pool", None)
    archives = {f"bench_{count}": count for count in (SMALL, options.items)}
    for name, count in archives.items():
        with connected("postgres"), connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        with connected(name):
            began = time.perf_counter()
            call_command("migrate", verbosity=0)
            fill(count)
            print(f"{count:>8,} items made in {time.perf_counter() - began:.0f} s", flush=True)
    times: dict[str, dict[str, list[float]]] = {label: {name: [] for name in archives} for label in QUESTIONS}
    for _round in range(options.rounds // 3 + 1):
        for name in archives:
            with connected(name):
                for number in range(4):
                    for label, question in QUESTIONS.items():
                        taken = seconds(question)
                        if number:  # the first warms the connection
                            times[label][name].append(taken)
    return told(times)


def told(times: dict[str, dict[str, list[float]]]) -> int:
    print(f"\n{'median, in milliseconds':<40}{'small':>8}{'large':>8}{'ratio':>8}")
    slow = 0
    for label, by_archive in times.items():
        small, large = (statistics.median(taken) * 1000 for taken in by_archive.values())
        slow += large > MOST * small and not label.startswith(WITHOUT_LIMIT)
        print(f"{label:<40}{small:>8.1f}{large:>8.1f}{large / small:>8.1f}")
    print(f"\nAt most {MOST:g} is allowed: {'FAILED' if slow else 'kept'}.")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
