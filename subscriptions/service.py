"""What readers do: ask, confirm, choose, leave; and what comes back from their mail's servers."""

from __future__ import annotations

import datetime as dt
import logging
from typing import TypedDict, cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from pages.models import Topic
from subscriptions import periods
from subscriptions.ledger import Delivery, Mailing, Occasion
from subscriptions.models import Request, Subscriber

log = logging.getLogger(__name__)

Often, State = Subscriber.Often, Subscriber.State
# Requests that are answered by one call of the job.
AT_ONCE = 100


class Choices(TypedDict):
    """What a reader wants, as the forms have it. Topics are keys of originals."""

    languages: list[str]
    kinds: list[str]
    topics: list[int]
    often: str


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────────
def answer_requests() -> int:
    """Put the mails that answer what was typed into the site's forms into the ledger. A job; returns how many."""
    keys = list(Request.objects.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_answer(key) for key in keys)


@transaction.atomic
def _answer(key: int) -> int:
    """One request; nothing if another worker has taken it."""
    request = Request.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    if request is None:
        return 0
    request.delete()
    known = Subscriber.objects.select_for_update().filter(email=request.email).first()
    if known is not None and known.state == State.COMPLAINED:
        return 1  # whoever took our mail for spam is not written to again because somebody types their address
    if known is not None and known.state == State.CONFIRMED:
        _write_to(known, Occasion.LINK)
    elif request.wish == Request.Wish.SUBSCRIBE:
        reader, _made = Subscriber.objects.get_or_create(email=request.email)
        reader.state, reader.created_at, reader.language = State.ASKED, request.asked_at, request.language
        _set(reader, cast(Choices, request.choices))
        _write_to(reader, Occasion.CONFIRM)
    return 1


def _write_to(reader: Subscriber, occasion: Occasion) -> None:
    Mailing.objects.create(occasion=occasion).deliver_to(Subscriber.objects.filter(pk=reader.pk))


@transaction.atomic
def confirm(reader: Subscriber) -> None:
    """From now on they are mailed what goes live. Safe to repeat."""
    now = timezone.now()
    Subscriber.objects.filter(pk=reader.pk, state=State.ASKED).update(
        state=State.CONFIRMED, confirmed_at=now, since=now
    )


# ── Choosing ─────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def choose(reader: Subscriber, *, choices: Choices, language: str) -> None:
    """Change what a reader gets from now on, and the language of their mails. A new rhythm repeats nothing."""
    stored = Subscriber.objects.select_for_update().filter(pk=reader.pk).first()
    if stored is None:
        return  # they have left meanwhile
    if stored.since is not None and stored.often != choices["often"]:
        now = timezone.now()
        covered = now
        if stored.often != Often.IMMEDIATELY and choices["often"] != Often.IMMEDIATELY:
            covered = periods.last_end(stored.often, now)
        stored.since = max(stored.since, covered)
    stored.language = language
    _set(stored, choices)


def _set(reader: Subscriber, choices: Choices) -> None:
    reader.languages, reader.kinds, reader.often = choices["languages"], choices["kinds"], choices["often"]
    reader.save()
    reader.topics.set(Topic.objects.originals().filter(pk__in=choices["topics"]))


# ── Leaving ──────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def forget(readers: QuerySet[Subscriber]) -> int:
    """Delete readers and all that is known of them; the deliveries to them stay as numbers. Returns how many."""
    deliveries = Delivery.objects.filter(subscriber__in=readers.values("pk"))
    deliveries.drop()
    deliveries.exclude(error="").update(error="")  # it may hold the address
    _number, by_model = readers.delete()
    return by_model.get(Subscriber._meta.label, 0)


def leave(reader: Subscriber) -> None:
    forget(Subscriber.objects.filter(pk=reader.pk))


@transaction.atomic
def suppress(email: str, *, state: Subscriber.State, delivery: int | None = None, reason: str = "") -> None:
    """Mail to an address came back for good, or was complained of: nothing is sent to it any more.

    `delivery` is the key of the one that it was, if that is known; it counts only if it went to this address.
    """
    reader = Subscriber.objects.select_for_update().filter(email=email.strip().lower()).first()
    if reader is None:
        return
    if reader.state != State.COMPLAINED:  # a mail that comes back later takes no complaint back
        Subscriber.objects.filter(pk=reader.pk).update(state=state)
    deliveries = Delivery.objects.filter(subscriber=reader)
    deliveries.drop()
    if delivery is not None:
        became = Delivery.State.BOUNCED if state == State.BOUNCED else Delivery.State.COMPLAINED
        deliveries.filter(pk=delivery).update(state=became, due_at=None, error=reason[:500])
    log.info("Subscriber %d: %s", reader.pk, state)


def forget_unconfirmed(before: dt.datetime) -> int:
    """Those who asked before an instant (aware) and have not confirmed."""
    return forget(Subscriber.objects.filter(state=State.ASKED, created_at__lt=before))
