"""Subscribing, confirming and leaving. Links in mails are signed; nobody needs a password."""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from subscriptions.models import Subscriber

SALT = "subscriptions"
CONFIRM_WITHIN = dt.timedelta(days=7)
# A second request for the same address within this time sends no second mail, so that nobody can flood a mailbox.
ASK_AGAIN_AFTER = dt.timedelta(minutes=10)


def link_token(subscriber: Subscriber, purpose: str) -> str:
    return signing.dumps({"pk": subscriber.pk, "for": purpose}, salt=SALT)


def subscriber_of(token: str, purpose: str, *, max_age: dt.timedelta | None = None) -> Subscriber | None:
    """Whom a signed link belongs to; None if it is forged, for another purpose, too old, or they have left."""
    try:
        data = signing.loads(token, salt=SALT, max_age=max_age)
    except signing.BadSignature:
        return None
    if not isinstance(data, dict) or data.get("for") != purpose:
        return None
    return Subscriber.objects.filter(pk=int(data["pk"])).first()


def ask_to_confirm(email: str, *, language: str, site: str) -> None:
    """Mail a link that confirms a subscription; what the visitor is told never depends on who is subscribed.

    `site` is the address of the site without a path, such as https://newsroom.example.org.
    """
    subscriber, created = Subscriber.objects.get_or_create(email=email.strip().lower(), defaults={"language": language})
    if subscriber.confirmed_at:
        return
    if not created and timezone.now() - subscriber.created_at < ASK_AGAIN_AFTER:
        return
    with override(language):
        link = site + reverse("subscribe-confirm", args=[link_token(subscriber, "confirm")])
        mail = EmailMessage(
            subject=_("Confirm that you want our updates"),
            body=render_to_string("subscriptions/confirm_mail.txt", {"link": link}),
            to=[subscriber.email],
        )
    try:
        mail.send()
    except OSError:
        # As if nobody had asked, so that the next attempt is not taken for a flood.
        if created:
            subscriber.delete()
        raise
    if not created:
        subscriber.language, subscriber.created_at = language, timezone.now()
        subscriber.save(update_fields=["language", "created_at"])


def confirm(subscriber: Subscriber) -> None:
    now = timezone.now()
    Subscriber.objects.filter(pk=subscriber.pk, confirmed_at=None).update(confirmed_at=now, mailed_until=now)
