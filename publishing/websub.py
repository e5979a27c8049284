"""Telling a hub that feeds have changed, so that it tells those who follow them (WebSub, W3C 2018).

How publishers tell hubs is left open there; hubs understand what PubSubHubbub 0.3 says in section 7.1. What has changed
is found by the clock and in the audit trail, so no verb knows of hubs. What is still to be told stands in a table, so a
worker that is killed, and a hub that is away, lose nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection, Iterable, Iterator
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import override

from publishing import due
from publishing.languages import language_choices, originals_stand_in_for
from publishing.models import Publishable
from publishing.records import AuditEntry, ChangedFeed, FeedWatch
from publishing.registry import ContentKind, kind_named, kinds
from publishing.syndication import FORMATS, absolute

log = logging.getLogger(__name__)

# Between two looks at what has changed.
PAUSE = dt.timedelta(seconds=10)
# What was decided that long ago may be seen only now: its transaction had not ended at the last look.
LATE = dt.timedelta(minutes=10)
# Of changes looked at, and of lists told of, in one go.
BATCH = 100
# In seconds, that a hub may take to answer.
PATIENCE = 5.0
FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=30), dt.timedelta(hours=1)

Change = tuple[str, int, str]
"""The kind of an item, its key, and what has happened to it."""


def tell_hub(*, at: dt.datetime | None = None) -> int:
    """A job (`publishing.work`). Returns how much it did."""
    at = at or timezone.now()
    # Also where nobody has come by since.
    due.apply_due(at=at)
    return note_changes(at) + tell_waiting(at)


# ── What has changed ─────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def note_changes(at: dt.datetime) -> int:
    """Enter the lists that have changed up to an instant. Returns how many changes there were."""
    FeedWatch.objects.get_or_create(pk=1, defaults={"until": at})
    watch = FeedWatch.objects.select_for_update(skip_locked=True).filter(pk=1, until__lte=at - PAUSE).first()
    if watch is None:
        return 0
    found = dict(changes_between(watch.until - LATE, at))
    new = [one for name, one in found.items() if name not in watch.seen][:BATCH]
    paths = {path for kind, pk, _what in new for path in lists_of(kind, pk)}
    for path in sorted(paths):
        ChangedFeed.objects.update_or_create(path=path, defaults={"changed_at": at, "next_try_at": at, "tries": 0})
    names = {":".join(map(str, one)) for one in new}
    watch.seen = [name for name in found if name in names or name in watch.seen]
    if len(watch.seen) == len(found):
        watch.until = at
    watch.save()
    return len(new)


def changes_between(since: dt.datetime, until: dt.datetime) -> Iterator[tuple[str, Change]]:
    """What went live, came down or was changed after an instant and up to another, by a name of the change."""
    told = {ContentType.objects.get_for_model(kind.model).pk: kind.key for kind in feed_kinds()}
    rows: list[Any] = [
        kind.model.rows()
        .order_by()
        .filter(**{f"{end}__gt": since, f"{end}__lte": until})
        .values_list(Value(kind.key), "pk", Value(end), end)
        for kind in feed_kinds()
        for end in ("live_from", "live_until")
    ]
    entries = AuditEntry.objects.filter(
        at__gt=since, at__lte=until, verb=AuditEntry.Verb.GO_LIVE, content_type__in=told
    ).values_list("content_type_id", "object_id", "pk")
    moments = rows[0].union(*rows[1:], all=True)
    found: list[Change] = [(key, pk, f"{end} {moment.isoformat()}") for key, pk, end, moment in moments]
    found += [(told[kind], pk, f"went live {entry}") for kind, pk, entry in entries]
    for one in sorted(found):
        yield ":".join(map(str, one)), one


def feed_kinds() -> list[ContentKind]:
    return [kind for kind in kinds() if kind.feed is not None]


def lists_of(key: str, pk: int) -> Iterator[str]:
    """The paths of the lists in which an item stands or stood, in every language whose readers find it there.

    Its facts are those of its translations too, so they have changed with it.
    """
    kind = kind_named(key)
    assert kind is not None
    assert kind.feed is not None
    item = kind.model.rows().filter(pk=pk).first()
    if item is None:
        return
    versions = kind.model.rows().live().versions_of(item.original_key)
    for version in {item, *versions}:
        for language in languages_of(version):
            with override(language):
                yield from kind.feed.lists(version)


def languages_of(version: Publishable) -> Collection[str]:
    if version.original_id is not None:
        return [version.language]
    others = [code for code, _name in language_choices() if originals_stand_in_for(code)]
    return {version.language, *others}


class _NoDetour(HTTPRedirectHandler):
    """What is sent would not be sent on (RFC 9110, 15.4.3), so a hub that has moved has not been told."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = build_opener(_NoDetour)


# ── Told ─────────────────────────────────────────────────────────────────────────────────────────────────
def tell_waiting(at: dt.datetime) -> int:
    """Tell the hub of the lists whose turn has come. Returns how many they were.

    They are put off before the hub is asked: whoever dies meanwhile leaves them to be told later, perhaps once more.
    """
    rows = list(ChangedFeed.objects.filter(next_try_at__lte=at).order_by("next_try_at", "pk")[:BATCH])
    rows = [row for row in rows if row.put_off(at, min(FIRST_WAIT * 2 ** min(row.tries, 10), LONGEST_WAIT))]
    if rows and post(addresses(row.path for row in rows)):
        for row in rows:
            # Unless it has changed again since.
            ChangedFeed.objects.filter(pk=row.pk, changed_at=row.changed_at).delete()
    return len(rows)


def addresses(paths: Iterable[str]) -> list[str]:
    return [absolute(f"{path}feed.{extension}") for path in paths for extension in FORMATS]


def post(feeds: list[str]) -> bool:
    """Whether the hub has taken note."""
    body = urlencode([("hub.mode", "publish"), *(("hub.url", address) for address in feeds)]).encode()
    request = Request(settings.WEBSUB_HUB, body)  # noqa: S310  (the setting is an address of the web)
    try:
        with _opener.open(request, timeout=PATIENCE) as answer:
            taken: bool = 200 <= answer.status < 300
    except (OSError, HTTPException, ValueError) as error:
        log.warning("The hub could not be told of %d feeds, and is told later: %s", len(feeds), error)
        return False
    return taken
