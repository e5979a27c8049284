"""The Review's list and articles."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from pages.filters import TopicFilter
from pages.models import Topic
from publishing.selection import related_items
from publishing.views import Breadcrumbs, DatedItemView, ItemList, crumb
from review.models import Article


class ArticleList(ItemList):
    model = Article
    template_name = "review/article_list.html"
    filter_class = TopicFilter
    heading = _("The Review")


class ArticleView(DatedItemView):
    model = Article
    template_name = "review/article_detail.html"
    shows = ("image", "issue")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        article: Article = self.object
        return super().get_context_data(
            topics=list(Topic.objects.of(article)),
            authors=list(article.authors.select_related("image")),
            related=related_items(article, through=Article.topics.through, key="article_id"),
            **kwargs,
        )

    def breadcrumbs(self, item: Article) -> Breadcrumbs:
        return [crumb(_("The Review"), reverse("review:list"))]
