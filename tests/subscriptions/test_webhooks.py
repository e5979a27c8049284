"""Bounces and complaints: whoever cannot or will not have our mail gets no more, and nobody can forge that."""

from __future__ import annotations

import base64
import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import clear_url_caches
from django.utils import timezone

from portal import urls
from subscriptions import webhook_urls
from subscriptions.announcing import announce
from subscriptions.ledger import Delivery
from subscriptions.models import Subscriber
from tests.conftest import Person
from tests.factories import NewsItemFactory, SubscriberFactory
from tests.subscriptions.mails import HOUR, watch_since, work

pytestmark = pytest.mark.django_db

SECRET = "postman:a-secret"


@pytest.fixture
def provider(settings: Any) -> Iterator[None]:
    """The site as it starts with EMAIL_URL=postmark://… and a secret."""
    settings.MAIL_PROVIDER = "postmark"
    settings.ANYMAIL = {**settings.ANYMAIL, "WEBHOOK_SECRET": SECRET}
    reload()
    yield
    settings.MAIL_PROVIDER, settings.ANYMAIL = "", {**settings.ANYMAIL, "WEBHOOK_SECRET": ""}
    reload()


def reload() -> None:
    importlib.reload(webhook_urls)
    importlib.reload(urls)
    clear_url_caches()


@pytest.fixture
def reader() -> Subscriber:
    """Who was sent something."""
    watch_since(timezone.now() - HOUR)
    reader = SubscriberFactory(confirmed=True, since=timezone.now() - HOUR, email="reader@example.org")
    NewsItemFactory(live_from=timezone.now())
    work()
    return reader


def told(secret: str = SECRET, **event: Any) -> Any:
    postmark = {"MessageID": "abc", "Email": "reader@example.org", "Recipient": "reader@example.org", **event}
    header = {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
    return Person().post("/webhooks/mail/postmark/tracking/", json.dumps(postmark), "application/json", **header)


HARD = {"RecordType": "Bounce", "Type": "HardBounce", "Description": "Unknown user", "Details": "550 no such user"}
SOFT = {"RecordType": "Bounce", "Type": "SoftBounce", "Description": "Mailbox full"}
COMPLAINT = {"RecordType": "SpamComplaint", "Type": "SpamComplaint"}


def event(kind: dict[str, str], **more: Any) -> dict[str, Any]:
    return {**kind, "Metadata": {"delivery": str(Delivery.objects.get().pk)}, **more}


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(("kind", "state"), [(HARD, "bounced"), (COMPLAINT, "complained")])
def test_nothing_is_sent_any_more_to_who_cannot_or_will_not_have_it(
    kind: dict[str, str], state: str, reader: Subscriber
) -> None:
    NewsItemFactory(live_from=timezone.now())
    announce()
    sent, waits = Delivery.objects.order_by("pk")
    assert told(**kind, Metadata={"delivery": str(sent.pk)}).status_code == 200
    reader.refresh_from_db()
    assert reader.state == state
    sent.refresh_from_db()
    waits.refresh_from_db()
    assert (sent.state, waits.state) == (state, "dropped")
    NewsItemFactory(live_from=timezone.now())
    assert work() == []


@pytest.mark.usefixtures("provider")
def test_mail_that_comes_back_later_takes_no_complaint_back(reader: Subscriber) -> None:
    told(**event(COMPLAINT))
    told(**event(HARD))
    reader.refresh_from_db()
    assert reader.state == "complained"


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("kind", [SOFT, {**HARD, "Details": "smtp; 452 4.2.2 mailbox full"}])
def test_a_mailbox_that_is_full_is_no_reason_to_stop(kind: dict[str, str], reader: Subscriber) -> None:
    assert told(**event(kind)).status_code == 200
    assert Subscriber.objects.confirmed().exists()


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize("secret", ["", "postman:", "postman:another", "é:ü", ":" * 5000])
def test_a_forged_webhook_is_refused(secret: str, reader: Subscriber) -> None:
    assert told(secret, **event(HARD)).status_code == 400
    assert Subscriber.objects.confirmed().exists()


@pytest.mark.usefixtures("provider")
@pytest.mark.parametrize(
    "metadata", [{}, {"delivery": "x"}, {"delivery": "9" * 40}, {"delivery": "-1"}, {"delivery": "٣"}]
)
def test_an_address_suffices_and_nonsense_beside_it_does_no_harm(metadata: dict[str, str], reader: Subscriber) -> None:
    assert told(**HARD, Metadata=metadata).status_code == 200
    reader.refresh_from_db()
    assert reader.state == "bounced"
    assert Delivery.objects.get().state == "sent"


@pytest.mark.usefixtures("provider")
def test_a_delivery_is_marked_only_for_the_reader_whose_it_was(reader: Subscriber) -> None:
    other = SubscriberFactory(confirmed=True, email="other@example.org")
    told(**event(HARD, Email=other.email, Recipient=other.email))
    assert Delivery.objects.get().state == "sent"
    assert told(**event(HARD, Email="nobody@example.org", Recipient="nobody@example.org")).status_code == 200


def test_without_a_secret_there_is_no_such_address(reader: Subscriber) -> None:
    for secret in ("", SECRET):
        assert told(secret, **event(HARD)).status_code == 404
    assert Subscriber.objects.confirmed().exists()


@pytest.mark.usefixtures("provider")
def test_only_the_providers_own_address_is_open() -> None:
    for path in ("mailgun/tracking/", "postmark/inbound/", "amazon_ses/tracking/", ""):
        assert Person().post(f"/webhooks/mail/{path}").status_code == 404
