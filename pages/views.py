"""The page tree and the topics."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import ListView

from pages import metadata
from pages.models import Page, Topic
from publishing import registry
from publishing.languages import current_language
from publishing.metadata import Absolute, Thing
from publishing.syndication import feed_links
from publishing.targets import suggestions
from publishing.views import Breadcrumbs, ItemView, crumb


class PageView(ItemView):
    model = Page
    slug_field = "path"
    slug_url_kwarg = "path"
    template_name = "pages/page_detail.html"
    share = False
    shows = ("image",)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.kwargs["path"] = self.kwargs["path"].rstrip("/")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page: Page = self.object
        self.above, below = self._surroundings(page)
        section = self.above[0] if self.above else page
        return super().get_context_data(
            section=section,
            children=[other for other in below if other.path.rpartition("/")[0] == page.path],
            in_section=list(self._branch(page, below, under=section.path)) if page != section else [],
            **kwargs,
        )

    def _branch(self, page: Page, below: list[Page], *, under: str, level: int = 1) -> Iterator[dict[str, Any]]:
        """The pages under a path, and under those that lie on the way to this page theirs, as far as its siblings."""
        for other in below:
            if other.path.rpartition("/")[0] == under:
                current = other.pk == page.pk
                yield {
                    "title": other.title,
                    "url": other.get_absolute_url(),
                    "current": current,
                    "level": min(level, 3),
                }
                if page.path.startswith(f"{other.path}/"):
                    yield from self._branch(page, below, under=other.path, level=level + 1)

    def _surroundings(self, page: Page) -> tuple[list[Page], list[Page]]:
        """The pages above this one, top first, and all pages under its section in hand order: two queries."""
        parts = page.path.split("/")
        paths = ["/".join(parts[:count]) for count in range(1, len(parts))]
        live = Page.objects.live().in_language(page.language).defer("body")
        above = list(live.at_paths(paths)) if paths else []
        below = live.filter(path__startswith=f"{parts[0]}/").select_related("image").in_hand_order()
        return above, list(below)

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        return metadata.page(self.object, absolute)

    def breadcrumbs(self, item: Page) -> Breadcrumbs:
        return [crumb(page.title, page.get_absolute_url()) for page in self.above]


class TopicView(ItemView):
    """A topic with the latest of every kind of content that can be about topics."""

    model = Topic
    template_name = "pages/topic_detail.html"
    limit = 6
    shows = ("image",)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups = [
            {
                "label": kind.label,
                "items": list(rows.for_cards().latest_first()[: self.limit]),
                "more_url": f"{reverse(kind.list_url)}?topic={self.object.slug}",
            }
            for kind, rows in registry.rows_about(self.object)
        ]
        return super().get_context_data(
            groups=[group for group in groups if group["items"]],
            feeds=feed_links(self.request, self.object.title),
            **kwargs,
        )

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        return metadata.topic(self.object, absolute)

    def breadcrumbs(self, item: Topic) -> Breadcrumbs:
        return [crumb(_("Topics"), reverse("pages:topics"))]


class TopicList(ListView[Topic]):
    template_name = "pages/topic_list.html"

    def get_queryset(self) -> Any:
        return Topic.objects.live().for_readers_of(current_language()).for_cards().order_by("title")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        heading = gettext("Topics")
        return super().get_context_data(heading=heading, breadcrumbs=[crumb(heading)], **kwargs)


def target_suggestions(request: HttpRequest) -> JsonResponse:
    """What an editor's search box offers to link to; staff only (wrapped by the admin)."""
    return JsonResponse(
        {"results": suggestions(request.GET.get("term", ""), user=request.user), "pagination": {"more": False}}
    )
