"""Who was subscribed before stays so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)


def migrated_to(name: str) -> Any:
    executor = MigrationExecutor(connection)
    executor.migrate([("subscriptions", name)])
    return executor.loader.project_state([("subscriptions", name)]).apps


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    yield migrated_to("0001_initial")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_subscribers_of_one_language_get_the_same_once_a_day(before: Any) -> None:
    Old = before.get_model("subscriptions", "Subscriber")  # noqa: N806
    Old.objects.create(email="asked@example.org", language="en")
    mailed = NOON - dt.timedelta(days=1)
    Old.objects.create(email="Reader@Example.org", language="fr", confirmed_at=NOON, mailed_until=mailed)
    Old.objects.create(email="reader@example.org", language="en", confirmed_at=NOON, mailed_until=NOON)
    Old.objects.create(email="READER@bücher.example", language="uk", confirmed_at=NOON)

    New = migrated_to("0004_rules_for_subscribers").get_model("subscriptions", "Subscriber")  # noqa: N806
    rows = {row["email"]: row for row in New.objects.values()}
    assert set(rows) == {"asked@example.org", "reader@example.org", "reader@xn--bcher-kva.example"}
    assert (rows["asked@example.org"]["state"], rows["asked@example.org"]["since"]) == ("asked", None)
    reader = rows["reader@example.org"]
    assert (reader["state"], reader["languages"], reader["often"]) == ("confirmed", ["en"], "daily")
    assert reader["since"] == NOON
    assert rows["reader@xn--bcher-kva.example"]["since"] == NOON
