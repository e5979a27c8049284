from typing import Any

from admin_ordering.admin import OrderableAdmin
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.models import MenuLink, SiteSettings


@admin.register(SiteSettings)
class SiteSettingsAdmin(admin.ModelAdmin[SiteSettings]):
    autocomplete_fields = ("logo",)
    fieldsets = (
        (_("The organisation"), {"fields": ["name", "tagline", "logo", "address", "press_email"]}),
        (_("Notice"), {"fields": ["notice"]}),
        (
            _("Titles on the home page"),
            {
                "fields": [
                    "latest_title",
                    "featured_title",
                    "leader_title",
                    "review_title",
                    "calendar_title",
                    "focus_title",
                    "subscribe_title",
                    "follow_title",
                    "quick_title",
                ]
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SiteSettings.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: SiteSettings | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one row, so the list leads straight to it."""
        row = SiteSettings.objects.first()
        if row is None or not self.has_view_or_change_permission(request):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(reverse("admin:portal_sitesettings_change", args=[row.pk]))


class ChildLinkInline(OrderableAdmin, admin.TabularInline[MenuLink, MenuLink]):
    """The links of a section, in an order set by dragging."""

    model = MenuLink
    fk_name = "parent"
    ordering_field = "position"
    ordering_field_hide_input = True
    fields = ("label", "target", "position")
    verbose_name = _("link")
    verbose_name_plural = _("links in this section")
    extra = 1


@admin.register(MenuLink)
class MenuLinkAdmin(OrderableAdmin, admin.ModelAdmin[MenuLink]):
    ordering_field = "position"
    ordering_field_hide_input = True
    list_display = ("position", "__str__", "menu", "language", "number_of_links")
    list_display_links = ("__str__",)
    list_editable = ("position",)
    list_filter = ("language", "menu")
    list_per_page = 200
    search_fields = ("label",)
    fields = ("language", "menu", "label", "target")
    inlines = (ChildLinkInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[MenuLink]:
        queryset = super().get_queryset(request).prefetch_related("children")
        match = request.resolver_match
        if match is not None and match.url_name == "portal_menulink_changelist":
            queryset = queryset.filter(parent__isnull=True)
        return queryset

    @admin.display(description=_("links"))
    def number_of_links(self, link: MenuLink) -> int:
        return len(link.children.all())

    def save_model(self, request: HttpRequest, obj: MenuLink, form: Any, change: bool) -> None:
        if not change:
            obj.put_last()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """A section's links are in its language and menu, also after those were changed."""
        super().save_related(request, form, formsets, change)
        form.instance.children.update(language=form.instance.language, menu=form.instance.menu)
