"""The Secretary General: terms of office with biographies, and annual reports."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from library.fields import RichTextField
from library.models import Document, Image
from publishing import clock
from publishing.models import Publishable, PublishableQuerySet

RESERVED_SLUGS = ("former", "annual-reports")


class TermOfOfficeQuerySet(PublishableQuerySet["TermOfOffice"]):
    def for_cards(self) -> Self:
        return self.select_related("image")

    def latest_first(self) -> Self:
        return self.order_by("-began_on", "-pk")

    def current(self, *, on: dt.date | None = None) -> Self:
        """The term that runs on a day (today by default, in the site's time zone)."""
        on = on or clock.today()
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on), began_on__lte=on).latest_first()

    def former(self, *, on: dt.date | None = None) -> Self:
        return self.filter(ended_on__lt=on or clock.today()).latest_first()


class TermOfOffice(Publishable):
    shared_fields = (
        "image", "began_on", "ended_on", "x_url", "facebook_url", "instagram_url", "linkedin_url",
    )  # fmt: skip

    country = models.CharField(_("country"), max_length=100, blank=True)
    teaser = models.TextField(_("standfirst"), blank=True, max_length=400)
    body = RichTextField(_("biography"), blank=True)

    began_on = models.DateField(_("began on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True, help_text=_("Empty while in office."))
    image = models.ForeignKey(
        Image, verbose_name=_("portrait"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )
    x_url = models.URLField("X", blank=True)
    facebook_url = models.URLField("Facebook", blank=True)
    instagram_url = models.URLField("Instagram", blank=True)
    linkedin_url = models.URLField("LinkedIn", blank=True)

    objects = TermOfOfficeQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("Secretary General")
        verbose_name_plural = _("Secretaries General")
        ordering = ["-began_on", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="leadership_term_one_slug",
                violation_error_message=_(
                    "Another Secretary General in this language already uses this slug. Change the slug."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("began_on")),
                name="leadership_term_ends_after_it_began",
                violation_error_message=_("The term cannot end before it began."),
            ),
        ]

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        return reverse("leadership:term", args=[slug])

    def clean(self) -> None:
        super().clean()
        if self.slug in RESERVED_SLUGS:
            raise ValidationError({"slug": _("This address belongs to a section of the site. Choose another slug.")})

    @property
    def role(self) -> str:
        return str(_("Secretary General"))

    @property
    def years(self) -> str:
        """2009–2014; an open end while in office."""
        return f"{self.began_on.year}–{self.ended_on.year if self.ended_on else ''}"

    @property
    def links(self) -> list[dict[str, str]]:
        """Profiles on social networks: label, url, icon."""
        networks = (
            ("X", "x", self.x_url),
            ("Facebook", "facebook", self.facebook_url),
            ("Instagram", "instagram", self.instagram_url),
            ("LinkedIn", "linkedin", self.linkedin_url),
        )
        return [{"label": label, "icon": icon, "url": url} for label, icon, url in networks if url]


class AnnualReportQuerySet(PublishableQuerySet["AnnualReport"]):
    def for_cards(self) -> Self:
        return self.select_related("image")

    def latest_first(self) -> Self:
        return self.order_by("-year", "-pk")


class AnnualReport(Publishable):
    shared_fields = ("year", "published_on", "image")

    teaser = models.TextField(_("teaser"), blank=True, max_length=400)
    body = RichTextField(_("body"), blank=True)

    year = models.PositiveSmallIntegerField(
        _("year"),
        validators=[MinValueValidator(1945), MaxValueValidator(2200)],
        help_text=_("The year that the report is about."),
    )
    published_on = models.DateField(_("published on"), null=True, blank=True)
    image = models.ForeignKey(
        Image, verbose_name=_("cover"), related_name="+", on_delete=models.PROTECT, null=True, blank=True
    )
    document = models.ForeignKey(
        Document,
        verbose_name=_("document"),
        related_name="+",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("The report in this language."),
    )

    objects = AnnualReportQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = _("annual report")
        verbose_name_plural = _("annual reports")
        ordering = ["-year", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="leadership_report_one_slug",
                violation_error_message=_(
                    "Another annual report in this language already uses this slug. Change the slug."
                ),
            ),
        ]

    @classmethod
    def address(cls, slug: str, day: dt.date | None) -> str:
        return reverse("leadership:report", args=[slug])

    @property
    def display_date(self) -> dt.date | None:
        return self.published_on

    @property
    def published_at(self) -> dt.datetime | dt.date | None:
        return self.published_on or super().published_at
