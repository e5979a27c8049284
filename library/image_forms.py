"""The forms of the picture desk: one picture, many that were just uploaded, what all of those have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from library import intake
from library.embedded import proposals_of
from library.models import Image
from library.photographs import Facts
from library.tags import TagsField
from publishing.fields import TranslatedTextFormField


class ImageForm(forms.ModelForm[Image]):
    """One picture. What is left empty when it is added is taken from the file, if the file says it."""

    tags = TagsField()

    class Meta:
        model = Image
        fields = (
            "file", "title", "focal_x", "focal_y", "alt_text", "caption", "credit", "taken_on", "licence",
            "copyright_holder", "rights_end_on", "tags",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields:
            self.fields["title"].required = False
        # The picture itself is shown beside it, and there is none to take away.
        if "file" in self.fields:
            self.fields["file"].widget.template_name = "admin/library/file_input.html"

    @property
    def new_facts(self) -> Facts | None:
        """Of the file that is being uploaded, if it could be read."""
        facts: Facts | None = getattr(self.cleaned_data.get("file"), "facts", None)
        return facts

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.new_facts is not None:
            known = intake.same_file(self.new_facts.content_hash, besides=self.instance.pk)
            if known is not None:
                self.add_error("file", already_there(known))
            elif self.instance.pk is None:
                self._take_proposals(data)
        if "title" in self.fields and not data.get("title") and "title" not in self.errors:
            self.add_error("title", gettext("Give the picture a title: the file has none."))
        return data

    def _take_proposals(self, data: dict[str, Any]) -> None:
        file = data["file"]
        proposed = Image(**{name: data[name] for name in (*intake.TEXTS, "copyright_holder", "taken_on")})
        intake.propose(proposed, proposals_of(file, file.name))
        data.update({name: getattr(proposed, name) for name in (*intake.TEXTS, "copyright_holder", "taken_on")})

    def save(self, commit: bool = True) -> Image:
        """A new file begins with the focal point in the middle, unless it was set for it."""
        if self.new_facts is not None and not {"focal_x", "focal_y"} & {*self.changed_data}:
            self.instance.focal_x = self.instance.focal_y = 0.5
        return super().save(commit)


def already_there(known: Image) -> str:
    """The sentence for a file that the library has, with a link to its image."""
    url = reverse("admin:library_image_change", args=[known.pk])
    return format_html(
        '{} <a href="{}">{}</a>', gettext("This file is in the library already:"), url, known
    )  # fmt: skip


class WordsForm(forms.ModelForm[Image]):
    """The words of one of many pictures. A missing alternative text may be written later."""

    class Meta:
        model = Image
        fields = ("alt_text", "caption", "credit", "title")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alt_text"].required = False


class SharedForm(forms.Form):
    """What all of them have in common: only what is filled in is written."""

    credit = TranslatedTextFormField(
        label=_("Credit"), required=False, help_text=_("Written where the picture has none yet.")
    )
    licence = forms.CharField(label=_("Licence"), max_length=100, required=False)
    copyright_holder = forms.CharField(label=_("Copyright holder"), max_length=200, required=False)
    rights_end_on = forms.DateField(
        label=_("Rights end on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    tags = TagsField(label=_("Tags"))

    def apply(self, image: Image) -> None:
        """Write into an image in memory; its tags are added in the database."""
        data = self.cleaned_data
        for name in ("licence", "copyright_holder", "rights_end_on"):
            if data[name]:
                setattr(image, name, data[name])
        if data["credit"] and not image.credit:
            image.credit = data["credit"]
        image.tags.add(*data["tags"])
