"""The hub is told of what went live, by a job that may be killed, to a hub that may be away."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
import time_machine
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from portal.feeds import tell_hub_job
from publishing import websub, workflow
from publishing.records import ChangedFeed, FeedWatch
from tests.conftest import Person
from tests.factories import (
    A_DAY,
    IMPORTER,
    NewsItemFactory,
    SiteSettingsFactory,
    TermFactory,
    TopicFactory,
    translated,
)
from tests.strict_feeds import strict_feed

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2024, 5, 2, 10, 0, tzinfo=dt.UTC)
SITE = "https://newsroom.example.org"
A_MINUTE = dt.timedelta(minutes=1)


class Hub:
    """A small server that keeps what it was sent, and answers as it is told to."""

    def __init__(self) -> None:
        self.sent: list[dict[str, list[str]]] = []
        self.status = 204
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                hub.sent.append(parse_qs(self.rfile.read(length).decode(), strict_parsing=True))
                self.send_response(hub.status)
                if hub.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def do_GET(self) -> None:
                """For whoever would follow a redirect."""
                self.send_response(200)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"

    @property
    def told(self) -> list[set[str]]:
        """The paths of the feeds in each message, and nothing that the hub would not understand."""
        assert all(message["hub.mode"] == ["publish"] for message in self.sent)
        assert all(url.startswith(SITE) for message in self.sent for url in message["hub.url"])
        return [{url.removeprefix(SITE) for url in message["hub.url"]} for message in self.sent]


@pytest.fixture
def hub() -> Iterator[Hub]:
    found = Hub()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with override_settings(WEBSUB_HUB=found.address, SITE_URL=SITE):
        yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def both(*paths: str) -> set[str]:
    return {f"{path}feed.{form}" for path in paths for form in ("xml", "atom")}


def begin(clock: Any) -> None:
    """The watch begins; what was before is nobody's news."""
    tell_hub_job()
    clock.shift(websub.LATE + A_MINUTE)


def test_the_hub_learns_what_has_changed_and_in_which_feeds(hub: Hub, clock: Any) -> None:
    begin(clock)
    topic, term = TopicFactory(slug="peace"), TermFactory(slug="anna")
    assert tell_hub_job() == 0, "a topic stands in no feed"
    item = NewsItemFactory(kind="statement", topics=[topic], secretary_general=term, live_from=NOW + 2 * A_DAY)
    clock.move_to(NOW + 2 * A_DAY - dt.timedelta(seconds=1))
    assert tell_hub_job() == 0
    assert hub.told == []
    clock.move_to(NOW + 2 * A_DAY + dt.timedelta(seconds=10))
    assert tell_hub_job() > 0
    here = both(
        "/en/news/", "/en/news/statement/", "/en/topics/peace/", "/en/secretary-general/", "/en/secretary-general/anna/"
    )
    assert hub.told == [here]
    clock.shift(A_MINUTE)
    assert tell_hub_job() == 0, "once is enough"
    workflow.withdraw(item, by=IMPORTER)
    clock.shift(A_MINUTE)
    tell_hub_job()
    assert hub.told == [here, here]
    assert not ChangedFeed.objects.exists()


def test_a_change_of_facts_is_told_in_every_language_that_shows_them(hub: Hub, clock: Any) -> None:
    item = NewsItemFactory(live_from=NOW - A_DAY)
    translated(item, live_from=NOW - A_DAY)
    begin(clock)
    item.title = "Another"
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER)
    clock.shift(A_MINUTE)
    tell_hub_job()
    assert hub.told == [both(*(f"/{code}/news/{kind}" for code in ("en", "fr") for kind in ("", "news/")))]


def test_feeds_in_which_an_original_stands_in_change_with_it(hub: Hub, clock: Any) -> None:
    SiteSettingsFactory(with_originals=["ar"])
    begin(clock)
    NewsItemFactory(live_from=NOW + websub.LATE + A_MINUTE)
    clock.shift(A_MINUTE)
    tell_hub_job()
    assert hub.told == [both(*(f"/{code}/news/{kind}" for code in ("en", "ar") for kind in ("", "news/")))]


def test_an_approved_change_is_put_live_and_told_without_a_visit(hub: Hub, clock: Any) -> None:
    item = NewsItemFactory(live_from=NOW - A_DAY)
    begin(clock)
    item.title = "Later"
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, at=NOW + A_DAY)
    clock.move_to(NOW + A_DAY)
    tell_hub_job()
    assert hub.told == [both("/en/news/", "/en/news/news/")]


def test_what_was_decided_in_a_transaction_that_ends_late_is_not_lost(hub: Hub, clock: Any) -> None:
    begin(clock)
    NewsItemFactory(live_from=NOW + websub.LATE, kind="statement")
    clock.shift(A_MINUTE)
    tell_hub_job()
    late = NewsItemFactory(live_from=NOW + websub.LATE + dt.timedelta(seconds=1))
    type(late).objects.filter(pk=late.pk).update(live_from=NOW + websub.LATE + dt.timedelta(seconds=1))
    clock.shift(A_MINUTE)
    tell_hub_job()
    assert [both("/en/news/news/") <= told for told in hub.told] == [False, True]


@pytest.mark.parametrize("status", [302, 404, 429, 500, 503])
def test_a_hub_that_will_not_is_told_again_later(status: int, hub: Hub, clock: Any, caplog: Any) -> None:
    begin(clock)
    NewsItemFactory(live_from=NOW + websub.LATE)
    hub.status = status
    clock.shift(A_MINUTE)
    tell_hub_job()
    assert "The hub could not be told of 4 feeds" in caplog.text
    tell_hub_job()
    clock.shift(websub.FIRST_WAIT - dt.timedelta(seconds=1))
    tell_hub_job()
    assert len(hub.sent) == 1, "not before its time"
    clock.shift(dt.timedelta(seconds=1))
    tell_hub_job()
    clock.shift(websub.FIRST_WAIT)
    tell_hub_job()
    assert len(hub.sent) == 2, "longer every time"
    hub.status = 202
    clock.shift(websub.LONGEST_WAIT)
    tell_hub_job()
    assert len(hub.sent) == 3
    assert not ChangedFeed.objects.exists()


def test_a_hub_that_is_away_or_silent_harms_nobody(hub: Hub, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websub, "PATIENCE", 0.2)
    begin(clock)
    NewsItemFactory(live_from=NOW + websub.LATE)
    clock.shift(A_MINUTE)
    silent = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # takes the connection, and never answers
    for address in (f"http://127.0.0.1:{silent.server_port}/", "http://127.0.0.1:1/", "http://no.invalid/"):
        with override_settings(WEBSUB_HUB=address):
            tell_hub_job()
        clock.shift(websub.LONGEST_WAIT)
    silent.server_close()
    assert ChangedFeed.objects.count() == 2
    tell_hub_job()
    assert hub.told == [both("/en/news/", "/en/news/news/")]


def test_a_worker_that_dies_while_it_tells_loses_nothing(hub: Hub, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    def die(feeds: list[str]) -> bool:
        raise Killed

    begin(clock)
    NewsItemFactory(live_from=NOW + websub.LATE)
    clock.shift(A_MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr(websub, "post", die)
        with pytest.raises(Killed):
            tell_hub_job()
    clock.shift(websub.FIRST_WAIT)
    tell_hub_job()
    assert hub.told == [both("/en/news/", "/en/news/news/")]


def test_a_worker_that_dies_while_it_looks_loses_nothing(hub: Hub, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begin(clock)
    NewsItemFactory(live_from=NOW + websub.LATE)
    clock.shift(A_MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr(FeedWatch, "save", lambda self: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tell_hub_job()
    tell_hub_job()
    assert hub.told == [both("/en/news/", "/en/news/news/")]


def test_what_changes_while_the_hub_is_told_is_told_again(
    hub: Hub, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(clock)
    NewsItemFactory(live_from=NOW + websub.LATE)
    clock.shift(A_MINUTE)
    post = websub.post

    def and_meanwhile(feeds: list[str]) -> bool:
        ChangedFeed.objects.update(changed_at=NOW + A_DAY)
        return post(feeds)

    with monkeypatch.context() as patch:
        patch.setattr(websub, "post", and_meanwhile)
        tell_hub_job()
    assert ChangedFeed.objects.count() == 2
    clock.shift(A_DAY)
    tell_hub_job()
    assert len(hub.sent) == 2
    assert not ChangedFeed.objects.exists()


def test_two_workers_tell_it_once(hub: Hub, clock: Any) -> None:
    ChangedFeed.objects.create(path="/en/news/", changed_at=NOW, next_try_at=NOW)
    first, second = ChangedFeed.objects.get(), ChangedFeed.objects.get()
    assert [row.put_off(NOW, A_MINUTE) for row in (first, second)] == [True, False]


def test_many_changes_are_looked_at_a_part_at_a_time(hub: Hub, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websub, "BATCH", 2)
    begin(clock)
    for number in range(3):
        NewsItemFactory(live_from=NOW + websub.LATE, kind=["news", "statement", "factsheet"][number])
    clock.shift(A_MINUTE)
    rounds = 0
    while tell_hub_job():
        rounds += 1
    assert rounds > 1
    kinds = ("", "news/", "statement/", "factsheet/")
    assert set().union(*hub.told) == both(*(f"/en/news/{kind}" for kind in kinds))


def test_without_a_hub_nothing_is_asked_and_nothing_announced(visitor: Person, clock: Any) -> None:
    NewsItemFactory(live_from=NOW)
    with CaptureQueriesContext(connection) as captured:
        assert tell_hub_job() == 0
    assert len(captured) == 0
    assert b'rel="hub"' not in visitor.get("/en/news/feed.xml").content


@pytest.mark.parametrize("form", ["xml", "atom"])
def test_a_feed_announces_the_hub_and_its_own_address(form: str, hub: Hub, visitor: Person) -> None:
    NewsItemFactory()
    response = visitor.get(f"/en/news/feed.{form}")
    links = {link.rel: link.href for link in strict_feed(response).feed.links if link.rel in ("hub", "self")}
    assert links == {"hub": hub.address, "self": f"{SITE}/en/news/feed.{form}"}
    assert response.headers["Link"] == f'<{hub.address}>; rel="hub", <{links["self"]}>; rel="self"'
    narrowed = visitor.get(f"/en/news/feed.{form}?kind=news")
    assert b'rel="hub"' not in narrowed.content, "the hub is not told of narrowed lists"
    assert "Link" not in narrowed.headers
