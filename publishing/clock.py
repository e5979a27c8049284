"""The instant of a page: everything on it answers for one moment and one state of the database."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from psycopg import IsolationLevel

_stopped_at: ContextVar[dt.datetime | None] = ContextVar("stopped_at", default=None)


def now() -> dt.datetime:
    """The instant that visibility is asked for (aware): the page's own, else the time of day."""
    return _stopped_at.get() or timezone.now()


def today() -> dt.date:
    """The day of that instant in the site's time zone."""
    return timezone.localdate(now())


@contextmanager
def stopped(at: dt.datetime | None = None) -> Iterator[dt.datetime]:
    """Inside, `now` stands still at an instant (by default the present one)."""
    instant = at or now()
    token = _stopped_at.set(instant)
    try:
        yield instant
    finally:
        _stopped_at.reset(token)


@contextmanager
def one_state_of_the_database() -> Iterator[None]:
    """Inside, all reads see the database as it was at the first of them, whatever others commit meanwhile.

    Repeatable read on PostgreSQL; on SQLite a transaction that takes no write lock.
    """
    if connection.in_atomic_block:
        yield
        return
    connection.ensure_connection()
    owner: Any
    wanted: Any
    if connection.vendor == "postgresql":
        owner, name, wanted = connection.connection, "isolation_level", IsolationLevel.REPEATABLE_READ
    else:
        owner, name, wanted = connection, "transaction_mode", "DEFERRED"
    before = getattr(owner, name)
    setattr(owner, name, wanted)
    try:
        with transaction.atomic():
            yield
    finally:
        setattr(owner, name, before)
