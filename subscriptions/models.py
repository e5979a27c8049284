"""Readers who asked for updates by mail, and what they have asked for."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.models import topics_field
from publishing.languages import default_language, language_choices
from subscriptions.ledger import (  # noqa: F401  (Django finds an app's models here)
    Announcement,
    Delivery,
    Mailing,
    MailServer,
    Occasion,
    Watch,
)
from subscriptions.matching import Traits, wanted_by

# Of an address in a mail's envelope: RFC 5321, section 4.5.3.1.3.
LONGEST_ADDRESS = 254
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def confirmed(self) -> Self:
        """Those whom mail is sent to."""
        return self.filter(state=Subscriber.State.CONFIRMED)

    def who_want(self, subjects: Iterable[Traits]) -> Self:
        """Those to whom at least one of these items is of interest."""
        found: Self = wanted_by(self, subjects)
        return found


class Subscriber(models.Model):
    """A reader's address and choices. Who leaves is deleted."""

    class State(models.TextChoices):
        ASKED = "asked", _("Has not confirmed yet")
        CONFIRMED = "confirmed", _("Subscribed")
        BOUNCED = "bounced", _("Mail came back")
        COMPLAINED = "complained", _("Complained")

    class Often(models.TextChoices):
        IMMEDIATELY = "immediately", _("Immediately")
        DAILY = "daily", _("Once a day")
        WEEKLY = "weekly", _("Once a week")

    email = models.EmailField(_("e-mail address"), unique=True)

    # What they want. Empty kinds and topics stand for all of them.
    languages = models.JSONField(_("languages"), default=list)
    kinds = models.JSONField(_("kinds"), default=list, blank=True)
    topics = topics_field(related_name="+")
    often = models.CharField(_("how often"), max_length=20, choices=Often.choices, default=Often.IMMEDIATELY)
    language = models.CharField(
        _("language of the mails"), max_length=10, choices=language_choices, default=default_language
    )

    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.ASKED)
    # The two instants are the evidence of their consent; nothing else is kept of it.
    created_at = models.DateTimeField(_("requested"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    # What went live at or before this instant is not mailed to this reader.
    since = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # So that an address is one, whatever its case.
            models.CheckConstraint(condition=Q(email=Lower("email")), name="subscriptions_subscriber_lower_case"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_at__isnull=False, since__isnull=False),
                name="subscriptions_subscriber_confirmed_at_an_instant",
            ),
        ]
        indexes = [
            # Serves the making of a mailing: who is to get what went live now, or a digest.
            models.Index(fields=["often", "id"], condition=Q(state="confirmed"), name="subscriptions_readers"),
            # Serves the admin's list, newest first, and forgetting who has not confirmed.
            models.Index(fields=["-created_at", "-id"], name="subscriptions_newest"),
            # Serves the admin's list of one state.
            models.Index(fields=["state", "-created_at"], name="subscriptions_of_state"),
        ]

    def __str__(self) -> str:
        return self.email


class Request(models.Model):
    """What somebody typed into a form on the site, until the worker has answered it by mail.

    The site does nothing but write this row, whoever asks, so neither its answer nor the time that it takes can tell
    anybody who is subscribed: it does not look.
    """

    class Wish(models.TextChoices):
        SUBSCRIBE = "subscribe"
        LINK = "link"

    email = models.EmailField()
    wish = models.CharField(max_length=20, choices=Wish.choices)
    language = models.CharField(max_length=10)
    # As `service.Choices` has them.
    choices = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.wish}: {self.email}"


class TallyQuerySet(models.QuerySet["Tally"]):
    def one_more(self, bucket: str, hour: dt.datetime) -> int:
        """Count one attempt, and return how many there are in this hour. Safe for any number of processes."""
        row, made = self.get_or_create(bucket=bucket, hour=hour, defaults={"attempts": 1})
        if made:
            return 1
        self.filter(pk=row.pk).update(attempts=F("attempts") + 1)
        # Read again: others may count at the same time, and this is then at least one's own.
        row.refresh_from_db(fields=["attempts"])
        return row.attempts


class Tally(models.Model):
    """How often somebody used the forms within an hour. Whom a bucket stands for cannot be read from it."""

    bucket = models.CharField(max_length=64)
    hour = models.DateTimeField()
    attempts = models.PositiveIntegerField()

    objects = TallyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Its index serves the counting, too.
            models.UniqueConstraint(fields=["bucket", "hour"], name="subscriptions_tally_one_an_hour"),
        ]
        # Serves the tidying up.
        indexes = [models.Index(fields=["hour"], name="subscriptions_tally_hour")]

    def __str__(self) -> str:
        return f"{self.bucket[:8]}: {self.attempts}"


def normal_address(typed: str) -> str:
    """An address in the one form in which it is kept: in lower case, its domain as the name system writes it (IDNA).

    Raises ValidationError for a domain that cannot be written so, or is no name of a host on the internet: IDNA makes
    ASCII of what only looks like it, so that brackets and commas would come in behind the form's own check.
    """
    local, _at, domain = typed.strip().lower().rpartition("@")
    wrong = _("Enter an e-mail address such as name@example.org.")
    try:
        host = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValidationError(wrong) from error
    address = f"{local}@{host}"
    if len(address) > LONGEST_ADDRESS or not HOST.fullmatch(host):
        raise ValidationError(wrong)
    return address


def chosen(value: Any) -> list[str]:
    """The texts of a list, in order and each once, whatever came."""
    return sorted({str(one) for one in value or ()})
