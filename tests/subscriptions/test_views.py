"""Subscribing confirmed twice, choosing, and leaving by one click."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail, signing
from django.utils import timezone

from subscriptions import links
from subscriptions.models import Request, Subscriber
from tests.conftest import Person
from tests.factories import SubscriberFactory, TopicFactory, translated
from tests.html import elements, hrefs, one, parse, text, texts
from tests.subscriptions.forms import ask_for_link, form, leave_path, manage_path, subscribe
from tests.subscriptions.mails import link_in, work, work_at

pytestmark = pytest.mark.django_db


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
