"""The home page, the way in, and what no app owns."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language_from_request, gettext, override
from django.views.decorators.http import require_safe

from events.models import Event
from leadership.models import AnnualReport, TermOfOffice
from news.models import FeaturedItem, NewsItem
from news.views import with_targets
from pages.models import Topic
from publishing.languages import current_language
from publishing.syndication import feed_links
from review.models import Article


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """`/` leads to the home page in the language that the browser prefers (RFC 9110, section 12.5.4)."""
    with override(get_language_from_request(request)):
        response = HttpResponseRedirect(reverse("home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    language = current_language()
    latest = list(_live(NewsItem, language).latest_first()[:7])
    articles = list(_live(Article, language).latest_first()[:4])
    context: dict[str, Any] = {
        "lead": latest[0] if latest else None,
        "latest": latest[1:],
        "featured": with_targets(_live(FeaturedItem, language).in_hand_order()[:20])[:10],
        "leader": _live(TermOfOffice, language).current().first(),
        "annual_report": _live(AnnualReport, language).latest_first().first(),
        "review_lead": articles[0] if articles else None,
        "review_list": articles[1:],
        "upcoming": list(_live(Event, language).upcoming()[:6]),
        "recent": list(_live(Event, language).recent()[:6]),
        "feeds": feed_links(request, gettext("News"), path=reverse("news:list")),
        "in_focus": list(_live(Topic, language).in_focus().in_hand_order()[:8]),
    }
    return render(request, "portal/home.html", context)


def _live(model: Any, language: str) -> Any:
    return model.objects.live().for_readers_of(language).for_cards()


@require_safe
def go(request: HttpRequest) -> HttpResponse:
    """“Go straight to”: leads to the chosen address of this site, and to no other."""
    to = request.GET.get("to", "")
    if not to.startswith("/") or not url_has_allowed_host_and_scheme(to, allowed_hosts=None):
        raise Http404(gettext("Choose where to go from the list."))
    return HttpResponseRedirect(to)
