"""The ledger: nothing is lost, nobody holds up the rest, limits hold, and what failed can be tried again."""

from __future__ import annotations

import datetime as dt
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import time_machine
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused
from django.core import mail
from django.core.mail.backends import locmem
from django.db import DatabaseError, OperationalError
from django.utils import timezone

from subscriptions import sending
from subscriptions.announcing import announce
from subscriptions.ledger import Delivery, MailServer
from subscriptions.models import Subscriber
from subscriptions.sending import BATCH, PAUSES, TAKEN, send_waiting, take, try_again
from tests.factories import NewsItemFactory, SubscriberFactory
from tests.subscriptions.mails import HOUR, addresses, watch_since, work, work_at

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
State = Delivery.State


class Server:
    """In the place of the mail server: refuses what it is told to."""

    def __init__(self) -> None:
        self.refusals: dict[str, Exception] = {}
        self.away: Exception | None = None
        self.opened = 0

    def open(self, backend: Any) -> None:
        self.opened += 1
        if self.away:
            raise self.away

    def take(self, backend: Any, messages: list[Any]) -> int:
        for message in messages:
            if message.to[0] in self.refusals:
                raise self.refusals[message.to[0]]
        return int(self.real(backend, messages))

    real: Any = staticmethod(locmem.EmailBackend.send_messages)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    server = Server()
    monkeypatch.setattr(locmem.EmailBackend, "open", lambda backend: server.open(backend))
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", lambda backend, found: server.take(backend, found))
    return server


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def mailing_to(number: int) -> list[Subscriber]:
    """So many readers, and a mailing to all of them that waits."""
    watch_since(timezone.now() - HOUR)
    readers = [SubscriberFactory(confirmed=True, since=timezone.now() - SECOND) for _number in range(number)]
    NewsItemFactory(live_from=timezone.now())
    announce()
    return readers


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("subscriber__email", "state"))


def refused(code: int, email: str) -> Exception:
    return smtplib.SMTPRecipientsRefused({email: (code, b"no such user")})


# ── One after the other ──────────────────────────────────────────────────────────────────────────────────
def test_many_messages_go_over_one_connection(server: Server, clock: Any) -> None:
    mailing_to(7)
    assert send_waiting() == 7
    assert server.opened == 1
    assert Delivery.objects.filter(state=State.SENT, sent_at=NOON, due_at=None).count() == 7
    assert send_waiting() == 0
    assert server.opened == 1, "nobody is called in vain"


def test_each_message_is_noted_before_the_next_is_begun(server: Server, clock: Any) -> None:
    mailing_to(5)
    noted = []
    real = server.take

    def take_and_count(backend: Any, messages: list[Any]) -> int:
        noted.append(Delivery.objects.filter(state=State.SENT).count())
        return real(backend, messages)

    server.take = take_and_count  # type: ignore[method-assign]
    send_waiting()
    assert noted == [0, 1, 2, 3, 4]


def test_what_is_taken_is_nobody_elses_until_its_time_is_over(clock: Any) -> None:
    mailing_to(BATCH + 10)
    first, second = take(), take()
    assert (len(first), len(second)) == (BATCH, 10)
    assert not set(first) & set(second)
    assert take() == []
    clock.shift(TAKEN - SECOND)
    assert take() == []
    clock.shift(SECOND)
    assert sorted(take()) == sorted(first)


def test_a_message_that_is_sent_again_has_its_first_message_id(server: Server, clock: Any, settings: Any) -> None:
    mailing_to(1)
    take()
    clock.shift(TAKEN)
    work()
    first = mail.outbox[-1].message()["Message-ID"]
    Delivery.objects.update(state=State.SENDING, due_at=timezone.now())  # as if it had not been noted
    settings.IDENTITY_HOST = settings.SITE_URL = "moved.example.org"
    work()
    assert len(mail.outbox) == 2
    assert mail.outbox[-1].message()["Message-ID"] == first


def test_a_worker_begins_nothing_when_its_time_runs_out(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing_to(10)
    monkeypatch.setattr(sending, "BEGIN", dt.timedelta(0))
    assert send_waiting() == 0
    assert set(states().values()) == {State.PENDING}, "what it took is given back"
    assert BATCH > 10
    monkeypatch.undo()
    assert len(work()) == 10


def test_answers_go_before_a_mailing_to_all(server: Server, clock: Any) -> None:
    from subscriptions.models import Request

    mailing_to(3)
    Request.objects.create(email="waits@example.org", wish="subscribe", language="en", choices={
        "languages": ["en"], "kinds": [], "topics": [], "often": "daily",
    })  # fmt: skip
    assert work()[0].to == ["waits@example.org"]


# ── Failing ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "error",
    [
        refused(550, "x"), smtplib.SMTPDataError(554, b"rejected"), ValueError("a bad header"), UnicodeError("a bad name"),
        AnymailRecipientsRefused("all"),
    ],
    ids=repr,
)  # fmt: skip
def test_one_bad_address_fails_at_once_and_stops_nobody(error: Exception, server: Server, clock: Any) -> None:
    bad, *good = mailing_to(4)
    server.refusals[bad.email] = error
    assert addresses(work()) == sorted(reader.email for reader in good)
    failed = Delivery.objects.get(subscriber=bad)
    assert (failed.state, failed.due_at) == (State.FAILED, None)
    assert failed.error
    assert work_at(NOON + 30 * 24 * HOUR) == []


@pytest.mark.parametrize(
    "error",
    [refused(451, "x"), smtplib.SMTPDataError(452, b"full"), smtplib.SMTPServerDisconnected("gone"), TimeoutError()],
    ids=repr,
)
def test_what_may_pass_is_tried_again_with_growing_pauses(error: Exception, server: Server, clock: Any) -> None:
    slow, other = mailing_to(2)
    server.refusals[slow.email] = error
    assert addresses(work()) == [other.email]
    for number, pause in enumerate(PAUSES):
        assert Delivery.objects.get(subscriber=slow).attempts == number + 1
        assert Delivery.objects.get(subscriber=slow).due_at == timezone.now() + pause
        clock.shift(pause - SECOND)
        assert send_waiting() == 0
        clock.shift(SECOND)
        if number == len(PAUSES) - 2:
            break
        assert send_waiting() == 1
    del server.refusals[slow.email]
    assert addresses(work()) == [slow.email]


def test_after_the_last_pause_it_has_failed(server: Server, clock: Any) -> None:
    (reader,) = mailing_to(1)
    server.refusals[reader.email] = refused(450, reader.email)
    Delivery.objects.update(attempts=len(PAUSES))
    work()
    assert states() == {reader.email: State.FAILED}
    assert "450 no such user" in Delivery.objects.get().error


AWAY = [
    ConnectionRefusedError(111, "Connection refused"),
    smtplib.SMTPAuthenticationError(535, b"bad password"),
    smtplib.SMTPConnectError(421, b"busy"),
    OSError("Name or service not known"),
]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_while_the_server_is_away_nothing_fails_and_nobody_calls_it_all_the_time(
    error: Exception, server: Server, clock: Any
) -> None:
    readers = mailing_to(3)
    server.away = error
    for opened in (1, 2, 3):
        assert send_waiting() == send_waiting() == 0
        assert server.opened == opened
        assert set(states().values()) == {State.PENDING}
        clock.shift(15 * SECOND * 2 ** (opened - 1))
    assert MailServer.objects.get().problem
    assert MailServer.objects.get().failing_since == NOON
    server.away = None
    assert addresses(work()) == sorted(reader.email for reader in readers)
    assert MailServer.objects.get().problem == ""
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {0}


def test_what_concerns_our_own_address_or_key_is_the_servers_problem(server: Server, clock: Any) -> None:
    reader, other = mailing_to(2)
    answer = requests.Response()
    answer.status_code = 401
    for error in (
        smtplib.SMTPSenderRefused(550, b"who are you", "newsroom@example.org"),
        AnymailAPIError("no", status_code=401, response=answer),
    ):
        server.refusals[reader.email] = error
        assert work() == []
        assert states() == {reader.email: State.PENDING, other.email: State.PENDING}
        clock.shift(HOUR)


@pytest.mark.parametrize(
    ("code", "state"), [(400, State.FAILED), (422, State.FAILED), (429, State.PENDING), (500, State.PENDING)]
)
def test_a_providers_answer_counts_like_a_servers(code: int, state: str, server: Server, clock: Any) -> None:
    (reader,) = mailing_to(1)
    answer = requests.Response()
    answer.status_code = code
    server.refusals[reader.email] = AnymailAPIError("no", status_code=code, response=answer)
    work()
    assert states() == {reader.email: state}


def test_a_connection_that_was_lost_is_opened_anew_for_the_rest(server: Server, clock: Any) -> None:
    lost, *others = mailing_to(3)
    server.refusals[lost.email] = smtplib.SMTPServerDisconnected("gone")
    assert addresses(work()) == sorted(reader.email for reader in others)
    assert server.opened == 2


def test_a_message_that_was_sent_is_noted_though_the_database_is_busy(
    server: Server, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing_to(1)
    real, busy = type(Delivery.objects.all()).update, [3]

    def update(rows: Any, **values: Any) -> Any:
        if values.get("state") == State.SENT and busy[0]:
            busy[0] -= 1
            raise OperationalError("database is locked")
        return real(rows, **values)

    monkeypatch.setattr(type(Delivery.objects.all()), "update", update)
    monkeypatch.setattr(sending.time, "sleep", lambda seconds: None)
    assert len(work()) == 1
    assert set(states().values()) == {State.SENT}


def test_a_database_that_is_away_makes_no_delivery_fail(
    server: Server, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    mailing_to(2)

    def gone(*args: Any) -> Any:
        raise DatabaseError("away")

    with monkeypatch.context() as away:
        away.setattr(sending.Writer, "write", gone)
        with pytest.raises(DatabaseError):
            send_waiting()
    assert set(states().values()) == {State.PENDING}
    assert len(work()) == 2


def test_what_failed_is_tried_again_when_somebody_says_so(server: Server, clock: Any) -> None:
    bad, gone = mailing_to(2)
    server.refusals = {reader.email: refused(550, reader.email) for reader in (bad, gone)}
    work()
    gone.delete()
    server.refusals = {}
    assert try_again(Delivery.objects.all()) == 1
    assert addresses(work()) == [bad.email]
    assert try_again(Delivery.objects.all()) == 0, "what was sent is not sent again"


# ── The limit ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("limit", [1, 10, 600])
def test_no_minute_has_more_mails_than_allowed_however_many_workers_there_are(
    limit: int, server: Server, clock: Any, settings: Any
) -> None:
    settings.MAILS_PER_MINUTE = limit
    mailing_to(min(limit, 100) + 30)
    sent: list[dt.datetime] = []
    for _second in range(240 if limit < 600 else 20):
        for _worker in range(3):
            before = Delivery.objects.filter(state=State.SENT).count()
            send_waiting()
            sent += [timezone.now()] * (Delivery.objects.filter(state=State.SENT).count() - before)
        clock.shift(SECOND)
    for start in sent:
        assert sum(start <= at < start + 60 * SECOND for at in sent) <= limit
    assert len(sent) >= min(limit * 3, 100)


def test_what_others_have_taken_counts_for_the_limit(clock: Any, settings: Any) -> None:
    settings.MAILS_PER_MINUTE = 200  # twenty in six seconds
    mailing_to(60)
    assert len(take()) == 20
    assert take() == []


# ── Leaving meanwhile ────────────────────────────────────────────────────────────────────────────────────
def test_a_failure_brings_nobody_back_who_has_left(server: Server, clock: Any) -> None:
    from subscriptions import service

    (reader,) = mailing_to(1)

    def leave_and_refuse(backend: Any, messages: list[Any]) -> int:
        service.leave(reader)
        raise refused(451, "x")

    server.take = leave_and_refuse  # type: ignore[method-assign]
    send_waiting()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.subscriber, delivery.error) == (State.DROPPED, None, "")
