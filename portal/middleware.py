"""The language and the instant of an answer, and headers that Django has no setting for."""

import logging
from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers

from portal.models import SiteSettings
from publishing import clock, due
from publishing.languages import language_choices, originals_stand_in

log = logging.getLogger(__name__)

# Nothing on a public page asks for a device or a payment: the browser is told so (W3C Permissions Policy).
POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
)


# What programs ask for, and what is the same to all of them.
IN_NO_LANGUAGE = ("/robots.txt", "/sitemap.xml", "/.well-known/")


class PermissionsPolicyMiddleware:
    """Adds `Permissions-Policy` to every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response


class CompressionMiddleware(GZipMiddleware):
    """Django's own, for pages: what is streamed is a file, which is small already or asked for in parts."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.streaming else super().process_response(request, response)


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, but an address without a language that leads nowhere is not found, instead of being sent on.

    The page tree takes every path under a language, so Django would take each such address for one that only lacks
    its language.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404:
            patch_vary_headers(response, ["Accept-Language"])
            return response
        if request.path_info.startswith(IN_NO_LANGUAGE):
            return response
        return super().process_response(request, response)


class InstantMiddleware:
    """A public page answers for one instant and one state of the database, after what is due by then has gone live.

    So a change appears on time though no process has run, and nobody ever sees a part of it. The instant is taken
    once the state of the database stands: what others put live meanwhile is either in that state, and its instant is
    over, or it is not there at all. The site's settings are read here because the same query says what is due next.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.public = ("/sitemap.xml", *(f"/{code}/" for code, _name in language_choices()))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD") or not request.path_info.startswith(self.public):
            return self.get_response(request)
        response = self.answer(request, may_apply=True)
        return response or self.answer(request, may_apply=False)  # type: ignore[return-value]

    def answer(self, request: HttpRequest, *, may_apply: bool) -> HttpResponse | None:
        """None if something was due: it has gone live now, and the page is to be computed from what stands then."""
        with clock.one_state_of_the_database():
            site = SiteSettings.load(with_next_due=True)
            with clock.stopped() as instant, originals_stand_in(site.with_originals):
                if not (may_apply and site.next_due and site.next_due <= instant):
                    request.site_settings = site  # type: ignore[attr-defined]
                    return self.get_response(request)
        try:
            due.apply_due()
        except DatabaseError:
            # A database that can only be read at the moment still answers, with the page before the change.
            log.exception("What is due could not go live")
        return None
