"""What a stranger can learn from the forms: nothing; and how often they may try."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscriptions import limits
from subscriptions.models import Request, Subscriber, Tally
from tests.conftest import Person
from tests.factories import SubscriberFactory
from tests.html import one, parse, text
from tests.subscriptions.forms import ask_for_link, form, subscribe
from tests.subscriptions.mails import HOUR, link_in, stamp, work

pytestmark = pytest.mark.django_db

# ── What a stranger can learn ────────────────────────────────────────────────────────────────────────────
KNOWN = ("confirmed@example.org", "asked@example.org", "bounced@example.org", "stranger@example.org")


@pytest.fixture
def readers() -> None:
    SubscriberFactory(email="confirmed@example.org", confirmed=True)
    SubscriberFactory(email="asked@example.org")
    SubscriberFactory(email="bounced@example.org", state="bounced")


@pytest.mark.usefixtures("readers", "without_limits")
@pytest.mark.parametrize("ask", [lambda person, email: subscribe(person, email=email), ask_for_link])
def test_who_is_subscribed_is_not_even_looked_up(ask: Any, visitor: Person) -> None:
    ask(visitor, "first@example.org")  # whose network is counted for the first time
    answers, statements = set(), set()
    for email in KNOWN:
        with CaptureQueriesContext(connection) as captured:
            answers.add(ask(visitor, email).content)
        statements.add(len(captured))
        assert not any("subscriptions_subscriber" in query["sql"] for query in captured)
    assert len(answers) == len(statements) == 1


@pytest.mark.usefixtures("readers")
def test_who_is_subscribed_already_is_sent_the_link_instead(visitor: Person) -> None:
    subscribe(visitor, email="confirmed@example.org", languages=["fr"], often="weekly")
    (message,) = work()
    assert message.subject == "The link to your subscription"
    assert visitor.get(link_in(message, "subscribe/manage")).status_code == 200
    reader = Subscriber.objects.get(email="confirmed@example.org")
    assert (reader.languages, reader.often) == (["en"], "immediately"), "a stranger changes nothing"


@pytest.mark.usefixtures("readers")
def test_the_link_is_sent_to_who_is_subscribed_and_to_nobody_else(visitor: Person) -> None:
    for email in KNOWN:
        assert ask_for_link(visitor, email).status_code == 200
    assert [message.to for message in work()] == [["confirmed@example.org"]]
    assert Subscriber.objects.count() == 3
    assert not Request.objects.exists()


@pytest.mark.usefixtures("readers")
def test_who_complained_is_not_written_to_because_somebody_types_their_address(visitor: Person) -> None:
    SubscriberFactory(email="complained@example.org", state="complained")
    subscribe(visitor, email="complained@example.org")
    assert work() == []
    subscribe(visitor, email="bounced@example.org")
    visitor.post(link_in(work()[0]))
    assert Subscriber.objects.get(email="bounced@example.org").state == "confirmed"


@pytest.mark.parametrize(
    "email",
    ["a@victim.org（b）", "a@victim.org　（x）", "a@x＞，＜v＠example.org", "a@localhost", "a@[10.0.0.1]"],
)
def test_an_address_that_only_looks_like_one_is_refused(email: str, visitor: Person) -> None:
    assert subscribe(visitor, email=email).status_code == 400
    assert not Request.objects.exists()


# ── Robots and floods ────────────────────────────────────────────────────────────────────────────────────
def test_a_robot_is_thanked_and_forgotten(visitor: Person) -> None:
    human = subscribe(visitor, email="human@example.org")
    robot = subscribe(visitor, email="robot@example.org", website="https://spam.example")
    assert robot.content == human.content
    assert [request.email for request in Request.objects.all()] == ["human@example.org"]


def test_the_trap_for_robots_is_hidden_from_people(visitor: Person) -> None:
    trap = one(one(parse(visitor.get("/en/subscribe/")), "main"), "input", name="website")
    assert trap.get("tabindex") == "-1"
    assert trap.get("autocomplete") == "off"


def again(response: Any) -> dict[str, Any]:
    """What a browser would send if the person pressed the button once more."""
    main = one(parse(response), "main")
    assert one(main, "input", name="email").get("value") == "reader@example.org", "nothing is lost"
    return form(stamp=one(main, "input", name="stamp").get("value"))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: stamp(0.5), "quicker"),
        (lambda: stamp(25 * 60 * 60), "open for long"),
        (lambda: "", "open for long"),
        (lambda: "1700000000.0:forged", "open for long"),
        (lambda: stamp(-3600), "open for long"),
        (lambda: signing.Signer(salt="subscriptions.form").sign("nan"), "open for long"),
    ],
)
def test_a_form_that_no_person_can_have_filled_in_is_to_be_sent_again(
    wrong: Any, sentence: str, visitor: Person
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        response = subscribe(visitor, stamp=wrong())
        assert response.status_code == 400
        assert sentence in text(one(parse(response), "main"))
        assert not Request.objects.exists()
        clock.shift(3)
        assert visitor.post("/en/subscribe/", again(response)).status_code == 200
    assert Request.objects.exists()


def test_a_mailbox_cannot_be_flooded(visitor: Person) -> None:
    with time_machine.travel(dt.datetime(2024, 1, 23, 12, 30, tzinfo=dt.UTC), tick=False) as clock:
        answers = [subscribe(visitor, REMOTE_ADDR=f"198.51.{number}.1") for number in range(5)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
        assert "try again in an hour" in text(one(parse(answers[-1]), "main"))
        assert one(one(parse(answers[-1]), "main"), "input", name="email").get("value") == "reader@example.org"
        assert answers[-1].headers["Retry-After"]
        assert len(work()) == 3
        clock.shift(HOUR)
        assert subscribe(visitor).status_code == 200


def knock(address: str, number: int) -> int:
    person = Person(REMOTE_ADDR=address)
    return int(subscribe(person, email=f"reader{number}@example.org").status_code)


@pytest.mark.parametrize(
    ("addresses", "most"),
    [
        (lambda n: "198.51.100.7", limits.PER_CLIENT),
        (lambda n: f"198.51.100.{n}", limits.PER_NETWORK),
        (lambda n: f"2001:db8:0:aa00::{n:x}", limits.PER_CLIENT),
        (lambda n: f"2001:db8:0:aa{n:02x}::1", limits.PER_NETWORK),
    ],
)
def test_addresses_and_networks_have_their_limits(addresses: Any, most: int, visitor: Person) -> None:
    with time_machine.travel(dt.datetime(2024, 1, 23, 12, 30, tzinfo=dt.UTC), tick=False):
        answers = [knock(addresses(number), number) for number in range(most + 3)]
        assert answers == [200] * most + [429] * 3
        assert knock("203.0.113.9", 1000) == 200
        assert knock("2001:db8:1:aa00::1", 1001) == 200


def test_who_is_over_a_limit_does_not_use_up_what_others_may_ask_for(visitor: Person) -> None:
    with time_machine.travel(dt.datetime(2024, 1, 23, 12, 30, tzinfo=dt.UTC), tick=False):
        for number in range(limits.PER_CLIENT):
            knock("198.51.100.7", number)
        assert [knock("198.51.100.7", 99) for _time in range(limits.PER_MAILBOX + 1)] == [429] * 4
        assert knock("203.0.113.9", 99) == 200


def test_what_anybody_can_send_does_not_change_who_one_is(visitor: Person, settings: Any) -> None:
    def told(sent: str, remote: str = "192.0.2.1") -> str:
        request = type("R", (), {"META": {"REMOTE_ADDR": remote}, "headers": {"X-Forwarded-For": sent}})()
        return str(limits.client_address(request))  # type: ignore[arg-type]

    assert told("203.0.113.5") == "192.0.2.1", "without a proxy the header says nothing"
    settings.BEHIND_PROXY = True
    assert told("203.0.113.5") == "203.0.113.5"
    assert told("10.0.0.1, evil, 203.0.113.5") == "203.0.113.5", "what stands before is the client's own"
    assert told("") == "192.0.2.1"
    assert told("203.0.113.5:4711") == "203.0.113.5", "some proxies write the port too"
    assert told("[2001:db8::5]:4711") == "2001:db8::5"
    assert told("nonsense") == "192.0.2.1", "so that nobody is without a limit"
    assert told("nonsense", remote="") == "None"
    assert told("", remote="") == "None", "behind a socket nobody is known, and nobody is limited"
    assert told("::ffff:203.0.113.5") == "203.0.113.5"


def test_no_address_is_kept_for_counting(visitor: Person) -> None:
    subscribe(visitor, REMOTE_ADDR="198.51.100.7")
    kept = repr(list(Tally.objects.values()))
    assert Tally.objects.count() == 3
    for personal in ("reader", "198.51", "127.0"):
        assert personal not in kept
