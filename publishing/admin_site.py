"""The admin site: Django's own, under a Content-Security-Policy that lets its rich-text editor work."""

from functools import wraps
from typing import Any

from csp.constants import NONCE
from csp.decorators import csp_update
from django.apps import apps
from django.contrib import admin
from django.core.exceptions import BadRequest, ValidationError
from django.db import DataError, IntegrityError
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from publishing import preview
from publishing.admin_start import Desk

# The one <style> that the rich-text editor (TipTap) inserts. A test computes it from the installed editor.
EDITOR_STYLE = "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"

ADMIN_POLICY = {"script-src": [NONCE], "style-src": [EDITOR_STYLE]}


class PortalAdminSite(admin.AdminSite):
    site_title = _("Newsroom")
    site_header = _("Newsroom")
    index_title = _("What would you like to work on?")
    enable_nav_sidebar = True

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return csp_update(ADMIN_POLICY)(super().admin_view(_tried_again(view), cacheable))

    def get_urls(self) -> list[Any]:
        """Without Django's way to any object's public page: it asks for no right, and drafts have no page."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def get_app_list(self, request: Any, app_label: str | None = None) -> list[Any]:
        """In the order of INSTALLED_APPS, which is the order of the editors' work, instead of the alphabet's."""
        place = {config.label: number for number, config in enumerate(apps.get_app_configs())}
        first = {"portal": len(place)}  # settings and menus are touched least
        found = super().get_app_list(request, app_label)
        return sorted(found, key=lambda app: first.get(app["app_label"], place[app["app_label"]]))

    def index(self, request: Any, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        root = preview.ROOT if preview.may_see_the_site(request.user) else ""
        context = {**Desk(request.user).context(), "preview_root": root, **(extra_context or {})}
        return super().index(request, context)

    def each_context(self, request: Any) -> dict[str, Any]:
        return {**super().each_context(request), "site_url": "/"}


def _tried_again(view: Any) -> Any:
    """Of two people who save at once, the second is answered as if they had come a moment later.

    Both forms were valid when they were checked; then the database or the workflow refuses a second row with the same
    slug, or a revision on top of one that nobody saw. All of that request is rolled back, so it is simply begun again,
    and now what the first has stored is there to be seen, to be merged with or to be told of in the form.

    A number that no column can hold comes from no form of ours: that is a bad request, not a failure of the site. So
    is a search by a regular expression, which Django would let an address ask for: one can be made to take for ever.
    """

    @wraps(view)
    def answered(request: Any, *args: Any, **kwargs: Any) -> Any:
        if any(name.endswith("regex") for name in request.GET):
            raise BadRequest
        try:
            return view(request, *args, **kwargs)
        except (IntegrityError, ValidationError):
            return view(request, *args, **kwargs)
        except (OverflowError, DataError) as error:
            raise BadRequest from error

    return answered
