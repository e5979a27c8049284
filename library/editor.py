"""What the body's editor asks the server: what the library holds, what links lead to, what is wrong with a text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBadRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from library.checks import problems_in
from library.fields import sanitise
from library.models import Document, Image, Recording
from library.previews import preview_url
from publishing.keys import keys_among
from publishing.languages import default_language, language_choices
from publishing.targets import ITEM, describe

PAGE = 24
# Of a text that is being written; the longest in the sample has 20,000.
LONGEST = 2_000_000


def _image(image: Image) -> dict[str, Any]:
    return {
        "title": str(image),
        "thumbnail": preview_url(image, small=True),
        "alt": dict(image.alt_text),
        "caption": str(image.caption),
        "shown": image.may_be_shown,
    }


def _document(document: Document) -> dict[str, Any]:
    return {"title": document.title, "note": f"{document.extension} · {document.language}"}


def _recording(recording: Recording) -> dict[str, Any]:
    return {"title": recording.title, "note": f"{recording.get_kind_display()} · {recording.language}"}


KINDS: dict[str, tuple[type[Any], str, Callable[[Any], dict[str, Any]]]] = {
    "picture": (Image, "words", _image),
    "document": (Document, "title", _document),
    "recording": (Recording, "title", _recording),
}


@require_safe
def library(request: HttpRequest) -> HttpResponseBase:
    """A page of what the library has of a kind: newest first, by words, or by keys."""
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Http404
    model, words, told = KINDS[kind]
    if not request.user.has_perm(f"library.view_{model._meta.model_name}"):
        raise PermissionDenied
    rows: QuerySet[Any] = model._default_manager.all()
    if "keys" in request.GET:
        keys = keys_among(request.GET["keys"].split(","))[:200]
        return _listed(rows.filter(pk__in=keys), told, more=False)
    for word in request.GET.get("q", "").replace("\x00", "").split()[:10]:
        rows = rows.filter(Q(**{f"{words}__icontains": word}))
    number = request.GET.get("page", "1")
    start = (int(number) - 1) * PAGE if number.isdecimal() and len(number) < 6 and number != "0" else 0
    # One more than is shown tells whether there is another page; a count of all would cost more than the page.
    found = list(rows[start : start + PAGE + 1])
    return _listed(found[:PAGE], told, more=len(found) > PAGE)


def _listed(rows: Any, told: Callable[[Any], dict[str, Any]], *, more: bool) -> JsonResponse:
    return JsonResponse({"results": [{"key": str(row.pk), **told(row)} for row in rows], "more": more})


@require_safe
def target(request: HttpRequest) -> JsonResponse:
    """What a link within the site leads to, for people."""
    text = request.GET.get("target", "")
    known = ITEM.match(text) or text.startswith("section:")
    return JsonResponse({"text": capfirst(describe(text)) if known else text})


@require_POST
def check(request: HttpRequest) -> HttpResponseBase:
    """What is wrong with a text as it would be stored, in JSON: `html`, `language`."""
    try:
        asked = json.loads(request.body)
        html, language = asked["html"], asked["language"]
    except (ValueError, TypeError, KeyError):
        return HttpResponseBadRequest()
    if not isinstance(html, str) or not isinstance(language, str) or len(html) > LONGEST:
        return HttpResponseBadRequest()
    if language not in dict(language_choices()):
        language = default_language()
    found = problems_in(sanitise(html), language=language)
    return JsonResponse({"problems": [{"text": one.text, "blocking": one.blocking} for one in found]})


def _for_staff(view: Callable[..., HttpResponseBase]) -> Any:
    return admin.site.admin_view(view)


urlpatterns = [
    # /admin/body/…
    path("library/", _for_staff(library), name="body-library"),
    path("targets/", _for_staff(target), name="body-targets"),
    path("check/", _for_staff(check), name="body-check"),
]
