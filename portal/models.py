"""The site's own settings and menus."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Subquery
from django.utils.translation import gettext_lazy as _

from library.models import Image
from pages.targets import TargetField
from portal.links import Links
from publishing.fields import TranslatedTextField, Translations
from publishing.languages import default_language, language_choices
from publishing.models import HandOrdered, Recorded
from publishing.records import Revision


class SiteSettings(Recorded):
    """What makes the portal this organisation's. There is one row."""

    name = TranslatedTextField(_("name of the organisation"))
    tagline = TranslatedTextField(_("tagline"), blank=True)
    logo = models.ForeignKey(
        Image,
        verbose_name=_("logo"),
        related_name="+",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("If empty, a neutral mark is shown."),
    )
    address = TranslatedTextField(_("postal address"), blank=True, multiline=True)
    press_email = models.EmailField(_("e-mail address for the press"), blank=True)
    press_phone = models.CharField(
        _("telephone number for the press"),
        max_length=40,
        blank=True,
        validators=[RegexValidator(r"^\+?[0-9 ()/.-]{3,}\Z", _("Write a telephone number, such as +32 2 123 45 67."))],
    )
    press_hours = TranslatedTextField(
        _("when the press office can be reached"),
        blank=True,
        help_text=_("For example: Monday to Friday, 9:00 to 18:00."),
    )
    notice = TranslatedTextField(
        _("notice"),
        blank=True,
        multiline=True,
        help_text=_("Shown at the foot of every page until the reader closes it: cookies, privacy."),
    )

    # Codes of the languages for whose readers originals stand in.
    with_originals = models.JSONField(_("languages with untranslated items"), default=list, blank=True)

    latest_title = TranslatedTextField(_("title of the latest news"), blank=True)
    featured_title = TranslatedTextField(_("title of the featured items"), blank=True)
    leader_title = TranslatedTextField(_("title of the Secretary General"), blank=True)
    review_title = TranslatedTextField(_("title of the Review"), blank=True)
    calendar_title = TranslatedTextField(_("title of the calendar"), blank=True)
    focus_title = TranslatedTextField(_("title of the topics in focus"), blank=True)
    subscribe_title = TranslatedTextField(_("title of the subscription block"), blank=True)
    follow_title = TranslatedTextField(_("title of the social links"), blank=True)
    quick_title = TranslatedTextField(_("title of the quick links"), blank=True)

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")

    def __str__(self) -> str:
        return str(self.name)

    @property
    def telephone(self) -> str:
        """The press office's number as a link has it (RFC 3966): without what is there for the eye."""
        return re.sub(r"[^+0-9]", "", self.press_phone)

    # When the next approved change goes live (aware), or went overdue; known only if `load` was asked.
    next_due: dt.datetime | None = None

    @classmethod
    def load(cls, *, with_next_due: bool = False) -> Self:
        """The one row, or an unsaved one for a site that has not been set up yet."""
        rows = cls.objects.select_related("logo")
        if not with_next_due:
            return rows.first() or cls.new()
        first = Revision.objects.waiting().order_by("due_at").values("due_at")[:1]
        row: Any = rows.annotate(first_due=Subquery(first)).first()
        site: Self = row or cls.new()
        site.next_due = row.first_due if row else first.values_list("due_at", flat=True).first()
        return site

    @classmethod
    def new(cls) -> Self:
        return cls(name=Translations(en="Chancery"))


class MenuLink(HandOrdered, Recorded):
    """A link of a menu, or a section that holds links. A section has one history with its links."""

    outside = ("parent", "position")
    parts = (Links(),)

    class Menu(models.TextChoices):
        MAIN = "main", _("Main menu")
        SOCIAL = "social", _("Follow us")
        LEGAL = "legal", _("Foot of the page")

    language = models.CharField(_("language"), max_length=10, choices=language_choices, default=default_language)
    menu = models.CharField(
        _("menu"),
        max_length=10,
        choices=Menu.choices,
        default=Menu.MAIN,
        help_text=_("The main menu feeds the header, the footer’s columns and “Go straight to”."),
    )
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        related_name="children",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        limit_choices_to={"parent__isnull": True},
    )
    label = models.CharField(
        _("label"), max_length=100, blank=True, help_text=_("Empty: the title of what it leads to.")
    )
    target = TargetField(
        _("leads to"),
        blank=True,
        help_text=_("Type a part of a title and choose, or paste an address that begins with https://."),
    )

    class Meta:
        verbose_name = _("menu link")
        verbose_name_plural = _("menu links")
        ordering = ["position", "pk"]
        # Serves the menus of every page.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["language", "position"], name="portal_menu_of_language")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~models.Q(label="", target=""),
                name="portal_menulink_says_something",
                violation_error_message=_("Give a label or choose what the link leads to."),
            )
        ]

    def __str__(self) -> str:
        return self.label or self.target

    def clean(self) -> None:
        super().clean()
        if not self.target and (self.parent is not None or self.menu != self.Menu.MAIN):
            raise ValidationError({"target": _("Choose what the link leads to.")})
        if self.parent is None:
            return
        if self.parent.parent_id or self.parent == self or (self.pk and self.children.exists()):
            raise ValidationError({"parent": _("A menu has two levels: sections, and links under them.")})
        self.language, self.menu = self.parent.language, self.parent.menu

    @property
    def icon(self) -> str:
        """The sign for a social network, by the host of its address."""
        host = urlsplit(self.target).hostname or ""
        return next((icon for name, icon in NETWORKS.items() if host == name or host.endswith(f".{name}")), "link")


NETWORKS = {
    "x.com": "x",
    "twitter.com": "x",
    "facebook.com": "facebook",
    "instagram.com": "instagram",
    "youtube.com": "youtube",
    "linkedin.com": "linkedin",
    "flickr.com": "flickr",
    "t.me": "telegram",
}
