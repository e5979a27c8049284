"""The Review's list and articles."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pages.filters import TopicFilter
from pages.models import Topic
from publishing.metadata import Absolute, Thing
from publishing.selection import related_items
from publishing.views import Breadcrumbs, DatedItemView, ItemList, crumb
from review.metadata import article
from review.models import Article


class ArticleList(ItemList):
    model = Article
    template_name = "review/article_list.html"
    filter_class = TopicFilter
    heading = _("The Review")
    by_month = True


class ArticleView(DatedItemView):
    model = Article
    template_name = "review/article_detail.html"
    shows = ("image", "issue")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        item: Article = self.object
        return super().get_context_data(
            topics=list(Topic.objects.of(item)),
            authors=list(item.authors.select_related("image")),
            related=related_items(item, through=Article.topics.through, key="article_id"),
            **kwargs,
        )

    def structured_data(self, context: dict[str, Any], absolute: Absolute) -> Thing:
        return article(self.object, absolute, topics=context["topics"], authors=context["authors"])

    def breadcrumbs(self, item: Article) -> Breadcrumbs:
        return [crumb(_("The Review"), reverse("review:list"))]
