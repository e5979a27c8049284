from typing import Any

from admin_ordering.admin import OrderableAdmin
from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from library.picture_forms import PicturesAdminMixin
from pages.models import Page, Topic
from pages.views import target_suggestions
from publishing import rights, workflow
from publishing.admin import HandOrderedAdmin, PublishableAdmin
from publishing.admin_lists import FILTERS, STANDING


class ChildInline(OrderableAdmin, admin.TabularInline[Page, Page]):
    """The pages below, to be put in order by dragging."""

    model = Page
    form = forms.ModelForm  # a publishable form's rules have no part in an order
    fk_name = "parent"
    ordering = ("position", "pk")
    ordering_field = "position"
    ordering_field_hide_input = True
    fields = ("link", "state", "position")
    readonly_fields = ("link", "state")
    can_delete = False
    view_on_site = False
    max_num = 0
    verbose_name_plural = _("pages in this section, in order")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Page]:
        return super().get_queryset(request).filter(original__isnull=True)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The order is what visitors see."""
        return rights.may_publish_everywhere(request.user, Page)

    @admin.display(description=_("page"))
    def link(self, page: Page) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:pages_page_change", args=[page.pk]), page.title)

    @admin.display(description=_("state"))
    def state(self, page: Page) -> str:
        return str(page.state.label)


class TreeChangeList(ChangeList):
    """Depth first, siblings in hand order, whatever column heading is clicked."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        return ["tree_ordering"]


@admin.register(Page)
class PageAdmin(PicturesAdminMixin, PublishableAdmin):
    """The list shows the tree of originals, each level indented; their order is set on the page above."""

    list_display = ("indented_title", *STANDING)
    lists_originals = True
    autocomplete_fields = ("parent",)
    inlines = (ChildInline,)
    content_fieldsets = ((None, {"fields": ["title", "slug", "parent", "teaser", "body", "image"]}),)

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset: Any = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and match.url_name == "pages_page_changelist":
            queryset = queryset.order_siblings_by("position", "title")
        return queryset

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TreeChangeList

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None and obj.original_id is None else ()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """The places of the pages below, and nothing else of them."""
        formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        for child in formset.forms:
            if child.has_changed():
                workflow.place(child.instance, by=request.user, position=child.cleaned_data["position"])

    @admin.display(description=_("title"))
    def indented_title(self, page: Page) -> SafeString:
        depth = getattr(page, "tree_depth", 0)
        return format_html('<span class="depth depth--{}">{}</span>', min(depth, 6), page.title)

    def get_urls(self) -> list[URLPattern]:
        found = path("targets/", self.admin_site.admin_view(target_suggestions), name="pages_page_targets")
        return [found, *super().get_urls()]


@admin.register(Topic)
class TopicAdmin(PicturesAdminMixin, HandOrderedAdmin):
    list_display = ("title", "in_focus", *STANDING, "position")
    list_filter = (*FILTERS, "in_focus")
    content_fieldsets = ((None, {"fields": ["title", "slug", "teaser", "body", "image", "in_focus"]}),)
