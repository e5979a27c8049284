"""Many pictures at once: sent to the library, then described on one page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from library import intake
from library.image_forms import SharedForm, WordsForm
from library.models import Image
from library.previews import preview_url
from library.uploads import ACCEPTED
from publishing.keys import keys_among

# Pictures that are described on one page.
MOST_TOGETHER = 50


class IntakePages:
    """For the admin of images."""

    opts: Any
    admin_site: Any
    media: Any
    has_add_permission: Any
    has_change_permission: Any
    log_addition: Any
    log_change: Any

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("upload/", view(self.upload_view), name="library_image_upload"),
            path("describe/", view(self.describe_view), name="library_image_describe"),
            *super().get_urls(),  # type: ignore[misc]
        ]

    def _url(self, image: Image, page: str) -> str:
        return reverse(f"admin:library_image_{page}", args=[image.pk])

    # ── Sending ──────────────────────────────────────────────────────────────────────────────────────
    def upload_view(self, request: HttpRequest) -> HttpResponse:
        """Takes any number of files; a script sends them one by one and is answered in JSON."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            answers = [self._take_in(request, file) for file in request.FILES.getlist("files")]
            if request.headers.get("Accept") == "application/json":
                return JsonResponse(answers[0] if len(answers) == 1 else {}, status=200 if len(answers) == 1 else 400)
            return self._told(request, answers)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Upload pictures"),
            "accepted": ACCEPTED,
            "describe_url": reverse("admin:library_image_describe"),
        }
        return TemplateResponse(request, "admin/library/upload.html", context)

    def _take_in(self, request: HttpRequest, file: UploadedFile) -> dict[str, Any]:
        """What has become of one file, in words and addresses."""
        name = file.name or ""
        try:
            image, is_new = intake.take_in(file)
        except ValidationError as error:
            return {"state": "refused", "name": name, "message": " ".join(error.messages)}
        if is_new:
            self.log_addition(request, image, [{"added": {}}])
        return {
            "state": "stored" if is_new else "known",
            "key": image.pk,
            "name": name,
            "title": str(image.title),
            "message": gettext("Stored.") if is_new else gettext("Is in the library already."),
            "url": self._url(image, "change"),
            "thumbnail": preview_url(image, small=True),
        }

    def _told(self, request: HttpRequest, answers: list[dict[str, Any]]) -> HttpResponse:
        """For a browser without scripts: what was refused as messages, and on to describing the rest."""
        for answer in answers:
            if answer["state"] == "refused":
                messages.error(request, gettext("“%(name)s”: %(message)s") % answer)
            elif answer["state"] == "known":
                said = gettext("“%(name)s”: %(message)s") % answer
                messages.warning(request, format_html('{} <a href="{}">{}</a>', said, answer["url"], answer["title"]))
        stored = [answer["key"] for answer in answers if answer["state"] == "stored"]
        if not answers:
            messages.error(request, gettext("Choose at least one file."))
        if not stored:
            return HttpResponseRedirect(reverse("admin:library_image_upload"))
        said = ngettext("%(n)d picture is stored.", "%(n)d pictures are stored.", len(stored)) % {"n": len(stored)}
        messages.success(request, said)
        return self._on_to(Image.objects.filter(pk__in=stored).order_by("pk"))

    # ── Describing ───────────────────────────────────────────────────────────────────────────────────
    def describe_view(self, request: HttpRequest) -> HttpResponse:
        """The words of the pictures that the address names; if it names none, of the newest without a description."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if "ids" not in request.GET:
            return self._on_to(Image.objects.filter(lacks_alt_text=True)[:MOST_TOGETHER])
        images = _named(request.GET["ids"])
        data = request.POST or None
        forms = [WordsForm(data, instance=image, prefix=f"image-{image.pk}") for image in images]
        shared = SharedForm(data, prefix="shared")
        if data and all([shared.is_valid(), *(form.is_valid() for form in forms)]):
            return self._described(request, forms, shared)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Describe pictures"),
            "rows": [(form, preview_url(form.instance), self._url(form.instance, "change")) for form in forms],
            "shared": shared,
            "media": self.media + shared.media,
            "is_wrong": bool(data),
        }
        return TemplateResponse(request, "admin/library/describe.html", context)

    @transaction.atomic
    def _described(self, request: HttpRequest, forms: list[WordsForm], shared: SharedForm) -> HttpResponse:
        images = [form.instance for form in forms]
        for form in forms:
            if form.has_changed() or shared.has_changed():
                shared.apply(form.instance)
                form.instance.save()
                self.log_change(request, form.instance, [{"changed": {"fields": form.changed_data}}])
        missing = [image for image in images if image.lacks_alt_text]
        said = ngettext("%(n)d picture is saved.", "%(n)d pictures are saved.", len(images)) % {"n": len(images)}
        messages.success(request, said)
        if missing:
            said = ngettext(
                "%(n)d picture still lacks its alternative text, and cannot be used until it has one.",
                "%(n)d pictures still lack their alternative text, and cannot be used until they have one.",
                len(missing),
            )
            messages.warning(request, said % {"n": len(missing)})
        return self._on_to(missing)

    def _on_to(self, images: Iterable[Image]) -> HttpResponse:
        """To describing these; to the list if there are none."""
        keys = ",".join(str(image.pk) for image in images)
        if not keys:
            return HttpResponseRedirect(reverse("admin:library_image_changelist"))
        return HttpResponseRedirect(f"{reverse('admin:library_image_describe')}?ids={keys}")


def _named(keys: str) -> QuerySet[Image]:
    return Image.objects.filter(pk__in=keys_among(keys.split(","))[:MOST_TOGETHER]).order_by("pk")
