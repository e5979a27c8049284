"""All feeds on one page, and the hub that is told of them.

Which sections have feeds is asked of their views, so that no list has to be kept.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from events.views import calendar_links
from pages.models import Topic
from portal.models import SiteSettings
from publishing import websub
from publishing.languages import current_language, originals_stand_in
from publishing.registry import sections
from publishing.syndication import feed_links
from publishing.views import crumb


@require_safe
def feeds(request: HttpRequest) -> HttpResponse:
    topics = Topic.objects.live().for_readers_of(current_language()).order_by("title")
    heading = gettext("Feeds")
    context = {
        "heading": heading,
        "breadcrumbs": [crumb(heading)],
        "sections": [row(request, str(one.label), one.url()) for one in sections() if has_feed(one.url())],
        "topics": [row(request, one.title, one.get_absolute_url(), one.language) for one in topics.defer("body")],
    }
    return render(request, "portal/feeds.html", context)


def tell_hub_job() -> int:
    """A job (`publishing.work`): the feeds of a language change with the originals that stand in there."""
    if not settings.WEBSUB_HUB:
        return 0
    with originals_stand_in(SiteSettings.load().with_originals):
        return websub.tell_hub()


def has_feed(path: str) -> bool:
    view = getattr(resolve(path).func, "view_class", None)
    return bool(getattr(view, "has_feeds", False))


def row(request: HttpRequest, label: str, path: str, language: str = "") -> dict[str, Any]:
    """A list, and how it can be followed."""
    calendar = calendar_links(request, reverse("events:calendar")) if path == reverse("events:list") else {}
    links = feed_links(request, label, path=path)
    return {"label": label, "url": path, "language": language, "feeds": links, "calendar": calendar}
