"""Feeds as their tests read them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from publishing import workflow
from tests.conftest import Person
from tests.factories import IMPORTER
from tests.strict_feeds import strict_feed

NOW = dt.datetime(2024, 5, 2, 10, 0, tzinfo=dt.UTC)
BOTH = pytest.mark.parametrize("form", ["xml", "atom"])


def entries(visitor: Person, address: str) -> list[Any]:
    return list(strict_feed(visitor.get(address)).entries)


def titles(visitor: Person, address: str) -> list[str]:
    return [entry.title for entry in entries(visitor, address)]


def change(item: Any, *, correction: str = "", **values: Any) -> None:
    for name, value in values.items():
        setattr(item, name, value)
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, correction=correction)
