"""The picture desk: the library's list as a grid, and one picture with its words, rights, crops and uses."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from library import intake, rights
from library.admin_choose import choose
from library.admin_intake import IntakePages
from library.admin_uses import UsedAdmin
from library.full_size import FullSize
from library.image_forms import ImageForm
from library.models import Image, Tag
from library.pictures import has_renditions
from library.previews import LARGE, SMALL, preview_of, preview_url
from publishing.keys import key_in

# Of a list, so that no page counts a million rows. What lies further back is found by searching.
MOST_LISTED = 10_000
# Beside a list.
MOST_TAGS = 40
# The crops that the site's pages make, by the names that style sheets and scripts know.
CROPS = {
    "wide": _("Wide, 16:9"),
    "photo": _("Photo, 3:2"),
    "square": _("Square"),
    "portrait": _("Portrait, 4:5"),
    "cover": _("Cover, 3:4"),
}


class Beginning(Paginator[Any]):
    """Counts only as far as the list can be turned over."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows[:MOST_LISTED].count())


class RightsFilter(admin.SimpleListFilter):
    title = _("rights")
    parameter_name = "rights"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ended", _("Ended")), ("soon", _("End within 30 days")), ("open", _("Without an end"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        conditions = {"ended": rights.ended(), "soon": rights.end_soon(), "open": Q(rights_end_on=None)}
        return queryset.filter(conditions.get(self.value() or "", Q()))


class DescribedFilter(admin.SimpleListFilter):
    title = _("alternative text")
    parameter_name = "alt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("missing", _("Missing"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        return queryset.filter(lacks_alt_text=True) if self.value() == "missing" else queryset


class TagFilter(admin.SimpleListFilter):
    """By one of the first tags; pictures under any other are found by typing it."""

    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(tag.pk), tag.name) for tag in Tag.objects.all()[:MOST_TAGS]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        key = key_in(self.value() or "")
        return queryset if key is None else queryset.filter(tags=key)


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    """Who may do something with pictures may do it with their tags."""

    search_fields = ("name",)
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return request.user.has_perm("library.view_image")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("library.change_image")

    def has_change_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return request.user.has_perm("library.change_image")

    def has_delete_permission(self, request: HttpRequest, obj: Tag | None = None) -> bool:
        return request.user.has_perm("library.delete_image")


@admin.register(Image)
class ImageAdmin(IntakePages, UsedAdmin):
    form = ImageForm
    change_list_template = "admin/library/image_list.html"
    change_form_template = "admin/library/image_form.html"
    list_display = ("title",)
    list_filter = (DescribedFilter, RightsFilter, TagFilter)
    search_fields = ("words",)
    show_full_result_count = False
    # Counting each filter would count every row.
    show_facets = admin.ShowFacets.NEVER
    paginator = Beginning
    list_per_page = 48
    # By the index of the newest.
    ordering: ClassVar[Any] = ("-created_at", "-pk")
    sortable_by = ()
    readonly_fields = ("focal_editor",)
    fieldsets = (
        (None, {"fields": ("file",)}),
        (_("Focal point"), {"fields": ("focal_editor", ("focal_x", "focal_y"))}),
        (_("Words"), {"fields": ("alt_text", "caption", "credit", "title", "tags")}),
        (_("Origin and rights"), {"fields": ("taken_on", "licence", "copyright_holder", "rights_end_on")}),
    )

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

    def get_fieldsets(self, request: HttpRequest, obj: Image | None = None) -> Any:
        """Where the eye rests can be said of a picture that one sees."""
        return [(name, options) for name, options in self.fieldsets if obj or "focal_editor" not in options["fields"]]

    # ── The list ─────────────────────────────────────────────────────────────────────────────────────
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Image], search_term: str
    ) -> tuple[QuerySet[Image], bool]:
        """Every word stands in the picture's words or in the name of a tag."""
        tagged = Image.tags.through.objects
        for word in search_term.replace("\x00", "").split():
            of_tag = tagged.filter(tag__name__icontains=word).values("image_id")
            queryset = queryset.filter(Q(words__icontains=word) | Q(pk__in=of_tag))
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        changelist: Any = getattr(response, "context_data", {}).get("cl")
        if changelist is not None:
            changelist.cards = [self._card(changelist, image) for image in changelist.result_list]
            changelist.is_cut = changelist.result_count >= MOST_LISTED
        return response

    def _card(self, changelist: Any, image: Image) -> dict[str, Any]:
        return {
            "image": image,
            "url": changelist.url_for_result(image),
            "thumbnail": preview_url(image, small=True),
            "rights": rights.standing_of(image),
        }

    # ── One picture ──────────────────────────────────────────────────────────────────────────────────
    @admin.display(description=_("picture"))
    def focal_editor(self, image: Image) -> SafeString:
        full_size = FullSize(image).address if has_renditions(image) else ""
        context = {"image": image, "url": preview_url(image), "crops": CROPS, "full_size": full_size}
        return render_to_string("admin/library/focal_point.html", context)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        image: Image | None = kwargs.get("obj")
        if image is not None:
            context["thumbnail"] = preview_url(image)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Image, form: Any, change: bool) -> None:
        replaced = form.initial["file"].name if change and "file" in form.changed_data else ""
        super().save_model(request, obj, form, change)
        if replaced:
            intake.forget_file(obj, replaced)
            messages.info(
                request, gettext("The file was replaced wherever the picture is used. Look at its focal point.")
            )

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        intake.remove(obj)

    # ── Its pages ────────────────────────────────────────────────────────────────────────────────────
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:key>/preview-<int:size>.jpg",
                view(self.preview_view, cacheable=True),
                name="library_image_preview",
            ),
            path("choose/", view(choose), name="library_image_choose"),
            *super().get_urls(),
        ]

    def preview_view(self, request: HttpRequest, key: int, size: int) -> HttpResponse:
        """The picture as the desk sees it, kept by this person's browser only."""
        image = self.found(request, key)
        if size not in (LARGE, SMALL):
            raise Http404
        try:
            content = preview_of(image, size)
        except OSError as error:
            raise Http404(gettext("The file is missing.")) from error
        return HttpResponse(
            content, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=31536000, immutable"}
        )
