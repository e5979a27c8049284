"""A process that is killed in the middle of a verb leaves everything as it was before it, or as it is after it."""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import traceback
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection, connections, transaction

from news.models import NewsItem
from publishing import due, workflow
from tests.factories import IMPORTER, NewsItemFactory, TopicFactory, translated
from tests.publishing.drafts import edit

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
# What the database counts up, also for what it takes back.
NUMBERS = ("id", "object_id", "newsitem_id", "key")
BEFORE_COMMIT, AFTER_COMMIT = "before commit", "after commit"


# ── Items on which a verb changes as much as it can ──────────────────────────────────────────────────────
def draft() -> NewsItem:
    item = NewsItemFactory(draft=True)
    translated(item, draft=True)
    return item


def changed() -> NewsItem:
    """Public in two languages, with a draft of another address, other topics and other facts."""
    item = NewsItemFactory(topics=[TopicFactory()])
    translated(item)
    edit(item, slug=f"moved-{item.pk}", reference="(2024) 007", topics=[TopicFactory()])
    return item


def submitted() -> NewsItem:
    item = changed()
    workflow.submit(item, by=IMPORTER)
    return item


def waiting() -> NewsItem:
    item = changed()
    workflow.approve(item, by=IMPORTER, at=NOON + HOUR)
    return item


def out_of_date() -> NewsItem:
    item = changed()
    workflow.approve(item, by=IMPORTER)
    return item.translations.get()


def write(item: NewsItem) -> None:
    edit(item, title="Written over", topics=list(item.topics.all()[:0]), note="Shorter.")


def add(item: NewsItem) -> None:
    version = NewsItemFactory.build(language="fr", original=item, title="Nouveau", slug="nouveau")
    workflow.save_draft(version, by=IMPORTER, relations={"topics": item.topics.all()})


VERBS: dict[str, tuple[Callable[[], NewsItem], Callable[[NewsItem], Any]]] = {
    "add": (lambda: NewsItemFactory(topics=[TopicFactory()]), add),
    "save over a draft": (draft, write),
    "save over a public item": (changed, write),
    "submit": (changed, lambda item: workflow.submit(item, by=IMPORTER)),
    "return": (submitted, lambda item: workflow.return_to_author(item, by=IMPORTER, note="No.")),
    "publish": (draft, lambda item: workflow.approve(item, by=IMPORTER)),
    "publish a change": (submitted, lambda item: workflow.approve(item, by=IMPORTER, correction="It was wrong.")),
    "cancel": (waiting, lambda item: workflow.cancel_schedule(item, by=IMPORTER)),
    "set an end": (changed, lambda item: workflow.expire(item, by=IMPORTER, at=NOON + HOUR)),
    "withdraw": (waiting, lambda item: workflow.withdraw(item, by=IMPORTER, explanation="It was wrong.")),
    "restore": (changed, lambda item: workflow.restore(item, by=IMPORTER, revision=item.revisions.last())),
    "confirm": (out_of_date, lambda item: workflow.confirm_translation(item, by=IMPORTER)),
    "go live on time": (waiting, lambda item: due.apply_due(at=NOON + HOUR)),
    "delete": (draft, lambda item: workflow.delete(item.translations.get(), by=IMPORTER)),
    # Last, for it leaves something behind that goes live on time.
    "schedule": (changed, lambda item: workflow.approve(item, by=IMPORTER, at=NOON + HOUR)),
}


# ── Dying ────────────────────────────────────────────────────────────────────────────────────────────────
def killed_at(moment: int | str, act: Callable[[], Any]) -> None:
    """Run something in a process of its own that is killed before its nth statement, or around its commit."""
    connection.close()  # a connection belongs to one process
    child = os.fork()
    if child == 0:
        try:
            die_at(moment)
            act()
        except BaseException:
            traceback.print_exc()
        os._exit(1)
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"it was not killed {moment}"
    assert os.WTERMSIG(status) == signal.SIGKILL


def die_at(moment: int | str) -> None:
    """From here on, in this process."""
    sent = 0
    wrapper = connections["default"]
    commit = wrapper._commit

    def statement(execute: Any, *args: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == moment:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*args)

    def commit_and_die() -> None:
        if moment == AFTER_COMMIT:
            commit()
        os.kill(os.getpid(), signal.SIGKILL)

    wrapper.execute_wrappers.append(statement)
    if moment in (BEFORE_COMMIT, AFTER_COMMIT):
        wrapper._commit = commit_and_die


def everything() -> dict[str, list[str]]:
    """All rows of the house, without the numbers that the database gives out."""
    house = {
        config.label for config in apps.get_app_configs() if not config.name.startswith(("django", "tree_queries"))
    }
    return {
        model._meta.label: sorted(
            repr({name: value for name, value in row.items() if name not in NUMBERS})
            for row in model._default_manager.values()
        )
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in house
    }


def outcome(act: Callable[[], Any]) -> tuple[dict[str, list[str]], int]:
    """What everything looks like after it, and how many statements that takes; nothing of it stays."""
    sent = 0

    def count(execute: Any, *args: Any) -> Any:
        nonlocal sent
        sent += 1
        return execute(*args)

    with transaction.atomic():
        with connection.execute_wrapper(count):
            act()
        after = everything()
        transaction.set_rollback(True)
    return after, sent - 2  # its savepoint stands for the transaction that it is otherwise


@pytest.mark.django_db(transaction=True)
def test_a_verb_that_is_killed_is_done_wholly_or_not_at_all() -> None:
    luck = random.Random(9)
    with time_machine.travel(NOON, tick=False):
        for name, (prepare, verb) in VERBS.items():
            key = prepare().pk

            def act(key: int = key, verb: Callable[[NewsItem], Any] = verb) -> Any:
                return verb(NewsItem.objects.get(pk=key))

            before = everything()
            after, statements = outcome(act)
            assert before != after, name
            for moment in (*luck.sample(range(1, statements + 1), 2), BEFORE_COMMIT):
                killed_at(moment, act)
                assert everything() == before, f"{name}, killed at {moment} of {statements}"
            killed_at(AFTER_COMMIT, act)
            assert everything() == after, f"{name}, killed after its commit"
