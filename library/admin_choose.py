"""Choosing pictures from the library by their thumbnails, for the scripts of forms."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext

from library.models import Image
from library.previews import preview_url
from publishing.keys import key_in

A_PAGE = 24
LAST_PAGE = 99_999


def choose(request: HttpRequest) -> JsonResponse:
    """A page of the pictures in whose words every word of `q` stands, newest first; or the one with a `key`.

    What cannot be chosen is shown all the same, with the reason. Raises PermissionDenied.
    """
    if not request.user.has_perm("library.view_image"):
        raise PermissionDenied
    images = Image.objects.only("title", "caption", "content_hash", "lacks_alt_text", "rights_end_on")
    if (key := key_in(request.GET.get("key", ""))) is not None:
        images = Image.objects.filter(pk=key)
    for word in request.GET.get("q", "").replace("\0", "").split()[:10]:
        images = images.filter(words__icontains=word)
    page = min(key_in(request.GET.get("page", "")) or 0, LAST_PAGE)
    found = list(images[page * A_PAGE : (page + 1) * A_PAGE + 1])
    return JsonResponse({"pictures": [shown(image) for image in found[:A_PAGE]], "more": len(found) > A_PAGE})


def shown(image: Image) -> dict[str, Any]:
    return {
        "key": image.pk,
        "title": str(image),
        "thumbnail": preview_url(image, small=True),
        "captions": image.caption,
        "unfit": unfit(image),
    }


def unfit(image: Image) -> str:
    """Why it cannot be chosen; "" if it can be."""
    if image.lacks_alt_text:
        return gettext("alternative text missing")
    return "" if image.may_be_shown else gettext("rights ended")
