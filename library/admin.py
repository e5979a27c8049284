from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from library import admin_media  # noqa: F401  (registers itself)
from library.admin_choose import choose
from library.models import Image


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin[Image]):
    list_display = ("thumbnail", "title", "credit", "width", "height", "created_at")
    list_display_links = ("thumbnail", "title")
    search_fields = ("words",)
    show_full_result_count = False
    list_per_page = 50
    fields = ("file", "preview", "title", "alt_text", "caption", "credit")
    readonly_fields = ("preview",)

    @admin.display(description=_("picture"))
    def thumbnail(self, image: Image) -> SafeString:
        return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', image.file.url)

    @admin.display(description=_("picture"))
    def preview(self, image: Image) -> SafeString | str:
        if not image.pk:
            return "–"
        return format_html('<img class="preview" src="{}" alt=""> {} × {}', image.file.url, image.width, image.height)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(choose)
        return [path("choose/", view, name="library_image_choose"), *super().get_urls()]
