from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from library.picture_forms import PicturesAdminMixin
from publishing.admin import PublishableAdmin
from publishing.admin_lists import FILTERS, STANDING
from publishing.registry import tell_followers_of
from review.models import Article, Author, Issue


@admin.register(Article)
class ArticleAdmin(PicturesAdminMixin, PublishableAdmin):
    list_display = ("title", "date", "issue", *STANDING)
    list_filter = (*FILTERS, "issue")
    list_select_related = ("original", "issue")
    search_fields = ("title", "standfirst")
    autocomplete_fields = ("topics", "authors")
    content_fieldsets = (
        (None, {"fields": ["title", "slug", "date", "standfirst", "body"]}),
        (_("Picture"), {"fields": ["image"]}),
        (_("Authors, issue and topics"), {"fields": ["authors", "issue", "topics"]}),
    )


@admin.register(Author)
class AuthorAdmin(PicturesAdminMixin, admin.ModelAdmin[Author]):
    list_display = ("name", "affiliation")
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Author, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        tell_followers_of(obj)


@admin.register(Issue)
class IssueAdmin(admin.ModelAdmin[Issue]):
    list_display = ("__str__", "year", "season")
    search_fields = ("year",)
