"""Subscribing twice confirmed, choosing, leaving by one click, and what a stranger can learn: nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail, signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from subscriptions import limits, links
from subscriptions.models import Request, Subscriber, Tally
from tests.conftest import Person
from tests.factories import SubscriberFactory, TopicFactory, translated
from tests.html import elements, hrefs, one, parse, text, texts
from tests.subscriptions.mails import HOUR, link_in, stamp, work, work_at

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def without_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PER_MAILBOX", "PER_CLIENT", "PER_NETWORK"):
        monkeypatch.setattr(limits, name, 10_000)


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────────────
def test_nobody_is_subscribed_before_they_confirm(visitor: Person) -> None:
    assert subscribe(visitor).status_code == 200
    assert not mail.outbox, "the visitor does not wait for a mail server"
    (message,) = work()
    assert message.to == ["reader@example.org"]
    assert not Subscriber.objects.confirmed().exists()
    page = visitor.get(link_in(message))
    assert page.status_code == 200
    assert not Subscriber.objects.confirmed().exists(), "a program that follows links confirms nothing"
    assert one(one(parse(page), "main"), "form").get("method") == "post"
    answer = visitor.post(link_in(message))
    reader = Subscriber.objects.confirmed().get()
    assert reader.email == "reader@example.org"
    assert manage_path(reader).rsplit("/", 3)[0] in " ".join(hrefs(one(parse(answer), "main")))


def test_what_was_chosen_is_kept(visitor: Person) -> None:
    topic, other = TopicFactory(), TopicFactory()
    translated(topic)
    subscribe(visitor, languages=["en", "fr"], often="weekly", kinds=["news:speech", "article"], topics=[topic.pk])
    work()
    reader = Subscriber.objects.get()
    assert (reader.languages, reader.kinds, reader.often) == (["en", "fr"], ["news:speech", "article"], "weekly")
    assert list(reader.topics.all()) == [topic] != [other]


def test_the_mail_is_in_the_language_of_the_page_or_in_one_that_was_chosen(visitor: Person) -> None:
    subscribe(visitor, "fr", languages=["en", "fr"])
    assert "/fr/" in link_in(work()[0])
    subscribe(visitor, "uk", languages=["ar", "fr"], email="other@example.org")
    assert "/ar/" in link_in(work()[0])


def test_the_address_from_the_foot_of_a_page_is_filled_in(visitor: Person) -> None:
    page = parse(visitor.get("/en/subscribe/", {"email": "reader@example.org"}))
    assert one(one(page, "main"), "input", name="email").get("value") == "reader@example.org"


def test_the_language_of_the_page_is_chosen_already_and_the_rest_is_folded(visitor: Person) -> None:
    main = one(parse(visitor.get("/fr/subscribe/")), "main")
    ticked = [box.get("value") for box in elements(main, "input", type="checkbox") if box.get("checked") is not None]
    assert ticked == ["fr"]
    assert one(main, "details").get("open") is None
    mistaken = one(parse(subscribe(visitor, languages=[])), "main")
    assert one(mistaken, "details").get("open") is not None
    assert "Choose at least one language." in text(mistaken)


@pytest.mark.parametrize(
    "email",
    [
        "", "reader", "reader@", "a@b", "reader@example.org\nBcc: x@example.org", "x" * 300 + "@example.org",
        "\x00@example.org", "reader@example.org, other@example.org", "<reader@example.org>", "réader@example.org",
        "reader@exa mple.org", "reader@" + "ü" * 63 + ".example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_a_message_and_keeps_what_was_typed(email: str, visitor: Person) -> None:
    response = subscribe(visitor, email=email)
    assert response.status_code == 400
    assert "Enter" in text(one(parse(response), "main")) or "characters" in text(one(parse(response), "main"))
    assert not Request.objects.exists()


@pytest.mark.parametrize("email", ["reader@bücher.example", "READER@Bücher.Example", "reader@xn--bcher-kva.example"])
def test_a_domain_is_one_however_it_is_written(email: str, visitor: Person) -> None:
    SubscriberFactory(email="reader@xn--bcher-kva.example", confirmed=True)
    subscribe(visitor, email=email)
    (message,) = work()
    assert message.to == ["reader@xn--bcher-kva.example"]
    assert "reader@xn--bcher-kva.example" in message.message()["To"]
    assert Subscriber.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"languages": ["xx"]}, {"kinds": ["xx"]}, {"topics": ["999999"]}, {"topics": ["x' OR 1=1"]}, {"often": "hourly"},
        {"kinds": ["page"]}, {"languages": ["en\x00"]}, {"topics": ["9" * 40]},
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_a_message(wrong: dict[str, Any], visitor: Person) -> None:
    TopicFactory()
    assert subscribe(visitor, **wrong).status_code == 400
    assert not Request.objects.exists()


def test_a_draft_of_a_topic_is_not_offered(visitor: Person) -> None:
    draft, live = TopicFactory(draft=True, title="SECRET"), TopicFactory(title="Open")
    main = one(parse(visitor.get("/en/subscribe/")), "main")
    assert "Open" in text(main)
    assert "SECRET" not in text(main)
    assert subscribe(visitor, topics=[draft.pk]).status_code == 400
    assert subscribe(visitor, topics=[live.pk]).status_code == 200


def test_addresses_are_one_whatever_their_case(visitor: Person) -> None:
    subscribe(visitor, email="Reader@Example.org")
    subscribe(visitor, email=" reader@example.org ")
    work()
    assert [reader.email for reader in Subscriber.objects.all()] == ["reader@example.org"]


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


# ── Without cookies ──────────────────────────────────────────────────────────────────────────────────────
def test_no_cookie_is_set_at_any_step(visitor: Person) -> None:
    responses = [visitor.get("/en/subscribe/"), subscribe(visitor), visitor.get("/en/subscribe/link/")]
    link = link_in(work()[0])
    responses += [visitor.get(link), visitor.post(link)]
    reader = Subscriber.objects.get()
    responses += [visitor.get(manage_path(reader)), visitor.post(manage_path(reader), form(language="en"))]
    responses += [ask_for_link(visitor), visitor.get(leave_path(reader)), visitor.post(leave_path(reader))]
    assert [len(response.cookies) for response in responses] == [0] * len(responses)
    assert all(response.status_code == 200 for response in responses)
    assert all("no-store" in response.headers["Cache-Control"] for response in responses)


def test_the_form_works_from_a_browser_without_cookies() -> None:
    strict = Person(enforce_csrf_checks=True)
    assert subscribe(strict).status_code == 200
    assert Request.objects.exists()


def test_the_form_asks_for_nothing_that_is_not_used(visitor: Person) -> None:
    page = one(parse(visitor.get("/en/subscribe/")), "main")
    names = {field.get("name") for field in page.iter() if field.get("name")}
    assert names == {"email", "often", "languages", "kinds", "website", "stamp"}


def test_pages_with_a_readers_link_tell_no_other_site_of_it(visitor: Person) -> None:
    reader = SubscriberFactory(confirmed=True)
    for path in (manage_path(reader), leave_path(reader)):
        page = parse(visitor.get(path))
        assert one(page, "meta", name="referrer").get("content") == "no-referrer"
        assert one(page, "meta", name="robots").get("content") == "noindex"


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────
def tokens(subscriber: Subscriber, purpose: str) -> list[str]:
    good = links.token_for(subscriber, purpose)
    other = links.MANAGE if purpose == links.CONFIRM else links.CONFIRM
    return [
        "nonsense",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        links.token_for(subscriber, other),
        signing.dumps({"pk": subscriber.pk, "for": purpose}, salt="another"),
        signing.dumps([purpose], salt=links.SALT),
        links.token_for(Subscriber(pk=999_999, email=subscriber.email), purpose),
        links.token_for(Subscriber(pk=subscriber.pk, email="somebody-else@example.org"), purpose),
        "a:b:c",
        "%00",
        "x" * 3000,
    ]


@pytest.mark.parametrize("which", range(10))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_does_nothing(which: int, method: str, visitor: Person) -> None:
    asked, confirmed = SubscriberFactory(), SubscriberFactory(confirmed=True)
    response = getattr(visitor, method)(links.confirm_path(tokens(asked, links.CONFIRM)[which]).replace("%2500", "%00"))
    assert response.status_code == 404
    token = tokens(confirmed, links.MANAGE)[which]
    response = getattr(visitor, method)(f"/en/subscribe/manage/{token}/", form(language="fr"))
    assert response.status_code == 404
    assert getattr(visitor, method)(f"/en/unsubscribe/{token}/").status_code == 200
    confirmed.refresh_from_db()
    assert confirmed.language == "en"
    assert list(Subscriber.objects.confirmed()) == [confirmed]
    assert Subscriber.objects.count() == 2


def test_a_link_works_for_seven_days(visitor: Person) -> None:
    subscribe(visitor)
    link = link_in(work()[0])
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1)):
        response = visitor.post(link)
        assert response.status_code == 404
        assert "no longer works" in text(parse(response))
    with time_machine.travel(timezone.now() + dt.timedelta(days=6, hours=23)):
        assert visitor.post(link).status_code == 200
    assert Subscriber.objects.confirmed().exists()


def test_confirming_twice_changes_nothing(visitor: Person) -> None:
    subscribe(visitor)
    link = link_in(work()[0])
    visitor.post(link)
    before = Subscriber.objects.values().get()
    visitor.post(link)
    assert Subscriber.objects.values().get() == before


def test_a_link_of_old_does_not_bring_back_who_has_left_or_complained(visitor: Person) -> None:
    subscribe(visitor)
    link = link_in(work()[0])
    visitor.post(link)
    Subscriber.objects.update(state="complained")
    assert visitor.post(link).status_code == 404
    assert not Subscriber.objects.confirmed().exists()
    reader = Subscriber.objects.get()
    visitor.post(leave_path(reader))
    for path in (link, manage_path(reader)):
        assert visitor.post(path, form(language="en")).status_code == 404
    assert not Subscriber.objects.exists()


def test_the_links_of_who_left_are_not_those_of_who_comes_next(visitor: Person) -> None:
    left = SubscriberFactory(confirmed=True)
    path = leave_path(left)
    visitor.post(path)
    SubscriberFactory(confirmed=True)
    visitor.post(path)
    assert Subscriber.objects.count() == 1


# ── Choosing ─────────────────────────────────────────────────────────────────────────────────────────────
def test_a_reader_sees_and_changes_what_they_get(visitor: Person) -> None:
    topic = TopicFactory()
    reader = SubscriberFactory(confirmed=True, kinds=["article"], languages=["en", "fr"])
    reader.topics.add(topic)
    main = one(parse(visitor.get(manage_path(reader))), "main")
    ticked = {box.get("value") for box in elements(main, "input") if box.get("checked") is not None}
    assert ticked == {"immediately", "en", "fr", "article", str(topic.pk)}
    assert reader.email in text(main)
    saved = visitor.post(manage_path(reader), form(languages=["uk"], often="weekly", language="uk"))
    assert saved.status_code == 200
    reader.refresh_from_db()
    assert (reader.languages, reader.kinds, reader.often, reader.language) == (["uk"], [], "weekly", "uk")
    assert not reader.topics.exists()


def test_what_cannot_be_chosen_is_not_saved(visitor: Person) -> None:
    reader = SubscriberFactory(confirmed=True)
    assert visitor.post(manage_path(reader), form(languages=[], language="en")).status_code == 400
    assert visitor.post(manage_path(reader), form(language="xx")).status_code == 400
    reader.refresh_from_db()
    assert (reader.languages, reader.language) == (["en"], "en")


# ── Leaving ──────────────────────────────────────────────────────────────────────────────────────────────
def test_leaving_takes_one_post_as_mail_programs_send_it(visitor: Person) -> None:
    link = leave_path(SubscriberFactory(confirmed=True))
    assert visitor.get(link).status_code == 200
    assert visitor.head(link).status_code == 200
    assert Subscriber.objects.exists(), "a program that follows links unsubscribes nobody"
    strict = Person(enforce_csrf_checks=True)
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()
    assert visitor.post(link).status_code == 200


def test_the_page_of_a_link_offers_its_button(visitor: Person) -> None:
    reader = SubscriberFactory(confirmed=True)
    page = one(parse(visitor.get(leave_path(reader))), "main")
    assert one(page, "form").get("method") == "post"
    assert texts(page, "button") == ["Unsubscribe"]
    page = one(parse(visitor.get(manage_path(reader))), "main")
    assert leave_path(reader) in [form_element.get("action") for form_element in elements(page, "form")]


def test_who_has_not_confirmed_is_forgotten_after_two_weeks(visitor: Person) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        subscribe(visitor)
        work()
    work_at(now + dt.timedelta(days=13))
    assert Subscriber.objects.exists()
    work_at(now + dt.timedelta(days=15))
    assert not Subscriber.objects.exists()


def test_the_form_of_a_page_is_sent_as_it_stands(visitor: Person) -> None:
    page = visitor.get("/en/subscribe/")
    assert b"csrfmiddlewaretoken" not in page.content
    forms = [form for form in parse(page).iter("form") if form.get("method") == "post"]
    assert len(forms) == 1
