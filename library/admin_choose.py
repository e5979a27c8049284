"""Choosing pictures from the library by their thumbnails, for the scripts of forms."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse

from library.models import Image
from library.previews import preview_url

A_PAGE = 24


def choose(request: HttpRequest) -> JsonResponse:
    """A page of the described pictures in whose words every word of `q` stands, newest first.

    Raises PermissionDenied.
    """
    if not request.user.has_perm("library.view_image"):
        raise PermissionDenied
    images = Image.objects.only("title", "caption", "content_hash").filter(lacks_alt_text=False)
    for word in request.GET.get("q", "").replace("\0", "").split()[:10]:
        images = images.filter(words__icontains=word)
    typed = request.GET.get("page", "")
    page = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 0
    found = list(images[page * A_PAGE : (page + 1) * A_PAGE + 1])
    return JsonResponse({"pictures": [shown(image) for image in found[:A_PAGE]], "more": len(found) > A_PAGE})


def shown(image: Image) -> dict[str, Any]:
    return {
        "key": image.pk,
        "title": str(image),
        "thumbnail": preview_url(image, small=True),
        "captions": image.caption,
    }
