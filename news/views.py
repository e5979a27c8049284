"""The newsroom's lists and pages."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from library.archives import archive_of
from library.galleries import pictures_of
from news.filters import NewsFilter
from news.metadata import news_item
from news.models import FeaturedItem, NewsItem
from pages.filters import TopicFilter
from pages.models import Topic
from publishing.filters import ListFilter
from publishing.languages import current_language
from publishing.metadata import Absolute, Thing
from publishing.models import PublishableQuerySet
from publishing.selection import related_items
from publishing.targets import resolve_targets
from publishing.views import Breadcrumbs, DatedItemView, ItemList, crumb


class NewsList(ItemList):
    model = NewsItem
    template_name = "news/item_list.html"
    filter_class: type[TopicFilter] = NewsFilter
    heading = _("News")
    mixed = True
    by_month = True


class KindList(NewsList):
    """All items of one kind: speeches, photos, official texts …"""

    filter_class = TopicFilter
    mixed = False

    @property
    def kind(self) -> NewsItem.Kind:
        if self.kwargs["kind"] not in NewsItem.Kind.values:
            raise Http404(gettext("The newsroom has no such kind."))
        return NewsItem.Kind(self.kwargs["kind"])

    @property
    def heading(self) -> Any:  # type: ignore[override]
        return PLURALS[self.kind]

    def base_queryset(self) -> PublishableQuerySet[Any]:
        return super().base_queryset().filter(kind=self.kind)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["breadcrumbs"].insert(0, crumb(_("News"), reverse("news:list")))
        return context


PLURALS = {
    NewsItem.Kind.NEWS: _("News stories"),
    NewsItem.Kind.MEDIA_ADVISORY: _("Media advisories"),
    NewsItem.Kind.PRESS_RELEASE: _("Press releases"),
    NewsItem.Kind.STATEMENT: _("Statements"),
    NewsItem.Kind.SPEECH: _("Speeches and transcripts"),
    NewsItem.Kind.OPINION: _("Opinions"),
    NewsItem.Kind.OFFICIAL_TEXT: _("Official texts"),
    NewsItem.Kind.FACTSHEET: _("Factsheets"),
    NewsItem.Kind.PHOTO_GALLERY: _("Photos"),
    NewsItem.Kind.VIDEO: _("Video"),
    NewsItem.Kind.AUDIO: _("Audio"),
    NewsItem.Kind.EVENT_PROGRAMME: _("Event programmes"),
}


class NewsItemView(DatedItemView):
    model = NewsItem
    template_name = "news/item_detail.html"
    shows = ("image", "secretary_general", "recording__poster")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item: NewsItem = self.object
        return super().get_context_data(
            topics=list(Topic.objects.of(item)),
            attachments=list(item.attachments.all()),
            pictures=pictures_of(item.gallery) if item.gallery else [],
            archive_url=f"{item.get_absolute_url()}gallery.zip",
            related=related_items(item, through=NewsItem.topics.through, key="newsitem_id"),
            **kwargs,
        )

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        return news_item(self.object, absolute, topics=context["topics"], gallery=context["pictures"])

    def breadcrumbs(self, item: NewsItem) -> Breadcrumbs:
        kind = NewsItem.Kind(item.kind)
        return [
            crumb(_("News"), reverse("news:list")),
            crumb(PLURALS[kind], reverse("news:kind", args=[kind.value])),
        ]


class GalleryArchive(NewsItemView):
    """All pictures of a live item's gallery to take away."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> StreamingHttpResponse:  # type: ignore[override]
        item = self.get_object()
        pictures = pictures_of(item.gallery)
        if not pictures:
            raise Http404(gettext("This page has no pictures to download."))
        name = content_disposition_header(True, f"{item.slug}.zip") or ""
        archive = archive_of(pictures, title=item.title)
        headers = {"Content-Disposition": name, "Cache-Control": f"public, max-age={5 * 60}"}
        return StreamingHttpResponse(archive, content_type="application/zip", headers=headers)


class FeaturedList(ItemList):
    model = FeaturedItem
    template_name = "news/featured_list.html"
    filter_class = ListFilter
    heading = _("Featured")
    paginate_by = 24

    def ordered(self, queryset: PublishableQuerySet[Any]) -> Any:
        return queryset.for_cards().in_hand_order()  # type: ignore[attr-defined]

    def shown(self, rows: Iterable[Any]) -> list[Any]:
        return with_targets(rows)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["object_list"] = self.shown(context["object_list"])
        return context


def with_targets(cards: Any) -> list[FeaturedItem]:
    """The cards whose target is public, each with its address: a card that leads nowhere is not shown."""
    cards = list(cards)
    if not cards:
        return []
    targets = resolve_targets([card.target for card in cards], language=current_language())
    shown = [card for card in cards if card.target in targets]
    for card in shown:
        card.url, card.external = targets[card.target].url, targets[card.target].external
    return shown
