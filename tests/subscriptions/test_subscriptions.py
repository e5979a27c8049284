"""Subscribing twice confirmed, leaving by one click, and what a stranger can learn: nothing."""

from __future__ import annotations

import datetime as dt
import re
from io import StringIO
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail, signing
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.utils import timezone

from subscriptions import mailing, service
from subscriptions.models import Subscriber
from tests.conftest import Person
from tests.factories import FeaturedItemFactory, NewsItemFactory, SubscriberFactory, translated
from tests.html import one, parse, text

pytestmark = pytest.mark.django_db

FORM = {"email": "reader@example.org", "language": "en", "website": ""}


def link_in(message: Any) -> str:
    found = re.search(r"https?://testserver(/\S+)", message.body)
    assert found, message.body
    return found[1]


def subscribe(person: Person, **values: str) -> Any:
    return person.post("/en/subscribe/", {**FORM, **values})


# ── Asking ───────────────────────────────────────────────────────────────────────────────────────────────
def test_nobody_is_subscribed_before_they_confirm(visitor: Person) -> None:
    assert subscribe(visitor).status_code == 200
    assert not Subscriber.objects.confirmed().exists()
    assert [message.to for message in mail.outbox] == [["reader@example.org"]]
    page = visitor.get(link_in(mail.outbox[0]))
    assert page.status_code == 200
    assert not Subscriber.objects.confirmed().exists(), "a program that follows links confirms nothing"
    assert one(one(parse(page), "main"), "form").get("method") == "post"
    visitor.post(link_in(mail.outbox[0]))
    assert Subscriber.objects.confirmed().get().email == "reader@example.org"


@pytest.mark.parametrize("asked_before", [False, True])
def test_a_mail_that_could_not_be_sent_can_be_asked_for_again(
    asked_before: bool, visitor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    if asked_before:
        with time_machine.travel(timezone.now() - dt.timedelta(hours=1)):
            subscribe(visitor)
        mail.outbox.clear()

    def fail(message: Any) -> None:
        raise SMTPServerDisconnected

    visitor.raise_request_exception = False
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", fail)
        assert subscribe(visitor).status_code == 500
    assert subscribe(visitor).status_code == 200
    assert [message.to for message in mail.outbox] == [["reader@example.org"]]


def test_the_mail_is_in_the_language_that_was_chosen(visitor: Person) -> None:
    subscribe(visitor, language="fr")
    assert "/fr/" in link_in(mail.outbox[0])
    assert "Confirm that" not in mail.outbox[0].subject


def test_the_address_from_the_foot_of_a_page_is_filled_in(visitor: Person) -> None:
    page = parse(visitor.get("/en/subscribe/", {"email": "reader@example.org"}))
    assert one(one(page, "main"), "input", name="email").get("value") == "reader@example.org"


@pytest.mark.parametrize(
    "email",
    [
        "",
        "reader",
        "reader@",
        "a@b",
        "reader@example.org\nBcc: x@example.org",
        "x" * 300 + "@example.org",
        "\x00@example.org",
    ],
)
def test_what_is_no_address_is_a_message_and_keeps_what_was_typed(email: str, visitor: Person) -> None:
    response = subscribe(visitor, email=email)
    assert response.status_code in (200, 400)
    assert "Enter" in text(one(parse(response), "main")) or "characters" in text(one(parse(response), "main"))
    assert not Subscriber.objects.exists()
    assert not mail.outbox


def test_a_language_that_does_not_exist_is_a_message(visitor: Person) -> None:
    assert subscribe(visitor, language="xx").status_code == 400
    assert not Subscriber.objects.exists()


def test_addresses_are_one_whatever_their_case(visitor: Person) -> None:
    subscribe(visitor, email="Reader@Example.org")
    subscribe(visitor, email=" reader@example.org ")
    assert Subscriber.objects.count() == 1
    with pytest.raises(ValidationError):
        SubscriberFactory(email="reader@example.org")


# ── What a stranger can learn ────────────────────────────────────────────────────────────────────────────
def test_the_answer_is_the_same_whether_an_address_is_subscribed_or_not(visitor: Person) -> None:
    SubscriberFactory(email="known@example.org", confirmed=True)
    SubscriberFactory(email="asked@example.org")
    answers = {subscribe(visitor, email=f"{name}@example.org").content for name in ("known", "asked", "stranger")}
    assert len(answers) == 1


def test_a_mailbox_cannot_be_flooded(visitor: Person) -> None:
    for _ in range(5):
        subscribe(visitor)
    assert len(mail.outbox) == 1
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=11)):
        subscribe(visitor)
    assert len(mail.outbox) == 2


def test_a_subscriber_is_not_mailed_again_for_asking(visitor: Person) -> None:
    SubscriberFactory(email="reader@example.org", confirmed=True)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        subscribe(visitor)
    assert not mail.outbox


def test_a_robot_is_thanked_and_forgotten(visitor: Person) -> None:
    human = subscribe(visitor, email="human@example.org")
    robot = subscribe(visitor, email="robot@example.org", website="https://spam.example")
    assert robot.content == human.content
    assert not Subscriber.objects.filter(email="robot@example.org").exists()
    assert len(mail.outbox) == 1


def test_the_trap_for_robots_is_hidden_from_people(visitor: Person) -> None:
    trap = one(one(parse(visitor.get("/en/subscribe/")), "main"), "input", name="website")
    assert trap.get("tabindex") == "-1"
    assert trap.get("autocomplete") == "off"


def test_no_cookie_is_set_at_any_step(visitor: Person) -> None:
    responses = [visitor.get("/en/subscribe/"), subscribe(visitor)]
    link = link_in(mail.outbox[0])
    responses += [visitor.get(link), visitor.post(link)]
    leave = f"/en/unsubscribe/{service.link_token(Subscriber.objects.get(), 'leave')}/"
    responses += [visitor.get(leave), visitor.post(leave)]
    assert [len(response.cookies) for response in responses] == [0] * 6
    assert all("no-store" in response.headers["Cache-Control"] for response in responses)


def test_the_form_works_from_a_browser_without_cookies() -> None:
    strict = Person(enforce_csrf_checks=True)
    assert subscribe(strict).status_code == 200
    assert Subscriber.objects.exists()


def test_the_form_asks_for_nothing_that_is_not_used(visitor: Person) -> None:
    page = one(parse(visitor.get("/en/subscribe/")), "main")
    assert {field.get("name") for field in page.iter() if field.get("name")} <= {"email", "language", "website"}


# ── Links ────────────────────────────────────────────────────────────────────────────────────────────────
def tokens(subscriber: Subscriber) -> list[str]:
    good = service.link_token(subscriber, "confirm")
    return [
        "nonsense",
        good[:-1] + ("A" if good[-1] != "A" else "B"),
        service.link_token(subscriber, "leave"),
        signing.dumps({"pk": subscriber.pk, "for": "confirm"}, salt="another"),
        signing.dumps(["confirm"], salt=service.SALT),
        signing.dumps({"pk": 999_999, "for": "confirm"}, salt=service.SALT),
        "a:b:c",
        "%00",
        "x" * 3000,
    ]


@pytest.mark.parametrize("which", range(9))
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_forged_link_confirms_nobody(which: int, method: str, visitor: Person) -> None:
    subscriber = SubscriberFactory()
    response = getattr(visitor, method)(f"/en/subscribe/confirm/{tokens(subscriber)[which]}/")
    assert response.status_code == 404
    assert not Subscriber.objects.confirmed().exists()


def test_a_link_works_for_seven_days(visitor: Person) -> None:
    subscribe(visitor)
    link = link_in(mail.outbox[0])
    with time_machine.travel(timezone.now() + dt.timedelta(days=7, minutes=1)):
        response = visitor.post(link)
        assert response.status_code == 404
        assert "no longer works" in text(parse(response))
    with time_machine.travel(timezone.now() + dt.timedelta(days=6, hours=23)):
        assert visitor.post(link).status_code == 200
    assert Subscriber.objects.confirmed().exists()


def test_confirming_twice_changes_nothing(visitor: Person) -> None:
    subscribe(visitor)
    visitor.post(link_in(mail.outbox[0]))
    before = Subscriber.objects.get().mailed_until
    visitor.post(link_in(mail.outbox[0]))
    assert Subscriber.objects.get().mailed_until == before


def test_leaving_takes_one_post_as_mail_programs_send_it(visitor: Person) -> None:
    subscriber = SubscriberFactory(confirmed=True)
    link = f"/en/unsubscribe/{service.link_token(subscriber, 'leave')}/"
    assert visitor.get(link).status_code == 200
    assert Subscriber.objects.exists()
    strict = Person(enforce_csrf_checks=True)
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()
    assert visitor.post(link).status_code == 200


def test_a_forged_link_makes_nobody_leave(visitor: Person) -> None:
    subscriber = SubscriberFactory(confirmed=True)
    for token in ("nonsense", service.link_token(subscriber, "confirm")):
        assert visitor.post(f"/en/unsubscribe/{token}/").status_code == 200
    assert Subscriber.objects.exists()


def test_the_page_of_a_link_offers_its_button(visitor: Person) -> None:
    subscriber = SubscriberFactory(confirmed=True)
    page = one(parse(visitor.get(f"/en/unsubscribe/{service.link_token(subscriber, 'leave')}/")), "main")
    form = one(page, "form")
    assert form.get("method") == "post"
    assert text(one(form, "button")) == "Unsubscribe"


# ── Mailing ──────────────────────────────────────────────────────────────────────────────────────────────
NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def reader() -> Subscriber:
    return SubscriberFactory(confirmed_at=NOON, mailed_until=NOON)


def send(at: dt.datetime) -> str:
    out = StringIO()
    with time_machine.travel(at, tick=False):
        call_command("send_updates", site="https://newsroom.example.org/", stdout=out, stderr=out)
    return out.getvalue()


def test_what_went_live_since_the_last_mail_is_mailed_once(reader: Subscriber) -> None:
    NewsItemFactory(title="Before", live_from=NOON - HOUR)
    item = NewsItemFactory(title="After", live_from=NOON + HOUR)
    assert "1 mails sent, 0 failed" in send(NOON + 2 * HOUR)
    assert "0 mails sent" in send(NOON + 3 * HOUR)
    (message,) = mail.outbox
    assert message.to == [reader.email]
    assert "After" in message.body
    assert f"https://newsroom.example.org{item.get_absolute_url()}" in message.body
    assert "Before" not in message.body


def test_nothing_new_is_no_mail(reader: Subscriber) -> None:
    send(NOON + HOUR)
    assert not mail.outbox


def test_only_what_is_live_in_the_readers_language_is_mailed(reader: Subscriber) -> None:
    english = NewsItemFactory(title="English", live_from=NOON + HOUR)
    translated(english, title="Français", live_from=NOON + HOUR)
    NewsItemFactory(title="SECRET draft", draft=True)
    NewsItemFactory(title="SECRET later", live_from=NOON + 5 * HOUR)
    NewsItemFactory(title="SECRET gone", live_from=NOON + HOUR, live_until=NOON + HOUR + HOUR / 2)
    FeaturedItemFactory(title="A card", live_from=NOON + HOUR)
    send(NOON + 2 * HOUR)
    body = mail.outbox[0].body
    assert "English" in body
    for other in ("Français", "SECRET", "A card"):
        assert other not in body


def test_what_was_scheduled_is_mailed_after_it_went_live(reader: Subscriber) -> None:
    NewsItemFactory(title="Later", live_from=NOON + 5 * HOUR)
    send(NOON + 2 * HOUR)
    assert not mail.outbox
    send(NOON + 6 * HOUR)
    assert "Later" in mail.outbox[0].body


def test_nobody_who_has_not_confirmed_is_mailed() -> None:
    SubscriberFactory()
    NewsItemFactory(live_from=NOON + HOUR)
    send(NOON + 2 * HOUR)
    assert not mail.outbox


def test_every_mail_lets_the_reader_leave_by_one_click(reader: Subscriber, visitor: Person) -> None:
    NewsItemFactory(live_from=NOON + HOUR)
    send(NOON + 2 * HOUR)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://newsroom.example.org/en/unsubscribe/")
    assert link in mail.outbox[0].body
    visitor.post(link.removeprefix("https://newsroom.example.org"))
    assert not Subscriber.objects.exists()


def test_a_mail_that_fails_is_tried_again_and_does_not_stop_the_others(
    reader: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SubscriberFactory(confirmed_at=NOON, mailed_until=NOON)
    NewsItemFactory(live_from=NOON + HOUR)
    really_send = mailing.EmailMessage.send

    def send_or_fail(message: Any, *args: Any, **kwargs: Any) -> int:
        if message.to == [reader.email]:
            raise SMTPServerDisconnected("gone")
        return int(really_send(message, *args, **kwargs))

    with monkeypatch.context() as broken:
        broken.setattr(mailing.EmailMessage, "send", send_or_fail)
        assert "1 mails sent, 1 failed" in send(NOON + 2 * HOUR)
    assert [message.to for message in mail.outbox] == [[other.email]]
    assert "1 mails sent, 0 failed" in send(NOON + 3 * HOUR)
    assert mail.outbox[1].to == [reader.email]


def test_a_title_is_plain_text_in_a_mail(reader: Subscriber) -> None:
    NewsItemFactory(title="Fish & “chips” <b>", live_from=NOON + HOUR)
    send(NOON + 2 * HOUR)
    assert "Fish & “chips” <b>" in mail.outbox[0].body


# ── The admin ────────────────────────────────────────────────────────────────────────────────────────────
def test_staff_look_and_delete_but_do_not_subscribe_anybody(administrator: Person) -> None:
    subscriber = SubscriberFactory()
    assert administrator.get("/admin/subscriptions/subscriber/").status_code == 200
    assert administrator.get("/admin/subscriptions/subscriber/add/").status_code == 403
    assert (
        administrator.post(
            f"/admin/subscriptions/subscriber/{subscriber.pk}/change/", {"email": "x@example.org"}
        ).status_code
        == 403
    )
    administrator.post(f"/admin/subscriptions/subscriber/{subscriber.pk}/delete/", {"post": "yes"})
    assert not Subscriber.objects.exists()


def test_editors_do_not_see_readers_addresses(editor: Person) -> None:
    SubscriberFactory(email="private@example.org")
    response = editor.get("/admin/subscriptions/subscriber/")
    assert response.status_code == 403
    assert b"private@" not in response.content


def test_the_form_of_a_page_is_sent_as_it_stands(visitor: Person) -> None:
    page = visitor.get("/en/subscribe/")
    assert b"csrfmiddlewaretoken" not in page.content
    forms = [form for form in parse(page).iter("form") if form.get("method") == "post"]
    assert len(forms) == 1
