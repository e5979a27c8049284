"""What the tests of subscriptions are given."""

from __future__ import annotations

import pytest

from subscriptions import limits
from subscriptions.models import Subscriber
from tests.factories import SubscriberFactory
from tests.subscriptions.mails import NOON, watch_since


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PER_MAILBOX", "PER_CLIENT", "PER_NETWORK"):
        monkeypatch.setattr(limits, name, 10_000)


@pytest.fixture
def watched(db: None) -> None:
    watch_since(NOON)


@pytest.fixture
def reader() -> Subscriber:
    return SubscriberFactory(confirmed=True, since=NOON)
