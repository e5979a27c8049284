"""Images and documents, stored once and used everywhere."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from library.uploads import ImageUploadField, check_size, document_extension
from publishing.fields import TranslatedTextField
from publishing.languages import default_language, language_choices


class ImageFileField(models.ImageField):
    """An image field whose form field explains what is wrong with an upload."""

    def formfield(self, **kwargs: Any) -> forms.Field | None:  # type: ignore[override]
        return super().formfield(**{"form_class": ImageUploadField, **kwargs})


class Image(models.Model):
    title = models.CharField(_("title"), max_length=200, help_text=_("Helps you find it again; not shown to readers."))
    file = ImageFileField(
        _("file"),
        upload_to="images/%Y/%m/",
        width_field="width",
        height_field="height",
        help_text=_("JPEG, PNG, WebP or AVIF, in the largest size you have."),
    )
    alt_text = TranslatedTextField(
        _("alternative text"),
        help_text=_("What the picture shows, for readers who cannot see it. One sentence."),
    )
    caption = TranslatedTextField(_("caption"), blank=True)
    credit = models.CharField(
        _("credit"), max_length=200, blank=True, help_text=_("Photographer and holder of rights.")
    )

    # Kept in the database so that a page reserves a picture's place without opening the file.
    width = models.PositiveIntegerField(_("width"), editable=False, default=0)
    height = models.PositiveIntegerField(_("height"), editable=False, default=0)
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("image")
        verbose_name_plural = _("images")
        ordering = ["-created_at", "-pk"]
        # Serves the library's list in the admin, newest first.
        indexes = [models.Index(fields=["-created_at", "-id"], name="library_image_newest")]

    def __str__(self) -> str:
        return self.title


class Document(models.Model):
    title = models.CharField(_("title"), max_length=200, help_text=_("Readers see it as the name of the download."))
    language = models.CharField(_("language"), max_length=10, choices=language_choices, default=default_language)
    file = models.FileField(
        _("file"),
        upload_to="documents/%Y/%m/",
        validators=[document_extension, check_size],
        help_text=_("PDF, office document, CSV, text or ZIP."),
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["-created_at", "-pk"]
        # Serves the library's list in the admin, newest first.
        indexes = [models.Index(fields=["-created_at", "-id"], name="library_document_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def extension(self) -> str:
        """Of the file's name, without the dot, in capitals: PDF."""
        return PurePath(self.file.name).suffix.lstrip(".").upper()

    @property
    def size(self) -> int:
        """In bytes; 0 if the file is missing, so that a page with a lost attachment still opens."""
        try:
            return int(self.file.size)
        except OSError:
            return 0
