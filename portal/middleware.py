"""The language of an answer, and headers that Django has no setting for."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers

# Nothing on a public page asks for a device or a payment: the browser is told so (W3C Permissions Policy).
POLICY = ", ".join(
    f"{feature}=()"
    for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "microphone", "payment", "usb")
)


class PermissionsPolicyMiddleware:
    """Adds `Permissions-Policy` to every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response


class LanguageMiddleware(LocaleMiddleware):
    """Django's own, but an address without a language that leads nowhere is not found, instead of being sent on.

    The page tree takes every path under a language, so Django would take each such address for one that only lacks
    its language.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.status_code == 404:
            patch_vary_headers(response, ["Accept-Language"])
            return response
        return super().process_response(request, response)
