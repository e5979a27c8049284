"""The signed links in mails: nobody needs a password, and nobody can make one for somebody else."""

from __future__ import annotations

import datetime as dt

from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from subscriptions.models import Subscriber

SALT = "subscriptions"
CONFIRM_WITHIN = dt.timedelta(days=7)
CONFIRM, MANAGE = "confirm", "manage"


def token_for(reader: Subscriber, purpose: str) -> str:
    """What identifies a reader in a link."""
    return signing.dumps({"pk": reader.pk, "of": _mark_of(reader), "for": purpose}, salt=SALT)


def reader_of(token: str, purpose: str, *, max_age: dt.timedelta | None = None) -> Subscriber | None:
    """Whom a link belongs to; None if it is forged, for another purpose, too old, or they have left."""
    try:
        data = signing.loads(token, salt=SALT, max_age=max_age)
    except signing.BadSignature:
        return None
    if not isinstance(data, dict) or data.get("for") != purpose:
        return None
    reader = Subscriber.objects.filter(pk=int(data["pk"])).first()
    return reader if reader is not None and data.get("of") == _mark_of(reader) else None


def _mark_of(reader: Subscriber) -> str:
    """Stands for the address: a database restored from a copy may give a row's key to somebody else."""
    return salted_hmac(SALT, reader.email).hexdigest()[:16]


def confirm_path(token: str) -> str:
    return reverse("subscribe-confirm", args=[token])


def manage_path(token: str) -> str:
    return reverse("subscribe-manage", args=[token])


def leave_path(token: str) -> str:
    return reverse("unsubscribe", args=[token])
