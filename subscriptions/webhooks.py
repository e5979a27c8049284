"""What the mail's provider tells of bounces and complaints. Whether it was the provider, anymail has looked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason

from publishing.keys import key_in
from subscriptions import service
from subscriptions.models import Subscriber

FOR_GOOD = {RejectReason.BOUNCED, RejectReason.INVALID}
# A full mailbox and the like passes. anymail calls that a bounce too; the providers' own words tell it, each in one of
# these places, or a status of 4.x.x (RFC 3463).
PLACES = ("Type", "type", "event", "severity", "bounce_type")
PASSES = re.compile(r"soft|transient|temporary|\b4\.\d+\.\d+\b", re.IGNORECASE)


def heed(sender: Any, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Receiver of anymail's `tracking` signal: whoever cannot or will not have our mail gets no more."""
    if not event.recipient:
        return
    if event.event_type == EventType.COMPLAINED or event.reject_reason == RejectReason.SPAM:
        state = Subscriber.State.COMPLAINED
    elif event.event_type in (EventType.BOUNCED, EventType.REJECTED) and _is_for_good(event):
        state = Subscriber.State.BOUNCED
    else:
        return
    delivery = key_in((event.metadata or {}).get("delivery"))
    reason = event.mta_response or event.description or ""
    service.suppress(event.recipient, state=state, delivery=delivery, reason=" ".join(str(reason).split()))


def _is_for_good(event: AnymailTrackingEvent) -> bool:
    raw = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    words = [str(raw.get(place, "")) for place in PLACES] + [event.mta_response or "", event.description or ""]
    return event.reject_reason in FOR_GOOD and not PASSES.search(" ".join(words))
