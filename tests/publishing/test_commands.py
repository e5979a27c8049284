"""`manage.py apply_due`, for those who do not want to wait for a visitor."""

from __future__ import annotations

import datetime as dt
import threading
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from news.models import NewsItem
from publishing import due, workflow
from publishing.records import AuditEntry, Revision
from tests.factories import IMPORTER, NewsItemFactory

HOUR = dt.timedelta(hours=1)


def apply_due() -> str:
    out = StringIO()
    call_command("apply_due", stdout=out)
    return out.getvalue().strip()


def due_in_an_hour(**change: Any) -> NewsItem:
    """A public item with a change that waits."""
    item: NewsItem = NewsItemFactory(date=dt.date(2024, 1, 23))
    for name, value in change.items():
        setattr(item, name, value)
    workflow.save_draft(item, by=IMPORTER)
    workflow.approve(item, by=IMPORTER, at=timezone.now() + HOUR)
    item.refresh_from_db()
    return item


@pytest.mark.django_db
def test_it_applies_what_is_due_and_says_how_much() -> None:
    one, two = due_in_an_hour(title="One"), due_in_an_hour(title="Two")
    assert apply_due() == "0 changes went live."
    with time_machine.travel(timezone.now() + HOUR, tick=False):
        assert apply_due() == "2 changes went live."
        assert apply_due() == "0 changes went live."
    titles = [NewsItem.objects.get(pk=item.pk).title for item in (one, two)]
    assert titles == ["One", "Two"]


@pytest.mark.django_db
def test_it_fails_with_the_reason_as_long_as_a_change_cannot_go_live_and_applies_the_others() -> None:
    stuck, fine = due_in_an_hour(slug="wanted"), due_in_an_hour(title="Fine")
    NewsItemFactory(slug="wanted", date=stuck.date)
    with time_machine.travel(timezone.now() + HOUR, tick=False):
        out = StringIO()
        for said in ("1 change went live.", "0 changes went live."):
            with pytest.raises(CommandError, match="already uses this slug") as error:
                call_command("apply_due", stdout=out)
            assert error.value.returncode == 1
            assert str(stuck) in str(error.value)
            assert str(fine) not in str(error.value)
            assert out.getvalue().strip().endswith(said)
        workflow.cancel_schedule(stuck, by=IMPORTER)
        assert apply_due() == "0 changes went live."


@pytest.mark.django_db
def test_it_says_what_failed_when_a_visitor_came_first() -> None:
    stuck = due_in_an_hour(slug="wanted")
    NewsItemFactory(slug="wanted", date=stuck.date)
    with time_machine.travel(timezone.now() + HOUR, tick=False):
        due.apply_due()
        with pytest.raises(CommandError, match="already uses this slug"):
            apply_due()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time")
def test_any_number_may_run_at_once() -> None:
    items = [due_in_an_hour(title=f"Change {number}") for number in range(8)]
    answers: list[str] = []
    Revision.objects.filter(state=Revision.State.APPROVED).update(due_at=timezone.now())

    def run() -> None:
        try:
            answers.append(apply_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert sum(int(answer.split()[0]) for answer in answers) == 8
    assert AuditEntry.objects.filter(verb="go live").count() == 16
    assert [NewsItem.objects.get(pk=item.pk).title for item in items] == [f"Change {number}" for number in range(8)]
