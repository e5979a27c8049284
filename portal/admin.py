from collections import defaultdict
from typing import Any

from admin_ordering.admin import OrderableAdmin
from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from library.picture_forms import PicturesAdminMixin
from portal.links import rebased
from portal.models import MenuLink, SiteSettings
from publishing.admin_forms import RevisedForm
from publishing.admin_recorded import RecordedAdmin
from publishing.admin_urls import admin_url
from publishing.diff import differences
from publishing.keys import key_in
from publishing.languages import language_choices, own_name
from publishing.records import AuditEntry, Revision
from publishing.snapshots import Content
from publishing.versions import audit


class SiteSettingsForm(RevisedForm):
    with_originals = forms.MultipleChoiceField(
        label=_("Languages that also list what is not translated yet"),
        choices=language_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Readers of these languages find an item without a version of theirs in the lists all the same, in the"
            " language it was written in and marked as such. In the others it is left out."
        ),
    )


@admin.register(SiteSettings)
class SiteSettingsAdmin(PicturesAdminMixin, RecordedAdmin):
    form = SiteSettingsForm
    fieldsets = (
        (_("The organisation"), {"fields": ["name", "tagline", "logo", "address"]}),
        (_("Press office"), {"fields": ["press_email", "press_phone", "press_hours"]}),
        (_("Notice"), {"fields": ["notice"]}),
        (_("Translations"), {"fields": ["with_originals"]}),
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


class SectionForm(RevisedForm):
    """A section's links have forms of their own, so nothing is merged: who saves second is told what the first did."""

    merges = False

    def _merge(self, base: Content, newest: Revision) -> None:
        theirs = differences(self.instance, base, newest.content)
        if theirs and not self._is_decided(newest):
            self._ask(
                newest,
                theirs,
                _("%(name)s has saved this meanwhile. Nothing is lost: save again to put what you typed in place."),
            )


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
class MenuLinkAdmin(OrderableAdmin, RecordedAdmin):
    """The sections. A link is edited, and kept, with its section."""

    form = SectionForm
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
        return super().get_queryset(request).filter(parent__isnull=True).prefetch_related("children")

    @admin.display(description=_("links"))
    def number_of_links(self, link: MenuLink) -> int:
        return len(link.children.all())

    # ── The list ─────────────────────────────────────────────────────────────────────────────────────
    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A new order stands in the audit trail, with the order before."""
        if "_save" not in request.POST:
            return super().changelist_view(request, extra_context)
        with transaction.atomic():
            before = orders()
            response = super().changelist_view(request, extra_context)
            for name, order in orders().items():
                if order != before.get(name, order):
                    menu = MenuLink(pk=0, label=name)  # the menu itself is no row
                    changes = {"order": [before[name], order]}
                    audit(AuditEntry.Verb.GO_LIVE, menu, by=request.user, note=gettext("New order."), changes=changes)
        return response

    def save_model(self, request: HttpRequest, obj: MenuLink, form: Any, change: bool) -> None:
        if not isinstance(form, SectionForm):
            MenuLink.objects.filter(pk=obj.pk).update(position=obj.position)
            return
        if not change:
            obj.put_last()
        super().save_model(request, obj, form, change)

    # ── The links of a section ───────────────────────────────────────────────────────────────────────
    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk is not None and "data" in kwargs:
            kwargs |= rebased(kwargs["data"], prefix, kwargs["queryset"].filter(parent=obj))
        return kwargs

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """A section's links are in its language and menu, also after those were changed."""
        super().save_formset(request, form, formset, change)
        form.instance.children.update(language=form.instance.language, menu=form.instance.menu)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        link = MenuLink.objects.filter(pk=key_in(object_id) or 0).first()
        if link is None:
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)
        return HttpResponseRedirect(admin_url(link.parent, "change"))


def orders() -> dict[str, str]:
    """Of each menu in each language its sections in their order, a line each."""
    found: dict[str, list[str]] = defaultdict(list)
    for section in MenuLink.objects.filter(parent=None):
        found[f"{section.get_menu_display()}, {own_name(section.language)}"].append(str(section))
    return {name: "\n".join(labels) for name, labels in found.items()}
