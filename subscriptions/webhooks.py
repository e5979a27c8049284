"""What the mail's provider tells of bounces and complaints, under `webhooks/mail/`.

There is an address only if a provider and a secret are set: without a secret anybody could unsubscribe everybody.
"""

from __future__ import annotations

from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from anymail.urls import urlpatterns as anymail_patterns
from django.conf import settings

from subscriptions import service
from subscriptions.models import Subscriber

app_name = "anymail"
# Mandrill has one address for everything.
OURS = {f"{settings.MAIL_PROVIDER}_tracking_webhook", f"{settings.MAIL_PROVIDER}_webhook"}
urlpatterns = [
    pattern
    for pattern in anymail_patterns
    if settings.ANYMAIL["WEBHOOK_SECRET"] and getattr(pattern, "name", "") in OURS
]

# Full mailboxes and the like pass; with these nothing will ever arrive.
FOR_GOOD = {RejectReason.BOUNCED, RejectReason.INVALID}


def heed(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Receiver of anymail's `tracking` signal: whoever cannot or will not have our mail gets no more."""
    if not event.recipient:
        return
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        state = Subscriber.State.COMPLAINED
    elif event.event_type in (EventType.BOUNCED, EventType.REJECTED) and event.reject_reason in FOR_GOOD:
        state = Subscriber.State.BOUNCED
    else:
        return
    told = str((event.metadata or {}).get("delivery", ""))
    reason = event.mta_response or event.description or ""
    delivery = int(told) if told.isascii() and told.isdecimal() and len(told) < 19 else None
    service.suppress(event.recipient, state=state, delivery=delivery, reason=" ".join(str(reason).split()))
