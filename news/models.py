"""The newsroom: items of every kind, and what is featured on the home page."""

from __future__ import annotations

import datetime as dt
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from leadership.models import TermOfOffice
from library.fields import RichTextField
from library.galleries import GalleryField
from library.models import Document, Image, Recording
from pages.models import topics_field
from pages.targets import TargetField
from publishing.models import Dated, DatedQuerySet, HandOrdered, HandOrderedQuerySet, Publishable


class NewsItemQuerySet(DatedQuerySet["NewsItem"]):
    def for_cards(self) -> Self:
        return self.select_related("image").defer("body")


class NewsItem(Dated):
    class Kind(models.TextChoices):
        NEWS = "news", _("News")
        MEDIA_ADVISORY = "media-advisory", _("Media advisory")
        PRESS_RELEASE = "press-release", _("Press release")
        STATEMENT = "statement", _("Statement")
        SPEECH = "speech", _("Speech or transcript")
        OPINION = "opinion", _("Opinion")
        OFFICIAL_TEXT = "official-text", _("Official text")
        FACTSHEET = "factsheet", _("Factsheet")
        PHOTO_GALLERY = "photo-gallery", _("Photo gallery")
        VIDEO = "video", _("Video")
        AUDIO = "audio", _("Audio")
        EVENT_PROGRAMME = "event-programme", _("Event programme")

    class Delivery(models.TextChoices):
        AS_DELIVERED = "as-delivered", _("As delivered")
        CHECK_AGAINST_DELIVERY = "check-against-delivery", _("Check against delivery")

    shared_fields = (
        "kind", "date", "reference", "image", "recording", "gallery", "delivery_status", "secretary_general",
        "topics", "attachments",
    )  # fmt: skip

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices, default=Kind.NEWS)
    reference = models.CharField(
        _("reference number"), max_length=40, blank=True, help_text=_("For example (2024) 007.")
    )

    dateline = models.CharField(_("dateline"), max_length=100, blank=True, help_text=_("The place: Brussels."))
    teaser = models.TextField(
        _("teaser"), blank=True, max_length=400, help_text=_("One or two sentences for lists and the home page.")
    )
    body = RichTextField(_("body"), blank=True)
    speaker = models.CharField(
        _("speaker"),
        max_length=200,
        blank=True,
        help_text=_("Name and office. Leave empty if the Secretary General speaks, and choose them below."),
    )
    delivery_status = models.CharField(_("delivery status"), max_length=30, choices=Delivery.choices, blank=True)
    gallery = GalleryField(
        _("gallery"),
        help_text=_("Pictures in the order in which readers see them. An empty caption stands for the picture’s own."),
    )

    image = models.ForeignKey(
        Image, verbose_name=_("picture"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )
    recording = models.ForeignKey(
        Recording,
        verbose_name=_("recording"),
        related_name="+",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("What can be seen or heard on this page."),
    )
    secretary_general = models.ForeignKey(
        TermOfOffice,
        verbose_name=_("Secretary General"),
        related_name="+",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to={"original__isnull": True},
        help_text=_("Who speaks or appears; the item is then listed on their page."),
    )
    topics = topics_field(related_name="+")
    attachments = models.ManyToManyField(Document, verbose_name=_("attachments"), related_name="+", blank=True)

    objects = NewsItemQuerySet.as_manager()

    class Meta(Dated.Meta):
        verbose_name = _("news item")
        verbose_name_plural = _("news items")
        ordering = ["-date", "-live_from", "-pk"]
        indexes = [
            # Serves the list of all news and the home page's latest.
            models.Index(fields=["language", "-date", "-live_from", "-id"], name="news_latest"),
            # Serves the list of one kind.
            models.Index(fields=["language", "kind", "-date", "-live_from", "-id"], name="news_latest_of_kind"),
            # Serves the sitemaps: the versions in a language within a range of keys, and where the next range begins.
            models.Index(fields=["language", "id"], name="news_by_key"),
        ]

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        assert day is not None
        return reverse("news:item", args=[day.year, day.month, day.day, slug])

    def clean(self) -> None:
        super().clean()
        if self.kind == self.Kind.SPEECH and not (self.speaker or self.secretary_general_id):
            raise ValidationError({"speaker": _("Say who speaks: a name here, or a Secretary General below.")})
        if self.kind in (self.Kind.VIDEO, self.Kind.AUDIO) and not self.recording_id:
            raise ValidationError({"recording": _("Choose what can be seen or heard.")})
        if self.kind == self.Kind.PHOTO_GALLERY and not self.gallery:
            raise ValidationError({"gallery": _("A photo gallery needs pictures. Add them from the library.")})
        if self.delivery_status and self.kind != self.Kind.SPEECH:
            raise ValidationError({"delivery_status": _("Only a speech or transcript has a delivery status.")})

    @property
    def kicker(self) -> str:
        """The kind, where it says something: in a newsroom, plain news goes without saying."""
        return "" if self.kind == self.Kind.NEWS else str(self.get_kind_display())

    @property
    def speaker_name(self) -> str:
        """Who speaks. The name of a Secretary General whose term has never been public is only a draft yet."""
        leader = self.secretary_general
        if (
            self.speaker
            or self.kind not in (self.Kind.SPEECH, self.Kind.OPINION)
            or not leader
            or not leader.was_public
        ):
            return self.speaker
        return f"{leader.title}, {leader.role}"


class FeaturedItemQuerySet(HandOrderedQuerySet["FeaturedItem"]):
    def for_cards(self) -> Self:
        return self.select_related("image")


class FeaturedItem(HandOrdered, Publishable):
    """A card on the home page. It has no page of its own: it leads to something that has."""

    slug = None  # type: ignore[assignment]
    search_title = search_description = unlisted = None  # type: ignore[assignment]
    shared_fields = ("date", "image", "target")

    date = models.DateField(_("date"), null=True, blank=True, help_text=_("Shown on the card; may be left empty."))
    image = models.ForeignKey(
        Image, verbose_name=_("picture"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )
    target = TargetField(
        _("leads to"),
        help_text=_("Type a part of a title and choose, or paste an address that begins with https://."),
    )

    objects = FeaturedItemQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("featured item")
        verbose_name_plural = _("featured items")
        ordering = ["position", "pk"]
        # Serves the home page and the list of featured items.
        indexes = [models.Index(fields=["language", "position"], name="news_featured_order")]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.url = ""
        self.external = False

    def get_absolute_url(self) -> str:
        """Where the card leads; empty until a view has resolved the targets of its cards."""
        return self.url

    @property
    def display_date(self) -> dt.date | None:
        return self.date
