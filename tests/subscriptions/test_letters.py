"""The mails as readers and their programs see them."""

from __future__ import annotations

import datetime as dt
import re
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine

from portal.models import SiteSettings
from publishing import workflow
from subscriptions import links
from subscriptions.models import Subscriber
from tests.conftest import Person
from tests.factories import IMPORTER, NewsItemFactory, SiteSettingsFactory, SubscriberFactory, translated
from tests.html import elements, hrefs, one, parse, parse_as_browsers_do, text
from tests.publishing.drafts import edit
from tests.subscriptions.mails import HOUR, link_in, watch_since, work, work_at

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2024, 1, 23, 12, 0, tzinfo=dt.UTC)
SITE = "http://testserver"


@pytest.fixture(autouse=True)
def site(db: None) -> SiteSettings:
    watch_since(NOON)
    return SiteSettingsFactory(
        name={"en": "The Organisation", "fr": "L’Organisation", "ar": "المنظمة"},
        address={"en": "1 Main Street\n1000 Brussels"},
    )


@pytest.fixture
def reader() -> Subscriber:
    return SubscriberFactory(confirmed=True, since=NOON)


def sent(message: Any) -> Any:
    """The message as a mail program reads what goes over the line."""
    return message_from_bytes(message.message().as_bytes(linesep="\r\n"), policy=policy.default)


def html(message: Any) -> Any:
    (alternative,) = message.alternatives
    assert alternative[1] == "text/html"
    return parse_as_browsers_do(alternative[0])


def update(**values: Any) -> Any:
    NewsItemFactory(live_from=NOON + HOUR, **{"title": "Title", **values})
    (message,) = work_at(NOON + HOUR)
    return message


def correction() -> Any:
    item = NewsItemFactory(live_from=NOON + HOUR)
    work_at(NOON + HOUR)
    with time_machine.travel(NOON + 2 * HOUR, tick=False):
        edit(item, title="Another")
        workflow.approve(item, by=IMPORTER, correction="It was 12 < 21.")
    (message,) = work_at(NOON + 2 * HOUR)
    return message


def digest(often: str) -> Any:
    Subscriber.objects.update(often=often)
    NewsItemFactory(live_from=NOON + HOUR)
    (message,) = work_at(NOON + 10 * 24 * HOUR)
    return message


UPDATES = {
    "update": update,
    "correction": correction,
    "daily": lambda: digest("daily"),
    "weekly": lambda: digest("weekly"),
}


# ── Headers ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("make", UPDATES.values(), ids=UPDATES)
def test_mail_programs_are_told_whose_list_it_is_and_how_to_leave(
    make: Any, reader: Subscriber, visitor: Person
) -> None:
    message = sent(make())
    assert message["List-Id"] == '"The Organisation" <updates.newsroom.example.org>'
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (message["Auto-Submitted"], message["Precedence"]) == ("auto-generated", "bulk")
    assert re.fullmatch(r"<\d+\.[a-z0-9]{20}@newsroom\.example\.org>", message["Message-ID"])
    assert (message["From"], message["To"]) == ("newsroom@example.org", reader.email)
    assert message["Date"].datetime is not None
    leave = re.fullmatch(rf"<{SITE}(/en/unsubscribe/[^>]+)>", message["List-Unsubscribe"].strip())
    assert leave
    strict = Person(enforce_csrf_checks=True)
    assert strict.post(leave[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Subscriber.objects.exists()


def test_who_likes_to_leave_by_mail_can_if_somebody_reads_it(reader: Subscriber, settings: Any) -> None:
    settings.UNSUBSCRIBE_EMAIL = "leave@example.org"
    assert sent(update())["List-Unsubscribe"].endswith(">, <mailto:leave@example.org?subject=unsubscribe>")


@pytest.mark.parametrize("name", ["L’Organisation", 'An "odd" \\ name, <it> is', "المنظمة", "Ж" * 150])
def test_a_name_of_any_letters_leaves_the_list_readable(name: str, reader: Subscriber, site: SiteSettings) -> None:
    site.name = {"en": name}
    site.save()
    raw = update().message()["List-Id"]
    assert raw.endswith(" <updates.newsroom.example.org>")
    assert str(raw).isascii()


def test_titles_cannot_add_headers(reader: Subscriber) -> None:
    item = NewsItemFactory(title="Title", live_from=NOON + HOUR)
    type(item).objects.update(title="Title\r\nBcc: victim@example.org\n\nBody")
    (message,) = work_at(NOON + HOUR)
    assert message.subject == "Title Bcc: victim@example.org Body"
    assert sent(message)["Bcc"] is None
    assert message.recipients() == [reader.email]


def test_an_answer_is_no_list(visitor: Person) -> None:
    from tests.subscriptions.forms import subscribe

    subscribe(visitor)
    message = sent(work()[0])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] is message["List-Unsubscribe"] is message["Precedence"] is None


# ── What is read ─────────────────────────────────────────────────────────────────────────────────────────
def test_an_item_is_told_of_in_text_and_in_html(reader: Subscriber) -> None:
    item = NewsItemFactory(
        title="Fish & “chips” <b>", teaser="A < B", kind="statement", live_from=NOON + HOUR, date=NOON.date()
    )
    (message,) = work_at(NOON + HOUR)
    url = f"{SITE}{item.get_absolute_url()}"
    assert message.subject == "Fish & “chips” <b>"
    for words in ("Fish & “chips” <b>\nStatement, 23 January 2024", "A < B", url, "1 Main Street\n1000 Brussels"):
        assert words in message.body
    page = html(message)
    assert url in hrefs(page)
    for words in ("Fish & “chips” <b>", "A < B", "Statement", "23 January 2024", "The Organisation", "1000 Brussels"):
        assert words in text(page)


def test_both_parts_lead_to_the_readers_own_pages(reader: Subscriber, visitor: Person) -> None:
    message = update()
    for path in ("subscribe/manage", "unsubscribe"):
        link = link_in(message, path)
        assert f"{SITE}{link}" in hrefs(html(message))
        assert visitor.get(link).status_code == 200
    assert visitor.post(link_in(message, "unsubscribe")).status_code == 200
    assert not Subscriber.objects.exists()


def test_each_reader_gets_links_of_their_own(reader: Subscriber) -> None:
    other = SubscriberFactory(confirmed=True, since=NOON)
    NewsItemFactory(live_from=NOON + HOUR)
    messages = {message.to[0]: message for message in work_at(NOON + HOUR)}
    for one_reader in (reader, other):
        token = link_in(messages[one_reader.email], "unsubscribe").split("/")[-2]
        assert links.reader_of(token, links.MANAGE) == one_reader
    assert reader.email not in str(messages[other.email].message())


@pytest.mark.parametrize("make", UPDATES.values(), ids=UPDATES)
def test_nothing_is_fetched_when_a_mail_is_read(make: Any, reader: Subscriber) -> None:
    message = make()
    source = message.alternatives[0][0]
    assert not re.search(r"<(img|link|script|iframe|object|video|audio|form|input)\b|url\(|@import|\ssrc=", source)
    assert all(href.startswith(f"{SITE}/") and "?" not in href for href in hrefs(parse(source)))
    assert "%s" not in source + message.body
    assert "{{" not in source + message.body
    assert "None" not in text(parse(source))


@pytest.mark.parametrize("make", UPDATES.values(), ids=UPDATES)
def test_a_mail_is_html_that_a_strict_parser_takes(make: Any, reader: Subscriber) -> None:
    source = make().alternatives[0][0]
    page = parse_as_browsers_do(source, strict=True)
    assert page.get("lang") == "en"
    assert one(page, "meta", name="color-scheme").get("content") == "light dark"
    assert "prefers-color-scheme: dark" in source
    assert all(table.get("role") == "presentation" for table in elements(page, "table"))


def test_a_mail_stays_below_what_mail_programs_cut_off(reader: Subscriber) -> None:
    for number in range(100):
        NewsItemFactory(title=f"A title of the usual length {number}", live_from=NOON + HOUR)
    (message,) = work_at(NOON + HOUR)
    assert len(message.alternatives[0][0].encode()) < 180_000
    small = message.alternatives[0][0].count("<h2")
    assert small == 100


def test_a_mail_is_in_the_readers_language_and_marks_what_is_not() -> None:
    SubscriberFactory(confirmed=True, since=NOON, language="ar", languages=["ar", "fr"])
    item = NewsItemFactory(title="English", live_from=NOON + HOUR)
    translated(item, "fr", title="Français", live_from=NOON + HOUR)
    translated(item, "ar", title="عربي", live_from=NOON + HOUR)
    (message,) = work_at(NOON + HOUR)
    page = html(message)
    assert (page.get("lang"), page.get("dir")) == ("ar", "rtl")
    assert "المنظمة" in text(page)
    titles = {text(title): title for title in elements(page, "h2")}
    assert (titles["Français"].get("lang"), titles["Français"].get("dir")) == ("fr", "ltr")
    assert titles["عربي"].get("lang") is None
    assert f"{SITE}/ar/unsubscribe/" in message.body
    assert f"{SITE}/fr/news/" in message.body


def test_a_correction_says_what_was_wrong(reader: Subscriber) -> None:
    message = correction()
    assert "It was 12 < 21." in message.body
    assert "It was 12 < 21." in text(html(message))


def test_lines_stay_as_short_as_mail_servers_want_them(reader: Subscriber) -> None:
    message = update(teaser="ü" * 400, title="T" * 200)
    assert max(map(len, message.message().as_bytes(linesep="\r\n").split(b"\r\n"))) <= 998  # RFC 5322, section 2.1.1
