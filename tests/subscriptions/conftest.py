"""What the tests of subscriptions are given."""

from __future__ import annotations

import pytest

from subscriptions import limits


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PER_MAILBOX", "PER_CLIENT", "PER_NETWORK"):
        monkeypatch.setattr(limits, name, 10_000)
