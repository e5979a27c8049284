"""Where something of the library is used: a page that says so, and no way to delete it while it is."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext

from library.usage import uses_of
from publishing.admin_urls import admin_url


class UsedAdmin(admin.ModelAdmin[Any]):
    """Base of the admin of images, documents and recordings."""

    change_form_template = "admin/library/used_form.html"
    delete_confirmation_template = "admin/library/delete.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.uses_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_uses"
        return [path("<int:key>/uses/", view, name=name), *super().get_urls()]

    def uses_view(self, request: HttpRequest, key: int) -> HttpResponse:
        thing = self.found(request, key)
        return self.page(request, "uses", gettext("Where it is used"), thing, {"uses": uses_of(thing)})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if (thing := kwargs.get("obj")) is not None:
            context["uses_url"] = admin_url(thing, "uses")
        return super().render_change_form(request, context, *args, **kwargs)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        thing = self.get_object(request, unquote(object_id))
        if thing is not None and self.has_delete_permission(request, thing):
            uses = uses_of(thing)
            if uses:
                return self.page(request, "in_use", gettext("It is used"), thing, {"uses": uses})
        return super().delete_view(request, object_id, extra_context)

    def found(self, request: HttpRequest, key: int) -> Any:
        """Raises Http404 or PermissionDenied."""
        thing = self.get_object(request, str(key))
        if thing is None:
            raise Http404(gettext("The library has nothing with this number."))
        if not self.has_view_or_change_permission(request, thing):
            raise PermissionDenied
        return thing

    def page(self, request: HttpRequest, name: str, title: str, thing: Any, context: dict[str, Any]) -> HttpResponse:
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "item": thing, "title": title}
        return TemplateResponse(request, f"admin/library/{name}.html", {**shared, **context})
