"""Addresses that were public once go on to answer: a moved item redirects, one that came down says so."""

from __future__ import annotations

from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import get_script_prefix

from publishing.models import Publishable, State
from publishing.records import FormerAddress


def addresses(items: list[Publishable]) -> dict[int, str]:
    """The paths of the versions that are or were public, by key."""
    return {item.pk: _path(item) for item in items if item.was_public}


def _path(item: Publishable) -> str:
    """Without the prefix under which the site stands, which is another one in a preview."""
    return "/" + unquote(item.get_absolute_url()).removeprefix(get_script_prefix())


def remember(items: list[Publishable], before: dict[int, str]) -> None:
    """Keep the paths that public versions have lost since `addresses` was asked."""
    for item in items:
        path = before.get(item.pk)
        if path and path != _path(item):
            FormerAddress.objects.update_or_create(path=path, defaults={"item": item})


def moved_beside(request: HttpRequest) -> HttpResponse | None:
    """For a file beside a page, such as its feed: 301 to the same file where the page has moved to, if it has."""
    folder, _slash, name = request.path_info.rpartition("/")
    former = FormerAddress.objects.filter(path=f"{folder}/").first()
    item = former.item if former else None
    if item is None or item.state is not State.LIVE:
        return None
    return HttpResponsePermanentRedirect(f"{item.get_absolute_url()}{name}")


def answer(request: HttpRequest, here: Publishable | None) -> HttpResponse | None:
    """What to say where no live page is found; None if nothing public ever was here.

    `here` is the version whose address this is, live or not. 301 to where a moved item is now (RFC 9110, 15.4.2),
    410 for one that came down (15.5.11), with its explanation.
    """
    item = here if here is not None and here.was_public else None
    if item is None:
        former = FormerAddress.objects.filter(path=request.path_info).first()
        item = former.item if former else None
    if item is None or not item.was_public:
        return None
    if item.state is State.LIVE:
        return HttpResponsePermanentRedirect(item.get_absolute_url())
    return render(request, "410.html", {"item": item}, status=410)
