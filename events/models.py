"""The calendar. Its dates and times are those of the place where it happens."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from functools import cache
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from events.zones import zone_label
from library.fields import RichTextField
from library.models import Image
from pages.models import topics_field
from publishing import clock
from publishing.dates import day_in_words, moment_in_words
from publishing.languages import listed
from publishing.models import Publishable, PublishableQuerySet, require_plausible_year


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def default_time_zone() -> str:
    return str(settings.TIME_ZONE)


class EventQuerySet(PublishableQuerySet["Event"]):
    def for_cards(self) -> Self:
        return self.select_related("image").defer("body", "programme")

    def upcoming(self, *, at: dt.datetime | None = None) -> Self:
        """What has not ended yet, so what is going on now too; the next first."""
        return self.filter(ends_at__gt=at or clock.now()).order_by("starts_at", "pk")

    def recent(self, *, at: dt.datetime | None = None) -> Self:
        """What is over; the last first."""
        return self.filter(ends_at__lte=at or clock.now()).latest_first()

    def latest_first(self) -> Self:
        return self.order_by("-starts_at", "-pk")

    def touching(self, first: dt.date, last: dt.date) -> Self:
        """Events of which at least one day lies between two days, both included."""
        return self.filter(start_date__lte=last, end_date__gte=first).order_by("starts_at", "pk")


class Event(Publishable):
    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        MEETING = "meeting", _("Meeting")
        CONFERENCE = "conference", _("Conference")
        EXERCISE = "exercise", _("Exercise")
        CEREMONY = "ceremony", _("Ceremony")
        PRESS = "press", _("Press event")
        INDUSTRY = "industry", _("Industry event")

    class Status(models.TextChoices):
        CONFIRMED = "confirmed", _("Confirmed")
        POSTPONED = "postponed", _("Postponed")
        CANCELLED = "cancelled", _("Cancelled")

    shared_fields = (
        "kind", "status", "start_date", "start_time", "end_date", "end_time", "time_zone", "starts_at", "ends_at",
        "accreditation_deadline", "live_stream_url", "image", "topics",
    )  # fmt: skip
    address_day = "start_date"

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.MEETING)
    status = models.CharField(_("status"), max_length=20, choices=Status.choices, default=Status.CONFIRMED)

    teaser = models.TextField(_("teaser"), blank=True, max_length=400)
    body = RichTextField(_("description"), blank=True)
    programme = RichTextField(_("programme"), blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True, help_text=_("Building or venue."))
    city = models.CharField(_("city"), max_length=100, blank=True)
    accreditation_note = models.TextField(_("media accreditation note"), blank=True)

    start_date = models.DateField(_("first day"))
    start_time = models.TimeField(_("begins at"), null=True, blank=True, help_text=_("Empty: all day."))
    end_date = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: the same day."))
    end_time = models.TimeField(_("ends at"), null=True, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, choices=time_zone_choices, default=default_time_zone)
    accreditation_deadline = models.DateTimeField(
        _("accreditation closes"),
        null=True,
        blank=True,
        help_text=_("In the newsroom’s own time zone; readers see it in the event’s."),
    )
    live_stream_url = models.URLField(_("live stream"), blank=True)

    image = models.ForeignKey(
        Image, verbose_name=_("picture"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )
    topics = topics_field(related_name="+")

    # The instants at which it starts and ends (UTC), from the local dates above, so that lists can ask for now.
    starts_at = models.DateTimeField(editable=False, blank=True)
    ends_at = models.DateTimeField(editable=False, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_at", "-pk"]
        indexes = [
            # Serves the list of recent events and of one month.
            models.Index(fields=["language", "-starts_at", "-id"], name="events_by_start"),
            # Serves the list of upcoming events.
            models.Index(fields=["language", "ends_at"], name="events_by_end"),
            # Serves the sitemaps: the versions in a language within a range of keys, and where the next range begins.
            models.Index(fields=["language", "id"], name="events_by_key"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["language", "start_date", "slug"],
                name="events_event_one_slug_a_day",
                violation_error_message=_(
                    "Another event on this day in this language already uses this slug. Change the slug."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gte=F("starts_at")),
                name="events_event_ends_after_it_starts",
                violation_error_message=_("An event cannot end before it starts."),
            ),
        ]

    if TYPE_CHECKING:

        def get_kind_display(self) -> str: ...
        def get_status_display(self) -> str: ...

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        assert day is not None
        return reverse("events:event", args=[day.year, day.month, day.day, slug])

    def clean(self) -> None:
        super().clean()
        if self.start_date is None:
            return
        if self.end_time and not self.start_time:
            raise ValidationError({"start_time": _("Enter a start time, or leave the end time empty.")})
        self.end_date = self.end_date or self.start_date
        if self.end_date < self.start_date:
            raise ValidationError({"end_date": _("An event cannot end before it starts.")})
        if dict(time_zone_choices()).get(self.time_zone) is None:
            raise ValidationError({"time_zone": _("Choose a time zone from the list.")})
        require_plausible_year(self.start_date, self.end_date, self.accreditation_deadline)
        zone = zoneinfo.ZoneInfo(self.time_zone)
        self.starts_at = dt.datetime.combine(self.start_date, self.start_time or dt.time.min, zone)
        self.ends_at = self._end(zone)
        # As instants: on one clock's face an hour is skipped in spring.
        if self.ends_at.timestamp() < self.starts_at.timestamp():
            raise ValidationError({"end_time": _("An event cannot end before it starts.")})

    def _end(self, zone: zoneinfo.ZoneInfo) -> dt.datetime:
        """Without an end time an event lasts to the end of its last day."""
        assert self.end_date is not None
        if self.end_time:
            return dt.datetime.combine(self.end_date, self.end_time, zone)
        return dt.datetime.combine(self.end_date + dt.timedelta(days=1), dt.time.min, zone)

    @property
    def kicker(self) -> str:
        return self.get_kind_display()

    @property
    def note(self) -> str:
        """What a reader must know before anything else: that it is postponed or cancelled; else ""."""
        return "" if self.status == self.Status.CONFIRMED else self.get_status_display()

    @property
    def all_day(self) -> bool:
        return self.start_time is None

    @property
    def starts_there(self) -> dt.datetime:
        """When it starts, in the time zone of its place."""
        return self.starts_at.astimezone(zoneinfo.ZoneInfo(self.time_zone))

    @property
    def ends_there(self) -> dt.datetime:
        """When it ends, in the time zone of its place."""
        return self.ends_at.astimezone(zoneinfo.ZoneInfo(self.time_zone))

    @property
    def several_days(self) -> bool:
        return self.end_date is not None and self.end_date > self.start_date

    @property
    def accreditation_until(self) -> str:
        """Day and time of the deadline in the event's time zone; "" if there is none."""
        if self.accreditation_deadline is None:
            return ""
        local = timezone.localtime(self.accreditation_deadline, zoneinfo.ZoneInfo(self.time_zone))
        return f"{moment_in_words(local)} ({zone_label(self.time_zone)})"

    @property
    def when(self) -> str:
        """Date and time in the reader's language and the place's time zone: 1 February 2024, 09:00–17:30 (Brussels)."""
        days = day_in_words(self.start_date)
        last = day_in_words(self.end_date) if self.end_date and self.several_days else ""
        if self.start_time is None:
            return f"{days} – {last}" if last else days
        begin = time_format(self.start_time, "TIME_FORMAT")
        end = time_format(self.end_time, "TIME_FORMAT") if self.end_time else ""
        zone = zone_label(self.time_zone)
        if last:
            return f"{listed([days, begin])} – {listed([last, end])} ({zone})"
        return f"{listed([days, begin])}{'–' + end if end else ''} ({zone})"

    @property
    def where(self) -> str:
        """Place and city, as far as they are known."""
        return listed([self.place, self.city])
