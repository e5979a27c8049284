"""The forms and links of readers, filled in and followed in a line."""

from __future__ import annotations

from typing import Any

from subscriptions import links
from subscriptions.models import Subscriber
from tests.conftest import Person
from tests.subscriptions.mails import stamp


def form(**values: Any) -> dict[str, Any]:
    filled = {"email": "reader@example.org", "languages": ["en"], "often": "immediately", "website": ""}
    return {**filled, "stamp": stamp(), **values}


def subscribe(person: Person, language: str = "en", **values: Any) -> Any:
    return person.post(f"/{language}/subscribe/", form(**values))


def ask_for_link(person: Person, email: str = "reader@example.org", **values: Any) -> Any:
    return person.post("/en/subscribe/link/", {"email": email, "website": "", "stamp": stamp(), **values})


def leave_path(reader: Subscriber) -> str:
    return links.leave_path(links.token_for(reader, links.MANAGE))


def manage_path(reader: Subscriber) -> str:
    return links.manage_path(links.token_for(reader, links.MANAGE))
