"""What is due to be mailed, derived from the clock: items that have gone live, digests, corrections.

Each occasion has a watch: up to where everything has been looked through. A mailing, what it tells of, its deliveries
and the watch are stored in one transaction, and an item is told of once on an occasion: looking twice, or two workers
looking at once, does nothing twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from publishing.due import apply_due
from publishing.models import Publishable
from publishing.records import AuditEntry
from publishing.registry import ContentKind, kind_of
from subscriptions import periods
from subscriptions.ledger import Announcement, Delivery, Mailing, Occasion, Watch
from subscriptions.matching import mailed_kinds, traits_of
from subscriptions.models import Subscriber, SubscriberQuerySet

# An item's instant is taken a moment before others can see the row: so the time before a watch is looked through again.
OVERLAP = dt.timedelta(minutes=10)
# A watch that finds nothing is moved no more often than this.
STEP = dt.timedelta(minutes=1)
# Of one kind in one mailing. The site has the rest.
MOST_ITEMS = 100
DIGESTS = (Occasion.DAILY, Occasion.WEEKLY)


def announce() -> int:
    """Make the mailings that are due. A job; returns how many."""
    apply_due()
    now = timezone.now()
    made = sum(_announce(occasion, now) for occasion in (Occasion.IMMEDIATELY, *DIGESTS))
    return made + _announce_corrections(now)


def _announce(occasion: Occasion, now: dt.datetime) -> int:
    until = periods.last_end(occasion, now) if occasion in DIGESTS else now
    watch = _watch(occasion, until)
    if watch is None or watch.handled_until >= until:
        return 0
    if not any(_fresh(occasion, watch.handled_until - OVERLAP, until, now)):
        _move(watch, until, at_least=dt.timedelta(0) if occasion in DIGESTS else STEP)
        return 0
    with transaction.atomic():
        held = Watch.objects.select_for_update().get(pk=watch.pk)
        items = list(_fresh(occasion, held.handled_until - OVERLAP, until, now))
        readers = Subscriber.objects.confirmed().filter(often=occasion).who_want([traits_of(item) for item in items])
        made = 0
        if items and readers.exists():
            mailing = Mailing.objects.create(occasion=occasion, since=held.handled_until, until=until)
            _tell(mailing, items)
            mailing.deliver_to(readers)
            made = 1
        _move(held, until)
    return made


def _announce_corrections(now: dt.datetime) -> int:
    watch = _watch(Occasion.CORRECTION, now)
    if watch is None:
        return 0
    if not any(_corrected(watch.handled_until - OVERLAP, now)):
        _move(watch, now, at_least=STEP)
        return 0
    made = 0
    with transaction.atomic():
        held = Watch.objects.select_for_update().get(pk=watch.pk)
        for item, correction in _corrected(held.handled_until - OVERLAP, now):
            readers = who_got(item)
            mailing = Mailing.objects.create(occasion=Occasion.CORRECTION, since=held.handled_until, until=now)
            _tell(mailing, [item], correction)
            made += bool(mailing.deliver_to(readers))
        _move(held, now)
    return made


def who_got(item: Publishable) -> SubscriberQuerySet:
    """The subscribers to whom a version of an item was sent, by itself or in a digest."""
    told = Announcement.objects.filter(
        content_type=_type_of(item), object_id=item.pk, occasion__in=[Occasion.IMMEDIATELY, *DIGESTS]
    )
    held = Q(pk__in=[])
    for key, mailing in told.values_list("pk", "mailing"):
        held |= Q(mailing=mailing) & (Q(held__isnull=True) | Q(held_text__contains=f'"{key}"'))
    sent = Delivery.objects.filter(state=Delivery.State.SENT, subscriber=OuterRef("pk"))
    return Subscriber.objects.confirmed().filter(Exists(sent.alias(held_text=Cast("held", TextField())).filter(held)))


# ── What there is to tell ────────────────────────────────────────────────────────────────────────────
def _fresh(occasion: Occasion, after: dt.datetime, until: dt.datetime, now: dt.datetime) -> Iterator[Publishable]:
    """What is live now, has gone live after one instant and up to another, and has not been told of."""
    for kind in mailed_kinds():
        told = _told(kind, occasion)
        rows = kind.model.rows().live(at=now).filter(~Exists(told), live_from__gt=after, live_from__lte=until)
        yield from with_topics(kind, rows.order_by("-live_from", "-pk")[:MOST_ITEMS])


def _corrected(after: dt.datetime, now: dt.datetime) -> Iterator[tuple[Publishable, str]]:
    """What is live now and was put right in substance after an instant, with the correction's own; not told of yet."""
    trail = AuditEntry.objects.filter(verb=AuditEntry.Verb.GO_LIVE, at__gt=after)
    for kind in mailed_kinds():
        type_of_kind = ContentType.objects.get_for_model(kind.model)
        keys = list(trail.filter(content_type=type_of_kind).values_list("object_id", flat=True))
        for item in kind.model.rows().live(at=now).filter(pk__in=keys) if keys else ():
            instants = [one["at"] for one in item.corrections if after < dt.datetime.fromisoformat(one["at"]) <= now]
            told = _told(kind, Occasion.CORRECTION, item.pk).values_list("correction", flat=True)
            for instant in sorted(set(instants).difference(told)):
                yield item, instant


def with_topics(kind: ContentKind, rows: Any) -> Any:
    """What lists show of items, and what readers choose them by."""
    topics = kind.topics_field
    return rows.for_cards().prefetch_related(topics) if topics else rows.for_cards()


def _told(kind: ContentKind, occasion: Occasion, item: Any = OuterRef("pk")) -> Any:  # noqa: B008  (a name, no value)
    type_of_kind = ContentType.objects.get_for_model(kind.model)
    return Announcement.objects.filter(content_type=type_of_kind, object_id=item, occasion=occasion)


def _tell(mailing: Mailing, items: Iterable[Publishable], correction: str = "") -> None:
    Announcement.objects.bulk_create(
        Announcement(
            mailing=mailing, occasion=mailing.occasion, content_type=_type_of(item), object_id=item.pk,
            correction=correction,
        )
        for item in items
    )  # fmt: skip


def _type_of(item: Publishable) -> ContentType:
    assert kind_of(type(item)) is not None
    return ContentType.objects.get_for_model(item)


# ── Watches ──────────────────────────────────────────────────────────────────────────────────────────
def _watch(occasion: Occasion, begin: dt.datetime) -> Watch | None:
    """None if it begins only now: what went live before is nobody's news."""
    watch, begun = Watch.objects.get_or_create(occasion=occasion, defaults={"handled_until": begin})
    return None if begun else watch


def _move(watch: Watch, until: dt.datetime, *, at_least: dt.timedelta = dt.timedelta(0)) -> None:
    if until - watch.handled_until >= at_least:
        Watch.objects.filter(pk=watch.pk, handled_until__lt=until).update(handled_until=until)
