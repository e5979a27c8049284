"""What staff see of readers and of what is mailed to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publishing.records import AuditEntry
from subscriptions import links
from subscriptions.announcing import announce
from subscriptions.ledger import Delivery, Mailing, MailServer, Occasion
from subscriptions.models import Subscriber
from subscriptions.tidying import AT_ONCE, DELIVERED
from tests.conftest import Person
from tests.factories import NewsItemFactory, SubscriberFactory, TopicFactory
from tests.html import one, parse, text
from tests.subscriptions.mails import A_DAY, HOUR, watch_since, work, work_at

pytestmark = pytest.mark.django_db

ADMIN = "/admin/subscriptions/"


@pytest.fixture
def mailing() -> Mailing:
    """Sent to one reader; to another it failed."""
    watch_since(timezone.now() - HOUR)
    readers = [SubscriberFactory(confirmed=True, since=timezone.now() - HOUR) for _number in range(2)]
    NewsItemFactory(title="Told of", live_from=timezone.now())
    work()
    Delivery.objects.filter(subscriber=readers[1]).update(state="failed", error="550 no such user")
    return Mailing.objects.get()


def test_staff_look_and_delete_but_do_not_subscribe_anybody(administrator: Person) -> None:
    reader = SubscriberFactory(confirmed=True, kinds=["news:speech"])
    reader.topics.add(TopicFactory(title="A topic"))
    page = administrator.get(f"{ADMIN}subscriber/{reader.pk}/change/")
    for words in ("Speech or transcript", "A topic", "English", reader.email):
        assert words in text(parse(page))
    assert administrator.get(f"{ADMIN}subscriber/?q={reader.email[:4]}&state__exact=confirmed").status_code == 200
    assert administrator.get(f"{ADMIN}subscriber/add/").status_code == 403
    change = administrator.post(f"{ADMIN}subscriber/{reader.pk}/change/", {"email": "x@example.org"})
    assert change.status_code == 403
    administrator.post(f"{ADMIN}subscriber/{reader.pk}/delete/", {"post": "yes"})
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("how", ["page", "list"])
def test_who_is_deleted_leaves_nothing_but_numbers(how: str, mailing: Mailing, administrator: Person) -> None:
    NewsItemFactory(live_from=timezone.now())
    announce()
    reader = Subscriber.objects.get(deliveries__state="failed")
    if how == "page":
        administrator.post(f"{ADMIN}subscriber/{reader.pk}/delete/", {"post": "yes"})
    else:
        data = {"action": "delete_selected", "_selected_action": [reader.pk], "post": "yes"}
        administrator.post(f"{ADMIN}subscriber/", data)
    left = Delivery.objects.filter(subscriber=None)
    assert sorted(left.values_list("state", "error")) == [("dropped", ""), ("failed", "")]
    assert Subscriber.objects.count() == 1
    entry = AuditEntry.objects.get(verb="delete")
    assert (entry.label, entry.by, entry.changes) == (f"Subscriber {reader.pk}", administrator.user, {})
    assert not LogEntry.objects.exists()


def test_nobody_is_shown_the_links_of_readers(mailing: Mailing, administrator: Person) -> None:
    reader = Subscriber.objects.first()
    assert reader is not None
    start = links.token_for(reader, links.MANAGE).partition(":")[0].encode()
    for path in (
        "subscriber/",
        f"subscriber/{reader.pk}/change/",
        "mailing/",
        f"mailing/{mailing.pk}/change/",
        "delivery/",
    ):
        response = administrator.get(f"{ADMIN}{path}")
        assert response.status_code == 200
        assert start not in response.content


def test_editors_see_neither_addresses_nor_mailings(mailing: Mailing, editor: Person) -> None:
    for path in ("subscriber/", "mailing/", "delivery/", f"mailing/{mailing.pk}/change/"):
        response = editor.get(f"{ADMIN}{path}")
        assert response.status_code == 403
        assert b"reader" not in response.content
    assert b"could not be sent" not in editor.get("/admin/").content


def test_a_mailing_shows_how_far_it_is_and_what_failed(mailing: Mailing, administrator: Person) -> None:
    NewsItemFactory(title="Waits", live_from=timezone.now())
    announce()
    rows = [
        text(row) for row in one(parse(administrator.get(f"{ADMIN}mailing/")), "table", id="result_list").iter("tr")
    ]
    assert "0 of 2" in rows[1]
    assert "Waits" in rows[1]
    assert "2 of 2" in rows[2]
    assert "Told of" in rows[2]
    page = parse(administrator.get(f"{ADMIN}mailing/{mailing.pk}/change/"))
    assert "Sent: 1, Failed: 1" in text(page)
    listed = administrator.get(f"{ADMIN}delivery/?mailing__id__exact={mailing.pk}&state__exact=failed")
    assert "550 no such user" in text(parse(listed))


def test_what_failed_is_tried_again(mailing: Mailing, administrator: Person) -> None:
    keys = list(Delivery.objects.values_list("pk", flat=True))
    answer = administrator.post(f"{ADMIN}delivery/", {"action": "send_again", "_selected_action": keys}, follow=True)
    assert "1 mail is tried again." in text(parse(answer))
    assert len(work()) == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_who_may_only_look_cannot_try_again(mailing: Mailing, administrator: Person) -> None:
    group = administrator.user.groups.get()
    group.permissions.remove(group.permissions.get(codename="change_delivery"))
    keys = list(Delivery.objects.values_list("pk", flat=True))
    administrator.post(f"{ADMIN}delivery/", {"action": "send_again", "_selected_action": keys})
    assert Delivery.objects.filter(state="failed").count() == 1


def test_the_start_page_says_that_mail_fails(mailing: Mailing, administrator: Person) -> None:
    page = text(parse(administrator.get("/admin/")))
    assert "Mail could not be sent" in page
    Delivery.objects.update(state="sent")
    assert "Mail could not be sent" not in text(parse(administrator.get("/admin/")))
    MailServer.objects.update(problem="Connection refused", failing_since=timezone.now())
    page = text(parse(administrator.get("/admin/")))
    assert "The mail server takes nothing" in page
    assert "Connection refused" in page


def queries(person: Person, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert person.get(f"{ADMIN}{path}").status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["mailing/", "delivery/", "subscriber/"])
def test_the_lists_cost_the_same_with_one_row_and_with_twenty(
    path: str, mailing: Mailing, administrator: Person
) -> None:
    administrator.get(f"{ADMIN}{path}")
    few = queries(administrator, path)
    for _number in range(19):
        NewsItemFactory(live_from=timezone.now())
        announce()
        SubscriberFactory(confirmed=True, since=timezone.now() - HOUR)
    assert queries(administrator, path) == few


# ── What is kept ─────────────────────────────────────────────────────────────────────────────────────────
def test_of_old_mailings_the_numbers_stay(mailing: Mailing, administrator: Person) -> None:
    work_at(timezone.now() + DELIVERED - A_DAY)
    assert Delivery.objects.exists()
    work_at(timezone.now() + DELIVERED + A_DAY)
    assert not Delivery.objects.exists()
    mailing.refresh_from_db()
    assert mailing.totals == {"sent": 1, "failed": 1}
    assert "2 of 2" in text(parse(administrator.get(f"{ADMIN}mailing/")))
    assert AT_ONCE > 2


def test_answers_and_counts_go_after_a_while() -> None:
    from subscriptions.models import Tally

    reader = SubscriberFactory()
    Mailing.objects.create(occasion=Occasion.CONFIRM).deliver_to(Subscriber.objects.filter(pk=reader.pk))
    Tally.objects.one_more("bucket", timezone.now())
    work()
    with time_machine.travel(timezone.now() + dt.timedelta(days=8)):
        work()
    assert not Mailing.objects.exists()
    assert not Delivery.objects.exists()
    assert not Tally.objects.exists()


def test_tidying_is_done_once_an_hour(django_assert_max_num_queries: Any) -> None:
    from subscriptions.tidying import tidy

    tidy()
    with django_assert_max_num_queries(1):
        tidy()
