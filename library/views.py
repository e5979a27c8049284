"""Uploads, served by the portal itself."""

import errno

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.static import serve


@require_safe
@cache_control(public=True, max_age=30 * 24 * 3600)
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A file of the library. What may be uploaded holds nothing that a browser executes, and none is guessed to."""
    try:
        return serve(request, path, document_root=settings.MEDIA_ROOT)
    except OSError as error:
        if error.errno != errno.ENAMETOOLONG:
            raise
        raise Http404 from error
