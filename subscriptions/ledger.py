"""The ledger of what is mailed: mailings, what each tells of, and a delivery for each of its readers.

Whatever is to be sent stands here first, so a worker may be killed at any moment: the next one finds what is left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import connection, models
from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from publishing.dates import short_moment
from publishing.languages import listed
from publishing.records import OfItem


class Occasion(models.TextChoices):
    """Why something is mailed."""

    IMMEDIATELY = "immediately", _("What went live")
    DAILY = "daily", _("Daily digest")
    WEEKLY = "weekly", _("Weekly digest")
    CORRECTION = "correction", _("Correction")
    CONFIRM = "confirm", _("Request to confirm")
    LINK = "link", _("Link to a subscription")


UPDATES = (Occasion.IMMEDIATELY, Occasion.DAILY, Occasion.WEEKLY, Occasion.CORRECTION)
ANSWERS = (Occasion.CONFIRM, Occasion.LINK)
# Whoever waits in front of a form is answered before a mailing to all goes on.
FIRST, THEN = 0, 1


def new_key() -> str:
    """The right side of a mailing's Message-IDs (RFC 5322, section 3.6.4): fixed, also if the site moves."""
    return f"{get_random_string(20).lower()}@{settings.IDENTITY_HOST}"


class MailingQuerySet(models.QuerySet["Mailing"]):
    def updates(self) -> Self:
        return self.filter(occasion__in=UPDATES)


class Mailing(models.Model):
    """One thing that is mailed to any number of readers."""

    occasion = models.CharField(_("occasion"), max_length=20, choices=Occasion.choices, editable=False)
    key = models.CharField(max_length=300, default=new_key, editable=False)
    # What went live after the one and up to the other; null for an answer to somebody.
    since = models.DateTimeField(_("from"), null=True, editable=False)
    until = models.DateTimeField(_("until"), null=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    # How many deliveries of each state there were, once the deliveries themselves have been deleted.
    totals = models.JSONField(null=True, editable=False)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        default_permissions = ("view",)
        ordering = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["occasion", "until"],
                condition=Q(occasion__in=["daily", "weekly"]),
                name="subscriptions_mailing_one_digest",
            ),
        ]
        # Serves the admin's list, newest first, and the tidying up.
        indexes = [models.Index(fields=["occasion", "-created_at", "-id"], name="subscriptions_mailings")]

    def __str__(self) -> str:
        return listed([self.get_occasion_display(), short_moment(timezone.localtime(self.created_at))])

    @property
    def is_answer(self) -> bool:
        return self.occasion in ANSWERS

    def deliver_to(self, readers: QuerySet[Any]) -> int:
        """Enter a delivery for each of these subscribers, by one statement; returns how many."""
        values = {"state": Delivery.State.PENDING, "attempts": 0, "error": ""}
        values |= {"mailing_id": self.pk, "due_at": self.created_at, "priority": FIRST if self.is_answer else THEN}
        fields: dict[str, Any] = {
            name: Delivery._meta.get_field(name) for name in ("state", "attempts", "error", "due_at", "priority")
        }
        fields["mailing_id"] = models.BigIntegerField()
        constants = {f"to_{name}": Value(value, fields[name]) for name, value in values.items()}
        rows = readers.order_by().annotate(**constants).values_list("pk", *constants)
        select, parameters = rows.query.sql_with_params()
        table, columns = Delivery._meta.db_table, ", ".join(["subscriber_id", *values])
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({columns}) {select}", parameters)
            return int(cursor.rowcount)


class Announcement(OfItem):
    """One version of an item that a mailing tells of. Each is told of once on an occasion, a correction once."""

    mailing = models.ForeignKey(Mailing, related_name="announcements", on_delete=models.CASCADE, editable=False)
    occasion = models.CharField(max_length=20, choices=Occasion.choices, editable=False)
    # Of a correction its instant, as the item has it; else "".
    correction = models.CharField(max_length=40, default="", editable=False)

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Its index serves the question which items have been told of.
            models.UniqueConstraint(
                fields=["content_type", "object_id", "occasion", "correction"], name="subscriptions_announced_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.occasion}: {self.item}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: dt.datetime) -> Self:
        """What may be sent now, in the order in which it is."""
        return self.filter(due_at__lte=at).order_by("priority", "due_at", "pk")

    def failed(self) -> Self:
        return self.filter(state=Delivery.State.FAILED)

    def drop(self) -> int:
        """What has not been sent yet will not be."""
        return self.filter(due_at__isnull=False).update(state=Delivery.State.DROPPED, due_at=None)

    def counts(self, mailings: Iterable[Mailing]) -> dict[int, dict[str, int]]:
        """Of each mailing, the number of its deliveries in each state, in one query."""
        found: dict[int, dict[str, int]] = {mailing.pk: dict(mailing.totals or {}) for mailing in mailings}
        kept = [mailing.pk for mailing in mailings if mailing.totals is None]
        rows = self.filter(mailing__in=kept).order_by().values_list("mailing_id", "state").annotate(Count("pk"))
        for mailing, state, number in rows:
            found[mailing][state] = number
        return found


class Delivery(models.Model):
    """A mailing to one reader, and what has become of it."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waits")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        BOUNCED = "bounced", _("Came back")
        COMPLAINED = "complained", _("Complained of")
        DROPPED = "dropped", _("No longer wanted")

    mailing = models.ForeignKey(Mailing, related_name="deliveries", on_delete=models.CASCADE, editable=False)
    # Null: the reader has left, and what is known of them has been deleted.
    subscriber = models.ForeignKey(
        "subscriptions.Subscriber", related_name="deliveries", on_delete=models.SET_NULL, null=True, editable=False
    )

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.PENDING, editable=False)
    priority = models.PositiveSmallIntegerField(default=THEN, editable=False)
    # When it may be tried; of one that is being sent, when it may be taken from who died over it. Null: settled.
    due_at = models.DateTimeField(_("next attempt"), null=True, default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(_("failed attempts"), default=0, editable=False)
    error = models.TextField(_("problem"), blank=True, default="", editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    # The keys of the announcements that this reader was sent, as texts; null for all of the mailing's.
    held = models.JSONField(null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ("view", "change")
        ordering = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Its index serves the reader's row when it is deleted, and corrections.
            models.UniqueConstraint(fields=["subscriber", "mailing"], name="subscriptions_delivery_once_a_reader"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "sending"], due_at__isnull=False)
                | (~Q(state__in=["pending", "sending"]) & Q(due_at__isnull=True)),
                name="subscriptions_delivery_due_until_settled",
            ),
        ]
        indexes = [
            # Serves the taking of the next ones; holds only what is not settled.
            models.Index(
                fields=["priority", "due_at", "id"],
                condition=Q(due_at__isnull=False),
                name="subscriptions_delivery_next",
            ),
            # Serves the limit of mails a minute.
            models.Index(fields=["sent_at"], condition=Q(sent_at__isnull=False), name="subscriptions_delivery_sent"),
            # Serves a mailing's counts, and the admin's list of its failures.
            models.Index(fields=["mailing", "state"], name="subscriptions_delivery_counts"),
            # Serves the start page and the list of what has failed lately.
            models.Index(fields=["-id"], condition=Q(state="failed"), name="subscriptions_delivery_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.mailing}: {self.subscriber or '–'}"

    @property
    def message_id(self) -> str:
        """The same however often it is sent, so that mail programs see one message (RFC 5322, section 3.6.4)."""
        return f"<{self.pk}.{self.mailing.key}>"


class Watch(models.Model):
    """Up to which instant everything has been looked through on an occasion. Its row is the lock for looking."""

    occasion = models.CharField(max_length=20, unique=True)
    handled_until = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.occasion}: {self.handled_until}"


class MailServer(models.Model):
    """What is known of the server that takes the mail. Its one row is the lock under which deliveries are taken."""

    paused_until = models.DateTimeField(null=True)
    # How often in a row it could not be reached or refused everything, since when, and what it said last.
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    problem = models.TextField(default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.problem or "–"
