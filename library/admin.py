from django.contrib import admin
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from library.admin_images import ImageAdmin as ImageAdmin
from library.models import Document


@admin.register(Document)
class DocumentAdmin(admin.ModelAdmin[Document]):
    list_display = ("title", "language", "extension", "readable_size", "created_at")
    list_filter = ("language",)
    search_fields = ("title",)
    show_full_result_count = False

    @admin.display(description=_("size"))
    def readable_size(self, document: Document) -> str:
        return filesizeformat(document.size)
