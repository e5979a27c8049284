"""Sending what stands in the ledger.

A worker takes a few deliveries, then hands over one message after the other and notes each before it begins the next.
So one that is killed leaves at most one message that may have been sent and is not noted: it is sent again, under the
same Message-ID, once its time for it is over. The others it had taken are simply sent then.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from enum import Enum, auto
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from subscriptions.ledger import FIRST, THEN, Delivery, MailServer
from subscriptions.letters import Writer

log = logging.getLogger(__name__)

State = Delivery.State
BATCH = 50
# How long a worker has what it took. It begins no message later than BEGIN after that, and none takes the rest of the
# time: every step of handing one over ends after EMAIL_TIMEOUT.
TAKEN = dt.timedelta(minutes=3)
BEGIN = dt.timedelta(seconds=20)
# The pauses after temporary failures of one delivery; then it has failed.
PAUSES = [dt.timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440)]
# The pauses while the server itself takes nothing double up to this.
LONGEST_PAUSE = dt.timedelta(minutes=15)
# The time over which the limit of mails a minute is counted, so that they come evenly.
WINDOW = 6.0


class Verdict(Enum):
    """What a failure is about."""

    SERVER = auto()
    """Nothing can be sent at the moment."""
    LATER = auto()
    """This message can be tried again."""
    NEVER = auto()
    """This message will not be taken."""


class ServerTakesNothing(Exception):  # noqa: N818  (it is told, and waited for)
    """It is not about one message."""

    def __init__(self, why: Exception) -> None:
        super().__init__(str(why))
        self.why = why


def send_waiting() -> int:
    """Send some of what is due. A job; returns how many deliveries were dealt with."""
    if not Delivery.objects.due(timezone.now()).exists():
        return 0
    until = time.monotonic() + BEGIN.total_seconds()
    waiting = take()
    if not waiting:
        return 0
    deliveries = list(
        Delivery.objects.filter(pk__in=waiting)
        .select_related("mailing", "subscriber")
        .prefetch_related("subscriber__topics")
        .order_by("priority", "pk")
    )
    writer, connection, dealt_with = Writer(), get_connection(), 0
    try:
        connection.open()
        while deliveries and time.monotonic() < until:
            _deliver(deliveries[0], writer, connection)
            del deliveries[0]
            dealt_with += 1
        MailServer.objects.filter(pk=1, failures__gt=0).update(
            failures=0, failing_since=None, problem="", paused_until=None
        )
    except ServerTakesNothing as error:
        _pause_server(error.why)
    except OSError as error:  # all that smtplib raises are OSErrors
        _pause_server(error)
    finally:
        _give_back(deliveries)
        _close(connection)
    return dealt_with


# ── Taking ───────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def take() -> list[int]:
    """The keys of deliveries that are this worker's for a while: as many as the limit for all workers leaves."""
    MailServer.objects.get_or_create(pk=1)
    server = MailServer.objects.select_for_update().get(pk=1)
    now = timezone.now()
    if server.paused_until is not None and server.paused_until > now:
        return []
    keys = list(Delivery.objects.due(now).values_list("pk", flat=True)[: min(BATCH, _allowance(now))])
    Delivery.objects.filter(pk__in=keys).update(state=State.SENDING, due_at=now + TAKEN)
    return keys


def _allowance(now: dt.datetime) -> int:
    """How many may be sent now: the limit, less what was sent lately and what is being sent, by whomever."""
    window = max(WINDOW, 60 / settings.MAILS_PER_MINUTE)
    quota = int(settings.MAILS_PER_MINUTE * window / 60)
    lately = Delivery.objects.filter(sent_at__gt=now - dt.timedelta(seconds=window)).count()
    # Every priority is named, so that the index leads past all those that wait.
    taken = Delivery.objects.filter(priority__in=(FIRST, THEN), due_at__gt=now, state=State.SENDING)
    return max(0, quota - lately - taken.count())


def _give_back(deliveries: list[Delivery]) -> None:
    """What was taken and not begun can be taken by anybody at once."""
    keys = [delivery.pk for delivery in deliveries]
    if keys:
        Delivery.objects.filter(pk__in=keys, state=State.SENDING).update(state=State.PENDING, due_at=timezone.now())


# ── Sending ──────────────────────────────────────────────────────────────────────────────────────────
def _deliver(delivery: Delivery, writer: Writer, connection: Any) -> None:
    """Send one message and note it. Raises what concerns the server and not this message."""
    try:
        written = writer.write(delivery)
        if written is None:
            _note(delivery, state=State.DROPPED)
            return
        message, held = written
        connection.send_messages([message])
    except DatabaseError:
        raise
    except Exception as error:
        verdict = verdict_on(error)
        if verdict is Verdict.SERVER:
            _note_failure(delivery, error, again_in=dt.timedelta(0), counts=False)
            raise ServerTakesNothing(error) from error
        if verdict is Verdict.LATER and delivery.attempts < len(PAUSES):
            _note_failure(delivery, error, again_in=PAUSES[delivery.attempts])
        else:
            log.warning("Delivery %d failed: %s", delivery.pk, describe(error))
            _note(delivery, state=State.FAILED, error=describe(error))
        if isinstance(error, SMTPServerDisconnected) or 421 in _codes(error):
            _close(connection)
            connection.open()
        return
    _note(delivery, state=State.SENT, sent_at=timezone.now(), error="", held=held, even_if_dropped=True)


def verdict_on(error: Exception) -> Verdict:
    """4xx and lost connections: later; 5xx: never (RFC 5321, section 4.2.1); what is wrong for all: the server."""
    from anymail.exceptions import AnymailAPIError  # takes 20 MB, which only a worker whose mail fails is to have

    if isinstance(error, (SMTPAuthenticationError, SMTPSenderRefused)):
        return Verdict.SERVER
    if isinstance(error, (SMTPRecipientsRefused, SMTPDataError)):
        return Verdict.NEVER if min(_codes(error)) >= 500 else Verdict.LATER
    if isinstance(error, SMTPResponseException):
        return Verdict.SERVER
    if isinstance(error, AnymailAPIError):
        code = error.status_code or 0
        if code in (401, 403, 404):
            return Verdict.SERVER
        return Verdict.NEVER if 400 <= code < 500 and code != 429 else Verdict.LATER
    if isinstance(error, (SMTPServerDisconnected, TimeoutError)):
        return Verdict.LATER
    if isinstance(error, (SMTPException, OSError)):
        return Verdict.SERVER
    return Verdict.NEVER


def _codes(error: Exception) -> list[int]:
    """What the server answered."""
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _reason in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, SMTPResponseException) else []


def describe(error: Exception) -> str:
    """For the newsroom, short, on one line."""
    if isinstance(error, SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_text(reason)}" for code, reason in error.recipients.values())
    elif isinstance(error, SMTPResponseException):
        said = f"{error.smtp_code} {_text(error.smtp_error)}"
    else:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return " ".join(said.split())[:500]


def _text(reason: bytes | str) -> str:
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason


def _close(connection: Any) -> None:
    try:
        connection.close()
    except (OSError, SMTPException):
        log.debug("The connection was closed already", exc_info=True)


# ── Noting ───────────────────────────────────────────────────────────────────────────────────────────
def _note(delivery: Delivery, *, state: State, even_if_dropped: bool = False, **values: Any) -> None:
    """What has become of a delivery. Tried for as long as it is ours: a message that is not noted is sent again."""
    end = time.monotonic() + (TAKEN - BEGIN).total_seconds()
    rows = Delivery.objects.filter(pk=delivery.pk)
    while True:
        try:
            (rows if even_if_dropped else rows.filter(state=State.SENDING)).update(state=state, due_at=None, **values)
        except OperationalError:  # another program has held SQLite's lock for too long, or the database is away
            if time.monotonic() > end:
                raise
            log.warning("Delivery %d could not be noted yet", delivery.pk, exc_info=True)
            time.sleep(1)
        else:
            return


def _note_failure(delivery: Delivery, error: Exception, *, again_in: dt.timedelta, counts: bool = True) -> None:
    Delivery.objects.filter(pk=delivery.pk, state=State.SENDING).update(
        state=State.PENDING,
        due_at=timezone.now() + again_in,
        attempts=F("attempts") + int(counts),
        error=describe(error),
    )


@transaction.atomic
def _pause_server(error: Exception) -> None:
    """Nothing is sent for a while, by no worker; each time it fails in a row, the while is longer."""
    log.warning("The mail server takes nothing: %s", describe(error))
    server = MailServer.objects.select_for_update().get(pk=1)
    now = timezone.now()
    # At once it fails for all workers that are at it: that is one failure.
    if server.paused_until is None or server.paused_until <= now:
        pause = min(dt.timedelta(seconds=15) * 2 ** min(server.failures, 10), LONGEST_PAUSE)
        server.failures, server.paused_until = server.failures + 1, now + pause
    server.failing_since = server.failing_since or now
    server.problem = describe(error)
    server.save()


@transaction.atomic
def try_again(deliveries: Any) -> int:
    """Let failed deliveries (a queryset) be sent once more, now. Returns how many."""
    return int(
        deliveries.failed()
        .filter(subscriber__isnull=False)
        .update(state=State.PENDING, due_at=timezone.now(), attempts=0, error="")
    )
