"""What the tests of publishing are given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.publishing.drafts import NOON


@pytest.fixture
def noon() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
