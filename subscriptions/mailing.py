"""The mail with what is new."""

from __future__ import annotations

import datetime as dt
from itertools import chain

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from publishing import registry
from publishing.models import Publishable
from subscriptions.models import Subscriber
from subscriptions.service import link_token

MOST_ITEMS = 50


def news_between(since: dt.datetime, until: dt.datetime, *, language: str) -> list[Publishable]:
    """What went live after one instant and up to another and is still live, newest first."""
    queries = (
        kind.model.rows()
        .live(at=until)
        .in_language(language)
        .filter(live_from__gt=since)
        .for_cards()
        .order_by("-live_from")[:MOST_ITEMS]
        for kind in registry.kinds_with_pages()
    )
    items = chain.from_iterable(queries)
    return sorted(items, key=lambda item: item.live_from or since, reverse=True)[:MOST_ITEMS]


def send_update(subscriber: Subscriber, *, until: dt.datetime, site: str) -> int:
    """Mail one reader what is new for them up to an instant; returns the number of items, 0 if nothing was sent."""
    assert subscriber.mailed_until is not None, "only confirmed subscribers get mail"
    items = news_between(subscriber.mailed_until, until, language=subscriber.language)
    if items:
        with override(subscriber.language):
            leave = site + reverse("unsubscribe", args=[link_token(subscriber, "leave")])
            context = {"items": items, "site": site, "leave": leave}
            EmailMessage(
                subject=_("Latest updates"),
                body=render_to_string("subscriptions/update_mail.txt", context),
                to=[subscriber.email],
                headers={"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
            ).send()
    # After the mail: a failure in between sends an update twice rather than never.
    # A reader who has left meanwhile is no error that would keep the mail from all the others.
    Subscriber.objects.filter(pk=subscriber.pk).update(mailed_until=until)
    return len(items)
