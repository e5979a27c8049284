"""Preview in the admin: a button in the form, and links for people without an account."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publishing.preview import link_url, make_link, revoke_link
from publishing.records import PreviewLink

DAYS = [(1, _("1 day")), (3, _("3 days")), (7, _("1 week")), (30, _("30 days"))]


class PreviewLinkForm(forms.Form):
    days = forms.TypedChoiceField(label=_("Open for"), choices=DAYS, initial=3, coerce=int)


class PreviewAdminMixin:
    """For an admin of publishable items."""

    opts: Any
    admin_site: Any

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_links"
        found = path("<path:object_id>/links/", self.admin_site.admin_view(self.links_view), name=name)
        return [found, *super().get_urls()]  # type: ignore[misc]

    def links_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The links to this item's preview: make one, copy it, revoke it."""
        item = self._item(request, object_id)  # type: ignore[attr-defined]
        if not self.has_change_permission(request, item):  # type: ignore[attr-defined]
            raise PermissionDenied
        form = PreviewLinkForm(request.POST if "make" in request.POST else None)
        if "revoke" in request.POST:
            revoke_link(item, request.POST["revoke"].replace("\x00", ""), by=request.user)
            messages.success(request, gettext("The link is revoked."))
            return HttpResponseRedirect(request.path)
        if form.is_valid() and item.standing.latest is not None:
            expires_at = timezone.now() + dt.timedelta(days=form.cleaned_data["days"])
            make_link(item.standing.latest, by=request.user, expires_at=expires_at)
            messages.success(request, gettext("The link is made. Whoever has it sees this revision and nothing else."))
            return HttpResponseRedirect(request.path)
        links = PreviewLink.objects.of(item).select_related("revision", "made_by")[:100]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Preview links"),
            "item": item,
            "form": form,
            "links": [(link, request.build_absolute_uri(link_url(link))) for link in links],
        }
        return TemplateResponse(request, "admin/publishing/preview_links.html", context)
