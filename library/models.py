"""Images, documents and recordings, stored once and used everywhere."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.fields.files import FieldFile
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from library.derived import DerivedBooleanField, DerivedTextField
from library.documents import check_document, extension_of, pages_of
from library.fields import RichTextField
from library.photographs import facts_of
from library.recordings import check_captions, check_recording
from library.serving import DOWNLOAD, TYPES, media_address
from library.uploads import (
    RECORDING_EXTENSIONS,
    ImageUploadField,
    captions_extension,
    check_size,
    document_extension,
    recording_extension,
)
from publishing import clock
from publishing.fields import TranslatedTextField
from publishing.languages import default_language, language_choices

# Ogg may hold either.
KIND_OF_FILE = {"mp4": "video", "webm": "video", "mp3": "audio", "m4a": "audio"}


class Tag(models.Model):
    """A word under which staff gather images."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ImageFileField(models.ImageField):
    """A picture's file. What the file tells of the picture is read before it is stored, whoever stores it."""

    def formfield(self, **kwargs: Any) -> forms.Field | None:  # type: ignore[override]
        return super().formfield(**{"form_class": ImageUploadField, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        _read_new(model_instance, getattr(model_instance, self.attname))
        return super().pre_save(model_instance, add)


class AddressedFile(FieldFile):
    """Its address is its row's: that one stays when the file is replaced."""

    @property
    def url(self) -> str:
        row: Any = self.instance
        return str(row.get_absolute_url()) if self and row.pk else super().url


class AddressedFileField(models.FileField):
    attr_class = AddressedFile


class DocumentFileField(AddressedFileField):
    """A document's or recording's file, read as a picture's is."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        _read_new(model_instance, getattr(model_instance, self.attname))
        return super().pre_save(model_instance, add)


def _read_new(row: Any, file: Any) -> None:
    if file and not file._committed:
        row.read_file()


def new_key() -> str:
    """What makes an address one that nobody finds by counting: what is not published yet lies here too."""
    return get_random_string(10, "abcdefghijkmnpqrstuvwxyz23456789")


class Download(models.Model):
    """A file with an address that stays when the file is replaced."""

    key = models.CharField(max_length=10, default=new_key, editable=False)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    # Tells browsers whether what they have kept still holds.
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    url_name: ClassVar[str] = ""
    # What browsers show or play; the rest is kept by the reader.
    shown: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        title: Any
        language: Any
        file: Any
        size: Any

    def __str__(self) -> str:
        return str(self.title)

    def read_file(self) -> None:
        """Take over what the file tells. Raises OSError if it is missing."""
        self.size = self.file.size

    @property
    def extension(self) -> str:
        """Of the file's name, without the dot, in capitals: PDF."""
        return extension_of(self.file).upper()

    @property
    def is_shown(self) -> bool:
        return extension_of(self.file) in self.shown

    @property
    def kept_as(self) -> str:
        """The name under which a reader keeps it."""
        return f"{self._slug}.{extension_of(self.file)}"

    @property
    def name(self) -> str:
        """The last part of its address."""
        return f"{self._slug}-{self.key}.{extension_of(self.file)}"

    @property
    def _slug(self) -> str:
        return slugify(self.title, allow_unicode=True)[:60].strip("-") or "file"

    def get_absolute_url(self) -> str:
        return media_address(self.url_name, self.pk, self.name)


def _share() -> list[Any]:
    return [MinValueValidator(0), MaxValueValidator(1)]


class Image(models.Model):
    title = TranslatedTextField(_("title"), help_text=_("Helps you find it again; not shown to readers."))
    file = ImageFileField(
        _("file"),
        upload_to="images/%Y/%m/",
        max_length=200,
        help_text=_("JPEG, PNG, WebP or AVIF, in the largest size you have."),
    )
    # Where the eye rests, as shares of the width and the height; every crop is made around it.
    focal_x = models.FloatField(_("focal point from the left"), default=0.5, validators=_share())
    focal_y = models.FloatField(_("focal point from the top"), default=0.5, validators=_share())

    alt_text = TranslatedTextField(
        _("alternative text"),
        help_text=_("What the picture shows, for readers who cannot see it. One sentence."),
    )
    caption = TranslatedTextField(_("caption"), blank=True)
    credit = TranslatedTextField(_("credit"), blank=True, help_text=_("Photographer and organisation."))
    taken_on = models.DateField(_("taken on"), null=True, blank=True)

    licence = models.CharField(
        _("licence"), max_length=100, blank=True, help_text=_("For example CC BY 4.0, or the agency's contract.")
    )
    copyright_holder = models.CharField(_("copyright holder"), max_length=200, blank=True)
    rights_end_on = models.DateField(
        _("rights end on"),
        null=True,
        blank=True,
        help_text=_("The last day on which it may be shown. After it, a neutral picture stands in its place."),
    )

    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="images", blank=True)

    # Told by the file, and kept so that a page need not open it: the room that it takes, a duplicate, a placeholder.
    width = models.PositiveIntegerField(_("width"), editable=False, default=0)
    height = models.PositiveIntegerField(_("height"), editable=False, default=0)
    content_hash = models.CharField(editable=False, max_length=64, blank=True)
    colour = models.CharField(editable=False, max_length=7, default="#888888")
    # Uploaded with others and not described yet: it is kept, and offered nowhere until it is.
    lacks_alt_text = DerivedBooleanField(_("alternative text missing"), derive="is_not_described")
    # JSON columns cannot be searched alike on both databases.
    words = DerivedTextField(derive="all_words")
    # What the renditions' addresses hold: another file or focal point makes others.
    version = DerivedTextField(derive="current_version")
    # The version that the worker has done with, and why it could not make renditions of it.
    rendered = models.TextField(editable=False, blank=True, default="")
    render_failure = models.TextField(editable=False, blank=True, default="")
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-created_at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(focal_x__range=(0, 1), focal_y__range=(0, 1)), name="library_image_focal_point_inside"
            )
        ]
        indexes = [
            # Serves the library's list in the admin, newest first.
            models.Index(fields=["-created_at", "-id"], name="library_image_newest"),
            # Finds a duplicate.
            models.Index(fields=["content_hash"], name="library_image_content"),
            # Serves the warning of rights that are about to end.
            models.Index(fields=["rights_end_on"], name="library_image_rights"),
            # Serves the list and the start page: what is still to be described.
            models.Index(
                fields=["-created_at", "-id"], condition=Q(lacks_alt_text=True), name="library_image_undescribed"
            ),
            # Finds the images whose renditions are still to be made.
            models.Index(fields=["id"], condition=~Q(rendered=models.F("version")), name="library_image_unrendered"),
        ]

    def __str__(self) -> str:
        return str(self.title)

    @property
    def may_be_shown(self) -> bool:
        """Whether its rights last on the day of the page."""
        return self.rights_end_on is None or clock.today() <= self.rights_end_on

    def read_file(self) -> None:
        """Take over what the file tells. Raises OSError if it is missing or no picture."""
        # A form has read it already, and said so if it could not.
        facts = getattr(self.file.file, "facts", None) or facts_of(self.file)
        self.width, self.height = facts.width, facts.height
        self.content_hash, self.colour = facts.content_hash, facts.colour

    def is_not_described(self) -> bool:
        return not any(self.alt_text.values())

    def all_words(self) -> str:
        texts = (self.title, self.alt_text, self.caption, self.credit)
        return "\n".join(dict.fromkeys(word for text in texts for word in text.values()))

    def current_version(self) -> str:
        """Twelve hexadecimal digits."""
        point = f"{self.focal_x:.4f} {self.focal_y:.4f}"
        return hashlib.sha256(f"{self.content_hash} {point}".encode()).hexdigest()[:12]


class RenditionClaim(models.Model):
    """A file that is being made at the moment: nobody else makes it meanwhile (`library.claims`)."""

    name = models.CharField(max_length=100, unique=True)
    token = models.CharField(max_length=16)
    claimed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Document(Download):
    url_name = "document"
    shown = frozenset({"pdf"})

    title = models.CharField(_("title"), max_length=200, help_text=_("Readers see it as the name of the download."))
    language = models.CharField(_("language"), max_length=10, choices=language_choices, default=default_language)
    file = DocumentFileField(
        _("file"),
        upload_to="documents/%Y/%m/",
        max_length=200,
        validators=[document_extension, check_size, check_document],
        help_text=_(
            "PDF, office document, CSV, text or ZIP. If you replace it, its address stays and leads to the new file."
        ),
    )

    # Told by the file, and kept so that a page need not open it. Declared after it: they are read when it is stored.
    size = models.PositiveBigIntegerField(_("size"), editable=False, default=0)
    pages = models.PositiveIntegerField(_("pages"), editable=False, null=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-created_at", "-pk"]
        # Serves the library's list in the admin, newest first.
        indexes = [models.Index(fields=["-created_at", "-id"], name="library_document_newest")]

    def read_file(self) -> None:
        super().read_file()
        self.pages = pages_of(self.file)


class Recording(Download):
    """Audio or video, by file or by the address of a page that plays it."""

    url_name = "recording"
    shown = frozenset(RECORDING_EXTENSIONS)

    class Kind(models.TextChoices):
        AUDIO = "audio", _("Audio")
        VIDEO = "video", _("Video")

    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.VIDEO)
    language = models.CharField(_("language"), max_length=10, choices=language_choices, default=default_language)
    file = DocumentFileField(
        _("file"),
        upload_to="recordings/%Y/%m/",
        max_length=200,
        blank=True,
        validators=[recording_extension, check_size, check_recording],
        help_text=_("MP4 or WebM for video; MP3, M4A or Ogg for audio."),
    )
    # Told by the file, and declared after it.
    size = models.PositiveBigIntegerField(_("size"), editable=False, default=0)
    address = models.URLField(
        _("address"),
        blank=True,
        help_text=_("Instead of a file: where it can be seen or heard. Readers go there only by a click."),
    )
    duration = models.DurationField(_("duration"), null=True, blank=True, help_text=_("Hours:minutes:seconds."))
    transcript = RichTextField(_("transcript"), blank=True, help_text=_("For readers who cannot hear or see it."))

    poster = models.ForeignKey(
        Image,
        verbose_name=_("poster"),
        related_name="+",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("The picture that is shown before it plays."),
    )

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["-created_at", "-pk"]
        # Serves the library's list in the admin, newest first.
        indexes = [models.Index(fields=["-created_at", "-id"], name="library_recording_newest")]

    def clean(self) -> None:
        super().clean()
        if bool(self.file) == bool(self.address):
            raise ValidationError(_("Give either a file or an address."))
        kind = KIND_OF_FILE.get(extension_of(self.file)) if self.file else None
        if kind and kind != self.kind:
            raise ValidationError({"kind": _("The file is %(kind)s.") % {"kind": Recording.Kind(kind).label.lower()}})

    def get_absolute_url(self) -> str:
        """Where it can be seen or heard: here, or on another website."""
        return super().get_absolute_url() if self.file else self.address

    @property
    def media_type(self) -> str:
        return TYPES.get(extension_of(self.file), DOWNLOAD)

    @property
    def host(self) -> str:
        """The other website that plays it, as people write its name; "" if it is played here."""
        return (urlsplit(self.address).hostname or "").removeprefix("www.")

    @property
    def readable_duration(self) -> str:
        """As players show it: 2:03 or 1:02:03; "" if unknown."""
        if self.duration is None:
            return ""
        minutes, seconds = divmod(round(self.duration / dt.timedelta(seconds=1)), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    @property
    def iso_duration(self) -> str:
        """As ISO 8601 writes it, for machines: PT1H2M3S; "" if unknown."""
        if self.duration is None:
            return ""
        minutes, seconds = divmod(round(self.duration / dt.timedelta(seconds=1)), 60)
        return f"PT{minutes // 60}H{minutes % 60}M{seconds}S"


class CaptionTrack(models.Model):
    """The captions of a recording in one language."""

    recording = models.ForeignKey(Recording, related_name="caption_tracks", on_delete=models.CASCADE)
    language = models.CharField(_("language"), max_length=10, choices=language_choices, default=default_language)
    file = AddressedFileField(
        _("file"),
        upload_to="captions/%Y/%m/",
        max_length=200,
        validators=[captions_extension, check_captions],
        help_text=_("A WebVTT file (.vtt)."),
    )

    # Tells browsers whether what they have kept still holds.
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("captions")
        verbose_name_plural = _("captions")
        ordering = ["language"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["recording", "language"],
                name="library_captions_once",
                violation_error_message=_("There are captions in this language already."),
            )
        ]

    def __str__(self) -> str:
        return self.get_language_display()

    def get_absolute_url(self) -> str:
        return media_address("captions", self.pk, self.recording.key)
