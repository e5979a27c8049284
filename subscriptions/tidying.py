"""What is not needed any more is deleted: personal data first of all."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from subscriptions import service
from subscriptions.ledger import ANSWERS, Delivery, Mailing, Watch
from subscriptions.models import Tally

EVERY = dt.timedelta(hours=1)
# How long something is kept: who has asked and not confirmed; answers to them; counts of attempts; who was sent what.
UNCONFIRMED = dt.timedelta(days=14)
ANSWERED = dt.timedelta(days=7)
COUNTED = dt.timedelta(hours=2)
DELIVERED = dt.timedelta(days=90)
AT_ONCE = 5_000


def tidy() -> int:
    """Once an hour. A job; returns how much was deleted, so that it is called again until nothing is left."""
    now = timezone.now()
    watch, _made = Watch.objects.get_or_create(occasion="tidying", defaults={"handled_until": now - EVERY})
    if now - watch.handled_until < EVERY:
        return 0
    Tally.objects.filter(hour__lt=now - COUNTED).delete()
    done = service.forget_unconfirmed(now - UNCONFIRMED)
    answers = Mailing.objects.filter(occasion__in=ANSWERS, created_at__lt=now - ANSWERED).values("pk")[:AT_ONCE]
    done += Mailing.objects.filter(pk__in=[row["pk"] for row in answers]).delete()[0]
    done += _retire(now - DELIVERED)
    if not done:
        Watch.objects.filter(pk=watch.pk).update(handled_until=now)
    return done


def _retire(before: dt.datetime) -> int:
    """Of a mailing that is so old only its totals are kept. A few thousand deliveries at a time."""
    old = Mailing.objects.updates().filter(created_at__lt=before)
    mailing = old.filter(totals__isnull=True).first() or old.filter(deliveries__isnull=False).first()
    if mailing is None:
        return 0
    with transaction.atomic():
        if mailing.totals is None:
            mailing.deliveries.drop()
            mailing.totals = Delivery.objects.counts([mailing])[mailing.pk]
            mailing.save(update_fields=["totals"])
        keys = list(mailing.deliveries.values_list("pk", flat=True)[:AT_ONCE])
        return 1 + mailing.deliveries.filter(pk__in=keys).delete()[0]
